//! What one client can take from the others: bytes, time, sessions, connections, memory.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
#[cfg(target_os = "linux")]
use crate::support::http::initialize;
use crate::support::http::modern;

const QUICK: (&str, &str) = ("MCP_DOCKER_REQUEST_TIMEOUT", "1");

/// What the server sends until it closes the connection.
async fn until_closed(mut tcp: TcpStream) -> String {
    let mut said = Vec::new();
    let read = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut said)).await;
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_body_is_limited_however_its_length_is_told() {
    const MOST: usize = 4 * 1024 * 1024;
    for transport in POSTING {
        let server = Server::start(transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let padded = |size: usize| format!("{}{ping}", " ".repeat(size - ping.len()));
        let fits = session.post(&Value::Null).body(padded(MOST)).send().await;
        assert!(fits.status.is_success(), "{transport}");
        let large = session.post(&Value::Null).body(padded(MOST + 1));
        // The server may hang up before it has all.
        if let Ok(got) = large.try_send().await {
            assert_eq!(got.status, 413, "{transport}");
        }
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        let path = match transport {
            "sse" => format!("/messages?session_id={}", session.id()),
            _ => "/mcp".to_owned(),
        };
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        tcp.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        for _ in 0..=MOST / 0x10000 {
            if tcp.write_all(chunk.as_bytes()).await.is_err() {
                break;
            }
        }
        let said = until_closed(tcp).await;
        assert!(
            said.is_empty() || said.contains(" 413 "),
            "{transport}: {said}"
        );
        session.request(2, "ping", json!({})).await;
        while session.next().await["id"] != 2 {}
    }
}

#[tokio::test]
async fn a_request_that_comes_slowly_or_not_at_all_is_dropped() {
    for transport in POSTING {
        let server = Server::start(transport, &[QUICK]).await;
        let session = Session::open(&server, None, json!({})).await;
        let path = match transport {
            "sse" => format!("/messages?session_id={}", session.id()),
            _ => "/mcp".to_owned(),
        };
        let body =
            format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{{");
        for (sent, answer) in [
            ("", ""),
            ("GET /sse HTTP/1.1\r\nhost: local", ""),
            (body.as_str(), " 408 "),
        ] {
            let since = Instant::now();
            let mut tcp = TcpStream::connect(server.address).await.unwrap();
            tcp.write_all(sent.as_bytes()).await.unwrap();
            let said = until_closed(tcp).await;
            assert!(said.contains(answer), "{transport}: {sent}: {said}");
            assert!(
                since.elapsed() < Duration::from_secs(10),
                "{transport}: {sent}"
            );
        }
        // A byte now and then does not help.
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        let since = Instant::now();
        for byte in b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: 0123456789"
            .iter()
            .cycle()
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if tcp.write_all(&[*byte]).await.is_err() {
                break;
            }
            assert!(since.elapsed() < Duration::from_secs(10), "{transport}");
        }
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_after_its_answer_is_dropped_but_a_stream_is_not() {
    for transport in TRANSPORTS {
        let server = Server::start(transport, &[QUICK]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        let health = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        tcp.write_all(health).await.unwrap();
        assert!(until_closed(tcp).await.contains(" 200 "), "{transport}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        session.request(1, "ping", json!({})).await;
        assert_eq!(session.next().await["id"], 1, "{transport}");
    }
}

#[tokio::test]
async fn there_are_as_many_sessions_as_may_be() {
    for transport in TRANSPORTS {
        let server = Server::start_with(transport, &["--max-sessions", "2"], &[]).await;
        let first = Session::open(&server, None, json!({})).await;
        let mut second = Session::open(&server, None, json!({})).await;
        let refused = server.knock().send().await;
        assert_eq!(refused.status, 503, "{transport}");
        assert!(refused.text().await.contains("MCP_DOCKER_MAX_SESSIONS"));
        second.request(1, "ping", json!({})).await;
        assert_eq!(
            second.next().await["id"],
            1,
            "{transport}: the others go on"
        );
        if transport == "http" {
            // One without a session needs no room.
            let list = modern(&server, 1, "tools/list", json!({}));
            assert_eq!(list.send().await.status, 200);
            let delete = server.request("DELETE", "/mcp");
            delete.header("mcp-session-id", first.id()).send().await;
        }
        drop(first);
        let since = Instant::now();
        while server.knock().send().await.outcome() != 200 {
            assert!(
                since.elapsed() < PATIENCE,
                "{transport}: there is room again"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn long_call(id: i64) -> Value {
    json!({
        "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": "docker_container_logs", "arguments": follow() },
    })
}

/// In a session a call goes on without its connection.
#[tokio::test]
async fn to_hang_up_makes_no_room_while_the_calls_go_on() {
    let engine = engine();
    let server = server(&engine, "http", &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    for id in 1..=64 {
        assert!(session.send(&long_call(id)).await.is_success(), "{id}");
    }
    session.streams.abort_all();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(session.send(&long_call(65)).await, 429);
}

#[tokio::test]
async fn an_id_that_runs_is_no_way_around_the_limit() {
    let engine = engine();
    let server = server(&engine, "sse", &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    assert!(session.send(&long_call(7)).await.is_success());
    assert_eq!(session.send(&long_call(7)).await, 429);
    assert!(session.send(&long_call(8)).await.is_success());
}

/// What a client sends is no line of the log, nor does it fill the disk.
#[tokio::test]
async fn no_client_writes_lines_of_the_log() {
    for transport in TRANSPORTS {
        let engine = engine();
        let server = server(&engine, transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        let id = format!("x\nFORGED{}", "y".repeat(100_000));
        let call = json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "docker_nothing", "arguments": {} },
        });
        session.send(&call).await;
        session.next().await;
        let log = server.log();
        assert!(log.contains("FORGED"), "{transport}: it is told: {log}");
        for line in log.lines() {
            assert!(!line.starts_with("FORGED"), "{transport}: {line}");
            assert!(line.len() < 10_000, "{transport}: {}", line.len());
        }
    }
}

/// Requests that wait for their turn take up room that others need.
#[tokio::test]
async fn a_session_has_so_many_requests_at_once() {
    for transport in POSTING {
        let engine = engine();
        let server = server(&engine, transport, &[]).await;
        let mut session = Session::open(&server, None, json!({})).await;
        let mut other = Session::open(&server, None, json!({})).await;
        let mut refused = None;
        for id in 1..100 {
            if session.send(&long_call(id)).await == 429 {
                refused = Some(id);
                break;
            }
        }
        assert_eq!(refused, Some(65), "{transport}");
        other.request(1, "ping", json!({})).await;
        assert_eq!(other.next().await["id"], 1, "{transport}: others have room");
        let cancel = json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
        });
        assert_eq!(session.send(&cancel).await, 202, "{transport}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(
            session.send(&long_call(100)).await.is_success(),
            "{transport}"
        );
    }
}

/// Of a connection whose other end is gone without a word nothing is heard; the system has to ask.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_system_asks_whether_a_silent_client_is_still_there() {
    for transport in TRANSPORTS {
        let server = Server::start(transport, &[]).await;
        let tcp = TcpStream::connect(server.address).await.unwrap();
        let here = tcp.local_addr().unwrap().port();
        let health = server.request("GET", "/healthz").send().await;
        assert_eq!(health.status, 200, "the connection before was taken in");
        let from = format!(":{:04X}", server.address.port());
        let to = format!(":{here:04X}");
        let timer = || {
            let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
            let rows = table.lines().skip(1);
            let mut rows = rows.map(|row| row.split_whitespace().collect::<Vec<_>>());
            let row = rows.find(|row| row[1].ends_with(&from) && row[2].ends_with(&to));
            row.expect("the server's end")[5].to_owned()
        };
        // Each connection has a task of its own, which may begin later than the other's.
        let asks = async {
            while !timer().starts_with("02:") {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let asks = tokio::time::timeout(PATIENCE, asks).await;
        assert!(asks.is_ok(), "{transport}: no keep-alive: {}", timer());
    }
}

/// The most memory that the server has had, in KiB.
#[cfg(target_os = "linux")]
fn peak(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_never_reads_neither_slows_the_others_nor_fills_the_memory() {
    for transport in POSTING {
        // Of a stream of events the memory that it takes is the limit, before the time.
        let time = if transport == "http" {
            &[QUICK][..]
        } else {
            &[]
        };
        let server = Server::start(transport, time).await;
        let mut reader = Session::open(&server, None, json!({})).await;
        let mut silent = TcpStream::connect(server.address).await.unwrap();
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
        let before = peak(&server);
        if transport == "sse" {
            silent
                .write_all(b"GET /sse HTTP/1.1\r\nhost: localhost\r\n\r\n")
                .await
                .unwrap();
            let mut first = [0; 512];
            let count = silent.read(&mut first).await.unwrap();
            let mut said = String::from_utf8_lossy(&first[..count]).into_owned();
            if !said.contains("data: ") {
                let count = silent.read(&mut first).await.unwrap();
                said.push_str(&String::from_utf8_lossy(&first[..count]));
            }
            let (_, path) = said.split_once("data: ").unwrap();
            let path = path.split_whitespace().next().unwrap();
            let post = |body: String| server.request("POST", path).json(&Value::Null).body(body);
            let opening = post(initialize(json!({})).to_string()).send().await;
            assert_eq!(opening.status, 202);
            // Some 45 KB each, which would be 90 MB.
            for _ in 0..2000 {
                if post(list.clone()).send().await.status == 404 {
                    break;
                }
            }
            assert_eq!(post(list).send().await.status, 404, "it was given up");
        } else {
            let mut call = String::new();
            for _ in 0..500 {
                call.push_str(&format!(
                    "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                     accept: application/json, text/event-stream\r\nmcp-session-id: {}\r\n\
                     content-length: {}\r\n\r\n{list}",
                    reader.id(),
                    list.len()
                ));
            }
            let (mut half, mut sink) = silent.into_split();
            let sent = tokio::spawn(async move { sink.write_all(call.as_bytes()).await });
            let since = Instant::now();
            for id in 2..20 {
                reader.request(id, "ping", json!({})).await;
                while reader.next().await["id"] != id {}
            }
            assert!(since.elapsed() < Duration::from_secs(10));
            tokio::time::sleep(Duration::from_secs(4)).await;
            let _ = sent.await.unwrap();
            let mut rest = Vec::new();
            let closed = tokio::time::timeout(PATIENCE, half.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "it was given up");
        }
        let since = Instant::now();
        reader.request(20, "ping", json!({})).await;
        while reader.next().await["id"] != 20 {}
        assert!(since.elapsed() < Duration::from_secs(5), "{transport}");
        let grown = peak(&server).saturating_sub(before);
        assert!(grown < 40 * 1024, "{transport}: {grown} KiB more");
    }
}

/// Some 50 KB each, of which nothing is needed once it was read.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn answers_that_were_read_are_not_kept() {
    let lines = format!("{}\n", "some words ".repeat(20)).repeat(100);
    let logs = Reply::chunks([crate::support::fake_engine::frame(1, &lines)]);
    let engine = engine().on("GET /containers/*/logs", logs);
    let server = server(&engine, "http", &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    let mut ask = async |ids: std::ops::Range<i64>| {
        for id in ids {
            let arguments = json!({ "container_id": "web" });
            session.call(id, "docker_container_logs", arguments).await;
            let answer = session.next().await;
            assert_eq!(answer["id"], id);
            assert_done(&answer);
        }
    };
    ask(1..100).await;
    let before = peak(&server);
    ask(100..600).await;
    let grown = peak(&server).saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more");
}
