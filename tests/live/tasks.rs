//! Long calls as tasks, against a real Engine: each gives what the call itself would give, and one that is cancelled
//! leaves nothing at work.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{EVERYTHING, RawClient};
use crate::compose::chosen;
use crate::docker::{WAIT, docker, eventually, image, run, unique, wanted};
use crate::projects::Project;
use crate::registry::Registry;
use crate::workplace::workplace;

/// What a task that hangs is cut off at; far beyond what any here needs.
const PATIENCE: Duration = Duration::from_secs(180);

/// A client that follows tasks.
struct Client(RawClient);

impl Client {
    fn start() -> Self {
        let engine = std::env::var("DOCKER_HOST").unwrap();
        Self(RawClient::start(&[
            ("DOCKER_BASE_URL", &engine),
            EVERYTHING,
        ]))
    }

    async fn ask(&mut self, method: &str, mut params: Value) -> Value {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities":
                { "extensions": { "io.modelcontextprotocol/tasks": {} } },
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        });
        self.0.request(1, method, params).await["result"].take()
    }

    /// Begins a call, and gives the id of its task.
    async fn begun(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut task = self.ask("tools/call", params).await;
        assert_eq!(task["resultType"], "task", "{tool}: {task}");
        task["taskId"].take()
    }

    /// The task, once this is so of it.
    async fn when(&mut self, id: &Value, so: impl Fn(&Value) -> bool) -> Value {
        let since = Instant::now();
        loop {
            let task = self.ask("tasks/get", json!({ "taskId": id })).await;
            if so(&task) {
                return task;
            }
            assert!(since.elapsed() < PATIENCE, "{task}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a call gives that goes on as a task.
    async fn made(&mut self, tool: &str, arguments: Value) -> Value {
        let id = self.begun(tool, arguments).await;
        let mut task = self.when(&id, |task| task["status"] != "working").await;
        assert_eq!(task["status"], "completed", "{tool}: {task}");
        assert_eq!(task["result"]["isError"], false, "{tool}: {task}");
        task["result"]["structuredContent"].take()
    }
}

/// An image that is gone when the test ends.
struct Image(String);

impl Drop for Image {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

fn id_of(image: &str) -> String {
    docker(&["image", "inspect", "-f", "{{.Id}}", image])
}

#[tokio::test]
async fn an_image_is_pushed_pulled_and_built() {
    if !wanted() {
        return;
    }
    let (registry, mut client) = (Registry::open(), Client::start());
    let there = registry.tagged("1");
    let pushed = client
        .made("docker_push_image", json!({ "image": there }))
        .await;
    assert!(
        pushed["digest"].as_str().unwrap().starts_with("sha256:"),
        "{pushed}"
    );
    registry.forget_local();
    let pulled = client
        .made("docker_pull_image", json!({ "image": there }))
        .await;
    assert_eq!(pulled["id"], id_of(&there), "{pulled}");

    let (context, built) = (workplace(), Image(format!("{}:1", unique("task"))));
    let dockerfile = format!("FROM {}\nRUN echo made >/made\n", image());
    fs::write(context.path().join("Dockerfile"), dockerfile).unwrap();
    let arguments = json!({ "path": context.path(), "tag": built.0 });
    let result = client.made("docker_build_image", arguments).await;
    assert_eq!(result["image_id"], id_of(&built.0), "{result}");
}

#[tokio::test]
async fn a_project_comes_up() {
    if !wanted() {
        return;
    }
    let _ = chosen();
    let (files, project) = (workplace(), Project::new("task"));
    let text = format!(
        "services: {{ web: {{ image: '{}', command: [sh, -c, \"{WAIT}\"], network_mode: none }} }}\n",
        image()
    );
    fs::write(files.path().join("compose.yaml"), text).unwrap();
    let arguments = json!({ "project_directory": files.path(), "project_name": project.name });
    let up = Client::start().made("docker_compose_up", arguments).await;
    let name = format!("{}-web-1", project.name);
    assert_eq!(up["created"], json!([name]), "{up}");
    assert_eq!(
        docker(&["inspect", "-f", "{{.State.Status}}", &name]),
        "running"
    );
}

#[tokio::test]
async fn a_build_that_is_cancelled_runs_nothing_any_more() {
    if !wanted() {
        return;
    }
    let (context, mut client) = (workplace(), Client::start());
    // What it runs is known by its words.
    let mark = unique("cancelled");
    let dockerfile = format!("FROM {}\nRUN echo {mark} && sleep 600\n", image());
    fs::write(context.path().join("Dockerfile"), dockerfile).unwrap();
    let running = || {
        let listed = docker(&["ps", "--no-trunc", "--format", "{{.Command}}"]);
        listed.contains(&mark)
    };
    let arguments = json!({ "path": context.path() });
    let id = client.begun("docker_build_image", arguments).await;
    eventually("the build runs something", running);
    client.ask("tasks/cancel", json!({ "taskId": id })).await;
    client.when(&id, |task| task["status"] == "cancelled").await;
    eventually("the build runs nothing", || !running());
}
