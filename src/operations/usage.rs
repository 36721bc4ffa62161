//! Knows what objects take on disk, as the Engine tells it in `GET /system/df`.
//!
//! The answer has two shapes, before and from API 1.52. To make it the Engine walks through every
//! volume and container, unless it is asked about one kind only, which it understands from API 1.42.

use std::time::Duration;

use bollard::ClientVersion;
use bollard::query_parameters::DataUsageOptions;
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::record;

/// The first API version whose Engine can be asked about one kind of object.
const NARROWS: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 42,
};

/// How long the size of a single object is waited for, which is only told to whoever decides.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What the Engine is asked about, by its words for the kinds; of none, about everything.
pub(super) type Kinds = &'static [&'static str];

pub(super) const EVERYTHING: Kinds = &[];
/// Layers are kept by images and by the build cache.
pub(super) const LAYERS: Kinds = &["image", "build-cache"];
pub(super) const VOLUMES: Kinds = &["volume"];

/// What objects take on disk.
#[derive(Debug, Default)]
pub(super) struct Usage(Value);

impl Usage {
    /// Asks for it.
    ///
    /// # Errors
    /// Those of asking the Engine.
    pub(super) async fn try_ask(kinds: Kinds, call: &Call<'_>) -> Result<Self, CallError> {
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
        Ok(Self(call.engine.json(request).await?))
    }

    /// Asks for it no longer than that. An Engine that does not say how large things are keeps nothing
    /// from going.
    pub(super) async fn ask(kinds: Kinds, patience: Duration, call: &Call<'_>) -> Self {
        let asking = tokio::time::timeout(patience, Self::try_ask(kinds, call));
        asking.await.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// What the layers of all images take together.
    pub(super) fn layers(&self) -> Option<u64> {
        ["/LayersSize", "/ImageUsage/TotalSize"]
            .iter()
            .find_map(|place| self.0.pointer(place)?.as_u64())
    }

    /// What the layers take that images hold and the build cache does not: what it holds too is there
    /// still when the images are gone.
    pub(super) fn held_by_images(&self) -> Option<u64> {
        let shared = self.shared_cache().map(|record| record.size).sum();
        Some(self.layers()?.saturating_sub(shared))
    }

    /// Those records of the build cache that are layers of images.
    pub(super) fn shared_cache(&self) -> impl Iterator<Item = Cached> {
        let records = self.build_cache().iter();
        let shared = records.filter(|record| record["Shared"] == true);
        shared.filter_map(|record| {
            let description = record["Description"].as_str().unwrap_or_default();
            Some(Cached {
                size: record["Size"].as_u64()?,
                is_base: description.starts_with("pulled from"),
            })
        })
    }

    /// What a container wrote.
    pub(super) fn of_container(&self, id: &str) -> Option<u64> {
        written(find(self.containers(), "Id", id)?)
    }

    /// What a volume holds.
    pub(super) fn of_volume(&self, name: &str) -> Option<u64> {
        volume_size(find(self.volumes(), "Name", name)?)
    }

    /// How many containers use a volume.
    pub(super) fn users_of_volume(&self, name: &str) -> Option<u64> {
        let volume = find(self.volumes(), "Name", name)?;
        volume.pointer("/UsageData/RefCount")?.as_u64()
    }

    /// How many containers use an image.
    pub(super) fn users_of_image(&self, id: &str) -> Option<u64> {
        let mut images = self.images().iter();
        images.find(|image| same_id(&image["Id"], id))?["Containers"].as_u64()
    }

    pub(super) fn images(&self) -> &[Value] {
        self.items("Images", "ImageUsage")
    }

    pub(super) fn containers(&self) -> &[Value] {
        self.items("Containers", "ContainerUsage")
    }

    pub(super) fn volumes(&self) -> &[Value] {
        self.items("Volumes", "VolumeUsage")
    }

    pub(super) fn build_cache(&self) -> &[Value] {
        self.items("BuildCache", "BuildCacheUsage")
    }

    /// The sums of a kind, which the Engine sends from API 1.52.
    pub(super) fn sums(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|sums| sums.is_object())
    }

    /// The items of a kind, by its key before API 1.52 and from it.
    fn items(&self, before: &str, now: &str) -> &[Value] {
        let usage = &self.0;
        let items = usage[before].as_array();
        let items = items.or_else(|| usage.get(now)?.get("Items")?.as_array());
        items.map_or(&[], Vec::as_slice)
    }
}

/// A layer of the build cache that images have too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cached {
    pub(super) size: u64,
    /// It came with an image that others are built on; else BuildKit made it.
    pub(super) is_base: bool,
}

impl From<Value> for Usage {
    fn from(reply: Value) -> Self {
        Self(reply)
    }
}

/// What a container wrote, by its document with sizes; the Engine leaves out a zero.
pub(super) fn written(container: &Value) -> Option<u64> {
    match &container["SizeRw"] {
        Value::Null => Some(0),
        size => size.as_u64(),
    }
}

/// What a volume holds, by its entry; −1 stands for what was not measured.
pub(super) fn volume_size(volume: &Value) -> Option<u64> {
    volume.pointer("/UsageData/Size")?.as_u64()
}

fn find<'a>(items: &'a [Value], key: &str, value: &str) -> Option<&'a Value> {
    items.iter().find(|item| item[key] == value)
}

/// Whether an id is this one; Podman leaves out the algorithm in places.
pub(super) fn same_id(value: &Value, id: &str) -> bool {
    value
        .as_str()
        .is_some_and(|value| digits(value) == digits(id))
}

fn digits(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            let usage = Usage(usage);
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
            let usage = Usage(usage);
            assert_eq!((usage.layers(), usage.of_volume("v")), (None, None));
            assert_eq!(usage.held_by_images(), None);
            assert!(usage.build_cache().is_empty());
        }
    }
}
