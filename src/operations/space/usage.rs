//! Knows what objects take on disk, as the Engine tells it in `GET /system/df`.
//!
//! The answer has two shapes, before and from API 1.52. To make it the Engine walks through every
//! volume and container, unless it is asked about one kind only, which it understands from API 1.42.

use std::time::Duration;

use bollard::ClientVersion;
use bollard::query_parameters::DataUsageOptions;
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items, Told, record};
use crate::operations::objects::{Cache, Container, Image, Volume};

/// The first API version whose Engine can be asked about one kind of object.
const NARROWS: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 42,
};

/// How long the size of a single object is waited for, which is only told to whoever decides.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What an Engine says that makes the account for somebody else.
const BUSY: &str = "disk usage operation is already running";

/// How often it is asked again, and after which pause.
const TURNS: usize = 120;
const PAUSE: Duration = Duration::from_millis(250);

/// What the Engine is asked about, by its words for the kinds; of none, about everything.
pub(crate) type Kinds = &'static [&'static str];

pub(crate) const EVERYTHING: Kinds = &[];
/// Layers are kept by images and by the build cache.
pub(crate) const LAYERS: Kinds = &["image", "build-cache"];
pub(crate) const VOLUMES: Kinds = &["volume"];
pub(crate) const CONTAINERS: Kinds = &["container"];
pub(crate) const BUILD_CACHE: Kinds = &["build-cache"];

/// What objects take on disk.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Usage {
    layers_size: Told<u64>,
    images: Items<Image>,
    containers: Items<Container>,
    volumes: Items<Volume>,
    build_cache: Items<Cache>,
    image_usage: Told<Sums<Image>>,
    container_usage: Told<Sums<Container>>,
    volume_usage: Told<Sums<Volume>>,
    build_cache_usage: Told<Sums<Cache>>,
}

/// The sums of a kind, which the Engine sends from API 1.52, with its objects. It leaves out zeros.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[serde(bound = "T: serde::de::DeserializeOwned + Default")]
pub(crate) struct Sums<T> {
    pub(crate) total_count: Told<u64>,
    pub(crate) active_count: Told<u64>,
    pub(crate) total_size: Told<i64>,
    items: Items<T>,
}

impl Usage {
    /// Asks for it. An Engine of old makes it for one at a time and refuses the others, who wait.
    ///
    /// # Errors
    /// Those of asking the Engine.
    pub(crate) async fn try_ask(kinds: Kinds, call: &Call<'_>) -> Result<Self, CallError> {
        for _ in 0..TURNS {
            match Self::ask_once(kinds, call).await {
                Err(CallError::Engine(EngineError::Failed { message, .. }))
                    if message.contains(BUSY) =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                asked => return asked,
            }
        }
        Self::ask_once(kinds, call).await
    }

    async fn ask_once(kinds: Kinds, call: &Call<'_>) -> Result<Self, CallError> {
        let options = DataUsageOptions {
            verbose: true,
            ..DataUsageOptions::default()
        };
        let mut request = record(|docker| async move { docker.df(Some(options)).await })?;
        if !kinds.is_empty() && call.engine.api_version().await? >= NARROWS {
            for kind in kinds {
                request = request.also("type", kind);
            }
        }
        Ok(call.engine.told(request).await?)
    }

    /// Asks for it no longer than that. An Engine that does not say how large things are keeps nothing
    /// from going.
    pub(crate) async fn ask(kinds: Kinds, patience: Duration, call: &Call<'_>) -> Self {
        let asking = tokio::time::timeout(patience, Self::try_ask(kinds, call));
        asking.await.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// What the layers of all images take together.
    pub(crate) fn layers(&self) -> Option<u64> {
        let sums = self.image_usage.as_ref();
        let sum = || u64::try_from((*sums?.total_size)?).ok();
        self.layers_size.or_else(sum)
    }

    /// What the layers take that images hold and the build cache does not: what it holds too is there
    /// still when the images are gone.
    pub(crate) fn held_by_images(&self) -> Option<u64> {
        let shared = self.shared_cache().map(|record| record.size).sum();
        Some(self.layers()?.saturating_sub(shared))
    }

    /// Those records of the build cache that are layers of images.
    pub(crate) fn shared_cache(&self) -> impl Iterator<Item = Cached> {
        let records = self.build_cache().iter();
        let shared = records.filter(|record| *record.shared == Some(true));
        shared.filter_map(|record| {
            Some(Cached {
                size: (*record.size)?,
                is_base: record.description.text().starts_with("pulled from"),
            })
        })
    }

    /// What a container wrote.
    pub(crate) fn of_container(&self, id: &str) -> Option<u64> {
        let mut containers = self.containers().iter();
        written(*containers.find(|it| it.id.text() == id)?.size_rw)
    }

    /// What a volume holds.
    pub(crate) fn of_volume(&self, name: &str) -> Option<u64> {
        *self.volume(name)?.usage_data.size
    }

    /// How many containers use a volume.
    pub(crate) fn users_of_volume(&self, name: &str) -> Option<u64> {
        *self.volume(name)?.usage_data.ref_count
    }

    fn volume(&self, name: &str) -> Option<&Volume> {
        let mut volumes = self.volumes().iter();
        volumes.find(|volume| volume.name.text() == name)
    }

    /// How many containers use an image.
    pub(crate) fn users_of_image(&self, id: &str) -> Option<u64> {
        let mut images = self.images().iter();
        *images.find(|image| same_id(&image.id, id))?.containers
    }

    pub(crate) fn images(&self) -> &[Image] {
        either(&self.images, &self.image_usage)
    }

    pub(crate) fn containers(&self) -> &[Container] {
        either(&self.containers, &self.container_usage)
    }

    pub(crate) fn volumes(&self) -> &[Volume] {
        either(&self.volumes, &self.volume_usage)
    }

    pub(crate) fn build_cache(&self) -> &[Cache] {
        either(&self.build_cache, &self.build_cache_usage)
    }

    pub(crate) fn image_sums(&self) -> Option<&Sums<Image>> {
        self.image_usage.as_ref()
    }

    pub(crate) fn container_sums(&self) -> Option<&Sums<Container>> {
        self.container_usage.as_ref()
    }

    pub(crate) fn volume_sums(&self) -> Option<&Sums<Volume>> {
        self.volume_usage.as_ref()
    }

    pub(crate) fn build_cache_sums(&self) -> Option<&Sums<Cache>> {
        self.build_cache_usage.as_ref()
    }
}

/// The objects of a kind, from where they are before API 1.52 or from it.
fn either<'a, T>(before: &'a Items<T>, now: &'a Told<Sums<T>>) -> &'a [T] {
    match now.as_ref() {
        Some(sums) if before.is_empty() => &sums.items,
        _ => before,
    }
}

/// A layer of the build cache that images have too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cached {
    pub(crate) size: u64,
    /// It came with an image that others are built on; else BuildKit made it.
    pub(crate) is_base: bool,
}

/// What a container wrote, by its `SizeRw`; the Engine leaves out a zero.
pub(crate) fn written(size_rw: Option<i64>) -> Option<u64> {
    u64::try_from(size_rw.unwrap_or(0)).ok()
}

/// What a record of the build cache takes by itself: what a shared one takes is already counted with the
/// image or record that it shares it with.
pub(crate) fn own_cache(record: &Cache) -> Option<u64> {
    match *record.shared {
        Some(true) => Some(0),
        _ => *record.size,
    }
}

/// The sum of the sizes that are known; none where there are sizes and not one is known.
pub(crate) fn sum(sizes: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let sizes: Vec<Option<u64>> = sizes.collect();
    let known = sizes.iter().flatten().copied().reduce(u64::saturating_add);
    known.or(sizes.is_empty().then_some(0))
}

/// Whether an id is this one; Podman leaves out the algorithm in places.
pub(crate) fn same_id(told: &Told<String>, id: &str) -> bool {
    told.as_deref()
        .is_some_and(|told| digits(told) == digits(id))
}

fn digits(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    impl From<serde_json::Value> for Usage {
        fn from(reply: serde_json::Value) -> Self {
            Self::deserialize(reply).unwrap_or_default()
        }
    }

    #[test]
    fn both_shapes_of_the_answer_are_read() {
        let containers =
            json!([{ "Id": "c", "SizeRw": 5 }, { "Id": "empty" }, { "Id": "?", "SizeRw": -1 }]);
        let images =
            json!([{ "Id": "sha256:i", "Containers": 2 }, { "Id": "sha256:?", "Containers": -1 }]);
        let volumes = json!([{ "Name": "v", "UsageData": { "Size": 7, "RefCount": 1 } }, { "Name": "?", "UsageData": null }]);
        let cache = json!([{ "ID": "b", "Shared": true, "Size": 4 }, { "ID": "c", "Size": 5 }]);
        for usage in [
            json!({
                "LayersSize": 9, "Images": images, "Containers": containers, "Volumes": volumes, "BuildCache": cache,
            }),
            json!({
                "ImageUsage": { "TotalSize": 9, "Items": images }, "ContainerUsage": { "Items": containers },
                "VolumeUsage": { "Items": volumes }, "BuildCacheUsage": { "Items": cache },
            }),
        ] {
            let usage = Usage::from(usage);
            assert_eq!((usage.layers(), usage.held_by_images()), (Some(9), Some(5)));
            let of_container = ["c", "empty", "?", "none"].map(|id| usage.of_container(id));
            assert_eq!(of_container, [Some(5), Some(0), None, None]);
            assert_eq!(
                ["v", "?", "none"].map(|name| usage.of_volume(name)),
                [Some(7), None, None]
            );
            assert_eq!(
                ["v", "?", "none"].map(|name| usage.users_of_volume(name)),
                [Some(1), None, None]
            );
            assert_eq!(
                ["i", "?", "none"].map(|id| usage.users_of_image(id)),
                [Some(2), None, None]
            );
            assert_eq!(usage.build_cache().len(), 2);
        }
    }

    #[test]
    fn an_engine_that_does_not_say_leaves_everything_unknown() {
        for usage in [json!(null), json!({ "LayersSize": -1, "BuildCache": null })] {
            let usage = Usage::from(usage);
            assert_eq!((usage.layers(), usage.of_volume("v")), (None, None));
            assert_eq!(usage.held_by_images(), None);
            assert!(usage.build_cache().is_empty());
        }
    }
}
