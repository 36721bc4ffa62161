//! Reads and lists resources as clients of both eras do, on a scripted Engine.

mod compose;
mod files;
mod refused;
mod swarm;

use mcp_docker::catalog::{Of, RESOURCES};
use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::golden;
use crate::support::client::{Client, RawClient};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

pub(crate) const LEGACY: &str = "2025-06-18";
pub(crate) const MODERN: &str = "2026-07-28";

pub(crate) fn container(name: &str, running: bool) -> Value {
    let status = if running { "running" } else { "exited" };
    json!({
        "Id": ID, "Name": format!("/{name}"), "Config": { "Tty": false },
        "State": { "Status": status, "Running": running, "StartedAt": "2026-01-01T10:00:00Z" },
    })
}

/// An Engine with the running container `web` and the stopped `old`.
fn engine() -> FakeEngine {
    let stats = json!({
        "read": "2026-01-01T10:00:00Z", "pids_stats": {"current": 7},
        "cpu_stats": {}, "precpu_stats": {}, "memory_stats": {},
    });
    FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                { "Id": ID, "Names": ["/web", "/other/alias"], "State": "running" },
                { "Id": "1", "Names": ["/old"], "State": "exited" },
            ]),
        )
        .on(
            "GET /containers/*/json",
            Reply::error(404, "No such container: nobody"),
        )
        .on("GET /containers/web/json", container("web", true))
        .on("GET /containers/old/json", container("old", false))
        .on(
            "GET /containers/web/logs",
            Reply::chunks([frame(1, "ready\npassword=hunter2-and-more\n")]),
        )
        .on("GET /containers/web/stats", stats)
}

/// Sends a request as a client of either era does and gives the answer.
pub(crate) async fn ask(
    client: &mut RawClient,
    era: &str,
    id: i64,
    method: &str,
    mut params: Value,
) -> Value {
    if era == MODERN {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        });
    }
    client.request(id, method, params).await
}

/// A client that has opened its session, where its era has one.
pub(crate) async fn open(era: &str, env: &[(&str, &str)]) -> RawClient {
    match era {
        MODERN => RawClient::start(env),
        version => RawClient::session(version, env).await,
    }
}

#[tokio::test]
async fn a_client_of_either_era_finds_and_reads_both() {
    for lifecycle in [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    ] {
        let engine = engine();
        let address = engine.address();
        let client = Client::start_as(lifecycle, &[("DOCKER_BASE_URL", &address)]).await;
        let peer = client.peer();

        let templates = peer.list_all_resource_templates().await.unwrap();
        golden::check(
            "tests/golden/resources.json",
            &format!("{}\n", serde_json::to_string_pretty(&templates).unwrap()),
        );

        let listed = peer.list_all_resources().await.unwrap();
        let both = ["container://logs/", "container://stats/"];
        let listed: Vec<_> = listed
            .iter()
            .filter(|it| both.iter().any(|prefix| it.uri.starts_with(prefix)))
            .map(|it| (it.uri.as_str(), it.name.as_str(), it.mime_type.as_deref()))
            .collect();
        assert_eq!(
            listed,
            [
                ("container://logs/old", "old logs", Some("text/plain")),
                ("container://logs/web", "web logs", Some("text/plain")),
                (
                    "container://stats/web",
                    "web stats",
                    Some("application/json")
                ),
            ]
        );
        client.stop().await;
    }
}

#[tokio::test]
async fn what_is_read_is_what_the_tool_gives_and_no_secret() {
    let engine = engine();
    let address = engine.address();
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address)]).await;
        let uri = "container://logs/%77eb";
        let answer = ask(&mut client, era, 1, "resources/read", json!({ "uri": uri })).await;
        let contents = &answer["result"]["contents"];
        assert_eq!(contents.as_array().unwrap().len(), 1, "{answer}");
        assert_eq!(contents[0]["uri"], uri);
        assert_eq!(contents[0]["mimeType"], "text/plain");
        let text = contents[0]["text"].as_str().unwrap();
        assert!(text.starts_with("ready\npassword=[REDACTED:"), "{text}");

        let uri = "container://stats/web";
        let answer = ask(&mut client, era, 2, "resources/read", json!({ "uri": uri })).await;
        let contents = &answer["result"]["contents"][0];
        assert_eq!(contents["mimeType"], "application/json");
        let stats: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
        assert_eq!(stats["container_id"], ID);
        assert_eq!(stats["stats"]["pids"], 7);
    }
    // A few more than the last hundred: a line may have several records.
    let logs = "GET /containers/web/logs?follow=false&stdout=true&stderr=true&since=0&until=0&timestamps=false&tail=117";
    assert!(
        engine.requests().iter().any(|request| request == logs),
        "{:?}",
        engine.requests()
    );
}

#[tokio::test]
async fn the_list_comes_in_pages_of_a_hundred_in_order_and_whole() {
    let containers: Vec<Value> = (0..130)
        .rev()
        .map(|at| json!({ "Id": ID, "Names": [format!("/c{at:03}")], "State": "running" }))
        .collect();
    let engine = FakeEngine::start().on("GET /containers/json", json!(containers));
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    let mut params = json!({});
    loop {
        let page = ask(&mut client, LEGACY, 1, "resources/list", params).await;
        let page = &page["result"];
        let resources = page["resources"].as_array().unwrap();
        sizes.push(resources.len());
        names.extend(
            resources
                .iter()
                .map(|it| it["name"].as_str().unwrap().to_owned()),
        );
        match &page["nextCursor"] {
            Value::Null => break,
            cursor => params = json!({ "cursor": cursor }),
        }
    }
    let last = sizes.pop().unwrap();
    assert!(sizes.iter().all(|size| *size == 100), "{sizes:?}");
    let of_containers = RESOURCES.iter().filter(|it| it.of == Of::Container);
    assert_eq!(sizes.len() * 100 + last, 130 * of_containers.count());
    assert!((1..=100).contains(&last), "{last}");
    assert!(names.is_sorted(), "{names:?}");
    assert!(names[0].starts_with("c000 "), "{names:?}");

    let page = ask(
        &mut client,
        LEGACY,
        2,
        "resources/list",
        json!({ "cursor": "7" }),
    )
    .await;
    assert_eq!(page["error"]["code"], -32602, "{page}");
}

#[tokio::test]
async fn no_content_is_larger_than_the_budget_and_one_that_is_cut_says_so() {
    let line = format!("{}\n", "x".repeat(99));
    let engine = engine().on(
        "GET /containers/web/logs",
        Reply::chunks([frame(1, &line.repeat(100))]),
    );
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_MAX_RESPONSE_BYTES", "4096"),
    ];
    let mut client = open(LEGACY, &env).await;
    let uri = json!({ "uri": "container://logs/web" });
    let answer = ask(&mut client, LEGACY, 1, "resources/read", uri).await;
    let text = answer["result"]["contents"][0]["text"].as_str().unwrap();
    assert!((2000..=4096).contains(&text.len()), "{}", text.len());
    assert!(text.ends_with('x'), "the newest lines are kept");
    let (note, rest) = text.split_once('\n').unwrap();
    assert!(note.contains("`docker_container_logs`"), "{note}");
    assert!(note.contains("SAFETY_MAX_RESPONSE_BYTES"), "{note}");
    assert!(rest.starts_with('x'), "{rest}");
}

#[tokio::test]
async fn the_command_line_prints_a_resource_as_it_is() {
    let engine = engine();
    let run = |uri: &'static str| {
        let home = tempfile::tempdir().unwrap();
        let mut command = crate::support::client::command(home.path());
        command.args(["resource", uri]);
        command.env("DOCKER_BASE_URL", engine.address());
        async move {
            let output = command.output().await.unwrap();
            drop(home);
            let text = |bytes| String::from_utf8(bytes).unwrap();
            (
                output.status.code().unwrap(),
                text(output.stdout),
                text(output.stderr),
            )
        }
    };
    let (code, stdout, stderr) = run("container://logs/web").await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.starts_with("ready\npassword=[REDACTED:"), "{stdout}");
    let (code, stdout, _) = run("container://stats/web").await;
    assert_eq!(code, 0);
    let stats: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(stats["stats"]["pids"], 7);
    let (code, _, stderr) = run("container://logs/nobody").await;
    assert_eq!(code, 1);
    assert!(stderr.contains("no such container: `nobody`"), "{stderr}");
    let (code, _, stderr) = run("container:logs").await;
    assert_eq!(code, 2);
    assert!(
        stderr.contains("container://logs/{container_id}"),
        "{stderr}"
    );
}

#[tokio::test]
async fn reading_is_a_call_that_is_recorded() {
    let engine = engine();
    let address = engine.address();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap()),
    ];
    let mut client = open(LEGACY, &env).await;
    let uri = json!({ "uri": "container://logs/web" });
    ask(&mut client, LEGACY, 1, "resources/read", uri).await;
    let text = std::fs::read_to_string(&log).unwrap();
    let line: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["tool"], "docker_container_logs", "{text}");
}
