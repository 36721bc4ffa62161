//! A wait for a line of a log.

use super::*;
use crate::support::fake_engine::frame;

fn line(second: u8, text: &str) -> Vec<u8> {
    frame(
        1,
        &format!("2026-05-01T10:00:{second:02}.000000000Z {text}\n"),
    )
}

/// Two containers that run and whose logs are silent.
fn two() -> FakeEngine {
    let state =
        json!({ "StartedAt": "2026-05-01T10:00:00Z", "FinishedAt": "2026-05-01T09:59:00Z" });
    engine(
        &[listed("a", "running", "Up"), listed("b", "running", "Up")],
        &[],
    )
    .on(
        "GET /containers/*/json",
        json!({ "Config": { "Tty": false }, "State": state }),
    )
    .on(
        "GET /containers/*/logs",
        Reply::chunks::<Vec<u8>>([]).then_hang(),
    )
}

fn ready() -> Value {
    json!({ "for": "log", "project": "shop", "grep": "^ready" })
}

#[tokio::test]
async fn the_first_line_that_matches_ends_the_wait_and_is_told() {
    let lines = [
        line(1, "not ready"),
        line(2, "ready password=hunter2hunter2"),
        line(3, "ready"),
    ];
    let engine = two().on(
        "GET /containers/b0id/logs",
        Reply::chunks(lines)
            .every(Duration::from_millis(50))
            .then_hang(),
    );
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[EVERYTHING, ("DOCKER_BASE_URL", &address)]).await;
    let mut message = exchange::call(5, WAIT, ready());
    message["params"]["_meta"] = json!({ "progressToken": "t" });
    client.send(message).await;
    let mut told = Vec::new();
    let answer = loop {
        let message = client.receive().await;
        if message["method"] != "notifications/progress" {
            break message;
        }
        told.push(message["params"]["message"].as_str().unwrap().to_owned());
    };
    // A slow machine may be given a sign of life before.
    assert!(told.iter().any(|it| it.starts_with("b: ready")), "{told:?}");
    assert!(!told.concat().contains("hunter2"), "{told:?}");
    let result = &answer["result"]["structuredContent"];
    assert_eq!(result["met"], true, "{answer}");
    let found = &result["events"][0];
    assert_eq!(
        (&found["time"], &found["container"], &found["stream"]),
        (
            &json!("2026-05-01T10:00:02.000Z"),
            &json!("b"),
            &json!("stdout")
        ),
    );
    let text = found["text"].as_str().unwrap();
    assert!(
        text.starts_with("ready") && !text.contains("hunter2"),
        "{text}"
    );
    assert_eq!(result["events"].as_array().unwrap().len(), 1, "{result}");
    engine.all_closed().await;
}

/// What an earlier run wrote says nothing of this one.
#[tokio::test]
async fn lines_of_the_present_run_are_looked_at_and_what_is_there_is_found_at_once() {
    let old = frame(1, "2026-05-01T09:58:59.000000000Z ready of old\n");
    let engine = two().on(
        "GET /containers/a0id/logs",
        Reply::chunks([old, line(4, "ready now")]).then_hang(),
    );
    let result = given(&engine, ready()).await;
    assert_eq!(result["events"][0]["text"], "ready now", "{result}");
    let asked = engine.requests();
    let logs = asked.iter().find(|it| it.contains("a0id/logs")).unwrap();
    assert!(
        logs.contains("follow=true") && logs.contains("since=1777629540"),
        "{logs}"
    );
}

#[tokio::test]
async fn no_line_in_time_and_logs_that_have_ended_are_told_apart() {
    let mut arguments = ready();
    arguments["timeout"] = json!(1);
    let engine = two();
    let result = given(&engine, arguments.clone()).await;
    assert_eq!(result["met"], false, "{result}");
    let hint = result["hint"].as_str().unwrap();
    assert!(hint.contains("`a`, `b` within 1 s"), "{hint}");
    engine.all_closed().await;

    let engine = two().on("GET /containers/*/logs", Reply::chunks([line(1, "bye")]));
    let result = given(&engine, ready()).await;
    assert_eq!(result["met"], false, "{result}");
    let hint = result["hint"].as_str().unwrap();
    assert!(hint.contains("no more can come"), "{hint}");
    // The last line need not have an end.
    let last = frame(1, "2026-05-01T10:00:02.000000000Z ready");
    let engine = two().on("GET /containers/*/logs", Reply::chunks([last]));
    assert_eq!(given(&engine, ready()).await["met"], true);
}

#[tokio::test]
async fn a_log_that_cannot_be_read_and_too_many_are_errors() {
    let none = "configured logging driver does not support reading";
    let engine = two().on("GET /containers/*/logs", Reply::error(501, none));
    let text = failed(&engine, WAIT, ready()).await;
    assert!(text.contains(none), "{text}");
    let many: Vec<Value> = (0..21)
        .map(|at| listed(&format!("c{at}"), "running", "Up"))
        .collect();
    let text = failed(&super::engine(&many, &[]), WAIT, ready()).await;
    assert!(text.contains("21 containers are chosen"), "{text}");
}

#[tokio::test]
async fn a_cancel_reaches_every_log() {
    let engine = two();
    let address = engine.address();
    let settings = [
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
    ];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    client.send(exchange::call(5, WAIT, ready())).await;
    for name in ["a", "b"] {
        engine
            .asked(&format!("GET /containers/{name}0id/logs"))
            .await;
    }
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 } });
    client.send(cancelled).await;
    engine.all_closed().await;
}
