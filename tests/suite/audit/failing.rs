//! Protects calls from a log that cannot be written, and where the operator asks for it, the log
//! from calls that it would miss.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::{Scene, call, kill, start_call};

const REQUIRED: (&str, &str) = ("MCP_DOCKER_AUDIT_REQUIRED", "true");

/// Logs that no line can be written to, and what is said of each.
fn broken(scene: &Scene) -> Vec<(String, &'static str)> {
    let at = |name: &str| scene.folder.path().join(name);
    fs::write(at("target"), "").unwrap();
    symlink(at("target"), at("link")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(at("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    let mut broken = vec![
        (
            at("missing/audit").display().to_string(),
            "No such file or directory",
        ),
        (
            at("").display().to_string(),
            "it is a folder and not a file",
        ),
        (at("target/audit").display().to_string(), "Not a directory"),
        (
            at("link").display().to_string(),
            "it is a symbolic link; name the file itself",
        ),
        ("/dev/stdout".to_owned(), "it is a symbolic link"),
        // Nobody reads it, and waiting for a reader would hold up the server.
        (
            at("pipe").display().to_string(),
            "it is a named pipe and not a file",
        ),
    ];
    if cfg!(target_os = "linux") {
        broken.push(("/dev/full".to_owned(), "it is a device and not a file"));
    }
    fs::write(at("locked"), "").unwrap();
    let mut locked = fs::metadata(at("locked")).unwrap().permissions();
    locked.set_readonly(true);
    fs::set_permissions(at("locked"), locked).unwrap();
    // Nothing is locked for root.
    if fs::OpenOptions::new()
        .append(true)
        .open(at("locked"))
        .is_err()
    {
        broken.push((at("locked").display().to_string(), "Permission denied"));
    }
    broken
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_said_once_and_stops_no_call() {
    let mut scene = Scene::new();
    for (log, reason) in broken(&scene) {
        scene.log = log.clone();
        let mut client = scene.client(&[]).await;
        for _ in 0..3 {
            let answer = call(
                &mut client,
                "docker_start_container",
                json!({ "container_id": "web" }),
            )
            .await;
            assert_eq!(answer["result"]["isError"], false, "{log}: {answer}");
        }
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{log}");
        let said: Vec<&str> = ended
            .log
            .lines()
            .filter(|line| line.contains("ERROR"))
            .collect();
        assert_eq!(said.len(), 1, "{log}: {}", ended.log);
        assert!(
            said[0].contains(&format!("cannot record calls in {log}: {reason}")),
            "{}",
            ended.log
        );
        assert!(said[0].contains("calls go on unrecorded"), "{}", ended.log);
    }
    assert_eq!(
        fs::read_to_string(scene.folder.path().join("target")).unwrap(),
        ""
    );
}

#[tokio::test]
async fn a_log_that_can_be_written_again_is_said_and_written() {
    let mut scene = Scene::new();
    scene.log = scene
        .folder
        .path()
        .join("later/audit")
        .display()
        .to_string();
    let mut client = scene.client(&[]).await;
    let list = "docker_list_containers";
    for _ in 0..2 {
        call(&mut client, list, json!({})).await;
    }
    fs::create_dir(scene.folder.path().join("later")).unwrap();
    call(&mut client, list, json!({})).await;
    fs::remove_dir_all(scene.folder.path().join("later")).unwrap();
    call(&mut client, list, json!({})).await;
    client.close_stdin();
    let log = client.ended().await.log;
    assert_eq!(log.matches("cannot record calls in").count(), 2, "{log}");
    assert_eq!(log.matches("calls are recorded in").count(), 1, "{log}");
}

/// Safe tools too: what was read may matter as much as what was changed.
#[tokio::test]
async fn a_call_that_cannot_but_must_be_recorded_sends_nothing_to_the_engine() {
    let mut scene = Scene::new();
    for (log, reason) in broken(&scene) {
        scene.log = log.clone();
        let mut client = scene.client(&[REQUIRED]).await;
        for (tool, arguments) in [
            ("docker_start_container", json!({ "container_id": "web" })),
            ("docker_list_containers", json!({})),
            ("docker_healthcheck", json!({})),
        ] {
            let answer = call(&mut client, tool, arguments).await;
            assert_eq!(answer["result"]["isError"], true, "{log}: {answer}");
            let text = answer["result"]["content"][0]["text"].as_str().unwrap();
            for said in [
                tool,
                reason,
                "nothing was done",
                "MCP_DOCKER_AUDIT_LOG",
                "MCP_DOCKER_AUDIT_REQUIRED=false",
            ] {
                assert!(text.contains(said), "{log}: {text}");
            }
        }
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{log}");
        assert_eq!(
            ended.log.matches("cannot record calls in").count(),
            1,
            "{log}: {}",
            ended.log
        );
        assert!(ended.log.contains("calls are refused"), "{}", ended.log);
    }
    assert!(
        scene.engine.seen().is_empty(),
        "{:?}",
        scene.engine.requests()
    );
}

/// The call has a line before the Engine hears of it, so that even a server that is killed leaves a
/// trace of what it began.
#[tokio::test]
async fn a_call_that_must_be_recorded_has_a_line_ahead_of_its_end() {
    let scene = Scene::new();
    let mut client = scene.client(&[REQUIRED]).await;
    call(
        &mut client,
        "docker_start_container",
        json!({ "container_id": "web" }),
    )
    .await;
    call(
        &mut client,
        "docker_start_container",
        json!({ "container_id": "../web" }),
    )
    .await;
    start_call(
        &mut client,
        "docker_stop_container",
        json!({ "container_id": "web" }),
    )
    .await;
    scene.engine.asked("POST /containers/web/stop*").await;
    kill(client.pid(), "KILL");

    let records = scene.records();
    let key = |key: &'static str| {
        records
            .iter()
            .map(|it| it[key].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(key("result"), ["started", "ok", "failed", "started"]);
    assert_eq!(
        key("decision"),
        ["allowed", "allowed", "refused", "allowed"]
    );
    let calls = key("call");
    assert_eq!(calls[0], calls[1], "both lines are of one call");
    assert!(calls[1] != calls[2] && calls[2] != calls[3], "{calls:?}");
    assert_eq!(records[3]["arguments"], json!({ "container_id": "web" }));
    assert_eq!(records[3]["error"], Value::Null);
}
