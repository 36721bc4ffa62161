//! What is of sockets alone: how one opens, what it carries, and with which code it closes.

mod pings;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mcp_docker::config::Config;
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::transport::network::{Listener, Protocol};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use super::*;
use crate::support::http::initialize;

type Socket = WebSocketStream<TcpStream>;

/// A socket of a client that may do what it likes with it.
async fn socket(server: &Server) -> Socket {
    let mut request = format!("ws://{}/ws", server.address)
        .into_client_request()
        .unwrap();
    let protocol = "mcp".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let tcp = TcpStream::connect(server.address).await.unwrap();
    let config = WebSocketConfig::default().max_message_size(None);
    let opened = tokio_tungstenite::client_async_with_config(request, tcp, Some(config));
    timeout(PATIENCE, opened).await.unwrap().unwrap().0
}

/// The next message, whatever it is; none where the connection ends.
async fn next(socket: &mut Socket) -> Option<Message> {
    let message = timeout(PATIENCE, socket.next()).await;
    message.expect("a message comes, or the end")?.ok()
}

/// The next JSON.
async fn answer(socket: &mut Socket) -> Value {
    let text = async {
        loop {
            match next(socket).await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("no answer: {other:?}"),
            }
        }
    };
    timeout(PATIENCE, text).await.expect("an answer comes")
}

async fn ask(socket: &mut Socket, message: &Value) -> Value {
    let text = Message::text(message.to_string());
    socket.send(text).await.unwrap();
    answer(socket).await
}

/// The code with which the server closes, and why. It may ask meanwhile whether the client is there.
async fn closed(socket: &mut Socket) -> (CloseCode, String) {
    let close = async {
        loop {
            match next(socket).await {
                Some(Message::Close(Some(frame))) => return (frame.code, frame.reason.to_string()),
                Some(Message::Close(None)) | None => panic!("it closes without a reason"),
                Some(_) => {}
            }
        }
    };
    timeout(PATIENCE, close).await.expect("it closes")
}

fn ping(id: i64) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "ping"})
}

#[tokio::test]
async fn a_socket_opens_by_its_handshake_alone() {
    let server = Server::start("websocket", &[]).await;
    let got = server.knock().send().await;
    assert_eq!(got.status, 101);
    assert_eq!(got.header("sec-websocket-protocol"), "mcp");
    // The answer that RFC 6455 has to this key.
    assert_eq!(
        got.header("sec-websocket-accept"),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    for protocols in ["chat, mcp", "mcp,chat"] {
        let got = server.handshake();
        let got = got.header("sec-websocket-protocol", protocols).send().await;
        assert_eq!(got.status, 101, "{protocols}");
        assert_eq!(got.header("sec-websocket-protocol"), "mcp");
    }
    let got = server.request("GET", "/ws").send().await;
    assert_eq!(got.status, 426);
    assert_eq!(got.header("upgrade"), "websocket");
    assert!(got.text().await.contains("WebSocket"));
    for protocols in [None, Some("chat"), Some("mcp2"), Some("MCP")] {
        let call = server.handshake();
        let got = match protocols {
            Some(protocols) => call.header("sec-websocket-protocol", protocols),
            None => call,
        };
        let got = got.send().await;
        assert_eq!(got.status, 400, "{protocols:?}");
        assert!(got.text().await.contains("`mcp`"));
    }
}

/// What is in an address or a subprotocol stands in the logs of every proxy.
#[tokio::test]
async fn a_token_comes_in_its_header_and_nowhere_else() {
    let server = Server::start("websocket", &TOKENS).await;
    let path = format!("/ws?access_token={TOKEN}&token={TOKEN}");
    let in_address = server.handshake_at(&path);
    let in_address = in_address.header("sec-websocket-protocol", "mcp");
    assert_eq!(in_address.send().await.status, 401, "in the address");
    let protocols = format!("mcp, {TOKEN}, bearer.{TOKEN}");
    let got = server.handshake();
    let got = got
        .header("sec-websocket-protocol", &protocols)
        .send()
        .await;
    assert_eq!(got.status, 401, "in the subprotocol");
    assert!(!server.log().contains("horse"), "{}", server.log());
}

#[tokio::test]
async fn every_version_of_the_protocol_is_spoken() {
    let engine = engine();
    let server = server(&engine, "websocket", &[]).await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut socket = socket(&server).await;
        let mut opening = initialize(json!({}));
        opening["params"]["protocolVersion"] = json!(version);
        let opened = ask(&mut socket, &opening).await;
        assert_eq!(opened["result"]["protocolVersion"], version, "{opened}");
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let initialized = Message::text(initialized.to_string());
        socket.send(initialized).await.unwrap();
        assert_eq!(ask(&mut socket, &ping(1)).await["result"], json!({}));
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "docker_list_containers", "arguments": {} }});
        assert_done(&ask(&mut socket, &list).await);
    }
    let mut socket = socket(&server).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    let discover = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": { "_meta": meta }});
    let discovered = ask(&mut socket, &discover).await;
    let versions = discovered["result"]["supportedVersions"]
        .as_array()
        .unwrap();
    assert_eq!(versions.len(), 5, "{discovered}");
    let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "docker_list_containers", "arguments": {}, "_meta": meta }});
    assert_done(&ask(&mut socket, &list).await);
}

#[tokio::test]
async fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let server = Server::start("websocket", &[]).await;
    let mut socket = socket(&server).await;
    ask(&mut socket, &initialize(json!({}))).await;
    for text in ["", "{", "null", "[]", "{}", "\u{0}"] {
        socket.send(Message::text(text)).await.unwrap();
        let answer = answer(&mut socket).await;
        assert!(answer["error"]["code"].is_i64(), "{text}: {answer}");
        assert_eq!(answer["id"], Value::Null, "{text}: {answer}");
    }
    assert_eq!(ask(&mut socket, &ping(1)).await["id"], 1);
}

#[tokio::test]
async fn what_no_session_can_carry_closes_it_with_the_code_for_that() {
    const MOST: usize = 4 * 1024 * 1024;
    let server = Server::start("websocket", &[]).await;
    let padded = |size: usize| {
        let ping = ping(1).to_string();
        format!("{}{ping}", " ".repeat(size - ping.len()))
    };
    let mut fits = socket(&server).await;
    ask(&mut fits, &initialize(json!({}))).await;
    fits.send(Message::text(padded(MOST))).await.unwrap();
    assert_eq!(answer(&mut fits).await["id"], 1);

    let broken = Frame::message(&b"\xff"[..], OpCode::Data(Data::Text), true);
    for (message, code, why) in [
        (Message::text(padded(MOST + 1)), CloseCode::Size, "at most"),
        (
            Message::binary(&b"{}"[..]),
            CloseCode::Unsupported,
            "text of JSON",
        ),
        (Message::Frame(broken), CloseCode::Invalid, "UTF-8"),
    ] {
        let mut socket = socket(&server).await;
        ask(&mut socket, &initialize(json!({}))).await;
        // The server may have closed before it has all.
        let _ = socket.send(message).await;
        let (closed, reason) = closed(&mut socket).await;
        assert_eq!(closed, code, "{reason}");
        assert!(reason.contains(why), "{reason}");
    }
    assert_eq!(ask(&mut fits, &ping(2)).await["id"], 2, "others go on");
}

#[tokio::test]
async fn a_server_that_ends_says_so() {
    let mut server = Server::start("websocket", &[]).await;
    let mut socket = socket(&server).await;
    ask(&mut socket, &initialize(json!({}))).await;
    server.signal("TERM");
    let (code, reason) = closed(&mut socket).await;
    assert_eq!(code, CloseCode::Away, "{reason}");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn a_client_that_closes_is_answered_and_its_room_is_free() {
    let server = Server::start_with("websocket", &["--max-sessions", "1"], &[]).await;
    let mut socket = socket(&server).await;
    ask(&mut socket, &initialize(json!({}))).await;
    assert_eq!(server.knock().send().await.status, 503);
    socket.close(None).await.unwrap();
    let mut is_answered = false;
    while let Some(message) = next(&mut socket).await {
        is_answered |= message.is_close();
    }
    assert!(is_answered, "the socket is torn off");
    let since = std::time::Instant::now();
    while server.knock().send().await.status != 101 {
        assert!(since.elapsed() < PATIENCE, "there is room again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Of requests there are as many at once as over stdin, and those that wait are not lost.
#[tokio::test]
async fn requests_too_many_wait_until_there_is_room() {
    let engine = engine();
    let server = server(&engine, "websocket", &[]).await;
    let mut socket = socket(&server).await;
    ask(&mut socket, &initialize(json!({}))).await;
    for id in 1..=70 {
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "docker_container_logs", "arguments": follow() }});
        socket.send(Message::text(call.to_string())).await.unwrap();
    }
    // Whoever asks whether the server is there is told, however busy it is.
    let told = ask(&mut socket, &ping(100)).await;
    assert_eq!(told["id"], 100, "{told}");
    for id in 1..=70 {
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id }});
        socket
            .send(Message::text(cancel.to_string()))
            .await
            .unwrap();
    }
    let list = json!({"jsonrpc": "2.0", "id": 101, "method": "tools/call",
        "params": { "name": "docker_list_containers", "arguments": {} }});
    assert_done(&ask(&mut socket, &list).await);
}

/// What is on its way to a client that does not read is bounded by what it was sent for, not by what it asks.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_never_reads_is_not_read_either() {
    let server = Server::start("websocket", &[]).await;
    let mut reader = Session::open(&server, None, json!({})).await;
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
        peak
    };
    let mut silent = socket(&server).await;
    ask(&mut silent, &initialize(json!({}))).await;
    let before = peak();
    let (mut sink, source) = silent.split();
    let asking = tokio::spawn(async move {
        // More than the system keeps for the server, and some 45 KB of answer each, which would be 900 MB.
        let much = "x".repeat(20_000);
        for id in 1..20_000 {
            let list = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": { "_meta": { "much": much } }});
            sink.send(Message::text(list.to_string())).await.unwrap();
        }
    });
    for id in 1..20 {
        reader.request(id, "ping", json!({})).await;
        while reader.next().await["id"] != id {}
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!asking.is_finished(), "it is read on and on");
    let grown = peak().saturating_sub(before);
    assert!(grown < 60 * 1024, "{grown} KiB more");
    asking.abort();
    drop(source);
}

/// A client whose machine is gone says nothing more, and keeps no room.
#[tokio::test]
async fn a_client_that_does_not_say_that_it_is_there_is_closed() {
    let mut config = Config::default();
    config.network.max_sessions = 1;
    let listener = Listener::open(Protocol::WebSocket, "127.0.0.1", 0, &config);
    let listener = listener.await.unwrap();
    let server = Server::here(&listener.url()).over("websocket");
    let fleet = Arc::new(Fleet::new(config, table::parse));
    tokio::spawn(listener.serve(fleet));
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let request = "GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mcp\r\n\r\n";
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    while !said.ends_with(b"\r\n\r\n") {
        let read = timeout(PATIENCE, tcp.read(&mut buffer)).await.unwrap();
        said.extend_from_slice(&buffer[..read.unwrap()]);
    }
    assert!(said.starts_with(b"HTTP/1.1 101 "));

    // From now on time passes at once where nothing else does.
    tokio::time::pause();
    let mut frames = Vec::new();
    let all = timeout(Duration::from_secs(600), tcp.read_to_end(&mut frames));
    all.await.expect("it is closed").unwrap();
    let asked = frames
        .chunks(2)
        .take_while(|frame| *frame == [0x89, 0])
        .count();
    assert!(asked >= 2, "it was asked: {frames:?}");
    let close = &frames[2 * asked..];
    assert_eq!(close[0], 0x88, "{frames:?}");
    assert_eq!(close[2..4], u16::from(CloseCode::Away).to_be_bytes());
    assert_eq!(&close[4..], b"the client is silent");
    tokio::time::resume();
    assert_eq!(
        server.knock().send().await.status,
        101,
        "there is room again"
    );
}

/// Many a client has more in flight than one packet holds.
#[tokio::test]
async fn a_message_may_come_in_pieces_and_with_the_handshake() {
    let server = Server::start("websocket", &[]).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let text = ping(7).to_string();
    let (one, two) = text.as_bytes().split_at(9);
    let mut request =
        "GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: keep-alive, Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mcp\r\n\r\n"
            .as_bytes()
            .to_vec();
    let frame = |first: u8, data: &[u8]| {
        // Masked with zeros, which leaves the bytes as they are.
        let length = 0x80 | u8::try_from(data.len()).unwrap();
        [&[first, length, 0, 0, 0, 0], data].concat()
    };
    let opening = initialize(json!({})).to_string();
    for (at, piece) in opening.as_bytes().chunks(100).enumerate() {
        let last = (at + 1) * 100 >= opening.len();
        let first = u8::from(at == 0) | if last { 0x80 } else { 0 };
        request.extend(frame(first, piece));
    }
    request.extend(frame(0x01, one));
    tcp.write_all(&request).await.unwrap();
    tcp.write_all(&frame(0x80, two)).await.unwrap();
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&said).contains(r#""id":7"#) {
        let read = timeout(PATIENCE, tcp.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert!(read > 0, "it ended: {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&buffer[..read]);
    }
}
