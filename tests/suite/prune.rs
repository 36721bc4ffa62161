//! Looks at what the prunes choose on Engines of different ages, and that they take nothing else.

mod images;
mod kinds;
mod later;
mod system;
mod volumes;

use std::sync::atomic::{AtomicU64, Ordering};

use mcp_docker::arguments::Arguments;
use mcp_docker::call::gate::{Person, Principal, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{Caller, Runtime};
use mcp_docker::catalog;
use mcp_docker::config::Config;
use mcp_docker::redaction::Redactor;
use serde_json::{Value, json};

use crate::support::client::EVERYTHING;
use crate::support::exchange::{UNASKED, outcome};
use crate::support::fake_engine::{FakeEngine, Reply, version};

const IMAGES: &str = "docker_prune_images";
const VOLUMES: &str = "docker_prune_volumes";
const SYSTEM: &str = "docker_system_prune";
const CONTAINERS: &str = "docker_prune_containers";
const NETWORKS: &str = "docker_prune_networks";
const BUILD_CACHE: &str = "docker_prune_build_cache";

fn made_up(digits: &str) -> String {
    digits.repeat(64 / digits.len())
}

/// An Engine of this API version that has nothing and lets everything be removed.
fn empty(api: &str) -> FakeEngine {
    FakeEngine::start()
        .on("GET /version", version(api))
        .on("GET /containers/json", json!([]))
        .on("GET /images/json", json!([]))
        .on("GET /networks", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }))
        .on("GET /system/df", json!({}))
        .on("DELETE /containers/*", Reply::empty(204))
        .on("DELETE /networks/*", Reply::empty(204))
        .on("DELETE /volumes/*", Reply::empty(204))
        .answer("DELETE /images/*", |seen| {
            let path = seen.target.split('?').next().unwrap_or_default();
            let name = path.trim_start_matches("/images/");
            json!([{ "Untagged": name }]).into()
        })
}

/// The expression that the ids of the records match which a request removes from the build cache.
pub(crate) fn pruned_records(request: &str) -> String {
    let (_, query) = request.split_once('?').unwrap();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, filters) = pairs.find(|(key, _)| key == "filters").unwrap();
    let filters: Value = serde_json::from_str(&filters).unwrap();
    assert_eq!(filters.as_object().unwrap().len(), 1, "{filters}");
    let expression = filters["id"][0].as_str().unwrap();
    serde_json::from_str(expression).unwrap()
}

/// The result of a call that is allowed and not asked about, or the text of its failure.
async fn call(engine: &FakeEngine, tool: &'static str, args: Value) -> Result<Value, String> {
    let settings = [UNASKED[0], UNASKED[1], EVERYTHING];
    outcome(&engine.address(), &settings, tool, args).await
}

/// What was changed, in order.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| !request.starts_with("GET "));
    requests
}

fn volume(name: &str, labels: Value) -> Value {
    json!({ "Name": name, "Driver": "local", "CreatedAt": "2026-01-01T10:00:00Z", "Labels": labels, "Options": null })
}

/// Volumes of every sort; `used` is in use.
fn volumes(api: &str) -> FakeEngine {
    let mut nfs = volume("nfs", json!(null));
    nfs["Options"] = json!({ "type": "nfs", "device": ":/films" });
    let mut remote = volume("remote", json!(null));
    remote["Driver"] = json!("rexray");
    let unused = json!([
        volume("named", json!({ "app": "shop" })),
        volume(&made_up("1f"), json!({ "com.docker.volume.anonymous": "" })),
        volume(&made_up("0f"), json!({ "app": "shop" })),
        nfs,
        remote,
    ]);
    let mut all = unused.clone();
    all.as_array_mut()
        .unwrap()
        .push(volume("used", json!(null)));
    let size = |name: &str, size: i64| json!({ "Name": name, "UsageData": { "Size": size, "RefCount": 0 } });
    empty(api)
        .on("GET /volumes", json!({ "Volumes": all }))
        .on("GET /volumes?*dangling*", json!({ "Volumes": unused }))
        .on("DELETE /volumes/used", Reply::error(409, "remove used: volume is in use - [1]"))
        .on(
            "GET /system/df",
            json!({ "Volumes": [size(&made_up("0f"), 7), size(&made_up("1f"), 30), size("named", -1), size("nfs", 500)] }),
        )
}

#[tokio::test]
async fn a_filter_that_a_prune_does_not_know_is_refused_before_anything_is_sent() {
    for (tool, filters, part) in [
        (VOLUMES, json!({"until": "1h"}), "`label!`"),
        (VOLUMES, json!({"all": true}), "`label!`"),
        (IMAGES, json!({"dangling": true}), "`until`"),
        (IMAGES, json!({"until": "soon"}), "RFC 3339"),
        (SYSTEM, json!({"dangling": true}), "`until`"),
        (SYSTEM, json!({"until": ["1h", "2h"]}), "`until`"),
        (SYSTEM, json!({"label!": []}), "`label!`"),
        (CONTAINERS, json!({"status": "exited"}), "`until`"),
        (CONTAINERS, json!({"until": "soon"}), "RFC 3339"),
        (NETWORKS, json!({"driver": "bridge"}), "`label!`"),
        (NETWORKS, json!({"label": []}), "`label`"),
        (BUILD_CACHE, json!({"label": "app=old"}), "`until`"),
        (BUILD_CACHE, json!({"until": ["1h", "2h"]}), "`until`"),
    ] {
        let engine = empty("1.41");
        let refusal = call(&engine, tool, json!({"filters": filters}))
            .await
            .unwrap_err();
        assert!(refusal.contains(part), "{tool} {filters}: {refusal}");
        assert_eq!(engine.seen().len(), 0, "{tool} {filters}");
    }
    let engine = empty("1.41");
    let both = json!({"force_all": true, "filters": {"until": "1h"}});
    let refusal = call(&engine, IMAGES, both).await.unwrap_err();
    assert!(refusal.contains("takes no `filters`"), "{refusal}");
    assert_eq!(engine.seen().len(), 0);
}

fn image_id(digits: &str) -> String {
    format!("sha256:{}", made_up(digits))
}

fn image(digits: &str, tags: Value, digests: Value) -> Value {
    json!({
        "Id": image_id(digits), "RepoTags": tags, "RepoDigests": digests, "Created": 1_700_000_000,
        "Size": 1000, "Labels": { "app": "shop" }, "Containers": -1,
    })
}

/// Images of every sort, and what all of them take before and after one is removed.
fn images() -> FakeEngine {
    let digest = |name: &str| format!("{name}@{}", image_id("d1"));
    let images = [
        image("aa", json!(["<none>:<none>"]), json!(["<none>@<none>"])),
        image(
            "bb",
            json!(["shop:2", "127.0.0.1:5000/shop:1"]),
            json!([digest("shop"), digest("mirror/shop")]),
        ),
        image("cc", json!(["used:1"]), json!(null)),
        image("dd", json!(null), json!([digest("one"), digest("two")])),
        image("ee", json!(["hidden:1"]), json!(null)),
    ];
    let dangling = json!([images[0], images[3], images[1]]);
    let engine = empty("1.41")
        .on("GET /images/json", json!(images))
        .on("GET /images/json?*dangling*", dangling)
        .on("GET /containers/json", json!([{ "Id": "c", "ImageID": image_id("cc"), "State": "exited" }]))
        .answer("GET /system/df", {
            let size = AtomicU64::new(5000);
            move |_| {
                let layers = size.fetch_sub(1200, Ordering::Relaxed);
                json!({ "LayersSize": layers, "Images": [{ "Id": image_id("ee"), "Containers": 1 }] }).into()
            }
        });
    images.iter().fold(engine, |engine, image| {
        let path = format!("GET /images/{}/json", image["Id"].as_str().unwrap());
        engine.on(&path, image.clone())
    })
}

fn removal(reference: &str) -> String {
    format!("DELETE /images/{reference}?force=false&noprune=false")
}
