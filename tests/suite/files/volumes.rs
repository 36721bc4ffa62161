//! Files of volumes: through a container that mounts the volume, or one that is made for it.

use super::*;
use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::Reply;

const CARRIER: &str = "c0ffee01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9";

/// An Engine with a volume `data`, and these containers.
fn engine_of(containers: &Value, files: Files) -> FakeEngine {
    let listed = containers.clone();
    let inspected = containers.clone();
    FakeEngine::start()
        .on("GET /containers/json", listed)
        .on(
            "GET /volumes/*",
            Reply::error(404, "get none: no such volume"),
        )
        .on(
            "GET /volumes/data",
            json!({ "Name": "data", "Driver": "local" }),
        )
        .on(
            "GET /images/json",
            json!([{ "Id": "sha256:large", "Size": 900 }, { "Id": "sha256:small", "Size": 100 }]),
        )
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": CARRIER, "Warnings": [] })),
        )
        .on("DELETE /containers/*", Reply::empty(204))
        .answer("GET /containers/*/json", move |seen| {
            let asked = seen.target.split('/').nth(2).unwrap();
            let all = inspected.as_array().unwrap();
            let found = all.iter().find(|it| it["Id"] == asked);
            let found = found
                .cloned()
                .unwrap_or(json!({ "Id": CARRIER, "HostConfig": {} }));
            found.into()
        })
        .with_files(files)
}

/// A container that mounts `data`.
fn mounting(id: &str, name: &str, state: &str, at: &str, writable: bool) -> Value {
    json!({
        "Id": id, "Names": [format!("/{name}")], "Name": format!("/{name}"), "State": state, "HostConfig": {},
        "Mounts": [{
            "Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data", "Destination": at,
            "RW": writable,
        }],
    })
}

fn in_data(path: &str) -> Value {
    json!({ "volume": "data", "path": path })
}

/// What a list of containers shows of the state is a word, and what an inspect shows an object: here the list.
fn archives(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    requests.filter(|it| it.contains("/archive")).collect()
}

fn changes(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    requests
        .filter(|it| !it.starts_with("GET ") && !it.starts_with("HEAD "))
        .collect()
}

fn carried() -> Files {
    files([
        ("/volume/conf", file("abc")),
        ("/volume/out", Node::Link("/etc/passwd", "/etc/passwd")),
        ("/volume/folder", Node::Link("../etc", "/etc")),
        ("/volume/in", Node::Link("conf", "/volume/conf")),
        ("/etc/passwd", file("root:x:0:0::/root:/bin/sh\n")),
    ])
}

#[tokio::test]
async fn a_volume_is_read_through_a_container_that_mounts_it() {
    let containers = json!([
        mounting("a1", "a", "exited", "/a", true),
        mounting("b1", "z", "running", "/srv/data", true),
        mounting("d1", "b", "dead", "/d", true),
    ]);
    let engine = engine_of(&containers, files([("/srv/data/sub/x", file("abc"))]));
    let result = read_in(&engine, "/sub/x").await;
    assert_eq!(
        (&result["path"], &result["text"]),
        (&json!("/sub/x"), &json!("abc"))
    );
    let list = given(&engine, LIST, in_data("/")).await;
    assert_eq!(list["files"][0]["path"], "/sub", "{list}");
    assert!(changes(&engine).is_empty(), "{:?}", engine.requests());
    let archives = archives(&engine);
    assert!(
        archives.iter().all(|it| it.contains("/containers/b1/")),
        "{archives:?}"
    );
}

async fn read_in(engine: &FakeEngine, path: &str) -> Value {
    given(engine, READ, in_data(path)).await
}

/// The one that is there is another's, too, or hides a part of the volume.
#[tokio::test]
async fn a_volume_is_not_read_where_another_mount_is_within_or_it_is_a_part() {
    let mut nested = mounting("a1", "a", "running", "/srv", true);
    let within =
        json!({ "Type": "bind", "Source": "/srv/x", "Destination": "/srv/sub", "RW": true });
    nested["Mounts"].as_array_mut().unwrap().push(within);
    let mut part = mounting("b1", "b", "running", "/srv", true);
    part["HostConfig"] =
        json!({ "Mounts": [{ "Target": "/srv", "VolumeOptions": { "Subpath": "sub" } }] });
    let mut over = mounting("d1", "d", "running", "/srv", true);
    over["HostConfig"] = json!({ "Tmpfs": { "/srv/run": "" } });
    let mut exposing = mounting("e1", "e", "running", "/srv", true);
    let bind = json!({ "Type": "bind", "Source": "/etc", "Destination": "/host", "RW": true });
    exposing["Mounts"].as_array_mut().unwrap().push(bind);
    let whole = mounting("f1", "f", "running", "/srv", true);
    let containers = json!([nested, part, over, exposing, whole]);
    let engine = engine_of(&containers, files([("/srv/x", file("abc"))]));
    let result = read_in(&engine, "/x").await;
    assert_eq!(result["text"], "abc", "{result}");
    let archives = archives(&engine);
    assert!(
        archives.iter().all(|it| it.contains("/containers/f1/")),
        "{archives:?}"
    );
}

#[tokio::test]
async fn a_volume_that_nobody_mounts_is_read_through_a_container_that_never_starts_and_goes() {
    let engine = engine_of(&json!([]), carried());
    let result = read_in(&engine, "/in").await;
    assert_eq!(
        (&result["path"], &result["text"]),
        (&json!("/conf"), &json!("abc"))
    );
    let requests = changes(&engine);
    let removed = format!("DELETE /containers/{CARRIER}?v=true&force=true&link=false");
    assert_eq!(
        requests,
        ["POST /containers/create", &removed],
        "{requests:?}"
    );
    let body = &engine.bodies()[0];
    assert_eq!(body["Image"], "sha256:small", "{body}");
    assert_eq!(body["HostConfig"]["NetworkMode"], "none", "{body}");
    let mount = json!([{
        "Type": "volume", "Source": "data", "Target": "/volume", "ReadOnly": true, "VolumeOptions": { "NoCopy": true },
    }]);
    assert_eq!(body["HostConfig"]["Mounts"], mount, "{body}");
    assert!(body["Labels"]["mcp-docker.carrier"].is_string(), "{body}");

    // Whatever comes of it.
    let text = failed(&engine, READ, in_data("/nothing")).await;
    assert!(
        text.contains("there is no /nothing in the volume `data`"),
        "{text}"
    );
    assert_eq!(changes(&engine).len(), 4, "{:?}", changes(&engine));
}

#[tokio::test]
async fn a_link_that_leads_out_of_the_volume_is_not_followed() {
    let through = json!([mounting("b1", "b", "running", "/volume", true)]);
    for containers in [json!([]), through] {
        let engine = engine_of(&containers, carried());
        for path in ["/out", "/folder/passwd"] {
            for tool in [READ, LIST] {
                let text = failed(&engine, tool, in_data(path)).await;
                assert!(
                    text.contains("leads out of the volume `data`"),
                    "{path}: {text}"
                );
            }
        }
        let archives = archives(&engine);
        assert!(
            !archives.iter().any(|it| it.contains("etc")),
            "{archives:?}"
        );
    }
}

/// Reading makes nothing where nothing may be made: not for a server that only reads, nor for a token that does.
#[tokio::test]
async fn nothing_is_made_where_only_reading_is_allowed() {
    let engine = engine_of(&json!([]), carried());
    let address = engine.address();
    let env = [
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false"),
    ];
    let client = Client::start(&env).await;
    for tool in [READ, LIST] {
        let result = client.call(tool, in_data("/conf")).await;
        assert_eq!(result.is_error, Some(true), "{result:?}");
        let text = format!("{:?}", result.content);
        assert!(
            text.contains("no container mounts the volume `data`"),
            "{text}"
        );
        assert!(
            text.contains("SAFETY_ALLOW_MODERATE_OPERATIONS=true"),
            "{text}"
        );
    }
    client.stop().await;
    assert!(changes(&engine).is_empty(), "{:?}", engine.requests());
    let mounted = json!([mounting("b1", "b", "running", "/volume", true)]);
    let engine = engine_of(&mounted, carried());
    let address = engine.address();
    let env = [
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false"),
    ];
    let client = Client::start(&env).await;
    let result = client.call(READ, in_data("/conf")).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.stop().await;
}

#[tokio::test]
async fn a_volume_or_an_image_that_is_not_there_is_said_not_to_be() {
    let engine = engine_of(&json!([]), carried());
    let text = failed(&engine, READ, json!({ "volume": "none", "path": "/conf" })).await;
    assert!(text.contains("`none`"), "{text}");
    assert!(changes(&engine).is_empty(), "{:?}", engine.requests());
    let bare = engine.on("GET /images/json", json!([]));
    let text = failed(&bare, READ, in_data("/conf")).await;
    assert!(
        text.contains("no image") && text.contains("docker_pull_image"),
        "{text}"
    );
    for arguments in [
        json!({ "path": "/conf" }),
        json!({ "volume": "data", "container_id": "web", "path": "/conf" }),
    ] {
        let text = failed(&bare, READ, arguments).await;
        assert!(text.contains("either `container_id` or `volume`"), "{text}");
    }
}

/// A volume of other containers may be a folder of the host by another name.
#[tokio::test]
async fn a_volume_that_is_a_folder_of_the_host_is_judged_like_one() {
    let options = json!({ "type": "none", "o": "bind", "device": "/etc" });
    let volume = json!({ "Name": "data", "Driver": "local", "Options": options });
    let through = json!([mounting("b1", "b", "running", "/volume", true)]);
    for containers in [json!([]), through] {
        let engine = engine_of(&containers, carried()).on("GET /volumes/data", volume.clone());
        let text = failed(&engine, READ, in_data("/conf")).await;
        assert!(text.contains("/etc"), "{text}");
        assert!(changes(&engine).is_empty(), "{:?}", engine.requests());
        assert!(archives(&engine).is_empty(), "{:?}", engine.requests());
    }
}

/// What others made with the same label, started, or still need, stays.
#[tokio::test]
async fn carriers_that_were_left_behind_are_swept() {
    let left = |id: &str, maker: &str, status: &str, created: &str| {
        json!({
            "Id": id, "Names": [format!("/{id}")], "State": { "Status": status }, "Created": created,
            "Labels": { "mcp-docker.carrier": maker }, "Config": { "Labels": { "mcp-docker.carrier": maker } },
            "HostConfig": {},
            "Mounts": [{ "Type": "volume", "Name": "data", "Destination": "/volume", "RW": true }],
        })
    };
    let now = jiff::Timestamp::now().to_string();
    let old = "2026-01-01T10:00:00Z";
    let mut other = left("f5", "", "created", old);
    other["Labels"] = json!({});
    other["Config"] = json!({});
    other["Mounts"] = json!([]);
    let containers = json!([
        left("a1", "elsewhere", "created", old),
        left("b2", "elsewhere", "created", &now),
        left("d3", "elsewhere", "running", old),
        left("e4", "elsewhere", "exited", old),
        other,
    ]);
    let engine = engine_of(&containers, carried());
    let result = read_in(&engine, "/conf").await;
    assert_eq!(result["text"], "abc", "{result}");
    let removed = changes(&engine);
    let carrier = format!("DELETE /containers/{CARRIER}?v=true&force=true&link=false");
    assert_eq!(
        removed,
        [
            "DELETE /containers/a1?v=true&force=false&link=false",
            "POST /containers/create",
            &carrier
        ]
    );
}
