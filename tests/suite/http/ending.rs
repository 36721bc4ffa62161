//! How a call ends whose client is gone, and a session that nobody uses.

use std::time::Duration;

use super::*;
use crate::support::http::modern;

#[tokio::test]
async fn a_closed_stream_or_socket_cancels_its_calls_and_no_others() {
    for transport in ["sse", "websocket"] {
        let engine = engine();
        let server = server(&engine, transport, &[]).await;
        let mut leaving = Session::open(&server, None, json!({})).await;
        let mut staying = Session::open(&server, None, json!({})).await;
        follow_logs(&mut leaving, 1).await;
        engine.asked("GET /containers/*/logs").await;
        drop(leaving);
        engine.all_closed().await;
        staying.request(2, "ping", json!({})).await;
        assert_eq!(staying.next().await["id"], 2, "{transport}");
    }
}

#[tokio::test]
async fn a_closed_request_without_a_session_cancels_its_call() {
    let engine = engine();
    let server = server(&engine, "http", &[]).await;
    let params = json!({ "name": "docker_container_logs", "arguments": follow() });
    let call = modern(&server, 1, "tools/call", params);
    let call = tokio::spawn(call.send());
    engine.asked("GET /containers/*/logs").await;
    call.abort();
    engine.all_closed().await;
}

#[tokio::test]
async fn a_cancelled_call_ends_on_each_transport() {
    for transport in TRANSPORTS {
        let engine = engine();
        let server = server(&engine, transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        follow_logs(&mut session, 1).await;
        engine.asked("GET /containers/*/logs").await;
        let cancel = json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
        });
        assert_eq!(session.send(&cancel).await, 202);
        engine.all_closed().await;
    }
}

#[tokio::test]
async fn a_deleted_session_cancels_its_calls() {
    let engine = engine();
    let server = server(&engine, "http", &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    follow_logs(&mut session, 1).await;
    engine.asked("GET /containers/*/logs").await;
    let since = std::time::Instant::now();
    let delete = server.request("DELETE", "/mcp");
    let delete = delete.header("mcp-session-id", session.id()).send().await;
    assert_eq!(delete.status, 204);
    engine.all_closed().await;
    // rmcp by itself would let it run for five seconds more.
    assert!(since.elapsed() < Duration::from_secs(4), "not at once");
}

/// A client whose connection broke comes back for the answer.
#[tokio::test]
async fn a_session_outlives_its_connections_but_not_for_ever() {
    let engine = engine();
    let env = [("MCP_DOCKER_IDLE_TIMEOUT", "2")];
    let server = server(&engine, "http", &env).await;
    let mut session = Session::open(&server, None, json!({})).await;
    follow_logs(&mut session, 1).await;
    engine.asked("GET /containers/*/logs").await;
    // In use, however long nothing is said.
    tokio::time::sleep(Duration::from_secs(4)).await;
    session.request(2, "ping", json!({})).await;
    assert_eq!(session.next().await["id"], 2);

    session.streams.abort_all();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ping = json!({"jsonrpc": "2.0", "id": 3, "method": "ping"});
    let still = session.post(&ping).send().await;
    assert_eq!(still.status, 200, "it is still there");
    drop(still);
    engine.all_closed().await;
    assert_eq!(session.post(&ping).send().await.status, 404);
}
