//! Clients that ask whether the server is there.

use super::*;

#[tokio::test]
async fn a_client_that_asks_whether_the_server_is_there_is_told() {
    let server = Server::start("websocket", &[]).await;
    let mut socket = socket(&server).await;
    socket.send(Message::Ping("there?".into())).await.unwrap();
    let Some(Message::Pong(said)) = next(&mut socket).await else {
        panic!("no pong");
    };
    assert_eq!(&said[..], b"there?");
}

/// The answers to its pings would pile up in the server.
#[tokio::test]
async fn a_client_that_asks_and_never_reads_is_not_read_either() {
    /// More than the system keeps for both, on the way there and back.
    const MUCH: usize = 32 * 1024 * 1024;
    let server = Server::start("websocket", &[]).await;
    let mut silent = socket(&server).await;
    ask(&mut silent, &initialize(json!({}))).await;
    let mut tcp = silent.into_inner();
    // A ping of 125 bytes, masked by nothing.
    let mut ping = vec![0x89, 0x80 | 125, 0, 0, 0, 0];
    ping.extend([b'x'; 125]);
    let many = ping.repeat(1000);
    let mut sent = 0;
    while sent < MUCH {
        match timeout(Duration::from_secs(2), tcp.write_all(&many)).await {
            Ok(written) => written.unwrap(),
            // Nobody takes it on.
            Err(_) => break,
        }
        sent += many.len();
    }
    assert!(sent < MUCH, "it is read on and on");
}
