//! The door to Docker, against an Engine that answers by script.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::exec::StartExecOptions;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptions, EventsOptions, InspectContainerOptions, ListContainersOptions,
    LogsOptions, PushImageOptions, RemoveVolumeOptions, StartContainerOptions,
    StopContainerOptions,
};
use bytes::BytesMut;
use futures_util::{StreamExt, TryStreamExt, future};
use mcp_docker::engine::{Engine, EngineError, Reason, Request, Subject, record};
use serde_json::{Value, json};

use crate::support::fake_engine::{FakeEngine, Reply, config, version};

fn list() -> Request {
    let options = ListContainersOptions {
        all: true,
        ..Default::default()
    };
    record(|docker| async move { docker.list_containers(Some(options)).await }).unwrap()
}

fn inspect(name: &'static str) -> Request {
    record(|docker| async move {
        docker
            .inspect_container(name, None::<InspectContainerOptions>)
            .await
    })
    .unwrap()
    .about("container", name)
}

fn stop(name: &'static str) -> Request {
    record(|docker| async move {
        docker
            .stop_container(name, None::<StopContainerOptions>)
            .await
    })
    .unwrap()
    .about("container", name)
}

fn events() -> Request {
    record(|docker| async move {
        docker
            .events(None::<EventsOptions>)
            .boxed()
            .try_next()
            .await
    })
    .unwrap()
}

fn logs() -> Request {
    let options = LogsOptions {
        follow: true,
        stdout: true,
        ..Default::default()
    };
    record(|docker| async move { docker.logs("web", Some(options)).boxed().try_next().await })
        .unwrap()
}

async fn error(engine: &Engine, request: Request) -> EngineError {
    engine.json(request).await.unwrap_err()
}

/// bollard fails the whole list over one state it does not know; Podman has several.
#[tokio::test]
async fn values_that_bollard_does_not_know_pass_through_untouched() {
    let containers =
        json!([{ "Id": "1", "State": "stopped", "Ports": [{ "Type": "dccp" }], "New": null }]);
    let event = json!({ "Type": "pod", "Action": "prune", "Actor": { "ID": "1" } });
    let docker = FakeEngine::start()
        .on("GET /containers/json", containers.clone())
        .on("GET /events", event.clone());
    let engine = Engine::new(&docker.config());
    assert_eq!(engine.json(list()).await.unwrap(), containers);
    let events: Vec<Value> = engine.objects(events()).try_collect().await.unwrap();
    assert_eq!(events, [event]);
}

#[tokio::test]
async fn twenty_first_calls_share_one_negotiation_and_each_sends_the_version() {
    let docker = FakeEngine::start()
        .answer("GET /version", |_| {
            Reply::from(version("1.41")).every(Duration::from_millis(50))
        })
        .on("GET /containers/json", json!([]));
    let engine = Engine::new(&docker.config());
    let calls = (0..20).map(|_| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.json(list()).await })
    });
    for result in future::try_join_all(calls).await.unwrap() {
        result.unwrap();
    }
    assert_eq!(docker.negotiations(), 1);
    assert_eq!(
        docker.requests(),
        vec!["GET /containers/json?all=true&size=false"; 20]
    );
    for request in docker.seen() {
        let expected = (request.target != "/version").then_some("1.41");
        assert_eq!(request.version.as_deref(), expected);
    }
}

#[tokio::test]
async fn the_version_is_never_above_the_engines_nor_above_bollards() {
    for (offered, sent) in [
        ("1.41", "1.41"),
        ("1.53", "1.53"),
        ("1.60", "1.53"),
        ("2.0", "1.53"),
    ] {
        let docker = FakeEngine::start()
            .on("GET /version", version(offered))
            .on("GET /containers/json", json!([]));
        Engine::new(&docker.config()).json(list()).await.unwrap();
        let request = docker.seen().pop().unwrap();
        assert_eq!(request.version.as_deref(), Some(sent), "offered {offered}");
    }
}

#[tokio::test]
async fn an_engine_that_is_too_new_for_every_known_version_says_so() {
    let docker = FakeEngine::start().on(
        "GET /version",
        json!({ "ApiVersion": "1.70", "MinAPIVersion": "1.60" }),
    );
    let error = error(&Engine::new(&docker.config()), list()).await;
    assert_eq!(
        error.to_string(),
        "the Docker Engine speaks API 1.60 and newer, mcp-docker 1.53 and older; update mcp-docker"
    );
    assert!(docker.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_is_no_docker_engine_is_not_taken_for_one() {
    let docker = FakeEngine::start().on("GET /version", json!({ "name": "something else" }));
    let error = error(&Engine::new(&docker.config()), list()).await;
    assert!(matches!(error, EngineError::Unreadable { .. }), "{error}");
    assert!(error.to_string().contains("no Docker Engine"), "{error}");
}

/// A daemon replaced by an older one refuses the version agreed with the other.
#[tokio::test]
async fn a_version_that_the_engine_refuses_is_negotiated_anew() {
    let asked = AtomicUsize::new(0);
    let docker = FakeEngine::start()
        .answer("GET /version", move |_| {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            version(if first { "1.53" } else { "1.41" }).into()
        })
        .answer("GET /containers/json", |request| {
            match request.version.as_deref() {
                Some("1.41") => json!([]).into(),
                _ => Reply::error(
                    400,
                    "client version 1.53 is too new. Maximum supported API version is 1.41",
                ),
            }
        });
    let engine = Engine::new(&docker.config());
    let error = error(&engine, list()).await;
    assert!(
        matches!(error, EngineError::Rejected { status: 400, .. }),
        "{error}"
    );
    assert_eq!(engine.json(list()).await.unwrap(), json!([]));
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
    let engine = Engine::new(&docker.config());
    let expected = [
        (
            "a",
            "the Docker Engine rejected the request (400): invalid filter 'x'",
        ),
        ("b", "no such container: `b`"),
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
    let engine = Engine::new(&docker.config());
    assert_eq!(engine.json(stop("a")).await.unwrap(), Value::Null);
    assert_eq!(engine.json(stop("b")).await.unwrap(), Value::Null);
    let text = error(&engine, stop("c")).await.to_string();
    assert!(
        text.starts_with("the answer to `POST /containers/c/stop` cannot be read: "),
        "{text}"
    );
}

#[tokio::test]
async fn a_timeout_says_what_did_not_answer_and_whether_it_may_have_happened() {
    let docker = FakeEngine::start()
        .on("POST /containers/web/stop", Reply::hang())
        .on("GET /containers/web/json", Reply::chunks(["{"]).then_hang());
    let engine = Engine::new(&docker.config()).with_deadline(Duration::from_millis(200));
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
    let engine = Engine::new(&docker.config()).with_deadline(Duration::from_millis(200));
    let text = error(&engine, stop("web")).await.to_string();
    assert!(
        text.contains("did not answer") && !text.contains("may have happened"),
        "{text}"
    );
    assert!(docker.requests().is_empty());
}

#[tokio::test]
async fn a_stream_times_out_by_its_pauses_and_not_by_its_length() {
    let steady = Reply::chunks(["a"; 6]).every(Duration::from_millis(250));
    let docker = FakeEngine::start().on("GET /containers/web/logs", steady.then_hang());
    let engine = Engine::new(&docker.config()).with_deadline(Duration::from_secs(1));
    let mut chunks = engine.bytes(logs());
    let mut text = BytesMut::new();
    let end = loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => text.extend_from_slice(&chunk),
            end => break end,
        }
    };
    assert_eq!(text, "aaaaaa");
    assert!(
        matches!(
            end,
            Err(EngineError::TimedOut {
                answering: true,
                ..
            })
        ),
        "{end:?}"
    );
}

#[tokio::test]
async fn an_engine_that_dies_says_whether_the_operation_may_have_happened() {
    let docker = FakeEngine::start()
        .on(
            "GET /containers/web/json",
            Reply::chunks(["{\"Id\":"]).then_die(),
        )
        .on("POST /containers/web/stop", Reply::die());
    let engine = Engine::new(&docker.config());
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
async fn an_engine_that_dies_mid_stream_hands_over_what_came_before() {
    let docker = FakeEngine::start().on(
        "GET /events",
        Reply::chunks(["{\"a\":1}\n{\"b\"", ":2}\n"]).then_die(),
    );
    let engine = Engine::new(&docker.config());
    let results: Vec<_> = engine.objects(events()).collect().await;
    let [Ok(first), Ok(second), Err(error)] = results.as_slice() else {
        panic!("{results:?}");
    };
    assert_eq!((first, second), (&json!({ "a": 1 }), &json!({ "b": 2 })));
    assert!(
        matches!(
            error,
            EngineError::Interrupted {
                answering: true,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn objects_are_found_however_the_reply_is_cut_and_separated() {
    let docker = FakeEngine::start();
    let text = " {\"a\":\"}{\"}\r\n{\"b\":{\"c\":\"ä\"}}{\"d\":[1]} \n\n";
    let expected = [
        json!({ "a": "}{" }),
        json!({ "b": { "c": "ä" } }),
        json!({ "d": [1] }),
    ];
    let bytes = Vec::from(text).into_iter().map(|byte| vec![byte]);
    let docker = docker.on("GET /events", Reply::chunks(bytes));
    let engine = Engine::new(&docker.config());
    let objects: Vec<Value> = engine.objects(events()).try_collect().await.unwrap();
    assert_eq!(objects, expected);
}

#[tokio::test]
async fn objects_that_are_cut_off_or_no_json_are_an_error_after_the_good_ones() {
    for (tail, reason) in [("{\"b\":", "within an object"), ("{]", "cannot be read")] {
        let reply = Reply::chunks([format!("{{\"a\":1}}{tail}")]);
        let docker = FakeEngine::start().on("GET /events", reply);
        let engine = Engine::new(&docker.config());
        let results: Vec<_> = engine.objects(events()).collect().await;
        let [Ok(_), Err(error)] = results.as_slice() else {
            panic!("{results:?}");
        };
        assert!(error.to_string().contains(reason), "{error}");
    }
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
    let error = error(&Engine::new(&docker.config()), list()).await;
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
    let engine = Engine::new(&docker.config());
    engine.json(list()).await.unwrap();
    docker.kill().await;
    let down = error(&engine, list()).await;
    assert!(matches!(down, EngineError::Unreachable { .. }), "{down}");
    docker.restart();
    engine.json(list()).await.unwrap();
    assert_eq!(docker.negotiations(), 2);
}

#[tokio::test]
async fn dropping_a_stream_or_a_call_closes_its_connection() {
    let docker = FakeEngine::start()
        .on(
            "GET /containers/web/logs",
            Reply::chunks(["line\n"]).then_hang(),
        )
        .on("POST /containers/web/stop", Reply::hang());
    let engine = Engine::new(&docker.config());
    let mut chunks = engine.bytes(logs());
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "line\n");
    drop(chunks);
    docker.all_closed().await;

    let call = tokio::time::timeout(Duration::from_millis(200), engine.json(stop("web")));
    assert!(call.await.is_err());
    assert_eq!(
        docker.requests().pop().unwrap(),
        "POST /containers/web/stop"
    );
    docker.all_closed().await;
}

/// bollard resolves `..` itself: unchecked, this removes a container by way of a volume's name.
#[tokio::test]
async fn a_path_that_left_its_place_is_refused_before_a_connection_is_opened() {
    let docker = FakeEngine::start();
    let engine = Engine::new(&docker.config());
    for name in [
        "../containers/web",
        "%2e%2e/containers/web",
        "web?force=true",
        "",
        "a\nb",
    ] {
        let request = record(|docker| async move {
            docker
                .remove_volume(name, None::<RemoveVolumeOptions>)
                .await
        });
        let error = error(&engine, request.unwrap().about("volume", name)).await;
        assert!(
            matches!(error, EngineError::NotSent(_)),
            "{name:?} gave {error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with("the request was not sent: the volume reference"),
            "{error}"
        );
    }
    assert!(docker.seen().is_empty());
}

/// The Engine decodes the URL-safe alphabet only, and is silently anonymous otherwise.
#[tokio::test]
async fn credentials_are_sent_in_the_alphabet_that_the_engine_decodes() {
    let docker = FakeEngine::start().on("POST /images/app/push", Reply::empty(200));
    let credentials = DockerCredentials {
        username: Some("me".to_owned()),
        password: Some("abc>>>def???~~~".to_owned()),
        ..Default::default()
    };
    let push = record(|docker| async move {
        docker
            .push_image("app", None::<PushImageOptions>, Some(credentials))
            .boxed()
            .try_next()
            .await
    });
    let engine = Engine::new(&docker.config());
    let _: Vec<Value> = engine.objects(push.unwrap()).try_collect().await.unwrap();
    let sent = docker.seen().pop().unwrap();
    let auth = sent
        .headers
        .get("x-registry-auth")
        .unwrap()
        .to_str()
        .unwrap();
    assert!(
        auth.contains(['-', '_']) && !auth.contains(['+', '/']),
        "{auth}"
    );
}

#[tokio::test]
async fn exec_is_started_without_an_upgrade_and_its_bytes_come_raw() {
    let frames = b"\x01\0\0\0\0\0\0\x03hi\n\xff".as_slice();
    let docker = FakeEngine::start().on("POST /exec/1/start", Reply::chunks([frames]));
    let start =
        record(|docker| async move { docker.start_exec("1", None::<StartExecOptions>).await });
    let engine = Engine::new(&docker.config());
    let bytes: BytesMut = engine.bytes(start.unwrap()).try_collect().await.unwrap();
    assert_eq!(bytes, frames);
    let sent = docker.seen().pop().unwrap();
    assert!(!sent.headers.contains_key("upgrade") && !sent.headers.contains_key("connection"));
    assert_eq!(docker.bodies()[0]["Detach"], false);
}

#[tokio::test]
async fn the_body_and_the_query_that_bollard_built_arrive_unchanged() {
    let docker = FakeEngine::start()
        .on(
            "POST /containers/create?name=web&*",
            json!({ "Id": "1", "Warnings": [] }),
        )
        .on("POST /containers/web/start", Reply::empty(204));
    let create = record(|docker| async move {
        let options = CreateContainerOptions {
            name: Some("web".to_owned()),
            ..Default::default()
        };
        let body = ContainerCreateBody {
            image: Some("alpine".to_owned()),
            env: Some(vec!["A=ä&b".to_owned()]),
            ..Default::default()
        };
        docker.create_container(Some(options), body).await
    });
    let start = record(|docker| async move {
        docker
            .start_container("web", None::<StartContainerOptions>)
            .await
    });
    let engine = Engine::new(&docker.config());
    let created = engine.json(create.unwrap()).await.unwrap();
    engine.json(start.unwrap()).await.unwrap();
    assert_eq!(
        docker.requests(),
        [
            "POST /containers/create?name=web&platform=",
            "POST /containers/web/start"
        ]
    );
    assert_eq!(
        docker.bodies(),
        [json!({ "Image": "alpine", "Env": ["A=ä&b"] })]
    );
    assert_eq!(created["Id"], "1");
}
