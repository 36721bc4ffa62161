//! How the context of a prompt comes about: side by side, in part, or not at all.

use std::time::{Duration, Instant};

use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use super::{client, container, engine, exited, get, said, troubleshot};
use crate::support::fake_engine::{FakeEngine, Reply};

#[tokio::test]
async fn a_call_that_fails_leaves_a_note_and_the_prompt_is_there() {
    let docker = engine(exited(1), "")
        .on(
            "GET /containers/web/logs",
            Reply::error(500, "the log driver has no logs"),
        )
        .on("GET /events", Reply::error(500, "events are broken"));
    let text = troubleshot(&docker).await;
    assert!(
        text.contains("Not known: ``` `docker_container_logs` failed")
            || text.contains("`docker_container_logs` failed"),
        "{text}"
    );
    assert!(text.contains("the log driver has no logs"), "{text}");
    assert!(text.contains("events are broken"), "{text}");
    assert!(text.contains("Exit code 1"), "{text}");
    assert!(text.contains("The log is not known."), "{text}");
}

#[tokio::test]
async fn a_container_that_is_not_there_is_an_error_that_names_it() {
    let docker = FakeEngine::start().on(
        "GET /containers/gone/json",
        Reply::error(404, "No such container: gone"),
    );
    let client = client(&docker, ClientLifecycleMode::Initialize, &[]).await;
    for name in [
        "troubleshoot_container",
        "optimize_container",
        "debug_networking",
        "generate_compose",
        "security_audit",
    ] {
        let (code, text) = get(&client, name, json!({"container_id": "gone"}))
            .await
            .unwrap_err();
        assert_eq!(code, -32602, "{name}: {text}");
        assert!(
            text.contains("gone") && text.contains(name),
            "{name}: {text}"
        );
    }
    client.stop().await;
}

#[tokio::test]
async fn an_engine_that_is_away_is_an_error_that_says_so() {
    let mut docker = FakeEngine::start();
    docker.kill().await;
    let client = client(&docker, ClientLifecycleMode::Initialize, &[]).await;
    let (code, text) = get(
        &client,
        "troubleshoot_container",
        json!({"container_id": "web"}),
    )
    .await
    .unwrap_err();
    assert_eq!(code, -32603, "{text}");
    assert!(text.contains("cannot reach the Docker Engine"), "{text}");
    // Described, a service needs no Engine.
    let text = get(
        &client,
        "generate_compose",
        json!({"service_description": "a blog"}),
    )
    .await
    .unwrap();
    assert!(text.contains("a blog"), "{text}");
    client.stop().await;
}

/// What is not allowed to a client is not allowed to a prompt either.
#[tokio::test]
async fn a_tool_that_is_denied_is_denied_to_prompts_too() {
    let docker = engine(exited(1), "secret sauce\n");
    let client = client(
        &docker,
        ClientLifecycleMode::Initialize,
        &[("SAFETY_DENIED_TOOLS", "docker_container_logs")],
    )
    .await;
    let text = get(
        &client,
        "troubleshoot_container",
        json!({"container_id": "web"}),
    )
    .await
    .unwrap();
    assert!(text.contains("SAFETY_DENIED_TOOLS"), "{text}");
    assert!(!text.contains("secret sauce"), "{text}");
    assert!(
        !docker.requests().iter().any(|line| line.contains("/logs")),
        "{:?}",
        docker.requests()
    );
    client.stop().await;
}

/// The log and the events, of which none waits for the other.
#[tokio::test]
async fn calls_that_need_nothing_of_each_other_run_side_by_side() {
    let slow = |body: Value| Reply::json(200, &body).every(Duration::from_secs(2));
    let docker = FakeEngine::start()
        .on("GET /containers/web/json", slow(exited(1)))
        .on(
            "GET /containers/web/logs",
            Reply::chunks(["x\n"]).every(Duration::from_secs(3)),
        )
        .on(
            "GET /events",
            Reply::chunks(["{}\n"]).every(Duration::from_secs(2)),
        );
    let started = Instant::now();
    troubleshot(&docker).await;
    // One after the other: two to inspect, two and three for the log, two and two for the events.
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_entry_that_uses_another_waits_for_it_and_for_its_condition() {
    let docker = engine(exited(0), "");
    said(
        &docker,
        "optimize_container",
        json!({"container_id": "web"}),
    )
    .await;
    assert!(
        !docker.requests().iter().any(|line| line.contains("/stats")),
        "{:?}",
        docker.requests()
    );

    let docker = engine(container(json!({ "Status": "running", "Running": true })), "")
        .on("GET /containers/web/stats", json!({
            "read": "2026-01-01T00:00:00Z", "memory_stats": { "usage": 1_048_576, "limit": 1_048_576 },
            "cpu_stats": {}, "precpu_stats": {}, "pids_stats": { "current": 3 },
        }));
    let text = said(
        &docker,
        "optimize_container",
        json!({"container_id": "web"}),
    )
    .await;
    assert!(
        docker.requests().iter().any(|line| line.contains("/stats")),
        "{:?}",
        docker.requests()
    );
    assert!(text.contains("1 MiB"), "{text}");
}

#[tokio::test]
async fn an_audit_of_all_looks_at_the_first_twenty_and_says_so() {
    let listed: Vec<Value> = (0..25)
        .map(|n| json!({ "Id": format!("{n:064}"), "Names": [format!("/c{n:02}")], "State": "running" }))
        .collect();
    let docker = engine(exited(0), "")
        .on("GET /containers/json", json!(listed))
        .answer("GET /containers/*/json", |seen| {
            let id = seen.target.split('/').nth(2).unwrap().to_owned();
            let mut document = container(json!({ "Status": "running", "Running": true }));
            document["Name"] = json!(format!("/c{id}-{}", "x".repeat(200)));
            document["HostConfig"]["Privileged"] = json!(true);
            document.into()
        });
    let text = said(&docker, "security_audit", json!({})).await;
    assert!(
        text.contains("25 containers run; 20 of them are looked at"),
        "{text}"
    );
    assert!(
        text.contains("the first 20 only; 5 more are left out"),
        "{text}"
    );
    assert!(text.contains("**critical** CIS 5.5"), "{text}");
    let inspected = docker
        .requests()
        .iter()
        .filter(|line| line.ends_with("/json") && !line.contains("/containers/json"))
        .count();
    assert_eq!(inspected, 20);
}

#[tokio::test]
async fn with_nothing_running_an_audit_looks_at_the_engine() {
    let docker = engine(exited(0), "").on("GET /containers/json", json!([]));
    let text = said(&docker, "security_audit", json!({})).await;
    assert!(text.contains("No container runs."), "{text}");
    assert!(text.contains("CIS 2.9"), "{text}");
}
