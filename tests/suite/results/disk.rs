//! What is told of the disk: what there is, what comes free, and what came free.

use serde_json::{Value, json};

use super::{ID, result};
use crate::support::exchange::{PLANNED, outcome};
use crate::support::fake_engine::{FakeEngine, Reply, version};

pub(crate) fn id(digits: &str) -> String {
    format!("sha256:{}", digits.repeat(64))
}

/// Layers of 1,000 times a power of two, so that every sum tells what it is made of. `base` is below
/// all but `d`; `one` and `two` share a layer that no other has.
fn layers(image: &str) -> &'static [(&'static str, u64)] {
    match image {
        "a" => &[("base", 64_000)],
        "b" => &[("base", 64_000), ("shared", 8_000), ("one", 1_000)],
        "c" => &[("base", 64_000), ("shared", 8_000), ("two", 2_000)],
        _ => &[("other", 256_000)],
    }
}

/// Images `a` (tagged), `b`, `c` and `d` (not tagged) and what the Engine tells of them.
pub(crate) fn engine(api: &str, cache: Value) -> FakeEngine {
    let total = |image: &str| -> u64 { layers(image).iter().map(|(_, size)| size).sum() };
    let image = |image: &str, tags: Value, shared: u64| {
        json!({
            "Id": id(image), "RepoTags": tags, "RepoDigests": null, "Created": 1, "Labels": null,
            "Size": total(image), "SharedSize": shared, "Containers": 0,
        })
    };
    let images = [
        image("a", json!(["base:1"]), 64_000),
        image("b", json!([]), 72_000),
        image("c", json!(null), 72_000),
        image("d", json!(["<none>:<none>"]), 0),
    ];
    let volume = |name: &str, size: i64, labels: Value| {
        json!({
            "Name": name, "Driver": "local", "CreatedAt": "2026-01-01T10:00:00Z", "Labels": labels,
            "UsageData": { "Size": size, "RefCount": 0 },
        })
    };
    let volumes = json!([
        volume("named", 500, json!(null)),
        volume(
            &"0a".repeat(32),
            70,
            json!({ "com.docker.volume.anonymous": "" })
        ),
    ]);
    let containers =
        json!([{ "Id": ID, "State": "exited", "SizeRw": 30 }, { "Id": "2", "State": "running" }]);
    let (layers_size, items) = (
        331_000,
        |list: &Value| json!({ "Items": list, "Reclaimable": 9 }),
    );
    let usage = if api == "1.52" {
        let mut of_images = items(&json!(images));
        of_images["TotalSize"] = json!(layers_size);
        json!({
            "ImageUsage": of_images, "ContainerUsage": items(&containers),
            "VolumeUsage": items(&volumes), "BuildCacheUsage": items(&cache),
        })
    } else {
        json!({
            "LayersSize": layers_size, "Images": images, "Containers": containers,
            "Volumes": volumes, "BuildCache": cache,
        })
    };
    let dangling: Vec<&Value> = images.iter().skip(1).collect();
    let engine = FakeEngine::start()
        .on("GET /version", version(api))
        .on("GET /system/df", usage)
        .on("GET /containers/json", json!([]))
        .on("GET /networks", json!([]))
        .on("GET /images/json", json!(images))
        .on("GET /images/json?*dangling*", json!(dangling))
        .on("GET /volumes", json!({ "Volumes": volumes }))
        .on("GET /volumes/named", volumes[0].clone())
        .on("DELETE /volumes/*", Reply::empty(204))
        .on("DELETE /containers/*", Reply::empty(204))
        .on(
            "GET /containers/*/json",
            json!({
                "Id": ID, "Name": "/old", "Config": { "Image": "web:1" }, "SizeRw": 30,
                "State": { "Status": "exited", "Running": false },
                "Mounts": [{ "Type": "volume", "Name": "0a".repeat(32) }],
            }),
        )
        .on("DELETE /images/*", json!([{ "Deleted": "x" }]));
    ["a", "b", "c", "d"]
        .into_iter()
        .fold(engine, |engine, image| {
            let names: Vec<&str> = layers(image).iter().map(|(name, _)| *name).collect();
            let steps = layers(image).iter().rev();
            let steps: Vec<Value> = steps
                .map(|(name, size)| json!({ "CreatedBy": format!("RUN {name}"), "Size": size, "Comment": "buildkit.dockerfile.v0" }))
                .collect();
            let tags = if image == "a" {
                json!(["base:1"])
            } else {
                json!([])
            };
            engine
                .on(
                    &format!("GET /images/{}/json", id(image)),
                    json!({ "Id": id(image), "RepoTags": tags, "RootFS": { "Layers": names } }),
                )
                .on(&format!("GET /images/{}/history", id(image)), json!(steps))
        })
}

#[tokio::test]
async fn what_a_prune_would_take_can_be_reclaimed_in_both_shapes_of_the_answer() {
    for api in ["1.44", "1.52"] {
        let told = result(&engine(api, json!([])), "docker_system_df", json!({})).await;
        let reclaimable = |kind: &str| told["usage"][kind]["reclaimable_size"].clone();
        // Not `base`, which `a` keeps; what `b` and `c` share counts once.
        assert_eq!(reclaimable("Images"), 267_000, "{api}");
        assert_eq!(reclaimable("Containers"), 30, "{api}");
        assert_eq!(reclaimable("Volumes"), 70, "{api}");
        assert_eq!(reclaimable("BuildCache"), 0, "{api}");
        assert_eq!(told["usage"]["named_volumes_unused_size"], 500, "{api}");
        assert_eq!(told["usage"]["LayersSize"], 331_000, "{api}");
    }
}

/// What a client without a person to ask is shown first.
async fn announced(engine: &FakeEngine, tool: &str, arguments: Value) -> String {
    let plan = outcome(&engine.address(), &PLANNED, tool, arguments).await;
    plan.unwrap_err()
}

#[tokio::test]
async fn a_question_says_what_comes_free() {
    let shared =
        |size: u64| json!([{ "ID": "x", "Type": "regular", "Shared": true, "Size": size }]);
    for (tool, arguments, cache, said) in [
        (
            "docker_prune_images",
            json!({}),
            json!([]),
            "this frees 267 kB",
        ),
        (
            "docker_prune_images",
            json!({ "all": true }),
            json!([]),
            "this frees 331 kB",
        ),
        (
            "docker_prune_images",
            json!({}),
            shared(8_000),
            "this frees 259 kB (8.0 kB stay in the build cache)",
        ),
        (
            "docker_system_prune",
            json!({}),
            json!([]),
            "this frees 267 kB:",
        ),
        (
            "docker_prune_volumes",
            json!({}),
            json!([]),
            "this frees 70 B",
        ),
        (
            "docker_prune_volumes",
            json!({ "all": true }),
            json!([]),
            "this frees 570 B",
        ),
        (
            "docker_remove_volume",
            json!({ "volume_name": "named" }),
            json!([]),
            "this frees 500 B",
        ),
        (
            "docker_remove_container",
            json!({ "container_id": "old" }),
            json!([]),
            "this frees 30 B",
        ),
        (
            "docker_remove_container",
            json!({ "container_id": "old", "volumes": true }),
            json!([]),
            "this frees 100 B",
        ),
        (
            "docker_remove_image",
            json!({ "image": id("b") }),
            json!([]),
            "this frees 1.0 kB",
        ),
        (
            "docker_remove_image",
            json!({ "image": id("b") }),
            shared(1_000),
            "this frees nothing (1.0 kB stay in the build cache)",
        ),
        (
            "docker_remove_image",
            json!({ "image": id("a") }),
            json!([]),
            "this frees nothing",
        ),
    ] {
        for api in ["1.41", "1.52"] {
            let engine = engine(api, cache.clone());
            let text = announced(&engine, tool, arguments.clone()).await;
            assert!(text.contains(said), "{tool} {arguments}, {api}: {text}");
            assert!(!text.contains("about"), "{tool} {arguments}, {api}: {text}");
        }
    }
}

/// Where layers are not told, what each image has for itself is what is known to come.
#[tokio::test]
async fn a_question_says_about_where_the_engine_does_not_tell() {
    let engine = engine("1.44", json!([])).on("GET /images/*/history", Reply::error(500, "no"));
    let text = announced(&engine, "docker_prune_images", json!({})).await;
    assert!(text.contains("this frees about 259 kB"), "{text}");
    let engine = self::engine("1.44", json!([])).on("GET /system/df", Reply::error(500, "no"));
    let text = announced(&engine, "docker_prune_images", json!({})).await;
    assert!(text.contains("how much this frees is not known"), "{text}");
    let df =
        json!({ "Volumes": [{ "Name": "named", "UsageData": { "Size": -1, "RefCount": 0 } }] });
    let engine = self::engine("1.44", json!([])).on("GET /system/df", df);
    let arguments = json!({ "volume_name": "named" });
    let text = announced(&engine, "docker_remove_volume", arguments).await;
    assert!(text.contains("how much this frees is not known"), "{text}");
}

/// One that is kept as it came from its registry goes by its digest, and is more than its layers.
#[tokio::test]
async fn a_question_says_about_where_an_image_is_more_than_its_layers() {
    for (digest, said) in [
        (id("b"), "this frees about 1.0 kB"),
        (id("e"), "this frees 1.0 kB"),
    ] {
        let image = json!({
            "Id": id("b"), "RepoTags": [], "RepoDigests": [format!("web@{digest}")], "Created": 1,
            "Labels": null, "Size": 1_000, "SharedSize": 0, "Containers": 0,
        });
        let df = json!({ "LayersSize": 1_000, "Images": [image] });
        let engine = engine("1.44", json!([])).on("GET /system/df", df);
        let arguments = json!({ "image": id("b") });
        let text = announced(&engine, "docker_remove_image", arguments).await;
        assert!(text.contains(said), "{text}");
    }
}

#[tokio::test]
async fn a_removal_says_what_it_freed() {
    for (tool, arguments, freed) in [
        (
            "docker_remove_volume",
            json!({ "volume_name": "named" }),
            json!(500),
        ),
        (
            "docker_remove_container",
            json!({ "container_id": "old", "volumes": true }),
            json!(100),
        ),
        (
            "docker_remove_image",
            json!({ "image": id("b") }),
            json!(1_000),
        ),
    ] {
        let told = result(&engine("1.44", json!([])), tool, arguments.clone()).await;
        assert_eq!(told["space_reclaimed"], freed, "{tool}");
        let engine = engine("1.44", json!([]))
            .on("GET /system/df", json!({}))
            .on(
                "GET /containers/*/json?size=true",
                json!({ "Id": id("c"), "SizeRw": -1 }),
            );
        let told = result(&engine, tool, arguments).await;
        assert_eq!(told["space_reclaimed"], Value::Null, "{tool}");
    }
}

/// To measure volumes and containers takes the Engine long, so it is not asked about all of them.
#[tokio::test]
async fn a_newer_engine_is_asked_about_one_kind_only() {
    for (tool, arguments, kinds) in [
        (
            "docker_prune_images",
            json!({}),
            "&type=image&type=build-cache",
        ),
        ("docker_prune_volumes", json!({}), "&type=volume"),
        (
            "docker_remove_volume",
            json!({ "volume_name": "named" }),
            "&type=volume",
        ),
    ] {
        for (api, kinds) in [("1.41", ""), ("1.42", kinds)] {
            let engine = engine(api, json!([]));
            result(&engine, tool, arguments.clone()).await;
            let asked = format!("GET /system/df?verbose=true{kinds}");
            let requests = engine.requests();
            assert!(requests.contains(&asked), "{tool}, {api}: {requests:?}");
        }
    }
}

#[tokio::test]
async fn a_volume_that_another_container_uses_does_not_count() {
    let shared = "0a".repeat(32);
    let volumes = json!([{ "Name": shared, "UsageData": { "Size": 70, "RefCount": 2 } }]);
    let engine = engine("1.44", json!([])).on("GET /system/df", json!({ "Volumes": volumes }));
    let arguments = json!({ "container_id": "old", "volumes": true });
    let text = announced(&engine, "docker_remove_container", arguments).await;
    assert!(text.contains("this frees 30 B"), "{text}");
}
