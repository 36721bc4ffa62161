//! An Engine on which every example works.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mcp_docker::catalog::{Example, TOOLS, Tool};
use serde_json::{Value, json};

use super::ID;
use crate::generator::{replies, whole};
use crate::support::fake_engine::{FakeEngine, Reply, frame, version};
use crate::support::files::{file, files};

/// What an Engine could answer to each tool that is one call, by bollard's models.
static MADE_UP: LazyLock<BTreeMap<String, Value>> =
    LazyLock::new(|| replies(&whole()).into_iter().collect());

/// An Engine that answers the last request of every example: as the example says, or else anything
/// that bollard's model allows.
fn answering() -> FakeEngine {
    let examples = |tool: &&'static Tool| tool.examples.iter().zip(std::iter::repeat(*tool));
    let examples = TOOLS.iter().copied().map(|tool| examples(&tool));
    examples
        .flatten()
        .fold(FakeEngine::start(), |engine, (example, tool)| {
            match (said(example), MADE_UP.get(tool.name)) {
                (Some(reply), _) => engine.on(&last(example), reply),
                (None, Some(reply)) => engine.on(&last(example), reply.clone()),
                (None, None) => engine,
            }
        })
}

/// What an example says that the Engine answers.
pub(crate) fn said(example: &Example) -> Option<Value> {
    example
        .reply
        .map(|reply| serde_json::from_str(reply).unwrap())
}

/// The last request of an example, without its query.
pub(crate) fn last(example: &Example) -> String {
    let request = example.requests.last().unwrap().replace("{id}", ID);
    request.split('?').next().unwrap().to_owned()
}

/// An Engine on which every example works.
pub(crate) fn engine() -> FakeEngine {
    let container = json!({
        "Id": ID, "Name": "/web", "Image": "sha256:0", "Config": { "Tty": false, "Image": "web:1" },
        "State": { "Status": "running", "Running": true }, "HostConfig": {}, "Mounts": [],
    });
    let stats = json!({ "id": ID, "read": "2026-01-01T10:00:00Z", "cpu_stats": {}, "precpu_stats": {}, "memory_stats": {} });
    // The last rule that matches answers.
    answering()
        .on("GET /version", version("1.41"))
        .on("POST /containers/*", Reply::empty(204))
        .on("POST /containers/*/wait", json!({ "StatusCode": 0 }))
        .on(
            "GET /containers/json",
            json!([{
                "Id": ID, "Names": ["/web"], "Image": "web:1", "ImageID": "sha256:0", "State": "running",
                "Labels": {
                    "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
                    "com.docker.compose.container-number": "1",
                },
            }]),
        )
        .on("GET /containers/*/json", container)
        .on(
            "GET /containers/*/logs",
            Reply::chunks([frame(1, "ok\n")]),
        )
        .on("GET /containers/*/stats", stats)
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": ID, "Warnings": [] })),
        )
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": ID })),
        )
        .on(
            "POST /exec/*/start",
            Reply::chunks([frame(1, "ok\n")]),
        )
        .on(
            "GET /exec/*/json",
            json!({ "Running": false, "ExitCode": 0 }),
        )
        .on("DELETE /containers/*", Reply::empty(204))
        .on("GET /networks", json!([{ "Id": ID, "Name": "lab", "Labels": { "com.docker.compose.project": "shop" } }]))
        .on("GET /networks/*", json!({ "Id": ID, "Name": "lab" }))
        .on("POST /networks/*", Reply::empty(200))
        .on(
            "POST /networks/create",
            Reply::json(201, &json!({ "Id": ID, "Warning": "" })),
        )
        .on("DELETE /networks/*", Reply::empty(204))
        .on(
            "GET /volumes",
            json!({ "Volumes": [{ "Name": "data", "Driver": "local", "Labels": { "com.docker.compose.project": "shop" } }] }),
        )
        .on("GET /volumes/*", json!({ "Name": "data" }))
        .on(
            "POST /volumes/create",
            Reply::json(201, &json!({ "Name": "data" })),
        )
        .on("DELETE /volumes/*", Reply::empty(204))
        .on("POST /*/prune", json!({}))
        .on(
            "GET /images/json",
            json!([{
                "Id": ID, "RepoTags": ["web:1"], "RepoDigests": [format!("web@{ID}")], "Created": 0, "Size": 1,
                "Labels": { "com.docker.compose.project": "shop" },
            }]),
        )
        .on(
            "GET /images/*/json",
            json!({ "Id": ID, "RepoTags": ["web:1"] }),
        )
        .on(
            "GET /distribution/*",
            json!({ "Descriptor": { "mediaType": "", "digest": format!("sha256:{ID}") } }),
        )
        .on("GET /images/*/history", json!([{ "Id": ID }]))
        .on("POST /images/*/tag", Reply::empty(201))
        .on("DELETE /images/*", json!([{ "Untagged": "web:1" }]))
        .on(
            "POST /images/prune",
            json!({ "ImagesDeleted": null, "SpaceReclaimed": 0 }),
        )
        .on(
            "POST /images/create",
            json!({ "status": "Status: Image is up to date" }),
        )
        .on(
            "POST /images/*/push",
            json!({ "aux": { "Tag": "1", "Digest": "sha256:0", "Size": 1 } }),
        )
        .on("GET /images/get", Reply::chunks([vec![0; 1024]]))
        .on("POST /images/load", json!({ "stream": "Loaded image: web:1\n" }))
        .on("POST /build", json!({ "aux": { "ID": ID } }))
        .with_files(files([("/srv/app.conf", file("listen 80\n"))]))
        .on("PUT /containers/*/archive", Reply::empty(200))
        .on("GET /info", json!({ "Name": "host", "ID": ID }))
        .with_swarm()
        .on("GET /system/df", json!({ "LayersSize": 0 }))
        .on(
            "GET /events",
            json!({ "Type": "container", "Action": "rename", "Actor": { "ID": ID } }),
        )
}
