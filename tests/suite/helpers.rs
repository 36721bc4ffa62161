//! Protects the programs that are run for a call: they get no more time than it has, and end with it, with
//! all that they started.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::RawClient;
use crate::support::exchange::{call, failure};
use crate::support::fake_engine::{FakeEngine, Reply};

/// How long the programs below would take.
const LONG: &str = "600";

/// A folder with this program in it, which notes the number of itself and of a process that it starts.
fn program(name: &str, script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let noted = folder.path().join("pids");
    let script = format!(
        "#!/bin/sh\nsleep {LONG} &\necho $$ $! >>'{}'\n{script}\n",
        noted.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

fn config(folder: &Path, config: &Value) -> String {
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    folder.to_str().unwrap().to_owned()
}

fn path(folder: &Path) -> String {
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

/// Waits until all that was noted has ended.
async fn all_ended(folder: &Path) {
    let since = Instant::now();
    loop {
        let noted = std::fs::read_to_string(folder.join("pids")).unwrap_or_default();
        let runs = |pid: &&str| {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // One that has ended waits for nobody but its parent.
            !state.is_empty() && !state.contains(") Z ")
        };
        let mut left = noted.split_whitespace().filter(runs);
        if !noted.is_empty() && left.next().is_none() {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "left: {noted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on(
            "POST /images/create",
            Reply::error(404, "pull access denied for x, may require 'docker login'"),
        )
        .on(
            "GET /images/*/json",
            json!({ "Id": "sha256:1", "RepoTags": [] }),
        )
}

/// A client of a server that finds the programs of that folder and this configuration.
async fn client(
    engine: &FakeEngine,
    programs: &Path,
    docker: &str,
    settings: &[(&str, &str)],
) -> RawClient {
    let (address, path) = (engine.address(), path(programs));
    let own = [
        ("DOCKER_BASE_URL", &*address),
        ("DOCKER_CONFIG", docker),
        ("PATH", &*path),
    ];
    RawClient::session("2025-11-25", &[&own, settings].concat()).await
}

fn pull(id: i64) -> Value {
    call(id, "docker_pull_image", json!({"image": "r.example/x:1"}))
}

const WAITS: &str = "cat >/dev/null; sleep 600";

#[tokio::test]
async fn a_helper_that_does_not_answer_has_the_time_of_a_call() {
    for key in ["credsStore", "credHelpers"] {
        let folder = program("docker-credential-slow", WAITS);
        let value = match key {
            "credsStore" => json!("slow"),
            _ => json!({ "r.example": "slow" }),
        };
        let docker = config(folder.path(), &json!({ key: value }));
        let engine = engine();
        let patience = [("DOCKER_TIMEOUT", "2")];
        let mut client = client(&engine, folder.path(), &docker, &patience).await;
        client.send(pull(1)).await;
        let answer = client.receive().await;
        let text = failure(&answer);
        assert!(text.contains("did not answer within 2 s"), "{key}: {text}");
        all_ended(folder.path()).await;
    }
}

#[tokio::test]
async fn a_helper_ends_with_the_call_that_is_cancelled_and_with_the_server() {
    for ends in ["cancel", "signal", "input"] {
        let folder = program("docker-credential-slow", WAITS);
        let docker = config(folder.path(), &json!({ "credsStore": "slow" }));
        let engine = engine();
        let mut client = client(&engine, folder.path(), &docker, &[]).await;
        client.send(pull(7)).await;
        let since = Instant::now();
        while !folder.path().join("pids").exists() {
            assert!(since.elapsed() < Duration::from_secs(30), "it is not asked");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        match ends {
            "cancel" => {
                let params = json!({ "requestId": 7 });
                client
                    .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
                    .await;
            }
            "signal" => {
                let kill = std::process::Command::new("kill")
                    .arg(client.pid().to_string())
                    .status();
                assert!(kill.unwrap().success());
            }
            _ => client.close_stdin(),
        }
        all_ended(folder.path()).await;
    }
}

#[tokio::test]
async fn a_helper_is_asked_for_the_registry_and_its_answer_is_sent() {
    let folder = program(
        "docker-credential-quick",
        r#"kill $!; read registry; echo "{\"ServerURL\":\"$registry\",\"Username\":\"me\",\"Secret\":\"of-$registry\"}""#,
    );
    let docker = config(
        folder.path(),
        &json!({ "credsStore": "quick", "auths": { "r.example": {} } }),
    );
    let engine = engine();
    let mut client = client(&engine, folder.path(), &docker, &[]).await;
    client.send(pull(1)).await;
    client.receive().await;
    let sent = engine.seen();
    let sent = sent
        .iter()
        .find_map(|seen| seen.headers.get("x-registry-auth"));
    assert!(sent.is_some(), "no credentials are sent");
}

/// `ssh` may have started others, such as the one to a jump host.
#[tokio::test]
async fn ssh_ends_with_the_call_and_with_it_what_it_started() {
    let folder = program("ssh", WAITS);
    let mut client = RawClient::session(
        "2025-11-25",
        &[
            ("DOCKER_BASE_URL", "ssh://far.example"),
            ("DOCKER_TIMEOUT", "2"),
            ("PATH", &path(folder.path())),
        ],
    )
    .await;
    client
        .send(call(1, "docker_list_containers", json!({})))
        .await;
    let answer = client.receive().await;
    let text = failure(&answer);
    assert!(text.contains("within 2 s"), "{text}");
    all_ended(folder.path()).await;
}
