//! How the server ends on a signal: what runs is finished or cancelled, and nothing is left.

use std::time::{Duration, Instant};

use super::*;
use crate::support::http::modern;

#[tokio::test]
async fn a_signal_ends_a_server_in_which_nothing_runs_at_once() {
    for transport in TRANSPORTS {
        for signal in ["TERM", "INT"] {
            let engine = engine();
            let mut server = server(&engine, transport, &[]).await;
            let mut session = Session::open(&server, None, json!({})).await;
            session.request(1, "resources/list", json!({})).await;
            session.next().await;
            let mut standing = match transport {
                "http" => {
                    let stream = server
                        .request("GET", "/mcp")
                        .header("accept", "text/event-stream");
                    let stream = stream.header("mcp-session-id", session.id()).send().await;
                    assert_eq!(stream.status, 200);
                    let filter = json!({ "notifications": { "resourcesListChanged": true } });
                    let listen = modern(&server, 2, "subscriptions/listen", filter)
                        .send()
                        .await;
                    vec![stream, listen]
                }
                _ => Vec::new(),
            };
            let since = Instant::now();
            server.signal(signal);
            assert_eq!(
                server.ended().await,
                Some(0),
                "{transport}: {}",
                server.log()
            );
            assert!(
                since.elapsed() < Duration::from_secs(2),
                "{transport}: {signal}"
            );
            for stream in &mut standing {
                while stream.event().await.is_some() {}
            }
            engine.all_closed().await;
        }
    }
}

#[tokio::test]
async fn what_runs_is_finished_and_answered() {
    for transport in TRANSPORTS {
        let ok = "\x01\0\0\0\0\0\0\x03ok\n";
        let slow = Reply::chunks([ok]).every(Duration::from_millis(1500));
        let engine = engine().on("GET /containers/*/logs", slow);
        let mut server = server(&engine, transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        session
            .call(1, "docker_container_logs", json!({ "container_id": "web" }))
            .await;
        engine.asked("GET /containers/*/logs").await;
        server.signal("TERM");
        assert_done(&session.next().await);
        assert_eq!(server.ended().await, Some(0));
    }
}

/// A server and a client that waits for the lines of a log.
async fn following(engine: &FakeEngine, transport: &'static str) -> (Server, Session) {
    let server = server(engine, transport, &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    follow_logs(&mut session, 1).await;
    engine.asked("GET /containers/*/logs").await;
    (server, session)
}

#[tokio::test]
async fn what_goes_on_is_cancelled_in_time() {
    for transport in TRANSPORTS {
        let engine = engine();
        let (mut server, _session) = following(&engine, transport).await;
        let since = Instant::now();
        server.signal("TERM");
        tokio::time::sleep(Duration::from_millis(200)).await;
        let late = tokio::net::TcpStream::connect(server.address).await;
        assert!(late.is_err(), "{transport}: nobody else is let in");
        assert_eq!(server.ended().await, Some(0));
        assert!(since.elapsed() < Duration::from_secs(6), "{transport}");
        engine.all_closed().await;
    }
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    for transport in TRANSPORTS {
        let engine = engine();
        let (mut server, _session) = following(&engine, transport).await;
        let since = Instant::now();
        server.signal("TERM");
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.signal("INT");
        assert_eq!(server.ended().await, Some(0));
        assert!(since.elapsed() < Duration::from_secs(2), "{transport}");
        engine.all_closed().await;
    }
}
