//! Holds what the Engine's lists and inspects tell of objects, as far as an operation asks.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::{Items, Part, Told};
use crate::vocabulary::nearest;

/// How many names an error offers.
const OFFERED: usize = 10;

/// The labels of an object.
pub(crate) type Labels = Part<HashMap<String, Told<String>>>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Container {
    pub(crate) id: Told<String>,
    pub(crate) names: Items<String>,
    /// The reference that it was made from.
    pub(crate) image: Told<String>,
    #[serde(rename = "ImageID")]
    pub(crate) image_id: Told<String>,
    pub(crate) state: Told<String>,
    /// The state in words, with since when.
    pub(crate) status: Told<String>,
    pub(crate) labels: Labels,
    pub(crate) created: Told<Moment>,
    pub(crate) mounts: Items<Mount>,
    pub(crate) size_rw: Told<i64>,
}

/// A container as its inspect shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct InspectedContainer {
    pub(crate) id: Told<String>,
    pub(crate) state: Part<ContainerState>,
}

/// How a container stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ContainerState {
    pub(crate) status: Told<String>,
    pub(crate) running: Told<bool>,
    pub(crate) exit_code: Told<i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Mount {
    /// Of a volume.
    pub(crate) name: Told<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Image {
    pub(crate) id: Told<String>,
    pub(crate) repo_tags: Items<String>,
    pub(crate) repo_digests: Items<String>,
    pub(crate) labels: Labels,
    pub(crate) created: Told<Moment>,
    pub(crate) size: Told<u64>,
    pub(crate) shared_size: Told<u64>,
    /// How many use it.
    pub(crate) containers: Told<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Network {
    pub(crate) id: Told<String>,
    pub(crate) name: Told<String>,
    pub(crate) driver: Told<String>,
    pub(crate) labels: Labels,
    pub(crate) created: Told<Moment>,
    pub(crate) ingress: Told<bool>,
    pub(crate) config_only: Told<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Volume {
    pub(crate) name: Told<String>,
    pub(crate) driver: Told<String>,
    pub(crate) labels: Labels,
    pub(crate) created_at: Told<String>,
    pub(crate) usage_data: Part<VolumeUsage>,
}

/// What a volume takes; −1 stands for what was not measured, and is not told here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct VolumeUsage {
    pub(crate) size: Told<u64>,
    /// How many containers use it.
    pub(crate) ref_count: Told<u64>,
}

/// A record of the build cache.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Cache {
    #[serde(rename = "ID")]
    pub(crate) id: Told<String>,
    #[serde(rename = "Type")]
    pub(crate) kind: Told<String>,
    pub(crate) description: Told<String>,
    pub(crate) in_use: Told<bool>,
    pub(crate) shared: Told<bool>,
    pub(crate) size: Told<u64>,
    pub(crate) last_used_at: Told<String>,
}

/// A point in time, as lists and documents have it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Moment {
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
pub(crate) trait Prunable {
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

/// The name of a container that is its own: it has no slash but the first, where those of links have
/// two. Of one without a name it is the id.
pub(crate) fn own_name(names: &[String], id: &Told<String>) -> String {
    let own = names.iter().map(|name| name.trim_start_matches('/'));
    let own = own.min_by_key(|name| name.contains('/'));
    let id = || id.text().chars().take(12).collect();
    own.map_or_else(id, str::to_owned)
}

/// That there is no such thing, and which there are.
pub(crate) fn missing<'k>(
    kind: &str,
    wanted: &str,
    known: impl Iterator<Item = &'k str>,
) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort();
    known.dedup();
    let there = match nearest(wanted, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "there is none at all".to_owned(),
        None => {
            let shown: Vec<&str> = known.iter().copied().take(OFFERED).collect();
            let more = known.len().saturating_sub(OFFERED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("there are `{}`{more}", shown.join("`, `"))
        }
    };
    format!("no such {kind}: `{wanted}`; {there}")
}
