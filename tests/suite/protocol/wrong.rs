//! Protects the session from a client that sends what is no message, or the right one too early
//! or twice.

use serde_json::{Value, json};

use super::{MODERN, NO_ENGINE, code, modern};
use crate::support::client::RawClient;

/// Lines that are no message, by the code and the id of the error they get.
fn malformed() -> Vec<(&'static [u8], i64, Value)> {
    let groups: [(i64, Value, &[&[u8]]); 5] = [
        (
            -32700,
            Value::Null,
            &[
                b"",
                b" \t\r",
                b"hello",
                br#"{"jsonrpc":"2.0","id":7,"method":"pi"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping"} {}"#,
                b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff",
            ],
        ),
        (
            -32600,
            Value::Null,
            &[
                b"null",
                b"17",
                br#""ping""#,
                b"[]",
                br#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#,
                b"{}",
                br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
                // A broken reply: its id is the server's, not one the client waits for.
                br#"{"jsonrpc":"2.0","id":7,"result":{},"error":{}}"#,
            ],
        ),
        (
            -32600,
            json!(7),
            &[
                br#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#,
                br#"{"jsonrpc":2.0,"id":7,"method":"ping"}"#,
                br#"{"jsonrpc":"2.0","id":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":7}}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[1]}"#,
            ],
        ),
        (-32600, json!("x"), &[br#"{"id":"x","method":"ping"}"#]),
        // Messages, but their params do not fit the method.
        (
            -32602,
            json!(7),
            &[
                br#"{"jsonrpc":"2.0","id":7,"method":"initialize"}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"initialize","params":{}}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":7}}"#,
            ],
        ),
    ];
    let lines = groups
        .into_iter()
        .flat_map(|(code, id, lines)| lines.iter().map(move |line| (*line, code, id.clone())));
    lines.collect()
}

async fn refuses_malformed_lines(client: &mut RawClient) {
    for (line, expected, id) in malformed() {
        client.send_bytes(&[line, b"\n"].concat()).await;
        let answer = client.receive().await;
        let line = String::from_utf8_lossy(line);
        assert_eq!(code(&answer), expected, "{line:?} got {answer}");
        assert_eq!(answer.get("id"), Some(&id), "{line:?} got {answer}");
        assert_eq!(answer["jsonrpc"], "2.0");
        assert!(
            !answer["error"]["message"].as_str().unwrap().is_empty(),
            "{line:?}"
        );
        assert_eq!(
            client.request(1, "ping", json!({})).await["result"],
            json!({}),
            "{line:?}"
        );
    }
}

#[tokio::test]
async fn a_malformed_line_gets_an_error_and_the_session_goes_on() {
    let mut client = RawClient::start(NO_ENGINE);
    refuses_malformed_lines(&mut client).await;
    client.initialize("2025-11-25").await;
    refuses_malformed_lines(&mut client).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

#[tokio::test]
async fn malformed_lines_in_one_go_are_each_answered_in_order() {
    let mut client = RawClient::start(NO_ENGINE);
    let all: Vec<u8> = malformed()
        .iter()
        .flat_map(|(line, ..)| [line, &b"\n"[..]].concat())
        .collect();
    client.send_bytes(&all).await;
    client.close_stdin();
    let ended = client.ended().await;
    let codes: Vec<i64> = ended.rest.iter().map(code).collect();
    let expected: Vec<i64> = malformed().into_iter().map(|(_, code, _)| code).collect();
    assert_eq!(codes, expected);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

#[tokio::test]
async fn from_2026_07_28_on_there_is_no_initialize() {
    let mut client = RawClient::start(NO_ENGINE);
    let answer = client.request(1, "initialize", modern(json!({}))).await;
    assert_eq!(code(&answer), -32601, "{answer}");
}

#[tokio::test]
async fn a_line_of_sixteen_mebibytes_is_read_and_a_longer_one_refused() {
    const LIMIT: usize = 16 * 1024 * 1024;
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let mut line = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_vec();
    let ping = line.clone();
    line.resize(LIMIT, b' ');
    line.push(b'\n');
    client.send_bytes(&line).await;
    assert_eq!(client.receive().await["id"], 1);

    // The next message comes in the same breath, and must not wait for another.
    let long = [vec![b'x'; LIMIT + 1], b"\n".to_vec(), ping, b"\n".to_vec()].concat();
    client.send_bytes(&long).await;
    let refused = client.receive().await;
    assert_eq!((code(&refused), &refused["id"]), (-32600, &Value::Null));
    assert_eq!(client.receive().await["id"], 1);
}

#[tokio::test]
async fn a_client_may_open_with_what_is_no_request() {
    let mut client = RawClient::start(NO_ENGINE);
    for stray in [
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/unheard_of"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}),
    ] {
        client.send(stray).await;
    }
    assert_eq!(
        client.request(1, "ping", json!({})).await["result"],
        json!({})
    );
    assert_eq!(
        code(&client.request(2, "tools/list", json!({})).await),
        -32602
    );
    assert!(client.initialize("2025-06-18").await["result"].is_object());
    assert!(client.request(3, "tools/list", json!({})).await["result"].is_object());
}

#[tokio::test]
async fn a_second_initialize_is_answered_and_keeps_to_its_own_answer() {
    let mut client = RawClient::session("2024-11-05", NO_ENGINE).await;
    let again = client.initialize(MODERN).await;
    assert_eq!(again["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(
        client.request(1, "ping", json!({})).await["result"],
        json!({})
    );
}
