//! What is no request, no message or no fitting one: each is answered, and the server goes on.

use super::*;
use crate::support::http::modern;

const NO_MESSAGES: [&str; 8] = [
    "",
    "{",
    "null",
    "[]",
    "\"x\"",
    "{}",
    "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
    "\u{0}",
];

#[tokio::test]
async fn params_that_do_not_fit_have_the_same_answer_on_each_transport() {
    let misfits = [
        ("tools/call", json!({ "name": 5 })),
        ("tools/call", json!({})),
        (
            "tools/call",
            json!({ "name": "docker_version", "arguments": [1] }),
        ),
        ("prompts/get", json!({ "name": 5 })),
        ("initialize", json!({ "protocolVersion": 1 })),
    ];
    for transport in TRANSPORTS {
        let server = Server::start(transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        for (id, (method, params)) in (1..).zip(&misfits) {
            session.request(id, method, params.clone()).await;
            let answer = session.next().await;
            assert_eq!(answer["id"], id, "{transport}: {answer}");
            assert_eq!(answer["error"]["code"], -32602, "{transport}: {answer}");
            let text = answer["error"]["message"].as_str().unwrap();
            assert!(text.contains(method), "{text}");
        }
    }
    let server = Server::start("http", &[]).await;
    let call = modern(&server, 1, "tools/call", json!({ "name": 5 }));
    let answer = call.send().await.message().await.unwrap();
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[tokio::test]
async fn what_is_no_message_is_refused_with_the_reason() {
    for transport in POSTING {
        let server = Server::start(transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        for text in NO_MESSAGES {
            let mut got = session.post(&Value::Null).body(text).send().await;
            if got.status == 202 {
                // It has an id, so that the stream of events tells.
                let answer = session.next().await;
                assert_eq!(answer["error"]["code"], -32600, "{transport}: {text}");
                continue;
            }
            assert_eq!(got.status, 400, "{transport}: {text}");
            let answer = got.message().await.unwrap();
            assert!(answer["error"]["code"].is_i64(), "{transport}: {answer}");
        }
        session.request(1, "ping", json!({})).await;
        assert_eq!(session.next().await["id"], 1, "{transport}");
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // Steele and Vigna's SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A request that a correct client would not send, most likely.
fn malformed(dice: &mut Dice, session: &str) -> Vec<u8> {
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"docker_version","arguments":{}}}"#;
    let method = dice.one(&[
        "GET", "POST", "DELETE", "PUT", "OPTIONS", "BREW", "get", "P\u{0}T", "",
    ]);
    let path = dice.one(&[
        "/mcp",
        "/sse",
        "/ws",
        "/messages",
        "/messages?session_id=1",
        "/healthz",
        "/",
        "*",
        "/..",
        "/%00",
        "http://x/mcp",
        "",
    ]);
    let version = dice.one(&["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""]);
    let mut body = message.as_bytes().to_vec();
    match dice.below(4) {
        0 => body.clear(),
        1 => body.truncate(dice.below(message.len())),
        2 => {
            for _ in 0..=dice.below(8) {
                let at = dice.below(body.len());
                body[at] = u8::try_from(dice.below(256)).unwrap();
            }
        }
        _ => body = dice.one(&NO_MESSAGES).as_bytes().to_vec(),
    }
    let length = body.len().to_string();
    let mut text = format!("{method} {path} {version}\r\n");
    for (name, values) in [
        ("host", &["localhost", "localhost", "x", "\u{ff}", ""][..]),
        (
            "accept",
            &["application/json, text/event-stream", "*/*", ",;q=,", ""],
        ),
        (
            "content-type",
            &[
                "application/json",
                "text/plain",
                "application/json; charset=x",
                "",
            ],
        ),
        (
            "content-length",
            &[&length, &length, "-1", "99999999999999999999", "x"],
        ),
        ("transfer-encoding", &["chunked", "x", ""]),
        ("mcp-session-id", &[session, "x", "\u{1}", ""]),
        (
            "mcp-protocol-version",
            &["2025-11-25", "2026-07-28", "9999-99-99", "x"],
        ),
        ("last-event-id", &["0", "0/0", "x/y", "-1"]),
        ("upgrade", &["websocket", "h2c", ""]),
        ("sec-websocket-version", &["13", "8", ""]),
        ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZQ==", "x"]),
        ("sec-websocket-protocol", &["mcp", "x, mcp", ""]),
        ("origin", &["http://localhost", "null", "x"]),
        ("authorization", &["Bearer x", "x"]),
    ] {
        let needed = matches!(name, "host" | "content-length") && dice.below(8) > 0;
        if needed || dice.below(4) == 0 {
            text.push_str(&format!("{name}: {}\r\n", dice.one(values)));
        }
    }
    text.push_str("connection: close\r\n\r\n");
    let mut request = text.into_bytes();
    request.extend(body);
    request
}

#[tokio::test]
async fn ten_thousand_malformed_requests_leave_the_server_serving() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    for transport in TRANSPORTS {
        // Few lack what is missing of their body for long.
        let env = [("MCP_DOCKER_REQUEST_TIMEOUT", "1")];
        let mut server = Server::start(transport, &env).await;
        let mut session = Session::open(&server, None, json!({})).await;
        let mut dice = Dice(2026);
        for round in 0..100 {
            let requests = (0..50).map(|_| malformed(&mut dice, session.id()));
            let sent = requests.map(|request| {
                let address = server.address;
                tokio::spawn(async move {
                    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
                    let _ = tcp.write_all(&request).await;
                    let _ = tcp.shutdown().await;
                    // Some open a stream, which ends with the connection.
                    let mut answer = [0; 512];
                    let patience = std::time::Duration::from_secs(3);
                    let _ = tokio::time::timeout(patience, tcp.read(&mut answer)).await;
                })
            });
            for sent in sent.collect::<Vec<_>>() {
                sent.await.unwrap();
            }
            if round % 20 == 0 {
                session.request(round, "ping", json!({})).await;
                while session.next().await["id"] != round {}
            }
        }
        assert!(!server.log().contains("panicked"), "{}", server.log());
        server.signal("TERM");
        assert_eq!(server.ended().await, Some(0), "{transport}");
    }
}
