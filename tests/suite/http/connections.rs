//! How many connections there may be, and who keeps theirs.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

/// A connection whose client was let in; it asks for nothing that there is.
async fn let_in(server: &Server, token: &str) -> TcpStream {
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET /nothing HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    tcp.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 404");
    tcp
}

#[tokio::test]
async fn there_are_as_many_connections_as_may_be() {
    let arguments = ["--max-sessions", "1"];
    for transport in TRANSPORTS {
        let token = [("MCP_DOCKER_AUTH_TOKEN", TOKEN)];
        let server = Server::start_with(transport, &arguments, &token).await;
        let mut held = Vec::new();
        for _ in 0..68 {
            held.push(let_in(&server, TOKEN).await);
        }
        let health = || server.request("GET", "/healthz").send();
        let waiting = tokio::time::timeout(Duration::from_secs(1), health()).await;
        assert!(waiting.is_err(), "{transport}: no room for one more");
        held.truncate(60);
        assert_eq!(health().await.status, 200, "{transport}");
    }
}

/// Whoever has no token takes no place from those who have.
#[tokio::test]
async fn who_says_nothing_makes_room_for_the_next() {
    let arguments = ["--max-sessions", "1"];
    for transport in TRANSPORTS {
        let settings = [
            ("MCP_DOCKER_AUTH_TOKEN", TOKEN),
            ("MCP_DOCKER_REQUEST_TIMEOUT", "600"),
        ];
        let server = Server::start_with(transport, &arguments, &settings).await;
        let mut first = let_in(&server, TOKEN).await;
        let mut silent = Vec::new();
        for at in 0..200 {
            let mut tcp = TcpStream::connect(server.address).await.unwrap();
            // Nor by asking for what anybody may have.
            if at % 2 == 0 {
                tcp.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                    .await
                    .unwrap();
            }
            silent.push(tcp);
        }
        tokio::time::timeout(PATIENCE, let_in(&server, TOKEN))
            .await
            .expect(transport);
        // The one that was let in is there still.
        first
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .unwrap();
        let mut said = Vec::new();
        let answered = async {
            while !String::from_utf8_lossy(&said).contains(" 200 ") {
                assert_ne!(first.read_buf(&mut said).await.unwrap(), 0, "{transport}");
            }
        };
        tokio::time::timeout(PATIENCE, answered)
            .await
            .expect(transport);
    }
}
