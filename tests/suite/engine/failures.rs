//! What each way to fail says, and that it works again afterwards.

use mcp_docker::engine::{Reason, Subject};

use super::*;
use crate::support::fake_engine::config;

#[tokio::test]
async fn an_engine_that_is_too_new_for_every_known_version_says_so() {
    let docker = FakeEngine::start().on(
        "GET /version",
        json!({ "ApiVersion": "1.70", "MinAPIVersion": "1.60" }),
    );
    let error = error(&docker.door(), list()).await;
    assert_eq!(
        error.to_string(),
        "the Docker Engine speaks API 1.60 and newer, mcp-docker 1.53 and older; update mcp-docker"
    );
    assert!(docker.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_is_no_docker_engine_is_not_taken_for_one() {
    let docker = FakeEngine::start().on("GET /version", json!({ "name": "something else" }));
    let error = error(&docker.door(), list()).await;
    assert!(matches!(error, EngineError::Stranger { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("does not look like a Docker Engine"),
        "{error}"
    );
    // Not the answer to a removal of what is gone already.
    let docker = FakeEngine::start().on("GET /version", Reply::empty(404));
    let error = self::error(&docker.door(), list()).await;
    assert!(matches!(error, EngineError::Stranger { .. }), "{error}");
}

#[tokio::test]
async fn each_refusal_of_the_engine_is_its_own_error_with_the_engines_text() {
    let docker = FakeEngine::start()
        .on(
            "GET /containers/a/json",
            Reply::error(400, "invalid filter 'x'\n"),
        )
        .on(
            "GET /containers/b/json",
            Reply::error(404, "No such container: b"),
        )
        .on(
            "GET /containers/c/json",
            Reply::error(409, "the name \"/c\" is already in use"),
        )
        .on(
            "GET /containers/d/json",
            Reply::error(500, "no space left on device"),
        )
        .on(
            "GET /containers/e/json",
            Reply::chunks(["<html>bad gateway</html>"]).status(502),
        )
        .on("GET /containers/f/json", Reply::empty(403));
    let engine = docker.door();
    let expected = [
        (
            "a",
            "the Docker Engine rejected the request (400): invalid filter 'x'",
        ),
        (
            "b",
            "no such container: `b`; docker_list_containers with `all` shows what there is",
        ),
        (
            "c",
            "the Docker Engine refused because of a conflict: the name \"/c\" is already in use",
        ),
        (
            "d",
            "the Docker Engine failed (500): no space left on device",
        ),
        (
            "e",
            "the Docker Engine failed (502): the answer is an HTML page, so a proxy or another server answers in its place",
        ),
        (
            "f",
            "the Docker Engine rejected the request (403): it gave no reason",
        ),
    ];
    for (name, text) in expected {
        assert_eq!(error(&engine, inspect(name)).await.to_string(), text);
    }
    let EngineError::NotFound { subject, .. } = error(&engine, inspect("b")).await else {
        panic!("a 404 is no NotFound");
    };
    assert_eq!(
        subject,
        Some(Subject {
            kind: "container",
            reference: "b".to_owned()
        })
    );
}

#[tokio::test]
async fn a_reply_without_a_body_is_null_and_one_that_is_no_json_is_an_error() {
    let docker = FakeEngine::start()
        .on("POST /containers/a/stop", Reply::empty(204))
        .on("POST /containers/b/stop", Reply::empty(304))
        .on("POST /containers/c/stop", Reply::chunks(["OK"]));
    let engine = docker.door();
    assert_eq!(engine.json(stop("a")).await.unwrap(), Value::Null);
    assert_eq!(engine.json(stop("b")).await.unwrap(), Value::Null);
    let text = error(&engine, stop("c")).await.to_string();
    assert!(
        text.contains("what a Docker Engine sends: that to `POST /containers/c/stop` cannot be used, because it is no JSON"),
        "{text}"
    );
}

#[tokio::test]
async fn a_timeout_says_what_did_not_answer_and_whether_it_may_have_happened() {
    let docker = FakeEngine::start()
        .on("POST /containers/web/stop", Reply::hang())
        .on("GET /containers/web/json", Reply::chunks(["{"]).then_hang());
    let engine = docker.door().with_deadline(Duration::from_millis(200));
    assert_eq!(
        error(&engine, stop("web")).await.to_string(),
        "the Docker Engine did not answer `POST /containers/web/stop` within 0.2 s; the operation may have happened all the same: inspect the container `web` before trying again"
    );
    assert_eq!(
        error(&engine, inspect("web")).await.to_string(),
        "the Docker Engine did not go on with its answer to `GET /containers/web/json` within 0.2 s; it may be busy or hung; try again, or raise `DOCKER_TIMEOUT`"
    );
}

/// What hangs while the version is asked for was never sent.
#[tokio::test]
async fn a_timeout_before_the_request_was_sent_does_not_cast_doubt() {
    let docker = FakeEngine::start().on("GET /version", Reply::hang());
    let engine = docker.door().with_deadline(Duration::from_millis(200));
    let text = error(&engine, stop("web")).await.to_string();
    assert!(
        text.contains("did not answer") && !text.contains("may have happened"),
        "{text}"
    );
    assert!(docker.requests().is_empty());
}

#[tokio::test]
async fn an_engine_that_dies_says_whether_the_operation_may_have_happened() {
    let docker = FakeEngine::start()
        .on(
            "GET /containers/web/json",
            Reply::chunks(["{\"Id\":"]).then_die(),
        )
        .on("POST /containers/web/stop", Reply::die());
    let engine = docker.door();
    let text = error(&engine, inspect("web")).await.to_string();
    assert!(
        text.starts_with("the connection to the Docker Engine was lost in the middle of its answer to `GET /containers/web/json` ("),
        "{text}"
    );
    let text = error(&engine, stop("web")).await.to_string();
    assert!(text.starts_with("the connection to the Docker Engine was lost before it answered `POST /containers/web/stop` ("), "{text}");
    assert!(text.ends_with("the operation may have happened all the same: inspect the container `web` before trying again"), "{text}");
}

#[tokio::test]
async fn an_absent_socket_says_which_one_and_who_named_it() {
    let engine = Engine::new(&config("unix:///nonexistent/docker.sock"));
    assert_eq!(
        error(&engine, list()).await.to_string(),
        "cannot reach the Docker Engine at `unix:///nonexistent/docker.sock` (from `DOCKER_BASE_URL`): the socket does not exist; start Docker, or change `DOCKER_BASE_URL`"
    );
}

#[tokio::test]
async fn a_socket_on_which_nothing_listens_is_refused() {
    let mut docker = FakeEngine::start();
    docker.kill().await;
    let error = error(&docker.door(), list()).await;
    assert!(
        matches!(
            error,
            EngineError::Unreachable {
                reason: Reason::Refused,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("nothing listens there; start Docker"),
        "{error}"
    );
}

#[tokio::test]
async fn an_engine_that_does_not_speak_tls_is_never_spoken_to_in_plain_text() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = [0; 3];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut received)
            .await
            .unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        received
    });
    let error = error(
        &Engine::new(&config(&format!("https://127.0.0.1:{port}"))),
        list(),
    )
    .await;
    assert!(
        matches!(
            error,
            EngineError::Unreachable {
                reason: Reason::Tls(_),
                ..
            }
        ),
        "{error}"
    );
    let handshake = [0x16, 0x03, 0x01];
    assert_eq!(server.await.unwrap(), handshake);
}

#[tokio::test]
async fn an_address_that_cannot_be_used_says_what_is_wrong_with_it() {
    let wrong = [
        ("/var/run/docker.sock", "has no scheme"),
        ("fd://3", "has an unknown scheme"),
        ("unix://docker.sock", "needs an absolute path"),
        ("tcp://", "is not a host and port"),
        ("tcp://host:port", "is not a host and port"),
        ("tcp://1.2.3.999:2375", "cannot be used"),
        ("tcp://host:2375/engine", "has a path after the host"),
        ("tcp://me@host:2375", "holds a user name"),
        ("ssh://me:secret@host", "holds a password"),
        ("npipe:////./pipe/docker_engine", "which only Windows has"),
    ];
    for (address, reason) in wrong {
        let error = error(&Engine::new(&config(address)), list()).await;
        let EngineError::Misconfigured(text) = &error else {
            panic!("{address} gave {error:?}");
        };
        assert!(
            text.contains(reason) && text.contains("change `DOCKER_BASE_URL`"),
            "{text}"
        );
    }
    let mut plain = config("http://127.0.0.1:1");
    plain.tls_verify = true;
    let text = error(&Engine::new(&plain), list()).await.to_string();
    assert!(text.contains("is plain HTTP, although"), "{text}");
}

#[tokio::test]
async fn it_works_again_after_the_engine_was_restarted() {
    let mut docker = FakeEngine::start().on("GET /containers/json", json!([]));
    let engine = docker.door();
    engine.json(list()).await.unwrap();
    docker.kill().await;
    let down = error(&engine, list()).await;
    assert!(matches!(down, EngineError::Unreachable { .. }), "{down}");
    docker.restart();
    engine.json(list()).await.unwrap();
    assert_eq!(docker.negotiations(), 2);
}
