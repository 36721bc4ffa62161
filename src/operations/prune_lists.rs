//! Asks the Engine what there is, for the prunes to choose from.

use std::collections::HashMap;

use bollard::query_parameters::{
    DataUsageOptions, ListContainersOptions, ListImagesOptions, ListNetworksOptions,
    ListVolumesOptions,
};
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::record;

/// Every container in any state, or those made from one image or a descendant of it.
pub(super) async fn containers(
    ancestor: Option<&str>,
    call: &Call<'_>,
) -> Result<Vec<Value>, CallError> {
    let options = ListContainersOptions {
        all: true,
        filters: ancestor.map(|image| filters("ancestor", image)),
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every image but those that are only a step to another, or of those the ones without a tag.
pub(super) async fn images(dangling: bool, call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListImagesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
        ..ListImagesOptions::default()
    };
    let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every network; the list does not say which of them are in use.
pub(super) async fn networks(call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListNetworksOptions::default();
    let request = record(|docker| async move { docker.list_networks(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every volume, or those that no container uses.
pub(super) async fn volumes(dangling: bool, call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListVolumesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
    };
    let request = record(|docker| async move { docker.list_volumes(Some(options)).await })?;
    let mut reply = call.engine.json(request).await?;
    Ok(reply
        .get_mut("Volumes")
        .map(Value::take)
        .map_or_else(Vec::new, taken))
}

fn filters(name: &str, value: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([(name.to_owned(), vec![value.to_owned()])])
}

/// The items of an array, which the Engine may write as `null`.
fn taken(array: Value) -> Vec<Value> {
    match array {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// What objects take on disk: an answer to `GET /system/df`, in either of its shapes.
#[derive(Debug, Default)]
pub(super) struct Usage(Value);

impl Usage {
    /// Asks for it. An Engine that does not say how large things are keeps nothing from going.
    pub(super) async fn ask(call: &Call<'_>) -> Self {
        let options = DataUsageOptions {
            verbose: true,
            ..DataUsageOptions::default()
        };
        let Ok(request) = record(|docker| async move { docker.df(Some(options)).await }) else {
            return Self::default();
        };
        let engine = call.engine.with_deadline(call.config.docker.timeout);
        Self(engine.json(request).await.unwrap_or_default())
    }

    /// What the layers of all images take together.
    pub(super) fn layers(&self) -> Option<u64> {
        ["/LayersSize", "/ImageUsage/TotalSize"]
            .iter()
            .find_map(|place| self.0.pointer(place)?.as_u64())
    }

    /// What a container wrote; the Engine leaves out a zero.
    pub(super) fn of_container(&self, id: &str) -> Option<u64> {
        let container = self.find("Containers", "ContainerUsage", "Id", id)?;
        match &container["SizeRw"] {
            Value::Null => Some(0),
            size => size.as_u64(),
        }
    }

    /// What a volume holds.
    pub(super) fn of_volume(&self, name: &str) -> Option<u64> {
        let volume = self.find("Volumes", "VolumeUsage", "Name", name)?;
        volume.pointer("/UsageData/Size")?.as_u64()
    }

    /// How many containers use an image.
    pub(super) fn users_of_image(&self, id: &str) -> Option<u64> {
        self.items("Images", "ImageUsage")
            .iter()
            .find(|image| same_id(&image["Id"], id))?["Containers"]
            .as_u64()
    }

    /// The records of the build cache.
    pub(super) fn build_cache(&self) -> &[Value] {
        self.items("BuildCache", "BuildCacheUsage")
    }

    fn find(&self, before: &str, now: &str, key: &str, value: &str) -> Option<&Value> {
        let items = self.items(before, now);
        items.iter().find(|item| item[key] == value)
    }

    /// The items of a kind, by its key before API 1.52 and from it.
    fn items(&self, before: &str, now: &str) -> &[Value] {
        let usage = &self.0;
        let items = usage[before].as_array();
        let items = items.or_else(|| usage.get(now)?.get("Items")?.as_array());
        items.map_or(&[], Vec::as_slice)
    }
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
        let volumes = json!([{ "Name": "v", "UsageData": { "Size": 7 } }, { "Name": "?", "UsageData": null }]);
        let cache = json!([{ "ID": "b" }]);
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
            assert_eq!(usage.layers(), Some(9));
            let of_container = ["c", "empty", "?", "none"].map(|id| usage.of_container(id));
            assert_eq!(of_container, [Some(5), Some(0), None, None]);
            assert_eq!(
                ["v", "?", "none"].map(|name| usage.of_volume(name)),
                [Some(7), None, None]
            );
            assert_eq!(
                ["i", "?", "none"].map(|id| usage.users_of_image(id)),
                [Some(2), None, None]
            );
            assert_eq!(usage.build_cache().len(), 1);
        }
    }

    #[test]
    fn an_engine_that_does_not_say_leaves_everything_unknown() {
        for usage in [json!(null), json!({ "LayersSize": -1, "BuildCache": null })] {
            let usage = Usage(usage);
            assert_eq!((usage.layers(), usage.of_volume("v")), (None, None));
            assert!(usage.build_cache().is_empty());
        }
    }
}
