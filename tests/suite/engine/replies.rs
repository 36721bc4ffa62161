//! Protects from what answers like no Engine: a list that is none, a document of something else, no end.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply};

/// The words by which it is known.
const SAYS: &str = "the reply is not what a Docker Engine sends";

/// Each tool that lists or inspects, with what leads to the reply that matters.
const READS: &[(&str, &str)] = &[
    ("docker_list_containers", r#"{"all":true}"#),
    ("docker_list_images", "{}"),
    ("docker_list_networks", "{}"),
    ("docker_list_volumes", "{}"),
    ("docker_inspect_container", r#"{"container_id":"web"}"#),
    ("docker_inspect_image", r#"{"image_name":"web"}"#),
    ("docker_inspect_network", r#"{"network_id":"web"}"#),
    ("docker_inspect_volume", r#"{"volume_name":"web"}"#),
    ("docker_image_history", r#"{"image":"web"}"#),
    ("docker_system_info", "{}"),
    ("docker_system_df", "{}"),
    ("docker_container_stats", r#"{"container_id":"web"}"#),
    ("docker_container_logs", r#"{"container_id":"web"}"#),
    ("docker_stop_container", r#"{"container_id":"web"}"#),
    ("docker_prune_volumes", "{}"),
    ("docker_prune_images", "{}"),
    ("docker_system_prune", "{}"),
];

async fn session(address: &str) -> Client {
    Client::start(&[
        ("DOCKER_BASE_URL", address),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ])
    .await
}

async fn text(client: &Client, tool: &str, arguments: &str) -> String {
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    let result = client.call(tool, arguments).await;
    let text = result.content[0].as_text().unwrap().text.clone();
    assert_eq!(result.is_error, Some(true), "{tool} took it for {text}");
    text
}

#[tokio::test]
async fn what_answers_like_no_engine_is_never_an_empty_list() {
    for reply in [
        Reply::json(200, &json!({ "a": 1 })),
        Reply::json(200, &json!("x")),
        Reply::json(200, &json!([1])),
        Reply::json(200, &json!(false)),
        Reply::empty(200),
        Reply::empty(204),
        Reply::chunks(["<html><body>Welcome</body></html>"]).kind("text/html"),
        Reply::chunks(["ok"]).kind("text/plain"),
    ] {
        let engine = FakeEngine::start()
            .on("GET /*", reply.clone())
            .on("GET /version", crate::support::fake_engine::version("1.41"));
        let client = session(&engine.address()).await;
        for (tool, arguments) in READS {
            let said = text(&client, tool, arguments).await;
            assert!(said.contains(SAYS), "{tool} of {reply:?}: {said}");
        }
        let health = client.call("docker_healthcheck", json!({})).await;
        let health = health.structured_content.unwrap();
        assert_eq!(health["healthy"], false, "{health}");
        client.stop().await;
    }
}

#[tokio::test]
async fn another_protocol_is_no_empty_list() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap_or_default();
            let answer = if request[..read].starts_with(b"GET /version") {
                let version = crate::support::fake_engine::version("1.41").to_string();
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{version}",
                    version.len()
                )
            } else {
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: tcp\r\n\r\n"
                    .to_owned()
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let client = session(&format!("unix://{}", socket.display())).await;
    for (tool, arguments) in READS {
        let said = text(&client, tool, arguments).await;
        assert!(said.contains(SAYS), "{tool}: {said}");
    }
    client.stop().await;
    server.abort();
}

/// A document without end, and one with, of a size that no Engine's has.
#[tokio::test]
async fn a_reply_without_end_is_given_up_at_64_mebibytes() {
    let piece = bytes::Bytes::from(format!("[\"{}\"],", "x".repeat((1 << 20) - 5)));
    let pieces = std::iter::once(bytes::Bytes::from_static(b"[")).chain(vec![piece; 80]);
    let engine = FakeEngine::start()
        .on("GET /networks", Reply::chunks(pieces.clone()).then_hang())
        .on("GET /info", Reply::chunks(pieces));
    let client = session(&engine.address()).await;
    for tool in ["docker_list_networks", "docker_system_info"] {
        let said = text(&client, tool, "{}").await;
        assert!(said.contains(SAYS) && said.contains("64 MiB"), "{said}");
    }
    engine.all_closed().await;
    client.stop().await;
}

/// What an Engine refuses, or fails at, without ever coming to the end of why.
#[tokio::test]
async fn a_refusal_without_end_is_read_no_further_than_it_says_something() {
    let beginning = [&b"the disk is full "[..], &b"x".repeat(1 << 16)].concat();
    let pieces = std::iter::once(beginning).chain(vec![b"x".repeat(1 << 20); 4]);
    for status in [400, 404, 409, 500, 503] {
        let endless = Reply::chunks(pieces.clone()).status(status).then_hang();
        let engine = FakeEngine::start().on("GET /networks", endless);
        let client = session(&engine.address()).await;
        // One that waited for the end would be told of the deadline alone.
        let said = text(&client, "docker_list_networks", "{}").await;
        assert!(said.contains("the disk is full"), "{status}: {said}");
        assert!(said.len() < 2000, "{status}: {} bytes", said.len());
        engine.all_closed().await;
        client.stop().await;
    }
}

/// What says that it did something has to say what.
#[tokio::test]
async fn what_was_made_or_removed_is_named_or_the_reply_is_none_of_an_engine() {
    let container = json!({ "Id": "1", "State": { "Running": true }, "Config": {}, "HostConfig": {}, "Mounts": [] });
    let none = |status: u16| [Reply::empty(status), Reply::json(status, &json!(null))];
    for reply in none(201).into_iter().chain([Reply::json(201, &json!({}))]) {
        let engine = FakeEngine::start()
            .on("POST /*", reply.clone())
            .on("GET /containers/*/json", container.clone());
        let client = session(&engine.address()).await;
        for (tool, arguments) in [
            ("docker_create_container", r#"{"image":"web"}"#),
            ("docker_create_network", r#"{"name":"lab"}"#),
            ("docker_create_volume", r#"{"name":"data"}"#),
            (
                "docker_exec_command",
                r#"{"container_id":"web","command":"id"}"#,
            ),
        ] {
            let said = text(&client, tool, arguments).await;
            assert!(said.contains(SAYS), "{tool} of {reply:?}: {said}");
        }
        client.stop().await;
    }
}
