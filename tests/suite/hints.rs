//! Holds what a result says of what it left out to what is true: what cut it, and how to get more.

use mcp_docker::catalog;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply, frame};

/// What a result says that the budget cut.
const BUDGET: &str = "not all of it fits (4096 bytes at most)";

async fn client(engine: &FakeEngine, budget: &str) -> Client {
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_MAX_RESPONSE_BYTES", budget),
    ];
    Client::start(&env).await
}

/// An Engine that has three of everything that is listed.
fn three() -> FakeEngine {
    let objects = |key: &str| {
        let names = ["a", "b", "c"];
        Value::from_iter(names.map(|name| json!({ key: name })))
    };
    let now = jiff::Timestamp::now().as_second();
    let event =
        |at: i64| json!({ "Type": "container", "Action": "start", "time": now + at }).to_string();
    FakeEngine::start()
        .on("GET /containers/json", objects("Id"))
        .on("GET /images/json", objects("Id"))
        .on("GET /networks", objects("Name"))
        .on("GET /volumes", json!({ "Volumes": objects("Name") }))
        .on("GET /events", Reply::chunks([1, 2, 3].map(event)))
}

/// What a call that succeeded says of what it left out.
async fn hint(client: &Client, tool: &str, arguments: Value) -> String {
    let result = client.call(tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{tool}: {result:?}");
    let result = result.structured_content.unwrap();
    assert_eq!(result["truncated"], true, "{tool}: {result}");
    result["hint"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_result_that_only_its_limit_cut_says_that_more_matched_and_does_not_blame_the_budget() {
    let engine = three();
    let client = client(&engine, "65536").await;
    for name in [
        "docker_list_containers",
        "docker_list_images",
        "docker_list_networks",
        "docker_list_volumes",
        "docker_events",
    ] {
        let params = catalog::find(name).unwrap().params;
        let limit = params.iter().find(|param| param.name == "limit");
        assert_eq!(limit.unwrap().max, Some(1000.0), "{name}");
        let said = hint(&client, name, json!({ "limit": 1 })).await;
        let expected = "more matched than the `limit` of 1 lets in: raise it (1000 at most), or ";
        assert!(said.starts_with(expected), "{name}: {said}");
        assert!(said.contains("`filters`"), "{name}: {said}");
    }
    client.stop().await;
}

#[tokio::test]
async fn a_result_that_the_budget_cut_says_what_of_it_is_kept_and_how_to_ask_for_less() {
    let lines = "x".repeat(99) + "\n";
    let step = json!({ "stream": lines }).to_string();
    let now = jiff::Timestamp::now().as_second();
    let event = json!({ "Type": "container", "Action": "start", "time": now }).to_string();
    let listed = json!({ "Id": "1", "Labels": { "x": "y".repeat(5000) } });
    let built = json!({ "aux": { "ID": "sha256:0" } }).to_string();
    let engine = FakeEngine::start()
        .on(
            "GET /containers/web/json",
            json!({ "Id": "1", "Config": {}, "HostConfig": {}, "Mounts": [], "State": { "Running": true } }),
        )
        .on(
            "GET /containers/web/logs",
            Reply::chunks([frame(1, &lines.repeat(100))]),
        )
        .on(
            "POST /containers/web/exec",
            Reply::json(201, &json!({ "Id": "1" })),
        )
        .on(
            "POST /exec/1/start",
            Reply::chunks([frame(1, &lines.repeat(100))]),
        )
        .on("GET /exec/1/json", json!({ "ExitCode": 0 }))
        .on("GET /events", Reply::chunks(vec![event; 90]))
        .on("GET /containers/json", json!([listed]))
        .on("POST /build", Reply::chunks([step.repeat(100), built]));
    let context = crate::support::workplace::workplace();
    std::fs::write(context.path().join("Dockerfile"), "FROM scratch").unwrap();
    let client = client(&engine, "4096").await;
    for (tool, arguments, kept, less) in [
        (
            "docker_container_logs",
            json!({ "container_id": "web" }),
            "the newest lines are kept",
            "`grep`, `since`, `until` or a smaller `tail`",
        ),
        (
            "docker_exec_command",
            json!({ "container_id": "web", "command": "env" }),
            "the beginning and the end are kept",
            "`grep` or `tail`",
        ),
        (
            "docker_events",
            json!({}),
            "the newest are kept",
            "`filters`, `since` or `until`",
        ),
        (
            "docker_build_image",
            json!({ "path": context.path() }),
            "the newest lines are kept",
            "the image is built all the same",
        ),
        (
            "docker_list_containers",
            json!({ "labels": true }),
            "",
            "leave out `labels`",
        ),
    ] {
        let said = hint(&client, tool, arguments).await;
        assert!(said.starts_with(BUDGET), "{tool}: {said}");
        assert!(said.contains(kept), "{tool}: {said}");
        assert!(said.contains(less), "{tool}: {said}");
    }
    client.stop().await;
}
