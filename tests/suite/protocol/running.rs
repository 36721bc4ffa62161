//! Protects what happens around a call that is under way: it holds nothing up, can be cancelled, and
//! ends with the session.

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::NO_ENGINE;
use crate::support::client::RawClient;

const PATIENCE: Duration = Duration::from_secs(30);

/// An Engine that takes connections and never says a word.
struct SilentEngine {
    listener: UnixListener,
    url: String,
    _dir: TempDir,
}

impl SilentEngine {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docker.sock");
        let listener = UnixListener::bind(&path).unwrap();
        Self {
            listener,
            url: format!("unix://{}", path.display()),
            _dir: dir,
        }
    }

    /// The next connection, which shows that a call is under way.
    async fn accept(&self) -> UnixStream {
        timeout(PATIENCE, self.listener.accept())
            .await
            .unwrap()
            .unwrap()
            .0
    }

    /// A session with a call that waits for this Engine, and the call's connection.
    async fn waiting_call(&self) -> (RawClient, UnixStream) {
        let env = [("DOCKER_BASE_URL", self.url.as_str())];
        let mut client = RawClient::session("2025-11-25", &env).await;
        let call = json!({"name": "docker_list_containers", "arguments": {}});
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call});
        client.send(request).await;
        (client, self.accept().await)
    }
}

fn signal(client: &RawClient, name: &str) {
    let pid = client.pid().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-s", name, &pid])
        .status();
    assert!(kill.unwrap().success());
}

#[tokio::test]
async fn a_slow_call_holds_nothing_up() {
    let engine = SilentEngine::start();
    let (mut client, _connection) = engine.waiting_call().await;
    assert_eq!(
        client.request(1, "ping", json!({})).await["result"],
        json!({})
    );
    assert!(client.request(2, "tools/list", json!({})).await["result"].is_object());
}

#[tokio::test]
async fn a_cancelled_call_lets_go_of_the_engine_and_is_not_answered() {
    let engine = SilentEngine::start();
    let (mut client, mut connection) = engine.waiting_call().await;
    let cancelled = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7},
    });
    client.send(cancelled).await;
    let mut sent = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut sent))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(client.request(1, "ping", json!({})).await["id"], 1);
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

#[tokio::test]
async fn a_call_that_runs_at_the_end_of_input_is_still_answered() {
    let engine = SilentEngine::start();
    let (mut client, connection) = engine.waiting_call().await;
    client.close_stdin();
    drop((connection, engine));
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(ended.rest.len(), 1, "{:?}", ended.rest);
    assert_eq!(ended.rest[0]["id"], 7);
}

#[tokio::test]
async fn a_call_that_never_ends_does_not_outlive_its_input_for_long() {
    let engine = SilentEngine::start();
    let (mut client, _connection) = engine.waiting_call().await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

#[tokio::test]
async fn a_signal_ends_the_server_while_its_input_is_open() {
    for name in ["TERM", "INT"] {
        let mut client = RawClient::start(NO_ENGINE);
        client.request(1, "ping", json!({})).await;
        signal(&client, name);
        let ended = client.ended().await;
        assert_eq!(
            (ended.code, ended.rest),
            (Some(0), vec![]),
            "{name}: {}",
            ended.log
        );

        let engine = SilentEngine::start();
        let (client, _connection) = engine.waiting_call().await;
        signal(&client, name);
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "{name} during a call: {}", ended.log);
    }
}
