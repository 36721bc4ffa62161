//! What there is of a project, and of others beside it.

use serde_json::{Value, json};

use crate::support::fake_engine::{FakeEngine, Reply, version};

pub(super) fn made_up(digits: &str) -> String {
    digits.repeat(64 / digits.len())
}

/// A container with the labels that Compose gives it.
pub(super) fn container(
    name: &str,
    service: &str,
    state: &str,
    labels: Value,
    more: Value,
) -> Value {
    let project = name.split(['-', '_']).next().unwrap();
    let mut all = json!({
        "com.docker.compose.project": project, "com.docker.compose.service": service,
        "com.docker.compose.oneoff": "False",
    });
    for (label, value) in labels.as_object().unwrap() {
        all[format!("com.docker.compose.{label}")] = value.clone();
    }
    let mut container = json!({
        "Id": format!("id-{name}"), "Names": [format!("/{name}")], "State": state, "Labels": all,
        "Image": "base:1", "ImageID": "sha256:base", "Mounts": [],
    });
    for (key, value) in more.as_object().unwrap() {
        container[key] = value.clone();
    }
    container
}

pub(super) fn mounted(volumes: &[&str]) -> Value {
    let mounts = volumes.iter();
    mounts
        .map(|name| json!({ "Type": "volume", "Name": name }))
        .collect()
}

pub(super) fn volume(name: &str, labels: Value) -> Value {
    json!({ "Name": name, "Driver": "local", "CreatedAt": "2026-01-01T10:00:00Z", "Labels": labels })
}

pub(super) fn image(id: &str, tags: Value, digests: Value, labels: Value) -> Value {
    json!({
        "Id": format!("sha256:{id}"), "RepoTags": tags, "RepoDigests": digests, "Created": 1_700_000_000,
        "Size": 1, "Labels": labels,
    })
}

pub(super) fn of(project: &str) -> Value {
    json!({ "com.docker.compose.project": project })
}

pub(super) fn built(service: &str) -> Value {
    json!({ "com.docker.compose.project": "shop", "com.docker.compose.service": service })
}

/// A project that grew for years, beside another and a container of nobody's.
pub(super) fn engine() -> FakeEngine {
    let needs_db = json!({ "depends_on": "db:service_started:false" });
    let one_off = json!({ "oneoff": "True", "depends_on": "db:service_started:false" });
    let none = json!({});
    let containers = json!([
        container("shop-db-1", "db", "running", none.clone(), json!({
            "Mounts": mounted(&["shop_data", &made_up("0f"), &made_up("1f")]),
        })),
        container("shop-web-1", "web", "running", needs_db, json!({ "ImageID": "sha256:web", "Image": "shop-web" })),
        container("shop-web-run-1", "web", "paused", one_off, none.clone()),
        container("shop-orphan-1", "orphan", "exited", none.clone(), none.clone()),
        container("shop_old_1", "old", "exited", none.clone(), json!({ "ImageID": "sha256:old" })),
        container("other-web-1", "web", "exited", none.clone(), json!({
            "ImageID": "sha256:used", "Mounts": mounted(&[&made_up("1f")]),
            "NetworkSettings": { "Networks": { "shop_back": { "NetworkID": "net-back" } } },
        })),
        { "Id": "id-lone", "Names": ["/lone"], "State": "running", "Labels": null, "Mounts": mounted(&["mine"]) },
    ]);
    let network = |id: &str, name: &str, labels: Value| json!({ "Id": id, "Name": name, "Driver": "bridge", "Labels": labels });
    let networks = json!([
        network("net-default", "shop_default", of("shop")),
        network("net-back", "shop_back", of("shop")),
        network("net-other", "other_default", of("other")),
        network("net-mine", "shop_mine", json!(null)),
    ]);
    let anonymous = json!({ "com.docker.volume.anonymous": "" });
    let volumes = [
        volume("shop_data", of("shop")),
        volume(&made_up("0f"), anonymous.clone()),
        volume(&made_up("1f"), anonymous.clone()),
        volume(&made_up("2f"), anonymous),
        volume("mine", json!(null)),
        volume("other_data", of("other")),
        volume("left_data", of("left")),
    ];
    let images = json!([
        image("web", json!(["shop-web:latest"]), json!([]), built("web")),
        image("gone", json!(null), json!([]), built("web")),
        image("old", json!(["shop_old:latest"]), json!([]), json!(null)),
        image(
            "base",
            json!(["base:1"]),
            json!(["base@sha256:1"]),
            json!(null)
        ),
        image(
            "tool",
            json!(["mine/tool:1", "shop-tool:latest"]),
            json!([]),
            built("tool")
        ),
        image("child", json!(["mine/child:1"]), json!([]), built("web")),
        image(
            "used",
            json!(["shop-used:latest"]),
            json!([]),
            built("used")
        ),
    ]);
    let by_id = |list: &Value, id: &str| {
        let mut all = list.as_array().unwrap().iter();
        all.find(|it| it["Id"] == id).unwrap().clone()
    };
    let mut engine = FakeEngine::start()
        .on("GET /version", version("1.45"))
        .on("GET /containers/json", containers)
        .on("GET /networks", networks)
        .on("GET /volumes", json!({ "Volumes": volumes }))
        .on("GET /images/json", images.clone())
        .on("GET /system/df", json!({ "Volumes": [{ "Name": "shop_data", "UsageData": { "Size": 7, "RefCount": 1 } }] }))
        .on("POST /containers/*/stop", Reply::empty(204))
        .on("DELETE /containers/*", Reply::empty(204))
        .on("DELETE /networks/*", Reply::empty(204))
        .on("DELETE /volumes/*", Reply::empty(204))
        .answer("DELETE /images/*", |seen| {
            let path = seen.target.split('?').next().unwrap_or_default();
            match path.trim_start_matches("/images/") {
                id if id.starts_with("sha256:") => json!([{ "Deleted": id }]).into(),
                name => json!([{ "Untagged": name }, { "Deleted": "sha256:layer" }]).into(),
            }
        });
    for volume in volumes {
        engine = engine.on(
            &format!("GET /volumes/{}", volume["Name"].as_str().unwrap()),
            volume.clone(),
        );
    }
    for id in ["web", "gone", "old", "base", "tool", "child", "used"] {
        let id = format!("sha256:{id}");
        engine = engine.on(&format!("GET /images/{id}/json"), by_id(&images, &id));
    }
    engine
}
