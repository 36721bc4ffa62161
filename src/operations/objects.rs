//! Holds what the Engine's lists tell of objects, as far as an operation asks.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::{Items, Part, Told};

/// The labels of an object.
pub(super) type Labels = Part<HashMap<String, Told<String>>>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Container {
    pub(super) id: Told<String>,
    pub(super) names: Items<String>,
    /// The reference that it was made from.
    pub(super) image: Told<String>,
    #[serde(rename = "ImageID")]
    pub(super) image_id: Told<String>,
    pub(super) state: Told<String>,
    pub(super) labels: Labels,
    pub(super) created: Told<Moment>,
    pub(super) mounts: Items<Mount>,
    pub(super) size_rw: Told<i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Mount {
    /// Of a volume.
    pub(super) name: Told<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Image {
    pub(super) id: Told<String>,
    pub(super) repo_tags: Items<String>,
    pub(super) repo_digests: Items<String>,
    pub(super) labels: Labels,
    pub(super) created: Told<Moment>,
    pub(super) size: Told<u64>,
    pub(super) shared_size: Told<u64>,
    /// How many use it.
    pub(super) containers: Told<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Network {
    pub(super) id: Told<String>,
    pub(super) name: Told<String>,
    pub(super) driver: Told<String>,
    pub(super) labels: Labels,
    pub(super) created: Told<Moment>,
    pub(super) ingress: Told<bool>,
    pub(super) config_only: Told<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Volume {
    pub(super) name: Told<String>,
    pub(super) driver: Told<String>,
    pub(super) labels: Labels,
    pub(super) created_at: Told<String>,
    pub(super) usage_data: Part<VolumeUsage>,
}

/// What a volume takes; −1 stands for what was not measured, and is not told here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct VolumeUsage {
    pub(super) size: Told<u64>,
    /// How many containers use it.
    pub(super) ref_count: Told<u64>,
}

/// A record of the build cache.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Cache {
    #[serde(rename = "ID")]
    pub(super) id: Told<String>,
    #[serde(rename = "Type")]
    pub(super) kind: Told<String>,
    pub(super) description: Told<String>,
    pub(super) in_use: Told<bool>,
    pub(super) shared: Told<bool>,
    pub(super) size: Told<u64>,
    pub(super) last_used_at: Told<String>,
}

/// A point in time, as lists and documents have it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Moment {
    Seconds(i64),
    Text(String),
}

impl Moment {
    /// Lists give whole seconds, so that the second has to be over.
    fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Seconds(seconds) => Timestamp::from_second(seconds.checked_add(1)?)
                .ok()?
                .checked_sub(SignedDuration::from_nanos(1))
                .ok(),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// What a prune may take, and tells from others by its labels and when it was made.
pub(super) trait Prunable {
    fn labels(&self) -> &Labels;
    fn made(&self) -> Option<Timestamp>;
}

/// The three whose lists say `Created`.
macro_rules! prunable {
    ($($object:ty),*) => {$(
        impl Prunable for $object {
            fn labels(&self) -> &Labels {
                &self.labels
            }

            fn made(&self) -> Option<Timestamp> {
                self.created.as_ref()?.time()
            }
        }
    )*};
}

prunable!(Container, Image, Network);

impl Prunable for Volume {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn made(&self) -> Option<Timestamp> {
        self.created_at.text().parse().ok()
    }
}
