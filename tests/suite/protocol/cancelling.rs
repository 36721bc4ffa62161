//! Protects the end of a call that is cancelled: its stream from the Engine closes, its permit is
//! back, and no answer comes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::RawClient;
use crate::support::fake_engine::{FakeEngine, Reply};

/// Calls that last, each with the request whose reply goes on and on, and a piece of that.
fn lasting(context: &Path) -> [(Value, &'static str, &'static str); 7] {
    let frame = "\x01\0\0\0\0\0\0\x03ok\n";
    let container = "web";
    [
        (
            json!({"name": "docker_container_logs", "arguments": {"container_id": container, "follow": true, "follow_seconds": 60}}),
            "GET /containers/*/logs",
            frame,
        ),
        (
            json!({"name": "docker_exec_command", "arguments": {"container_id": container, "command": ["sleep", "60"]}}),
            "POST /exec/*/start",
            frame,
        ),
        (
            json!({"name": "docker_events", "arguments": {"since": "1h"}}),
            "GET /events",
            r#"{"Type": "container", "Action": "die", "time": 1}"#,
        ),
        (
            json!({"name": "docker_create_container", "arguments": {"image": "web:2", "pull": "missing"}}),
            "POST /images/create",
            r#"{"status": "Pulling fs layer", "id": "layer"}"#,
        ),
        (
            json!({"name": "docker_pull_image", "arguments": {"image": "127.0.0.1:9/web:2"}}),
            "POST /images/create",
            r#"{"status": "Pulling fs layer", "id": "layer"}"#,
        ),
        (
            json!({"name": "docker_push_image", "arguments": {"image": "127.0.0.1:9/web:2"}}),
            "POST /images/*/push",
            r#"{"status": "Pushing", "id": "layer"}"#,
        ),
        (
            json!({"name": "docker_build_image", "arguments": {"path": context}}),
            "POST /build",
            r#"{"stream": "Step 1/2 : FROM scratch"}"#,
        ),
    ]
}

fn engine(pattern: &str, reply: Reply) -> FakeEngine {
    FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on(
            "GET /containers/*/json",
            json!({"Id": "1", "Name": "/web", "Config": {"Tty": false}, "State": {"Running": true}, "HostConfig": {}}),
        )
        .on("POST /containers/*/exec", Reply::json(201, &json!({"Id": "1"})))
        .on("POST /containers/create", Reply::error(404, "No such image: web:2"))
        .on(pattern, reply)
}

#[tokio::test]
async fn a_cancelled_call_closes_its_stream_frees_its_permit_and_is_not_answered() {
    let context = crate::support::workplace::workplace();
    fs::write(context.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    for (call, pattern, piece) in lasting(context.path()) {
        let name = &call["name"];
        let silent = Reply::chunks([piece]).then_hang();
        let busy = Reply::chunks([piece; 10_000]).every(Duration::from_millis(5));
        for reply in [silent, busy] {
            let engine = engine(pattern, reply);
            let address = engine.address();
            let settings = [
                ("DOCKER_BASE_URL", address.as_str()),
                ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
            ];
            let mut client = RawClient::session("2025-11-25", &settings).await;
            client
                .send(json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call}))
                .await;
            engine.asked(pattern).await;

            let cancelled = json!({"requestId": 7});
            client
                .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled}))
                .await;

            engine.all_closed().await;
            let list = json!({"name": "docker_list_containers"});
            let answer = client.request(1, "tools/call", list).await;
            assert_eq!(answer["result"]["isError"], false, "after {name}: {answer}");
            client.close_stdin();
            let ended = client.ended().await;
            assert_eq!(
                (ended.code, ended.rest),
                (Some(0), vec![]),
                "{name}: {}",
                ended.log
            );
        }
    }
}
