//! Sums up what Docker holds on disk: `docker_system_df`.
//!
//! From API 1.52 the Engine sends the sums; before, it sends every object, and the sums are made
//! here as the Docker CLI made them.

use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::catalog::generated::system_df::Params;
use crate::engine::record;

/// Gives counts and sizes for images, containers, volumes and the build cache.
pub(crate) async fn run(_params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let request = record(|docker| async move { docker.df(None).await })?;
    let reply = call.engine.json(request).await?;
    Ok(json!({ "usage": usage(&reply) }))
}

fn usage(reply: &Value) -> Value {
    let section = |key: &str, computed: fn(&Value) -> Section| match &reply[key] {
        Value::Object(_) => Section::told(&reply[key]),
        _ => computed(reply),
    };
    let images = section("ImageUsage", images);
    json!({
        "LayersSize": size(&reply["LayersSize"]).or(images.total_size),
        "Images": images.into_value(),
        "Containers": section("ContainerUsage", containers).into_value(),
        "Volumes": section("VolumeUsage", volumes).into_value(),
        "BuildCache": section("BuildCacheUsage", build_cache).into_value(),
    })
}

/// The sums for one kind of object; a size is none where the Engine does not know it.
struct Section {
    total_count: u64,
    active_count: u64,
    total_size: Option<u64>,
    reclaimable_size: Option<u64>,
}

impl Section {
    /// The sums as the Engine sends them; it leaves out zeros.
    fn told(usage: &Value) -> Self {
        let count = |key: &str| usage[key].as_u64().unwrap_or(0);
        let told_size = |key: &str| {
            if usage[key].is_null() {
                Some(0)
            } else {
                size(&usage[key])
            }
        };
        Self {
            total_count: count("TotalCount"),
            active_count: count("ActiveCount"),
            total_size: told_size("TotalSize"),
            reclaimable_size: told_size("Reclaimable"),
        }
    }

    fn into_value(self) -> Value {
        json!({
            "total_count": self.total_count,
            "active_count": self.active_count,
            "total_size": self.total_size,
            "reclaimable_size": self.reclaimable_size,
        })
    }
}

/// Layers are shared, so what images take is told as a whole, and what those in use have for
/// themselves is what cannot be reclaimed.
fn images(reply: &Value) -> Section {
    let images = objects(&reply["Images"]);
    let own =
        |image: &Value| Some(size(&image["Size"])?.saturating_sub(size(&image["SharedSize"])?));
    let used = images
        .iter()
        .filter(|image| image["Containers"] != 0)
        .filter_map(own)
        .sum();
    let total_size = size(&reply["LayersSize"]);
    Section {
        total_count: count(images, |_| true),
        active_count: count(images, |image| image["Containers"].as_i64() > Some(0)),
        total_size,
        reclaimable_size: total_size.map(|total| total.saturating_sub(used)),
    }
}

fn containers(reply: &Value) -> Section {
    let is_active = |container: &Value| {
        matches!(
            container["State"].as_str(),
            Some("running" | "paused" | "restarting")
        )
    };
    // The Engine leaves out a size of zero.
    let written = |container: &Value| match &container["SizeRw"] {
        Value::Null => Some(0),
        bytes => size(bytes),
    };
    summed(
        objects(&reply["Containers"]),
        is_active,
        written,
        |container| !is_active(container),
    )
}

fn volumes(reply: &Value) -> Section {
    let references = |volume: &Value| volume.pointer("/UsageData/RefCount")?.as_i64();
    summed(
        objects(&reply["Volumes"]),
        |volume| references(volume) > Some(0),
        |volume| volume.pointer("/UsageData/Size").and_then(size),
        |volume| references(volume) == Some(0),
    )
}

/// What a shared record takes is already counted with the one it shares it with.
fn build_cache(reply: &Value) -> Section {
    let is_used = |record: &Value| record["InUse"] == true;
    let own = |record: &Value| {
        if record["Shared"] == true {
            Some(0)
        } else {
            size(&record["Size"])
        }
    };
    summed(objects(&reply["BuildCache"]), is_used, own, |record| {
        !is_used(record)
    })
}

fn summed(
    objects: &[Value],
    is_active: impl Fn(&Value) -> bool,
    size: impl Fn(&Value) -> Option<u64>,
    is_reclaimable: impl Fn(&Value) -> bool,
) -> Section {
    Section {
        total_count: count(objects, |_| true),
        active_count: count(objects, is_active),
        total_size: sum(objects.iter().map(&size)),
        reclaimable_size: sum(objects
            .iter()
            .filter(|object| is_reclaimable(object))
            .map(&size)),
    }
}

fn count(objects: &[Value], is_counted: impl Fn(&Value) -> bool) -> u64 {
    objects
        .iter()
        .map(|object| u64::from(is_counted(object)))
        .sum()
}

/// The sum of the sizes that are known; none where there are sizes and not one is known.
fn sum(sizes: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let sizes: Vec<Option<u64>> = sizes.collect();
    let known = sizes.iter().flatten().copied().reduce(u64::saturating_add);
    known.or(sizes.is_empty().then_some(0))
}

/// A size, which the Engine writes as −1 where it did not measure.
fn size(bytes: &Value) -> Option<u64> {
    bytes.as_u64()
}

/// An array of objects, which the Engine may write as `null`.
fn objects(array: &Value) -> &[Value] {
    array.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(total: u64, active: u64, size: Option<u64>, reclaimable: Option<u64>) -> Value {
        json!({
            "total_count": total, "active_count": active, "total_size": size,
            "reclaimable_size": reclaimable,
        })
    }

    #[test]
    fn objects_are_summed_as_the_docker_cli_does() {
        let reply = json!({
            "LayersSize": 1000,
            "Images": [
                {"Containers": 2, "Size": 500, "SharedSize": 100},
                {"Containers": 0, "Size": 300, "SharedSize": 0},
                {"Containers": 1, "Size": 200, "SharedSize": -1},
            ],
            "Containers": [
                {"State": "running", "SizeRw": 10},
                {"State": "exited", "SizeRw": 5},
                {"State": "paused"},
                {"State": "created", "SizeRw": -1},
            ],
            "Volumes": [
                {"UsageData": {"Size": 70, "RefCount": 1}},
                {"UsageData": {"Size": 30, "RefCount": 0}},
                {"UsageData": {"Size": -1, "RefCount": 0}},
                {"UsageData": null},
            ],
            "BuildCache": [
                {"Size": 8, "InUse": true, "Shared": false},
                {"Size": 4, "InUse": false, "Shared": false},
                {"Size": 2, "InUse": false, "Shared": true},
            ],
        });
        assert_eq!(
            usage(&reply),
            json!({
                "LayersSize": 1000,
                "Images": section(3, 2, Some(1000), Some(600)),
                "Containers": section(4, 2, Some(15), Some(5)),
                "Volumes": section(4, 1, Some(100), Some(30)),
                "BuildCache": section(3, 1, Some(12), Some(4)),
            }),
        );
    }

    #[test]
    fn sums_that_the_engine_sends_are_taken() {
        let reply = json!({
            "ImageUsage": {"ActiveCount": 1, "TotalCount": 4, "Reclaimable": 12, "TotalSize": 98},
            "ContainerUsage": {"TotalCount": 3, "TotalSize": -1, "Items": []},
            "VolumeUsage": {},
            "BuildCacheUsage": {"TotalCount": 2, "TotalSize": 7, "Reclaimable": 7},
        });
        assert_eq!(
            usage(&reply),
            json!({
                "LayersSize": 98,
                "Images": section(4, 1, Some(98), Some(12)),
                "Containers": section(3, 0, None, Some(0)),
                "Volumes": section(0, 0, Some(0), Some(0)),
                "BuildCache": section(2, 0, Some(7), Some(7)),
            }),
        );
    }

    #[test]
    fn nothing_known_is_unknown_and_nothing_there_is_zero() {
        let reply = json!({
            "LayersSize": -1, "Images": null, "Containers": [],
            "Volumes": [{"UsageData": {"Size": -1, "RefCount": -1}}],
        });
        assert_eq!(
            usage(&reply),
            json!({
                "LayersSize": null,
                "Images": section(0, 0, None, None),
                "Containers": section(0, 0, Some(0), Some(0)),
                "Volumes": section(1, 0, None, Some(0)),
                "BuildCache": section(0, 0, Some(0), Some(0)),
            }),
        );
    }
}
