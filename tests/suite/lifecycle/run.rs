//! Looks at what becomes of a container that is run, and of what it wrote.

use std::time::Duration;

use super::*;
use crate::support::client::RawClient;
use crate::support::fake_engine::frame;

const RUN: &str = "docker_run_container";
const REMOVAL: &str = "DELETE /containers/4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898?v=true&force=true&link=false";

/// An Engine on which a container runs that writes to both streams and ends with the code 3.
fn engine() -> FakeEngine {
    let made = Reply::json(201, &json!({ "Id": ID, "Warnings": ["No swap."] }));
    let inspect =
        json!({ "Id": ID, "Name": "/job", "State": { "Status": "running", "Running": true } });
    FakeEngine::start()
        .on("POST /containers/create", made)
        .on("POST /containers/*/start", Reply::empty(204))
        .on("POST /containers/*/wait", json!({ "StatusCode": 3 }))
        .on("GET /containers/*/json", inspect)
        .on(
            "GET /containers/*/logs",
            Reply::chunks([frame(1, "one\n"), frame(2, "two\n")]),
        )
        .on("DELETE /containers/*", Reply::empty(204))
}

fn removed(engine: &FakeEngine) -> bool {
    engine.requests().iter().any(|request| request == REMOVAL)
}

#[tokio::test]
async fn what_it_wrote_and_its_code_are_given_and_nothing_is_left() {
    let engine = engine();
    let result = given(&engine, RUN, json!({ "image": "web:1", "command": "true" })).await;
    let expected = json!({
        "container_id": ID, "status": "removed", "exit_code": 3, "output": "one\ntwo\n", "stderr": "two\n",
        "timed_out": false, "truncated": false, "warnings": ["No swap."],
    });
    assert_eq!(result, expected);
    assert!(removed(&engine), "{:?}", engine.requests());
    // The Engine would remove it before anybody read what it wrote.
    let body = &engine.bodies()[0];
    assert_eq!(body["HostConfig"].get("AutoRemove"), None, "{body}");
}

#[tokio::test]
async fn it_stays_where_that_is_asked_for() {
    for (arguments, auto, status, code) in [
        (json!({ "remove": false }), None, "exited", json!(3)),
        (json!({ "detach": true }), None, "running", json!(3)),
        (
            json!({ "detach": true, "remove": true }),
            Some(true),
            "running",
            json!(3),
        ),
    ] {
        let engine = engine();
        let mut all = arguments.clone();
        all["image"] = json!("web:1");
        let result = given(&engine, RUN, all).await;
        assert_eq!(result["status"], status, "{arguments}");
        assert_eq!(result["exit_code"], code, "{arguments}");
        assert!(!removed(&engine), "{arguments}");
        let sent = engine.bodies()[0]["HostConfig"]["AutoRemove"].as_bool();
        assert_eq!(sent, auto, "{arguments}");
    }
}

#[tokio::test]
async fn one_that_outlives_its_time_is_left_and_named() {
    let engine = engine().on("POST /containers/*/wait", Reply::hang());
    let result = given(&engine, RUN, json!({ "image": "web:1", "timeout": 1 })).await;
    assert_eq!(result["timed_out"], true, "{result}");
    assert_eq!(
        (&result["exit_code"], &result["status"]),
        (&Value::Null, &json!("running"))
    );
    let output = result["output"].as_str().unwrap();
    let said = "the container 4c01db0b339c was left running";
    assert!(
        output.starts_with("one\ntwo\n[") && output.contains(said),
        "{output}"
    );
    assert!(!removed(&engine));
}

#[tokio::test]
async fn one_that_does_not_start_is_removed_and_the_reason_told() {
    let reason = "OCI runtime create failed: exec: \"nope\": executable file not found in $PATH";
    for status in [400, 404, 500] {
        let engine = engine().on("POST /containers/*/start", Reply::error(status, reason));
        let text = failed(
            &engine,
            RUN,
            json!({ "image": "web:1", "command": ["nope"] }),
        )
        .await;
        assert!(
            text.contains("executable file not found"),
            "{status}: {text}"
        );
        assert!(text.contains("docker_inspect_image"), "{status}: {text}");
        assert!(removed(&engine), "{status}");
    }
}

#[tokio::test]
async fn what_no_engine_would_do_is_refused_before_anything_is_sent() {
    for (arguments, part) in [
        (json!({ "restart_policy": "always" }), "`detach`"),
        (
            json!({ "detach": true, "remove": true, "restart_policy": "always" }),
            "`remove`",
        ),
        (json!({ "timeout": 0 }), "`timeout`"),
    ] {
        let engine = engine();
        let mut all = arguments.clone();
        all["image"] = json!("web:1");
        let text = failed(&engine, RUN, all).await;
        assert!(text.contains(part), "{arguments}: {text}");
        assert!(engine.seen().is_empty(), "{:?}", engine.requests());
    }
    let engine = engine();
    let text = failed(
        &engine,
        RUN,
        json!({ "image": "web:1", "privileged": true }),
    )
    .await;
    assert!(text.contains("`privileged`"), "{text}");
    assert!(engine.bodies().is_empty());
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_told_in_its_place() {
    let unread = "configured logging driver does not support reading";
    let engine = engine().on("GET /containers/*/logs", Reply::error(501, unread));
    let result = given(&engine, RUN, json!({ "image": "web:1" })).await;
    assert_eq!(result["exit_code"], 3);
    assert!(
        result["output"].as_str().unwrap().contains(unread),
        "{result}"
    );
    assert!(removed(&engine));
}

/// Whatever it waits for: the answer to the create, which alone tells the id, or the end.
#[tokio::test]
async fn a_cancelled_run_leaves_nothing() {
    let made = Reply::json(201, &json!({ "Id": ID })).after(Duration::from_millis(300));
    for (request, reply) in [
        ("POST /containers/create", made),
        ("POST /containers/*/start", Reply::hang()),
        ("POST /containers/*/wait", Reply::hang()),
        ("GET /containers/*/logs", Reply::hang()),
    ] {
        let engine = engine().on(request, reply);
        let address = engine.address();
        let settings = [("DOCKER_BASE_URL", address.as_str()), EVERYTHING];
        let mut client = RawClient::session("2025-11-25", &settings).await;
        let arguments = json!({ "image": "web:1" });
        client
            .send(crate::support::exchange::call(7, RUN, arguments))
            .await;
        engine.asked(request).await;
        let cancelled = json!({ "requestId": 7 });
        let message =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled });
        client.send(message).await;
        engine.asked("DELETE /containers/*").await;
        assert!(removed(&engine), "{request}: {:?}", engine.requests());
    }
}
