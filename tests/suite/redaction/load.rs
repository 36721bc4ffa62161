//! Much to hide: other requests are answered meanwhile, and a deadline holds.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{ALLOWED, planted};
use crate::support::client::RawClient;
use crate::support::fake_engine::{FakeEngine, Reply, frame, version};

/// How many values each call has hidden.
const SECRETS: usize = 30_000;

/// How long anything may take here on a machine with other work to do. To look for each of the values in
/// each line takes far longer.
const PATIENCE: Duration = Duration::from_secs(60);

fn engine(output: Reply) -> FakeEngine {
    FakeEngine::start()
        .on("GET /version", version("1.41"))
        .on("GET /containers/*/json", json!({ "Id": planted::ID }))
        .commands(output, 0)
}

/// Frames of ten lines each, of which one in ten holds a value that the caller gave.
fn frames(count: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|number| {
        let lines: String = (0..10)
            .map(|line| match line {
                0 => format!("took value-{number}-planted\n"),
                _ => format!(
                    "request {number} of {line} at https://example.com/{number}?line={line}\n"
                ),
            })
            .collect();
        frame(1, &lines)
    })
}

/// A call whose environment has [`SECRETS`] values.
fn call(timeout: u64) -> Value {
    let environment: Map<String, Value> = (0..SECRETS)
        .map(|number| {
            (
                format!("NAME_{number}"),
                json!(format!("value-{number}-planted")),
            )
        })
        .collect();
    json!({
        "name": "docker_exec_command",
        "arguments": {
            "container_id": "web", "command": "cat", "environment": environment, "timeout": timeout,
        },
    })
}

async fn client(engine: &FakeEngine) -> RawClient {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
    env.extend(ALLOWED);
    RawClient::session("2025-11-25", &env).await
}

#[tokio::test]
async fn requests_are_answered_while_calls_have_much_to_hide() {
    let engine = engine(Reply::chunks(frames(1_000)));
    let mut client = client(&engine).await;
    let calls = 4;
    for id in 0..calls {
        let message =
            json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call(60) });
        client.send(message).await;
    }
    let started = Instant::now();
    let (mut ended, mut pings) = (0, 0);
    client
        .send(json!({ "jsonrpc": "2.0", "id": 1000, "method": "ping" }))
        .await;
    while ended < calls {
        let answer = client.receive().await;
        let id = answer["id"].as_i64().unwrap();
        if id < 1000 {
            let result = answer["result"].to_string();
            assert!(result.contains("took [REDACTED:"), "{result}");
            assert!(!result.contains("-planted"), "{result}");
            ended += 1;
            continue;
        }
        pings += usize::from(ended == 0);
        client
            .send(json!({ "jsonrpc": "2.0", "id": id + 1, "method": "ping" }))
            .await;
    }
    assert!(
        pings >= 10,
        "only {pings} pings were answered before the first call"
    );
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

/// The command never ends, and writes faster than anyone can read.
#[tokio::test]
async fn a_deadline_holds_while_there_is_much_to_hide() {
    let output = Bytes::from(frames(200).collect::<Vec<_>>().concat());
    let engine = engine(Reply::chunks(vec![output; 20_000]).then_hang());
    let mut client = client(&engine).await;
    let started = Instant::now();
    let answer = client.request(1, "tools/call", call(1)).await;
    let result = &answer["result"]["structuredContent"];
    assert_eq!(result["timed_out"], true, "{answer}");
    assert!(!answer.to_string().contains("-planted"), "{answer}");
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}
