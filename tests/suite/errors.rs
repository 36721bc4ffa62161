//! What kind of failure a call meets, as programs read it: over stdio and over HTTP.

use std::fs;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use mcp_docker::arguments::Arguments;
use mcp_docker::call::{Call, CallError, Operation};
use mcp_docker::catalog::Tool;
use mcp_docker::config::Config;
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::params::InvalidArgument;
use mcp_docker::transport::network::{Listener, Protocol};
use rmcp::model::CallToolResult;
use serde_json::{Value, json};

use crate::support::client::{Client, RawClient};
use crate::support::exchange::PLANNED;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::http::{Server, Session};

/// Where a client finds the kind.
const ERROR: &str = "io.mcp-docker/error";

/// So little time that what hangs is soon found to.
const HASTY: (&str, &str) = ("DOCKER_TIMEOUT", "1");

/// The kind of a failure, the settings it comes with, and the call that meets it.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    Value,
);

fn rows() -> Vec<Row> {
    vec![
        (
            "invalid_argument",
            &[],
            "docker_inspect_volume",
            json!({ "volume_name": "../x" }),
        ),
        (
            "refused",
            &[],
            "docker_remove_volume",
            json!({ "volume_name": "data" }),
        ),
        (
            "unconfirmed",
            &PLANNED,
            "docker_remove_volume",
            json!({ "volume_name": "data" }),
        ),
        (
            "not_found",
            &[],
            "docker_inspect_volume",
            json!({ "volume_name": "gone" }),
        ),
        (
            "conflict",
            &[],
            "docker_create_network",
            json!({ "name": "lab" }),
        ),
        (
            "rejected",
            &[],
            "docker_create_volume",
            json!({ "name": "data" }),
        ),
        ("engine_failed", &[], "docker_system_info", json!({})),
        (
            "timeout",
            &[HASTY],
            "docker_inspect_volume",
            json!({ "volume_name": "slow" }),
        ),
        (
            "interrupted",
            &[],
            "docker_inspect_volume",
            json!({ "volume_name": "cut" }),
        ),
        (
            "operation_failed",
            &[],
            "docker_pull_image",
            json!({ "image": "web:1" }),
        ),
        (
            "unreachable",
            &[("DOCKER_BASE_URL", "unix:///nonexistent/docker.sock")],
            "docker_version",
            json!({}),
        ),
    ]
}

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on("GET /volumes/data", json!({ "Name": "data" }))
        .on("GET /containers/json", json!([]))
        .on("GET /system/df", json!({}))
        .on("GET /volumes/slow", Reply::hang())
        .on("GET /volumes/cut", Reply::chunks(["{\"Name\":"]).then_die())
        .on("GET /info", Reply::error(500, "out of memory"))
        .on("POST /networks/create", Reply::error(409, "it is taken"))
        .on("POST /volumes/create", Reply::error(400, "no such driver"))
        .on(
            "POST /images/create",
            json!({ "error": "manifest unknown" }),
        )
        .on("POST /containers/web/stop", Reply::hang())
        .on("GET /containers/web/json", json!({ "Id": "1" }))
}

fn environment<'a>(address: &'a str, settings: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("DOCKER_BASE_URL", address)], settings].concat()
}

#[track_caller]
fn is_of(kind: &str, result: &Value) {
    assert_eq!(result["isError"], true, "{kind}: {result}");
    assert_eq!(result["_meta"][ERROR], json!({ "kind": kind }), "{result}");
}

fn as_sent(result: &CallToolResult) -> Value {
    serde_json::to_value(result).unwrap()
}

#[tokio::test]
async fn a_failed_call_says_its_kind_over_stdio() {
    let engine = engine();
    let address = engine.address();
    for (kind, settings, tool, arguments) in rows() {
        let client = Client::start(&environment(&address, settings)).await;
        is_of(kind, &as_sent(&client.call(tool, arguments).await));
        client.stop().await;
    }
}

#[tokio::test]
async fn a_failed_call_says_its_kind_over_http() {
    let engine = engine();
    let address = engine.address();
    for (kind, settings, tool, arguments) in rows() {
        let server = Server::start("http", &environment(&address, settings)).await;
        let mut session = Session::open(&server, None, json!({})).await;
        session.call(1, tool, arguments).await;
        is_of(kind, &session.next().await["result"]);
    }
}

#[tokio::test]
async fn a_call_that_finds_no_room_says_so() {
    let engine = engine();
    let address = engine.address();
    let settings = [HASTY, ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1")];
    let client = Client::start(&environment(&address, &settings)).await;
    let stop = json!({ "container_id": "web", "timeout": 60 });
    let (long, short) = (client.call("docker_stop_container", stop), async {
        engine.asked("POST /containers/web/stop*").await;
        client.call("docker_version", json!({})).await
    });
    tokio::select! {
        stopped = long => panic!("{stopped:?}"),
        result = short => is_of("busy", &as_sent(&result)),
    }
}

#[tokio::test]
async fn a_call_that_a_person_declined_says_so() {
    let engine = engine();
    let settings = [("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true")];
    let address = engine.address();
    let mut client = RawClient::start(&environment(&address, &settings));
    let elicits = json!({ "elicitation": {} });
    client.initialize_with("2025-06-18", elicits).await;
    let remove = json!({ "name": "docker_remove_volume", "arguments": { "volume_name": "data" } });
    client
        .send(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": remove }))
        .await;
    let question = client.receive().await;
    let decline = json!({ "action": "decline" });
    client
        .send(json!({ "jsonrpc": "2.0", "id": question["id"], "result": decline }))
        .await;
    is_of("declined", &client.receive().await["result"]);
}

/// What has no result says it in the error.
#[tokio::test]
async fn an_error_of_the_protocol_says_its_kind_too() {
    let engine = engine();
    let address = engine.address();
    let env = environment(&address, &[]);
    let mut stdio = RawClient::session("2025-06-18", &env).await;
    let server = Server::start("http", &env).await;
    let mut http = Session::open(&server, None, json!({})).await;
    for (id, (kind, method, params)) in (10..).zip([
        (
            "invalid_argument",
            "tools/call",
            json!({ "name": "docker_x" }),
        ),
        ("invalid_argument", "tools/list", json!({ "cursor": "x" })),
        ("invalid_argument", "prompts/get", json!({ "name": "x" })),
        (
            "not_found",
            "prompts/get",
            json!({ "name": "troubleshoot_container", "arguments": { "container_id": "gone" } }),
        ),
        (
            "not_found",
            "resources/read",
            json!({ "uri": "container://logs/gone" }),
        ),
        ("not_found", "resources/read", json!({ "uri": "x://y" })),
    ]) {
        let answer = stdio.request(id, method, params.clone()).await;
        assert_eq!(answer["error"]["data"]["kind"], kind, "{answer}");
        http.request(id, method, params).await;
        let answer = http.next().await;
        assert_eq!(answer["error"]["data"]["kind"], kind, "{answer}");
    }
}

/// A mistake, which no tool of the catalogue may have.
struct Broken;

impl Operation for Broken {
    fn params(&self) -> Value {
        json!({})
    }

    fn run<'a>(&'a self, _: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
        panic!("a mistake of the server")
    }
}

fn broken(tool: &Tool, arguments: &mut Arguments) -> Result<Box<dyn Operation>, InvalidArgument> {
    match tool.name {
        "docker_system_info" => Ok(Box::new(Broken)),
        _ => table::parse(tool, arguments),
    }
}

#[tokio::test]
async fn a_mistake_of_the_server_is_said_recorded_and_survived() {
    let (engine, folder) = (engine(), tempfile::tempdir().unwrap());
    let audit = folder.path().join("audit.jsonl");
    let mut config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    config.server.audit_log = Some(audit.clone());
    let listener = Listener::open(Protocol::Http, "127.0.0.1", 0, &config);
    let listener = listener.await.unwrap();
    let server = Server::here(&listener.url());
    let fleet = Arc::new(Fleet::new(config, broken));
    tokio::spawn(listener.serve(fleet));

    let mut session = Session::open(&server, None, json!({})).await;
    session.call(1, "docker_system_info", json!({})).await;
    is_of("internal", &session.next().await["result"]);
    let data = json!({ "volume_name": "data" });
    session.call(2, "docker_inspect_volume", data).await;
    let answer = session.next().await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");

    let recorded = fs::read_to_string(audit).unwrap();
    let record: Value = serde_json::from_str(recorded.lines().next().unwrap()).unwrap();
    assert_eq!(record["result"], "failed", "{record}");
    let error = record["error"].as_str().unwrap();
    assert!(error.contains("a mistake of the server"), "{error}");
}

/// A template of one's own is read anew for each prompt, so that its mistakes show late.
#[tokio::test]
async fn a_mistake_of_a_template_says_so() {
    let (engine, folder) = (engine(), tempfile::tempdir().unwrap());
    let file = folder.path().join("generate_compose.md.j2");
    fs::write(&file, "{{ service_description / 2 }}\n").unwrap();
    let address = engine.address();
    let prompts = ("MCP_DOCKER_PROMPTS_DIR", folder.path().to_str().unwrap());
    let mut client = RawClient::session("2025-06-18", &environment(&address, &[prompts])).await;
    let params = json!({ "name": "generate_compose", "arguments": { "service_description": "a" } });
    let answer = client.request(1, "prompts/get", params).await;
    assert_eq!(answer["error"]["data"]["kind"], "internal", "{answer}");
}

/// A client that took its request back has no answer; one whose server is told to end has.
#[tokio::test]
async fn a_call_that_ends_with_the_server_says_so() {
    let engine = engine();
    let address = engine.address();
    let mut client = RawClient::session("2025-06-18", &environment(&address, &[])).await;
    let stop = json!({ "name": "docker_stop_container", "arguments": { "container_id": "web" } });
    client
        .send(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": stop }))
        .await;
    engine.asked("POST /containers/web/stop*").await;
    let mut kill = std::process::Command::new("kill");
    kill.args(["-TERM", &client.pid().to_string()]);
    assert!(kill.status().unwrap().success());
    is_of("cancelled", &client.receive().await["result"]);
}
