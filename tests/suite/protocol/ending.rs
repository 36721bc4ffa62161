//! Protects the ways a session ends: each leaves the process with exit code 0.

use serde_json::json;

use super::{NO_ENGINE, modern};
use crate::support::client::RawClient;

#[tokio::test]
async fn the_end_of_input_ends_the_server_in_every_state() {
    let discover = json!({
        "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": modern(json!({})),
    });
    let list = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": modern(json!({})),
    });
    let stray = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    for (state, input, answers) in [
        ("before anything", String::new(), 0),
        ("after a stray notification", format!("{stray}\n"), 0),
        ("after a probe", format!("{discover}\n"), 1),
        ("in a session", format!("{list}\n"), 1),
        ("after a last line without its end", format!("{list}"), 1),
        ("within a line", "{\"jsonrpc\":".to_owned(), 1),
        (
            "within a line of a session",
            format!("{list}\n{{\"jsonrpc\":"),
            2,
        ),
    ] {
        let mut client = RawClient::start(NO_ENGINE);
        client.send_bytes(input.as_bytes()).await;
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "{state}: {}", ended.log);
        assert_eq!(ended.rest.len(), answers, "{state}: {:?}", ended.rest);
    }

    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(
        (ended.code, ended.rest),
        (Some(0), vec![]),
        "after initialize: {}",
        ended.log
    );
}

#[tokio::test]
async fn a_client_that_stops_reading_ends_the_server() {
    let open = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    for session in [false, true] {
        let mut client = RawClient::start(NO_ENGINE);
        if session {
            client.initialize("2025-11-25").await;
        }
        client.close_stdout();
        client.send(open.clone()).await;
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "session: {session}: {}", ended.log);
    }
}
