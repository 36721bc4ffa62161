//! Protects that a call can be found by the trace it stands in, on every transport, and that nothing of it is
//! sent on.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::RawClient;
use crate::support::exchange::assert_done;
use crate::support::fake_engine::FakeEngine;
use crate::support::http::{Server, Session};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const STATE: &str = "rojo=00f067aa0ba902b7";

/// An Engine, and a place for records.
struct Scene {
    engine: FakeEngine,
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self {
            engine: FakeEngine::start().on("GET /containers/json", json!([])),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn audit(&self) -> String {
        self.folder.path().join("audit.jsonl").display().to_string()
    }

    /// The settings of a server that tells all.
    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DOCKER_BASE_URL", self.engine.address()),
            ("MCP_DOCKER_AUDIT_LOG", self.audit()),
            ("MCP_LOG_LEVEL", "DEBUG".to_owned()),
        ]
    }

    /// The last record.
    fn record(&self) -> Value {
        let text = std::fs::read_to_string(self.audit()).unwrap();
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }

    fn assert_nothing_sent_on(&self) {
        for seen in self.engine.seen() {
            for (name, value) in &seen.headers {
                let value = String::from_utf8_lossy(value.as_bytes());
                let told = name.as_str().starts_with("trace") || value.contains("0af76519");
                assert!(!told, "{}: {name}: {value}", seen.line());
            }
            assert!(!seen.target.contains("0af76519"), "{}", seen.target);
        }
    }
}

fn settings<'a>(own: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    own.iter().map(|(name, value)| (*name, &**value)).collect()
}

fn call(meta: Value) -> Value {
    json!({ "name": "docker_list_containers", "arguments": {}, "_meta": meta })
}

fn traced() -> Value {
    json!({ "traceparent": PARENT, "tracestate": STATE })
}

/// What a request of the version without sessions has to say beside.
fn modern(mut meta: Value) -> Value {
    let own = meta.as_object_mut().unwrap();
    own.insert(
        "io.modelcontextprotocol/protocolVersion".into(),
        "2026-07-28".into(),
    );
    own.insert(
        "io.modelcontextprotocol/clientCapabilities".into(),
        json!({}),
    );
    meta
}

/// The line of the one call, and those of the requests made for it.
fn lines<'a>(log: &'a str, tool: &str) -> (&'a str, Vec<&'a str>) {
    let of_call = format!("tool=\"{tool}\"");
    let mut called = log.lines().filter(|line| line.contains(&of_call));
    let line = called.next().unwrap_or_else(|| panic!("no line: {log}"));
    let asked = log.lines().filter(|line| line.contains("engine request"));
    (line, asked.collect())
}

fn assert_traced(log: &str, record: &Value) {
    assert_eq!(record["traceparent"], PARENT, "{record}");
    assert_eq!(record["tracestate"], STATE, "{record}");
    let (line, asked) = lines(log, "docker_list_containers");
    for told in [
        format!("traceparent=\"{PARENT}\""),
        format!("tracestate=\"{STATE}\""),
    ] {
        assert!(line.contains(&told), "{line}");
    }
    let of_list = asked.iter().find(|it| it.contains("/containers/json"));
    let of_list = of_list.unwrap_or_else(|| panic!("no request: {log}"));
    assert!(of_list.contains(PARENT), "{of_list}");
}

#[tokio::test]
async fn the_trace_of_a_call_is_in_the_log_and_the_audit_of_either_era_over_stdio() {
    for version in ["2025-11-25", "2026-07-28"] {
        let scene = Scene::new();
        let own = scene.settings();
        let mut client = RawClient::start(&settings(&own));
        let mut meta = traced();
        if version == "2026-07-28" {
            meta = modern(meta);
        } else {
            client.initialize(version).await;
        }
        assert_done(&client.request(1, "tools/call", call(meta)).await);
        client.close_stdin();
        let log = client.ended().await.log;
        assert_traced(&log, &scene.record());
        scene.assert_nothing_sent_on();
    }
}

#[tokio::test]
async fn the_trace_of_a_call_is_in_the_log_and_the_audit_over_the_network() {
    for transport in ["http", "sse", "websocket"] {
        let scene = Scene::new();
        let own = scene.settings();
        let server = Server::start(transport, &settings(&own)).await;
        let mut session = Session::open(&server, None, json!({})).await;
        session.request(1, "tools/call", call(traced())).await;
        assert_done(&session.next().await);
        assert_traced(&server.log(), &scene.record());
        scene.assert_nothing_sent_on();
    }
}

/// In HTTP a header of that name is the trace of the connection's other end, such as a proxy's, and none of a call.
#[tokio::test]
async fn what_is_malformed_or_said_elsewhere_is_passed_over() {
    let long = "x".repeat(5000);
    let rows = [
        (json!({}), None),
        (json!({ "traceparent": 7 }), None),
        (
            json!({ "traceparent": "00-0-0-01", "tracestate": STATE }),
            None,
        ),
        (json!({ "traceparent": long, "tracestate": STATE }), None),
        (json!({ "traceparent": PARENT.to_uppercase() }), None),
        (json!({ "tracestate": STATE }), None),
        (
            json!({ "traceparent": PARENT, "tracestate": "a\nb" }),
            Some(PARENT),
        ),
        (
            json!({ "traceparent": PARENT, "tracestate": [] }),
            Some(PARENT),
        ),
    ];
    for (meta, parent) in rows {
        let scene = Scene::new();
        let own = scene.settings();
        let mut client = RawClient::session("2025-11-25", &settings(&own)).await;
        let answer = client.request(1, "tools/call", call(meta.clone())).await;
        assert_done(&answer);
        let record = scene.record();
        assert_eq!(
            record.get("traceparent"),
            parent.map(Value::from).as_ref(),
            "{meta}"
        );
        assert_eq!(record.get("tracestate"), None, "{meta}");
        client.close_stdin();
        let log = client.ended().await.log;
        let (line, asked) = lines(&log, "docker_list_containers");
        assert!(!line.contains("tracestate"), "{line}");
        for line in asked.into_iter().chain([line]) {
            let traced = parent.is_some() && !line.contains("path=\"/version\"");
            assert_eq!(line.contains("traceparent"), traced, "{line}");
        }
    }
    let scene = Scene::new();
    let own = scene.settings();
    let server = Server::start("http", &settings(&own)).await;
    let session = Session::open(&server, None, json!({})).await;
    let request =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call(json!({}))});
    let got = session.post(&request).header("traceparent", PARENT).send();
    assert!(got.await.text().await.contains("content"));
    assert_eq!(scene.record().get("traceparent"), None);
}

#[tokio::test]
async fn what_a_prompt_and_a_resource_ask_for_stands_in_their_trace() {
    let scene = Scene::new();
    let own = scene.settings();
    let mut client = RawClient::session("2025-11-25", &settings(&own)).await;
    for (method, params) in [
        (
            "prompts/get",
            json!({ "name": "security_audit", "_meta": traced() }),
        ),
        (
            "resources/read",
            json!({ "uri": "container://logs/web", "_meta": traced() }),
        ),
    ] {
        client.request(1, method, params).await;
        let record = scene.record();
        assert_eq!(record["traceparent"], PARENT, "{method}: {record}");
        assert_eq!(record["tracestate"], STATE, "{method}: {record}");
    }
    scene.assert_nothing_sent_on();
}
