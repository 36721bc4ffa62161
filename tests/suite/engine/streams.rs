//! Replies that come bit by bit.

use bollard::exec::StartExecOptions;
use bollard::models::ExecConfig;
use bytes::BytesMut;

use super::*;

#[tokio::test]
async fn a_stream_times_out_by_its_pauses_and_not_by_its_length() {
    let steady = Reply::chunks(["a"; 8]).every(Duration::from_millis(300));
    let docker = FakeEngine::start().on("GET /containers/web/logs", steady.then_hang());
    let engine = docker.door().with_deadline(Duration::from_secs(2));
    let mut chunks = engine.bytes(logs());
    let mut text = BytesMut::new();
    let end = loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => text.extend_from_slice(&chunk),
            end => break end,
        }
    };
    assert_eq!(text, "aaaaaaaa");
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
async fn an_engine_that_dies_mid_stream_hands_over_what_came_before() {
    let docker = FakeEngine::start().on(
        "GET /events",
        Reply::chunks(["{\"a\":1}\n{\"b\"", ":2}\n"]).then_die(),
    );
    let engine = docker.door();
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
    let engine = docker.door();
    let objects: Vec<Value> = engine.objects(events()).try_collect().await.unwrap();
    assert_eq!(objects, expected);
}

#[tokio::test]
async fn objects_that_are_cut_off_or_no_json_are_an_error_after_the_good_ones() {
    for (tail, reason) in [("{\"b\":", "within an object"), ("{]", "is no JSON")] {
        let reply = Reply::chunks([format!("{{\"a\":1}}{tail}")]);
        let docker = FakeEngine::start().on("GET /events", reply);
        let engine = docker.door();
        let results: Vec<_> = engine.objects(events()).collect().await;
        let [Ok(_), Err(error)] = results.as_slice() else {
            panic!("{results:?}");
        };
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn dropping_a_stream_or_a_call_closes_its_connection() {
    let docker = FakeEngine::start()
        .on(
            "GET /containers/web/logs",
            Reply::chunks(["line\n"]).then_hang(),
        )
        .on("POST /containers/web/stop", Reply::hang());
    let engine = docker.door();
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

#[tokio::test]
async fn exec_is_started_without_an_upgrade_and_its_bytes_come_raw() {
    let frames = b"\x01\0\0\0\0\0\0\x03hi\n\xff".as_slice();
    let docker = FakeEngine::start()
        .on(
            "GET /containers/web/json",
            json!({ "Id": "2", "HostConfig": {} }),
        )
        .on("POST /containers/web/exec", json!({ "Id": "1" }))
        .on("POST /exec/1/start", Reply::chunks([frames]));
    let create =
        record(|docker| async move { docker.create_exec("web", ExecConfig::default()).await });
    let start =
        record(|docker| async move { docker.start_exec("1", None::<StartExecOptions>).await });
    let engine = docker.door();
    engine.json(create.unwrap()).await.unwrap();
    let bytes: BytesMut = engine.bytes(start.unwrap()).try_collect().await.unwrap();
    assert_eq!(bytes, frames);
    let sent = docker.seen().pop().unwrap();
    assert!(!sent.headers.contains_key("upgrade") && !sent.headers.contains_key("connection"));
    assert_eq!(docker.bodies()[1]["Detach"], false);
}
