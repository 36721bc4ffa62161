//! Three servers at once: what one that was killed left behind is cleared away, and no other's.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::{EVERYTHING, RawClient};
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::FakeEngine;
use crate::support::workplace::workplace;

/// A server whose Compose is at work on a project, and will be for as long as it may.
async fn at_work(engine: &FakeEngine, compose: &FakeCompose, project: &Path) -> RawClient {
    let address = engine.address();
    let settings = [
        EVERYTHING,
        ("DOCKER_BASE_URL", address.as_str()),
        ("DOCKER_CONFIG", compose.settings()),
    ];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    let arguments = json!({ "project_directory": project, "project_name": "lab" });
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "docker_compose_up", "arguments": arguments },
    });
    client.send(call).await;
    client
}

/// The socket that the program of a server was given, once it was.
async fn socket(server: &RawClient) -> PathBuf {
    let found = async {
        loop {
            if let Some(socket) = given(server.pid()) {
                return socket;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), found).await;
    found.expect("no program is given a socket")
}

/// The socket in the environment of a process that this one started.
fn given(parent: u32) -> Option<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let started = processes.filter(|process| {
        let status = fs::read_to_string(process.path().join("status"));
        // Only the one that is at work stops; others, which look at the files, are soon gone.
        let is_it = |status: String| {
            status.contains("\nState:\tT") && status.contains(&format!("\nPPid:\t{parent}\n"))
        };
        status.is_ok_and(is_it)
    });
    let mut sockets = started.filter_map(|process| {
        let environment = fs::read(process.path().join("environ")).ok()?;
        let environment = String::from_utf8(environment).ok()?;
        let mut variables = environment.split('\0');
        let socket = variables.find_map(|it| it.strip_prefix("DOCKER_HOST=unix://"))?;
        (socket.contains("mcp-docker-relay-")).then(|| PathBuf::from(socket))
    });
    sockets.next()
}

fn model() -> Value {
    json!({ "name": "NAME", "services": { "web": { "image": "web:1" } } })
}

#[tokio::test]
async fn what_a_killed_server_left_is_cleared_and_what_others_use_is_not() {
    let project = workplace();
    fs::write(
        project.path().join("compose.yaml"),
        "services: {web: {image: a}}\n",
    )
    .unwrap();
    let compose = FakeCompose::with(&model().to_string(), "kill -STOP $$");
    let engine = FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on(
            "GET /images/*/json",
            json!({ "Id": "sha256:0", "RepoTags": ["web:1"] }),
        );

    let first = at_work(&engine, &compose, project.path()).await;
    let of_first = socket(&first).await;
    let second = at_work(&engine, &compose, project.path()).await;
    let of_second = socket(&second).await;
    assert!(of_first.exists() && of_second.exists());
    let number = i32::try_from(second.pid()).unwrap();
    let number = rustix::process::Pid::from_raw(number).unwrap();
    rustix::process::kill_process(number, rustix::process::Signal::KILL).unwrap();
    second.ended().await;

    let third = at_work(&engine, &compose, project.path()).await;
    let of_third = socket(&third).await;
    assert!(!of_second.parent().unwrap().exists(), "{of_second:?}");
    assert!(of_first.exists() && of_third.exists());
}
