//! Protects the audit log: every call has its line, whatever became of it, and no line holds a secret.

mod contents;
mod failing;
mod file;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::{Client, RawClient, command};
use crate::support::exchange;
use crate::support::fake_engine::{FakeEngine, Reply};

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// An Engine with a container `web` that runs for ever, and a file for the records of what is done
/// to it.
struct Scene {
    engine: FakeEngine,
    address: String,
    folder: TempDir,
    log: String,
}

impl Scene {
    fn new() -> Self {
        let container = json!({ "Id": ID, "Name": "/web", "State": { "Status": "running" } });
        let engine = FakeEngine::start()
            .on("GET /containers/json", json!([]))
            .on(
                "GET /containers/*/json",
                Reply::error(404, "No such container: db"),
            )
            .on("GET /containers/web/json", container)
            .on("POST /containers/web/start", Reply::empty(204))
            .on("POST /containers/web/stop*", Reply::hang())
            .on("DELETE /containers/*", Reply::empty(204))
            .on(
                "POST /volumes/create",
                json!({ "Name": "data", "Mountpoint": "/data" }),
            )
            .on(
                "GET /volumes*",
                json!({ "Volumes": [{ "Name": "ab".repeat(32), "Driver": "local" }] }),
            )
            .on("DELETE /volumes/*", Reply::empty(204));
        let folder = tempfile::tempdir().unwrap();
        Self {
            address: engine.address(),
            engine,
            log: folder.path().join("audit.jsonl").display().to_string(),
            folder,
        }
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(&self.log)
    }

    /// The settings of a server whose calls are recorded, and these.
    fn settings<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let ours = [
            ("DOCKER_BASE_URL", &*self.address),
            ("MCP_DOCKER_AUDIT_LOG", &*self.log),
        ];
        [&ours, more].concat()
    }

    async fn client(&self, more: &[(&str, &str)]) -> RawClient {
        RawClient::session("2025-11-25", &self.settings(more)).await
    }

    /// The records so far.
    fn records(&self) -> Vec<Value> {
        records(&self.path())
    }

    /// Waits until there are that many records, and gives them.
    async fn records_when(&self, count: usize) -> Vec<Value> {
        let come = async {
            while !self.path().exists() || self.records().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let come = tokio::time::timeout(Duration::from_secs(10), come).await;
        assert!(come.is_ok(), "no {count} records: {:?}", self.records());
        self.records()
    }
}

/// The records in a file; each line has to be one.
fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "a torn line: {text}"
    );
    text.lines()
        .map(|line| match serde_json::from_str(line) {
            Ok(Value::Object(record)) => Value::Object(record),
            other => panic!("no record ({other:?}): {line}"),
        })
        .collect()
}

async fn call(client: &mut RawClient, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    client.request(1, "tools/call", params).await
}

async fn start_call(client: &mut RawClient, tool: &str, arguments: Value) {
    client.send(exchange::call(7, tool, arguments)).await;
}

#[tokio::test]
async fn each_call_has_a_line_that_says_who_asked_for_what_and_what_came_of_it() {
    let scene = Scene::new();
    let waived = [
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
        ("SAFETY_DENIED_TOOLS", "docker_exec_command"),
    ];
    let read_only = [("SAFETY_ALLOW_MODERATE_OPERATIONS", "false")];
    let web = || json!({ "container_id": "web" });
    // Settings, tool, arguments, tier, decision, ids, result, what the error says.
    #[rustfmt::skip]
    let rows = [
        (&waived[..], "docker_list_containers", json!({ "all": "true" }), "safe", "allowed", json!([]), "ok", None),
        (&waived, "docker_start_container", web(), "moderate", "allowed", json!([ID]), "ok", None),
        (&waived, "docker_remove_container", web(), "destructive", "waived", json!([ID]), "ok", None),
        (&waived, "docker_create_volume", json!({}), "moderate", "allowed", json!(["data"]), "ok", None),
        (&waived, "docker_prune_volumes", json!({}), "destructive", "waived", json!(["ab".repeat(32)]), "ok", None),
        (&waived, "docker_start_container", json!({ "container_id": "db" }), "moderate", "allowed", json!([]), "failed", Some("no such container: `db`")),
        (&waived, "docker_restart_container", web(), "moderate", "allowed", json!([ID]), "failed", Some("page not found")),
        (&waived, "docker_start_container", json!({ "container_id": "../web" }), "moderate", "refused", json!([]), "failed", Some("`container_id`")),
        (&waived, "docker_exec_command", json!({ "container_id": "web", "command": "id" }), "moderate", "refused", json!([]), "failed", Some("SAFETY_DENIED_TOOLS")),
        (&read_only, "docker_start_container", web(), "moderate", "refused", json!([]), "failed", Some("SAFETY_ALLOW_MODERATE_OPERATIONS")),
        (&read_only, "docker_list_containers", json!({}), "safe", "allowed", json!([]), "ok", None),
    ];
    for (settings, tool, arguments, tier, decision, ids, result, error) in rows {
        let mut client = scene.client(settings).await;
        call(&mut client, tool, arguments.clone()).await;
        let record = scene.records().pop().unwrap();
        assert_eq!(record["tool"], tool, "{record}");
        assert_eq!(record["arguments"], arguments, "{record}");
        assert_eq!(record["tier"], tier, "{record}");
        assert_eq!(record["decision"], decision, "{record}");
        assert_eq!(record["ids"], ids, "{record}");
        assert_eq!(record["result"], result, "{record}");
        assert_eq!(record["caller"], "mcp", "{record}");
        assert_eq!(record["client"], "test 1", "{record}");
        assert!(record["milliseconds"].is_u64(), "{record}");
        let time = record["time"].as_str().unwrap();
        assert_eq!((time.len(), &time[23..]), (24, "Z"), "{record}");
        let time: jiff::Timestamp = time.parse().unwrap();
        let age = jiff::Timestamp::now().duration_since(time).as_secs();
        assert!((0..60).contains(&age), "{record}");
        match error {
            None => assert_eq!(record["error"], Value::Null, "{record}"),
            Some(said) => assert!(record["error"].as_str().unwrap().contains(said), "{record}"),
        }
    }
    assert_eq!(scene.records().len(), 11, "one line each");
}

/// No call was made: there is no tool that could have been allowed or refused.
#[tokio::test]
async fn an_unknown_tool_leaves_no_line() {
    let scene = Scene::new();
    let mut client = scene.client(&[]).await;
    let answer = call(&mut client, "docker_start_containers", json!({})).await;
    assert_eq!(answer["error"]["code"], -32602);
    assert!(!scene.path().exists());
}

/// In either era of the protocol the client says who it is, though not in the same place.
#[tokio::test]
async fn a_client_without_a_session_is_named_too() {
    let scene = Scene::new();
    let modern = rmcp::service::ClientLifecycleMode::Discover {
        preferred_versions: vec![rmcp::model::ProtocolVersion::LATEST],
    };
    let client = Client::start_as(modern, &scene.settings(&[])).await;
    client.call("docker_list_containers", json!({})).await;
    client.stop().await;
    let record = scene.records().pop().unwrap();
    assert!(
        record["client"].as_str().unwrap().starts_with("rmcp "),
        "{record}"
    );
}

/// A client that stops waiting drops the call where it stands, in whichever way it does so.
#[tokio::test]
async fn a_call_that_is_cancelled_has_its_line() {
    for end in ["cancelled", "stdin", "signal"] {
        let scene = Scene::new();
        let mut client = scene.client(&[]).await;
        start_call(
            &mut client,
            "docker_stop_container",
            json!({ "container_id": "web" }),
        )
        .await;
        scene.engine.asked("POST /containers/web/stop*").await;
        match end {
            "cancelled" => {
                let params = json!({ "requestId": 7 });
                let message = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
                client.send(message).await;
            }
            "stdin" => client.close_stdin(),
            _ => kill(client.pid(), "TERM"),
        }
        let records = scene.records_when(1).await;
        assert_eq!(records.len(), 1, "{end}: {records:?}");
        assert_eq!(records[0]["result"], "cancelled", "{end}: {records:?}");
        assert_eq!(records[0]["decision"], "allowed", "{end}: {records:?}");
        assert_eq!(records[0]["ids"], json!([ID]), "{end}: {records:?}");
        assert_eq!(records[0]["error"], Value::Null, "{end}: {records:?}");
    }
}

fn kill(pid: u32, signal: &str) {
    let pid = pid.to_string();
    let mut kill = std::process::Command::new("kill");
    let status = kill.args(["-s", signal, &pid]).status();
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn the_command_line_is_recorded_as_such_and_so_is_its_interruption() {
    let scene = Scene::new();
    let run = |arguments: &'static [&'static str]| {
        let mut command = command(scene.folder.path());
        command
            .args(arguments)
            .envs(scene.settings(&[]))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let ended = run(&["call", "start_container", "container_id=web"]).wait_with_output();
    assert!(ended.await.unwrap().status.success());

    let interrupted = run(&["call", "stop_container", "container_id=web"]);
    scene.engine.asked("POST /containers/web/stop*").await;
    kill(interrupted.id().unwrap(), "INT");
    let ended = interrupted.wait_with_output().await.unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("error: interrupted"), "{said}");

    let records = scene.records();
    let ends: Vec<_> = records
        .iter()
        .map(|it| (&it["caller"], &it["client"], &it["result"]))
        .collect();
    let (cli, none) = (json!("cli"), Value::Null);
    assert_eq!(
        ends,
        [
            (&cli, &none, &json!("ok")),
            (&cli, &none, &json!("cancelled"))
        ]
    );
}

/// Twenty calls side by side in each of two servers, with lines of many lengths.
#[tokio::test]
async fn servers_that_share_a_file_never_mix_their_lines() {
    let scene = Scene::new();
    let calls = |server: &'static str| {
        let scene = &scene;
        async move {
            let mut client = scene
                .client(&[("SAFETY_MAX_CONCURRENT_OPERATIONS", "20")])
                .await;
            for number in 0..20 {
                let name = format!("{server}-{number}-{}", "x".repeat(90 * number));
                let params = json!({ "name": "docker_list_containers", "arguments": { "filters": { "name": name } } });
                let request = json!({ "jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params });
                client.send(request).await;
            }
            for _ in 0..20 {
                let answer = client.receive().await;
                assert_eq!(answer["result"]["isError"], false, "{answer}");
            }
        }
    };
    tokio::join!(calls("one"), calls("two"));

    let records = scene.records();
    let mut names: Vec<String> = records
        .iter()
        .map(|record| record["arguments"]["filters"]["name"].as_str().unwrap())
        .map(|name| name.trim_end_matches('x').to_owned())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!((records.len(), names.len()), (40, 40), "{names:?}");
    let mut calls: Vec<_> = records
        .iter()
        .map(|it| it["call"].as_str().unwrap())
        .collect();
    calls.sort_unstable();
    calls.dedup();
    assert_eq!(calls.len(), 40, "each call has a name of its own");
}
