//! Protects clients whose language writes something else than JSON or MCP has, on every transport: an
//! empty array for an empty object, arguments as text, an empty cursor, half a character, no capabilities.

use serde_json::{Value, json};

use crate::support::client::RawClient;
use crate::support::http::{Server, Session};

const NO_ENGINE: &[(&str, &str)] = &[("DOCKER_BASE_URL", "unix:///nonexistent/docker.sock")];
const TRANSPORTS: [&str; 3] = ["sse", "http", "websocket"];

/// What follows `"jsonrpc":"2.0","id":7,` in requests that are answered with a result.
const SERVED: &[&str] = &[
    r#""method":"ping","params":[]"#,
    r#""method":"ping","params":[ ]"#,
    r#""method":"ping","params":null"#,
    r#""method":"tools/list","params":[]"#,
    r#""method":"tools/list","params":{"cursor":""}"#,
    r#""method":"tools/list","params":{"cursor":null}"#,
    r#""method":"tools/list","params":{"_meta":[]}"#,
    r#""method":"prompts/list","params":{"cursor":"","_meta":[]}"#,
    r#""method":"resources/templates/list","params":{"cursor":""}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck"}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck","arguments":[]}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck","arguments":null}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck","arguments":""}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck","arguments":"{}"}"#,
    r#""method":"tools/call","params":{"name":"docker_healthcheck","arguments":" [] ","_meta":[]}"#,
    r#""method":"prompts/get","params":{"name":"generate_compose","arguments":[]}"#,
    r#""method":"prompts/get","params":{"name":"generate_compose","arguments":"{\"service_description\":\"a \\u00e4\"}"}"#,
    r#""method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"generate_compose"},"argument":{"name":"service_description","value":""},"context":[]}"#,
    r#""method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"generate_compose"},"argument":{"name":"service_description","value":""},"context":{"arguments":[]}}"#,
];

/// Requests that are refused with their id: 7, or the one that is given.
fn refused() -> Vec<(Vec<u8>, Value)> {
    let request = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}"}}"#);
    let call = |argument: &[u8]| {
        let before = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"docker_healthcheck","arguments":{"a":""#;
        [before, argument, br#""}}}"#].concat()
    };
    vec![
        (call(br"\ud800"), json!(7)),
        (call(br"\udc00 and \ud83d\ude00"), json!(7)),
        (call(br"\\\uDBFFx"), json!(7)),
        (call(b"\xed\xa0\x80"), json!(7)),
        (call(b"\xff"), json!(7)),
        (request(r"\ud800").into_bytes(), json!(7)),
        (
            br#"{"jsonrpc":"2.0","id":"\ud83d\ude00","method":"\ud800"}"#.to_vec(),
            json!("\u{1f600}"),
        ),
        // Nobody waits for an answer to the id that can be told.
        (
            br#"{"jsonrpc":"2.0","id":"\ud800","method":"ping"}"#.to_vec(),
            Value::Null,
        ),
    ]
}

fn request(rest: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,{rest}}}"#)
}

/// An opening message, with what a client says that it can do.
fn opening(capabilities: &str) -> String {
    match capabilities {
        "" => INITIALIZE.replace(r#""capabilities":CAPABILITIES,"#, ""),
        given => INITIALIZE.replace("CAPABILITIES", given),
    }
}

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":CAPABILITIES,"clientInfo":{"name":"php","version":"1"}}}"#;
const CAPABILITIES: [&str; 6] = [
    "",
    "null",
    "[]",
    r#"{"roots":[]}"#,
    r#"{"elicitation":{"form":[]},"sampling":[]}"#,
    r#"{"experimental":[],"roots":{"listChanged":true}}"#,
];

#[tokio::test]
async fn what_other_languages_write_is_served_over_stdio() {
    for capabilities in CAPABILITIES {
        let mut client = RawClient::start(NO_ENGINE);
        let opening = opening(capabilities);
        client
            .send_bytes(format!("\u{feff}{opening}\n").as_bytes())
            .await;
        let answer = client.receive().await;
        assert!(answer["result"].is_object(), "{capabilities} got {answer}");
        client
            .send_bytes(
                b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\",\"params\":[]}\n",
            )
            .await;
        if capabilities != "[]" {
            continue;
        }
        for rest in SERVED {
            client.send_bytes((request(rest) + "\n").as_bytes()).await;
            let answer = client.receive().await;
            assert_eq!(answer["id"], 7, "{rest} got {answer}");
            assert!(answer["result"].is_object(), "{rest} got {answer}");
        }
        for (line, id) in refused() {
            client.send_bytes(&[&line, &b"\n"[..]].concat()).await;
            let answer = client.receive().await;
            let line = String::from_utf8_lossy(&line);
            assert_eq!(answer["error"]["code"], -32700, "{line} got {answer}");
            assert_eq!(answer["id"], id, "{line} got {answer}");
        }
    }
}

#[tokio::test]
async fn what_other_languages_write_is_served_over_the_network() {
    for transport in TRANSPORTS {
        let server = Server::start(transport, NO_ENGINE).await;
        let mut session = Session::open(&server, None, json!({})).await;
        for rest in SERVED {
            for mark in ["", "\u{feff}"] {
                session.send_text(format!("{mark}{}", request(rest))).await;
                let answer = session.next().await;
                assert_eq!(answer["id"], 7, "{transport}: {rest} got {answer}");
                assert!(
                    answer["result"].is_object(),
                    "{transport}: {rest} got {answer}"
                );
            }
        }
        // A socket carries no other texts than those of whole characters.
        let is_text = |text: &[u8]| transport != "websocket" || std::str::from_utf8(text).is_ok();
        for (text, id) in refused().into_iter().filter(|(text, _)| is_text(text)) {
            let shown = String::from_utf8_lossy(&text).into_owned();
            session.send_text(text).await;
            let answer = session.next().await;
            assert_eq!(answer["error"]["code"], -32700, "{shown} got {answer}");
            assert_eq!(answer["id"], id, "{transport}: {shown} got {answer}");
        }
        for capabilities in CAPABILITIES.iter().filter(|_| transport == "http") {
            let opening = opening(capabilities);
            let got = server.knock().body(format!("\u{feff}{opening}"));
            let answer = got.send().await.message().await.unwrap();
            assert!(answer["result"].is_object(), "{capabilities}: {answer}");
        }
    }
}

/// Whatever else is wrong with the opening is still said.
#[tokio::test]
async fn an_opening_without_capabilities_is_not_taken_for_another() {
    for (rest, missing) in [
        (
            r#""clientInfo":{"name":"a","version":"1"}"#,
            "protocolVersion",
        ),
        (r#""protocolVersion":"2025-11-25""#, "clientInfo"),
        (
            r#""protocolVersion":"2025-11-25","capabilities":5,"clientInfo":{"name":"a","version":"1"}"#,
            "ClientCapabilities",
        ),
    ] {
        let mut client = RawClient::start(NO_ENGINE);
        let line = request(&format!(r#""method":"initialize","params":{{{rest}}}"#)) + "\n";
        client.send_bytes(line.as_bytes()).await;
        let answer = client.receive().await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .unwrap()
                .contains(missing),
            "{answer}"
        );
    }
}

/// A client without sessions says with each request what it can do.
#[tokio::test]
async fn capabilities_of_a_request_may_be_empty_arrays() {
    let given = CAPABILITIES.iter().filter(|it| it.contains('['));
    for capabilities in given {
        let params = format!(
            r#""params":{{"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{capabilities},"io.modelcontextprotocol/clientInfo":{{"name":"php","version":"1"}}}}}}"#
        );
        let message = request(&format!(r#""method":"tools/list",{params}"#));
        let mut client = RawClient::start(NO_ENGINE);
        client.send_bytes((message.clone() + "\n").as_bytes()).await;
        let answer = client.receive().await;
        assert!(answer["result"].is_object(), "{capabilities} got {answer}");
    }
}

/// Whoever cancels or answers waits for nothing, so that nothing would tell them it was not heard.
#[cfg(unix)]
#[tokio::test]
async fn half_a_character_keeps_no_cancellation_from_being_heard() {
    let engine = crate::support::fake_engine::FakeEngine::start()
        .on("GET /info", crate::support::fake_engine::Reply::hang());
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", address.as_str())]).await;
    let call = json!({"name": "docker_system_info", "arguments": {}});
    client
        .send(json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call}))
        .await;
    engine.asked("GET /info").await;
    client
        .send_bytes(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7,\"reason\":\"\\ud800\"}}\n")
        .await;
    engine.all_closed().await;
}
