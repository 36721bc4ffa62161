//! Protects calls that go on as tasks: whose they are, how many there may be, how long they are known, and that each
//! is a call as every other.

mod asking;
mod ending;
mod owned;

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::RawClient;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::http::{PATIENCE, Server, modern};

const PULL: &str = "docker_pull_image";

/// An Engine from which some images are pulled at once, and some never.
struct Scene {
    engine: FakeEngine,
    folder: TempDir,
}

/// Whoever makes tasks, by the transport they come by.
enum Client {
    Stdio(Box<RawClient>),
    Http(Box<Server>, Option<&'static str>),
}

impl Scene {
    fn new() -> Self {
        let done = [r#"{"status":"Downloaded newer image"}"#.to_owned() + "\n"];
        let slow = [
            r#"{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":4}}"#
                .to_owned()
                + "\n",
        ];
        let engine = FakeEngine::start()
            .answer("POST /images/create*", move |seen| {
                match seen.target.contains("slow") {
                    true => Reply::chunks(slow.clone()).then_hang(),
                    false => Reply::chunks(done.clone()),
                }
            })
            .on(
                "GET /images/**/json",
                json!({ "Id": "sha256:0", "RepoTags": ["quick:1"] }),
            )
            .on(
                "GET /images/*/json",
                json!({ "Id": "sha256:0", "RepoTags": ["quick:1"] }),
            );
        Self {
            engine,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn log(&self) -> String {
        self.folder.path().join("audit.jsonl").display().to_string()
    }

    fn settings(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("DOCKER_BASE_URL", self.engine.address()),
            ("MCP_DOCKER_AUDIT_LOG", self.log()),
        ];
        settings.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        settings
    }

    async fn stdio(&self) -> Client {
        Client::Stdio(Box::new(RawClient::start(&borrowed(&self.settings(&[])))))
    }

    async fn http(&self) -> Client {
        let server = Server::start("http", &borrowed(&self.settings(&[]))).await;
        Client::Http(Box::new(server), None)
    }

    /// The records of ends, once there are that many.
    async fn records(&self, count: usize) -> Vec<Value> {
        let since = std::time::Instant::now();
        loop {
            let records = records(Path::new(&self.log()));
            if records.len() >= count {
                return records;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "no {count} records: {records:?}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    settings
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}

fn records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a client declares that follows tasks and can be asked.
fn follows() -> Value {
    json!({
        "elicitation": { "form": {} },
        "extensions": { "io.modelcontextprotocol/tasks": {} },
    })
}

fn meta(capabilities: Value) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    })
}

impl Client {
    /// The answer to a request of a client that declares this.
    async fn ask_as(&mut self, capabilities: Value, method: &str, mut params: Value) -> Value {
        params["_meta"] = meta(capabilities);
        match self {
            Self::Stdio(client) => client.request(1, method, params).await,
            Self::Http(server, token) => {
                let name = params["taskId"].as_str().map(str::to_owned);
                let declared = params["_meta"].take();
                let mut call = modern(server, 1, method, params.clone());
                params["_meta"] = declared;
                let message =
                    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
                call = call.json(&message).bearer(*token);
                if let Some(name) = name {
                    call = call.header("mcp-name", &name);
                }
                call.send().await.message().await.unwrap()
            }
        }
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.ask_as(follows(), method, params).await
    }

    /// Begins a task that pulls an image.
    async fn pull(&mut self, image: &str) -> Value {
        let params = json!({ "name": PULL, "arguments": { "image": image } });
        self.ask("tools/call", params).await["result"].take()
    }

    async fn task(&mut self, id: &Value) -> Value {
        self.ask("tasks/get", json!({ "taskId": id })).await
    }

    /// The task once it has this status.
    async fn task_when(&mut self, id: &Value, status: &str) -> Value {
        let since = std::time::Instant::now();
        loop {
            let task = self.task(id).await["result"].take();
            if task["status"] == status {
                return task;
            }
            assert!(since.elapsed() < PATIENCE, "not {status}: {task}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

async fn clients(scene: &Scene) -> [Client; 2] {
    [scene.stdio().await, scene.http().await]
}

#[tokio::test]
async fn a_long_call_goes_on_as_a_task_and_gives_its_result_as_often_as_it_is_asked() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        let created = client.pull("quick:1").await;
        assert_eq!(created["resultType"], "task", "{created}");
        assert_eq!(created["status"], "working", "{created}");
        // The time for a turn, for the Engine, and ten minutes.
        assert_eq!(created["ttlMs"], (60 + 600 + 600) * 1000, "{created}");
        assert!(created["pollIntervalMs"].is_u64(), "{created}");
        assert_eq!(created["result"], Value::Null, "{created}");
        assert_eq!(
            created["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
            "mcp-docker"
        );
        let id = &created["taskId"];
        for _ in 0..2 {
            let over = client.task_when(id, "completed").await;
            assert_eq!(over["resultType"], "complete", "{over}");
            assert_eq!(over["taskId"], *id);
            assert_eq!(over["createdAt"], created["createdAt"], "{over}");
            let result = &over["result"];
            assert_eq!(result["structuredContent"]["id"], "sha256:0", "{over}");
            assert!(result["content"][0]["text"].is_string(), "{over}");
        }
    }
    for record in scene.records(2).await {
        assert_eq!(record["tool"], PULL, "{record}");
        assert_eq!(record["result"], "ok", "{record}");
        assert_eq!(record["client"], "test 1", "{record}");
    }
}

/// What comes of a call is the same for the model, whichever way it comes.
#[tokio::test]
async fn a_call_that_fails_is_a_task_that_is_over() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        let created = client.pull("../x").await;
        let over = client.task_when(&created["taskId"], "completed").await;
        let result = &over["result"];
        assert_eq!(result["isError"], true, "{over}");
        assert_eq!(
            result["_meta"]["io.mcp-docker/error"]["kind"],
            "invalid_argument"
        );
    }
}

#[tokio::test]
async fn how_far_the_call_is_stands_in_the_task() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        let created = client.pull("slow:1").await;
        let since = std::time::Instant::now();
        loop {
            let task = client.task(&created["taskId"]).await["result"].take();
            assert_eq!(task["status"], "working", "{task}");
            let said = task["statusMessage"].as_str().unwrap_or_default();
            if said.contains("Downloading") || said.contains('%') || said.contains("layer") {
                assert!(task["lastUpdatedAt"].as_str() >= task["createdAt"].as_str());
                break;
            }
            assert!(since.elapsed() < PATIENCE, "nothing is said: {task}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

/// The client decides by what it declares, and the catalogue by its file.
#[tokio::test]
async fn no_other_call_is_a_task() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        let pull = json!({ "name": PULL, "arguments": { "image": "quick:1" } });
        let declares = json!({ "elicitation": { "form": {} } });
        let plain = client
            .ask_as(declares.clone(), "tools/call", pull.clone())
            .await;
        assert_eq!(plain["result"]["structuredContent"]["id"], "sha256:0");
        let looks = json!({ "name": "docker_inspect_image", "arguments": { "image": "quick:1" } });
        let plain = client.ask("tools/call", looks).await;
        assert_eq!(plain["result"]["resultType"], "complete", "{plain}");
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let params = json!({ "taskId": "x", "inputResponses": {} });
            let refused = client.ask_as(declares.clone(), method, params).await;
            assert_eq!(refused["error"]["code"], -32021, "{method}: {refused}");
        }
        let discovered = client.ask("server/discover", json!({})).await;
        let extensions = &discovered["result"]["capabilities"]["extensions"];
        assert_eq!(extensions["io.modelcontextprotocol/tasks"], json!({}));
    }
    let mut client = RawClient::start(&borrowed(&scene.settings(&[])));
    let opened = client.initialize_with("2025-11-25", follows()).await;
    let capabilities = &opened["result"]["capabilities"];
    assert_eq!(capabilities.get("extensions"), None, "{capabilities}");
    let pull = json!({ "name": PULL, "arguments": { "image": "quick:1" } });
    let plain = client.request(1, "tools/call", pull).await;
    assert_eq!(plain["result"]["structuredContent"]["id"], "sha256:0");
    let refused = client
        .request(2, "tasks/get", json!({ "taskId": "x" }))
        .await;
    assert_eq!(refused["error"]["code"], -32601, "{refused}");
}
