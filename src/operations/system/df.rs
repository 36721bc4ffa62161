//! Sums up what Docker holds on disk: `docker_system_df`.
//!
//! What can be reclaimed is what the prunes take if nothing more is asked of them: stopped
//! containers, images without a tag, anonymous volumes and build cache that nothing uses. What the
//! Engine itself calls so, from API 1.52, counts everything that is not in use, and is not taken.

use serde::Serialize;

use crate::call::{Call, CallError};
use crate::generated::params::system_df::Params;
use crate::generated::reply::system_df::Reply;
use crate::operations::objects::{Cache, Container, Image, Volume};
use crate::operations::prune::build_cache::is_unused;
use crate::operations::prune::containers::is_stopped;
use crate::operations::prune::images::{space, tags};
use crate::operations::prune::volumes::{is_anonymous, is_local, marks_anonymous};
use crate::operations::space::usage::{EVERYTHING, Sums, Usage, own_cache, sum, written};

/// What Docker holds, by kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Summed {
    layers_size: Option<u64>,
    images: Section,
    containers: Section,
    volumes: Section,
    build_cache: Section,
    #[serde(rename = "named_volumes_unused_size")]
    named_unused: Option<u64>,
}

/// Gives counts and sizes for images, containers, volumes and the build cache.
pub(crate) async fn run(_params: &Params, call: &Call<'_>) -> Result<Reply<Summed>, CallError> {
    let usage = Usage::try_ask(EVERYTHING, call).await?;
    let marked = marks_anonymous(call).await?;
    let dangling = usage.images().iter();
    let dangling = dangling.filter(|image| *image.containers == Some(0) && tags(image).is_empty());
    let dangling: Vec<&Image> = dangling.collect();
    let of_images = space(&dangling, &usage, call).await.freed;
    Ok(Reply {
        usage: summed(&usage, of_images, marked),
    })
}

/// The sums; `of_images` is what images give back, and volumes without a name may be `marked`.
fn summed(usage: &Usage, of_images: Option<u64>, marked: bool) -> Summed {
    let images = images(usage, of_images);
    let (volumes, named_unused) = volumes(usage, marked);
    Summed {
        layers_size: usage.layers(),
        images: images.told(usage.image_sums()),
        containers: containers(usage).told(usage.container_sums()),
        volumes: volumes.told(usage.volume_sums()),
        build_cache: build_cache(usage).told(usage.build_cache_sums()),
        named_unused,
    }
}

/// The sums for one kind of object; a size is none where the Engine does not know it.
#[derive(Debug, Serialize)]
struct Section {
    total_count: u64,
    active_count: u64,
    total_size: Option<u64>,
    reclaimable_size: Option<u64>,
}

impl Section {
    /// These sums, but those that the Engine sends itself; it leaves out zeros.
    fn told<T>(self, sums: Option<&Sums<T>>) -> Self {
        let Some(sums) = sums else { return self };
        Self {
            total_count: sums.total_count.unwrap_or(0),
            active_count: sums.active_count.unwrap_or(0),
            total_size: u64::try_from(sums.total_size.unwrap_or(0)).ok(),
            reclaimable_size: self.reclaimable_size,
        }
    }
}

fn images(usage: &Usage, reclaimable_size: Option<u64>) -> Section {
    let images = usage.images();
    Section {
        total_count: count(images, |_| true),
        active_count: count(images, |image| *image.containers > Some(0)),
        // Layers are shared, so that only the Engine can tell what they take.
        total_size: usage.layers(),
        reclaimable_size,
    }
}

fn containers(usage: &Usage) -> Section {
    let is_active = |container: &Container| {
        matches!(container.state.text(), "running" | "paused" | "restarting")
    };
    let size = |container: &Container| written(*container.size_rw);
    section(usage.containers(), is_active, size, is_stopped)
}

/// The volumes, and what the unused ones take that have a name.
fn volumes(usage: &Usage, marked: bool) -> (Section, Option<u64>) {
    let volumes = usage.volumes();
    let references = |volume: &Volume| *volume.usage_data.ref_count;
    let is_unused = |volume: &Volume| references(volume) == Some(0) && is_local(volume);
    let named = |volume: &&Volume| is_unused(volume) && !is_anonymous(volume, marked);
    let size = |volume: &Volume| *volume.usage_data.size;
    let section = section(
        volumes,
        |volume| references(volume) > Some(0),
        size,
        |volume| is_unused(volume) && is_anonymous(volume, marked),
    );
    let named = volumes.iter().filter(named).map(size);
    (section, sum(named))
}

fn build_cache(usage: &Usage) -> Section {
    let is_used = |record: &Cache| *record.in_use == Some(true);
    section(usage.build_cache(), is_used, own_cache, is_unused)
}

fn section<T>(
    objects: &[T],
    is_active: impl Fn(&T) -> bool,
    size: impl Fn(&T) -> Option<u64>,
    is_reclaimable: impl Fn(&T) -> bool,
) -> Section {
    let reclaimable = objects.iter().filter(|object| is_reclaimable(object));
    Section {
        total_count: count(objects, |_| true),
        active_count: count(objects, is_active),
        total_size: sum(objects.iter().map(&size)),
        reclaimable_size: sum(reclaimable.map(&size)),
    }
}

fn count<T>(objects: &[T], is_counted: impl Fn(&T) -> bool) -> u64 {
    objects
        .iter()
        .map(|object| u64::from(is_counted(object)))
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn summed(usage: &Usage, of_images: Option<u64>, marked: bool) -> Value {
        serde_json::to_value(super::summed(usage, of_images, marked)).unwrap()
    }

    fn section(total: u64, active: u64, size: Option<u64>, reclaimable: Option<u64>) -> Value {
        json!({
            "total_count": total, "active_count": active, "total_size": size,
            "reclaimable_size": reclaimable,
        })
    }

    fn volume(name: &str, users: i64, size: i64) -> Value {
        json!({
            "Name": name, "Driver": "local", "Labels": null,
            "UsageData": {"Size": size, "RefCount": users},
        })
    }

    #[test]
    fn what_a_prune_takes_is_reclaimable_and_nothing_else() {
        let anonymous = "0af".repeat(22)[..64].to_owned();
        let mut remote = volume("remote", 0, 9);
        remote["Driver"] = json!("rexray");
        let reply = json!({
            "LayersSize": 1000,
            "Images": [
                {"Containers": 2, "Size": 500, "SharedSize": 100},
                {"Containers": 0, "Size": 300, "SharedSize": 0},
            ],
            "Containers": [
                {"State": "running", "SizeRw": 10},
                {"State": "exited", "SizeRw": 5},
                {"State": "paused"},
                {"State": "created", "SizeRw": -1},
                {"State": "removing", "SizeRw": 3},
            ],
            "Volumes": [
                volume("used", 1, 70), volume("named", 0, 30), volume("other", 0, 2),
                volume(&anonymous, 0, 11), volume(&anonymous.replace('0', "1"), 1, 13), remote,
                volume("unknown", 0, -1), {"UsageData": null},
            ],
            "BuildCache": [
                {"Size": 8, "InUse": true, "Shared": false},
                {"Size": 4, "InUse": false, "Shared": false, "Type": "regular"},
                {"Size": 1, "InUse": false, "Shared": false, "Type": "frontend"},
                {"Size": 2, "InUse": false, "Shared": true},
            ],
        });
        assert_eq!(
            summed(&reply.into(), Some(300), false),
            json!({
                "LayersSize": 1000,
                "Images": section(2, 1, Some(1000), Some(300)),
                "Containers": section(5, 2, Some(18), Some(5)),
                "Volumes": section(8, 2, Some(135), Some(11)),
                "BuildCache": section(4, 1, Some(13), Some(4)),
                "named_volumes_unused_size": 32,
            }),
        );
    }

    #[test]
    fn the_sums_of_newer_engines_are_taken_but_not_what_they_call_reclaimable() {
        let label = "com.docker.volume.anonymous";
        let mut anonymous = volume("made-up", 0, 7);
        anonymous["Labels"] = json!({ label: "" });
        let reply = json!({
            "ImageUsage": {"ActiveCount": 1, "TotalCount": 4, "Reclaimable": 12, "TotalSize": 98},
            "ContainerUsage": {"TotalCount": 3, "TotalSize": -1, "Items": []},
            "VolumeUsage": {
                "TotalCount": 2, "TotalSize": 12, "Reclaimable": 12,
                "Items": [anonymous, volume("named", 0, 5)],
            },
            "BuildCacheUsage": {
                "TotalCount": 2, "TotalSize": 7, "Reclaimable": 7, "ActiveCount": 1,
                "Items": [{"Size": 4, "Shared": true}, {"Size": 3}],
            },
        });
        assert_eq!(
            summed(&reply.into(), Some(2), true),
            json!({
                "LayersSize": 98,
                "Images": section(4, 1, Some(98), Some(2)),
                "Containers": section(3, 0, None, Some(0)),
                "Volumes": section(2, 0, Some(12), Some(7)),
                "BuildCache": section(2, 1, Some(7), Some(3)),
                "named_volumes_unused_size": 5,
            }),
        );
    }

    #[test]
    fn nothing_known_is_unknown_and_nothing_there_is_zero() {
        let reply = json!({
            "LayersSize": -1, "Images": null, "Containers": [],
            "Volumes": [volume("named", 0, -1)], "VolumeUsage": null,
        });
        assert_eq!(
            summed(&reply.into(), None, true),
            json!({
                "LayersSize": null,
                "Images": section(0, 0, None, None),
                "Containers": section(0, 0, Some(0), Some(0)),
                "Volumes": section(1, 0, None, Some(0)),
                "BuildCache": section(0, 0, Some(0), Some(0)),
                "named_volumes_unused_size": null,
            }),
        );
    }
}
