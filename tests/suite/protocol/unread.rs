//! Protects the server from a client that sends and does not read: what it holds is bounded, and what
//! it is told besides still gets through.

use serde_json::{Value, json};

use super::NO_ENGINE;
use crate::support::client::RawClient;
use crate::support::fake_engine::{FakeEngine, Reply};

/// The most memory that the server has had, in MiB.
#[cfg(target_os = "linux")]
fn peak(client: &RawClient) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: usize = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib / 1024
}

/// The list is some 40 KB, so that all of them would be 200 MB.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_does_not_read_fills_no_memory_and_misses_nothing() {
    const REQUESTS: usize = 5_000;
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let before = peak(&client);
    let mut stdin = client.take_stdin();
    let writing = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        for id in 1..=REQUESTS {
            let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
            let line = format!("{request}\n");
            stdin.write_all(line.as_bytes()).await.unwrap();
        }
        stdin
    });
    // As long as it takes where nothing holds the server back.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(!writing.is_finished(), "all was read");
    let mut answered = vec![false; REQUESTS + 1];
    for _ in 0..REQUESTS {
        let answer = client.receive_line().await;
        let id = id_of(&answer);
        assert!(!std::mem::replace(&mut answered[id], true), "{id} twice");
    }
    let grown = peak(&client) - before;
    assert!(grown < 60, "{grown} MiB more");
    drop(writing.await.unwrap());
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

/// Of requests as long as these, so many do not wait.
#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_either() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let mut stdin = client.take_stdin();
    let writing = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let meta = json!({ "padding": "x".repeat(4_000) });
        for id in 1..=1_000 {
            let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": {"_meta": meta}});
            let line = format!("{request}\n");
            if stdin.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
    });
    // As long as it takes where nothing holds the server back.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(!writing.is_finished(), "all was read");
    writing.abort();
}

/// The id of an answer, without reading all of it.
#[cfg(target_os = "linux")]
fn id_of(answer: &str) -> usize {
    let (_, rest) = answer.split_once(r#""id":"#).unwrap();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
    rest[..end].parse().unwrap()
}

fn call(id: usize, tool: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": {}}})
}

fn cancelled(id: usize) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
}

/// More calls than run at once: those behind wait here.
const CALLS: usize = 200;

#[tokio::test]
async fn a_cancellation_and_a_ping_get_past_the_calls_that_wait() {
    let engine = FakeEngine::start().on("GET /info", Reply::hang());
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", address.as_str())]).await;
    for id in 1..=CALLS {
        client.send(call(id, "docker_system_info")).await;
    }
    assert_eq!(
        client.request(1000, "ping", json!({})).await["result"],
        json!({})
    );
    engine.asked("GET /info").await;
    // Those that run, and those that wait for room.
    for id in 1..=CALLS {
        client.send(cancelled(id)).await;
    }
    engine.all_closed().await;
    let answer = client
        .request(
            1001,
            "tools/call",
            call(0, "docker_version")["params"].clone(),
        )
        .await;
    assert!(answer["result"].is_object(), "{answer}");
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

#[tokio::test]
async fn requests_of_one_id_are_answered_one_after_the_other() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let ping = b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}\n";
    client.send_bytes(&ping.repeat(50)).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.rest.len(), 50);
    assert!(ended.rest.iter().all(|answer| answer["id"] == 7));
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

#[tokio::test]
async fn all_that_came_before_the_end_of_input_is_answered() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let all: String = (1..=1000)
        .map(|id| call(id, "docker_healthcheck").to_string() + "\n")
        .collect();
    client.send_bytes(all.as_bytes()).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.rest.len(), 1000, "{}", ended.log);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}
