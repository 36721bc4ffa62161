//! Tests the tools of the toolset `lifecycle` against what Engines answer at their worst.

mod images;
mod recreate;
mod run;

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::client::EVERYTHING;
use crate::support::fake_engine::{FakeEngine, Reply};

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// An Engine that has a container `web` in that state, and no other.
fn engine(status: &str) -> FakeEngine {
    let absent = Reply::error(404, "No such container: nobody");
    FakeEngine::start().on("* /containers/nobody/*", absent).on(
        "GET /containers/web/json",
        json!({ "Id": ID, "Name": "/web", "State": { "Status": status } }),
    )
}

/// Tools that change a container, and what else they have to be told.
fn tools() -> [(&'static str, Value); 6] {
    [
        ("docker_rename_container", json!({ "name": "other" })),
        ("docker_pause_container", json!({})),
        ("docker_unpause_container", json!({})),
        ("docker_kill_container", json!({})),
        ("docker_update_container", json!({ "mem_limit": "64m" })),
        ("docker_commit_container", json!({ "repository": "kept" })),
    ]
}

#[tokio::test]
async fn a_container_that_is_not_there_is_what_is_missing() {
    for (tool, arguments) in tools() {
        let engine = engine("running");
        let of = |name: &str| {
            let mut arguments = arguments.clone();
            arguments["container_id"] = json!(name);
            arguments
        };
        let text = failed(&engine, tool, of("nobody")).await;
        assert!(
            text.contains("no such container: `nobody`"),
            "{tool}: {text}"
        );
        assert_eq!(engine.requests(), ["GET /containers/nobody/json"], "{tool}");
        let text = failed(&engine, tool, of("../web")).await;
        assert!(text.contains("`container_id`"), "{tool}: {text}");
        assert_eq!(engine.requests().len(), 1, "{tool}");
    }
}

#[tokio::test]
async fn a_container_in_another_state_is_told_with_the_way_out() {
    for (tool, request, refusal, way_out) in [
        (
            "pause",
            "pause",
            Reply::error(409, "Container 4c01 is not running"),
            "docker_start_container",
        ),
        (
            "pause",
            "pause",
            Reply::error(409, "Container 4c01 is already paused"),
            "docker_unpause_container",
        ),
        (
            "unpause",
            "unpause",
            Reply::error(500, "Container 4c01 is not paused"),
            "docker_inspect_container",
        ),
        (
            "kill",
            "kill",
            Reply::error(
                409,
                "Cannot kill container: web: Container 4c01 is not running",
            ),
            "docker_start_container",
        ),
    ] {
        let engine = engine("exited").on(&format!("POST /containers/web/{request}"), refusal);
        let tool = format!("docker_{tool}_container");
        let text = failed(&engine, &tool, json!({ "container_id": "web" })).await;
        assert!(text.contains(way_out), "{tool}: {text}");
    }
}

#[tokio::test]
async fn the_status_is_that_after_the_act() {
    for (tool, status) in [
        ("pause", "paused"),
        ("unpause", "running"),
        ("kill", "exited"),
    ] {
        let request = format!("POST /containers/web/{tool}");
        let engine = engine(status).on(&request, Reply::empty(204));
        let tool = format!("docker_{tool}_container");
        let result = given(&engine, &tool, json!({ "container_id": "web" })).await;
        assert_eq!(result, json!({ "container_id": ID, "status": status }));
    }
}

#[tokio::test]
async fn a_signal_is_spelled_in_any_way_that_engines_know() {
    for (given, sent) in [
        ("SIGUSR1", "USR1"),
        ("term", "TERM"),
        ("15", "15"),
        ("RTMIN+2", "RTMIN%2B2"),
    ] {
        let engine = engine("running").on("POST /containers/web/kill", Reply::empty(204));
        let arguments = json!({ "container_id": "web", "signal": given });
        self::given(&engine, "docker_kill_container", arguments).await;
        let sent = format!("POST /containers/web/kill?signal={sent}");
        assert!(engine.requests().contains(&sent), "{:?}", engine.requests());
    }
    for (given, part) in [
        ("SIGTREM", "did you mean `TERM`?"),
        ("0", "`9`"),
        ("KILL;reboot", "`signal`"),
    ] {
        let engine = engine("running");
        let arguments = json!({ "container_id": "web", "signal": given });
        let text = failed(&engine, "docker_kill_container", arguments).await;
        assert!(text.contains(part), "{given}: {text}");
        assert!(engine.requests().is_empty(), "{:?}", engine.requests());
    }
}

#[tokio::test]
async fn a_name_that_is_taken_or_none_is_told() {
    let taken = "Conflict. The container name \"/db\" is already in use by container \"4c02\".";
    let engine = engine("running").on("POST /containers/web/rename", Reply::error(409, taken));
    let tool = "docker_rename_container";
    let arguments = |name: &str| json!({ "container_id": "web", "name": name });
    let text = failed(&engine, tool, arguments("db")).await;
    assert!(text.contains("choose another `name`"), "{text}");
    let sent = engine.requests().len();
    for name in ["", "a b", "a/b", "-a"] {
        let text = failed(&engine, tool, arguments(name)).await;
        assert!(text.contains("`name`"), "{name}: {text}");
    }
    assert_eq!(engine.requests().len(), sent);
}

#[tokio::test]
async fn what_an_update_leaves_out_is_not_sent() {
    let engine = engine("running").on("POST /containers/web/update", json!({ "Warnings": null }));
    let tool = "docker_update_container";
    let arguments = json!({ "container_id": "web", "memory_swap": "1g" });
    let result = given(&engine, tool, arguments).await;
    assert_eq!(result, json!({ "container_id": ID, "warnings": [] }));
    assert_eq!(
        engine.seen().pop().unwrap().body,
        r#"{"MemorySwap":1073741824}"#
    );
    for (key, value) in [
        ("memory_swap", json!("-2")),
        ("pids_limit", json!(-2)),
        ("cpus", json!(0)),
    ] {
        let sent = engine.requests().len();
        let text = failed(&engine, tool, json!({ "container_id": "web", key: value })).await;
        assert!(text.contains(&format!("`{key}`")), "{text}");
        assert_eq!(engine.requests().len(), sent);
    }
    let less = "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time";
    let refusing =
        self::engine("running").on("POST /containers/web/update", Reply::error(400, less));
    let text = failed(
        &refusing,
        tool,
        json!({ "container_id": "web", "mem_limit": "1g" }),
    )
    .await;
    assert!(text.contains("`memory_swap`"), "{text}");
}

#[tokio::test]
async fn a_commit_says_what_it_made() {
    let engine = engine("running").on(
        "POST /commit",
        Reply::json(201, &json!({ "Id": "sha256:0" })),
    );
    let tool = "docker_commit_container";
    let arguments = json!({ "container_id": "web", "repository": "shop/web", "pause": false });
    let result = given(&engine, tool, arguments).await;
    assert_eq!(
        result,
        json!({ "image_id": "sha256:0", "tag": "shop/web:latest" })
    );
    let sent = engine.requests().pop().unwrap();
    assert_eq!(
        sent,
        "POST /commit?container=web&repo=shop%2Fweb&tag=latest&pause=false"
    );
    let changes = json!({ "container_id": "web", "repository": "web", "changes": ["USER root"] });
    let text = failed(&engine, tool, changes).await;
    assert!(text.contains("`changes`"), "{text}");
}
