//! `docker_wait`: what is met, already or later, what is not, and what a cancel ends.

mod log;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{call, failed};
use crate::support::client::{EVERYTHING, RawClient};
use crate::support::exchange;
use crate::support::fake_engine::{FakeEngine, Reply};

const WAIT: &str = "docker_wait";

const LISTED: &str = "GET /containers/json?all=true&size=false";

/// A container by its name, state and the Engine's words for that.
fn listed(name: &str, state: &str, status: &str) -> Value {
    let labels = json!({ "com.docker.compose.project": "shop" });
    json!({ "Id": format!("{name}0id"), "Names": [format!("/{name}")], "State": state, "Status": status, "Labels": labels })
}

fn event(name: &str, action: &str) -> Vec<u8> {
    let event = json!({
        "Type": "container", "Action": action, "time": 1_777_629_600,
        "Actor": { "ID": format!("{name}0id"), "Attributes": { "name": name, "com.docker.compose.project": "shop" } },
    });
    format!("{event}\n").into_bytes()
}

/// An Engine with these containers, which tells these events one after the other and then nothing more.
fn engine(containers: &[Value], events: &[(&str, &str)]) -> FakeEngine {
    let events: Vec<Vec<u8>> = events.iter().map(|(name, it)| event(name, it)).collect();
    let events = Reply::chunks(events).every(Duration::from_millis(50));
    FakeEngine::start()
        .on("GET /containers/json", json!(containers))
        .on("GET /events", events.then_hang())
}

async fn given(engine: &FakeEngine, arguments: Value) -> Value {
    let result = call(engine, WAIT, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

fn actions(result: &Value) -> Vec<&str> {
    let events = result["events"].as_array().unwrap().iter();
    events.map(|it| it["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_met_already_returns_at_once_and_is_looked_at_once_events_are_told() {
    for (goal, state, status) in [
        ("running", "running", "Up 2 minutes"),
        ("healthy", "running", "Up 2 minutes (healthy)"),
        ("exited", "exited", "Exited (0) 3 hours ago"),
        ("exited", "restarting", "Restarting (1) 3 seconds ago"),
    ] {
        let engine = engine(&[listed("web", state, status)], &[]);
        let result = given(&engine, json!({ "for": goal, "containers": "web" })).await;
        assert_eq!(
            (&result["met"], &result["events"]),
            (&json!(true), &json!([])),
            "{goal}: {result}"
        );
        let requests = engine.requests();
        assert_eq!(requests.len(), 2, "{requests:?}");
        assert!(requests[0].starts_with("GET /events?"), "{requests:?}");
        assert_eq!(requests[1], LISTED);
    }
}

/// Each event is told before the result, whatever the protocol.
#[tokio::test]
async fn events_are_told_as_they_happen_in_both_eras() {
    for modern in [false, true] {
        let engine = engine(
            &[listed("web", "exited", "Exited (0)")],
            &[
                ("web", "start"),
                ("other", "die"),
                ("web", "exec_start: true"),
                ("web", "health_status: unhealthy"),
                ("web", "health_status: unhealthy"),
                ("web", "health_status: healthy"),
            ],
        );
        let address = engine.address();
        let mut client = RawClient::start(&[EVERYTHING, ("DOCKER_BASE_URL", &address)]);
        let mut message =
            exchange::call(5, WAIT, json!({ "for": "healthy", "containers": ["web"] }));
        if modern {
            message["params"]["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            });
        } else {
            client.initialize("2025-11-25").await;
        }
        message["params"]["_meta"]["progressToken"] = json!("t");
        client.send(message).await;
        let mut told = Vec::new();
        let answer = loop {
            let message = client.receive().await;
            if message["method"] != "notifications/progress" {
                break message;
            }
            told.push(message["params"]["message"].as_str().unwrap().to_owned());
        };
        let expected = [
            "start",
            "health_status: unhealthy",
            "health_status: healthy",
        ];
        let result = &answer["result"]["structuredContent"];
        assert_eq!(result["met"], true, "{answer}");
        assert_eq!(actions(result), expected);
        for action in expected {
            let line = format!("container web: {action}");
            let times = told.iter().filter(|told| told.starts_with(&line)).count();
            assert_eq!(times, 1, "{told:?}");
        }
        engine.all_closed().await;
    }
}

#[tokio::test]
async fn all_that_were_chosen_have_to_be_as_they_should() {
    let both = [
        listed("web", "running", "Up"),
        listed("db", "exited", "Exited (1)"),
        listed("job", "running", "Up"),
    ];
    let engine = engine(&both, &[("web", "die"), ("web", "destroy"), ("job", "die")]);
    let result = given(&engine, json!({ "for": "exited", "project": "shop" })).await;
    assert_eq!(result["met"], true, "{result}");
    assert_eq!(actions(&result), ["die", "destroy", "die"]);
}

/// Of a project also what comes later; of named ones nothing else.
#[tokio::test]
async fn the_first_event_of_what_was_chosen_ends_a_wait_for_one() {
    let web = [listed("web", "running", "Up")];
    for (chosen, expected) in [
        (json!({}), "create"),
        (json!({ "project": "shop" }), "create"),
        (json!({ "containers": ["web"] }), "pause"),
    ] {
        let engine = engine(&web, &[("new", "create"), ("web", "pause")]);
        let mut arguments = chosen;
        arguments["for"] = json!("event");
        let result = given(&engine, arguments).await;
        assert_eq!(actions(&result), [expected], "{result}");
        assert_eq!(result["met"], true, "{result}");
    }
}

#[tokio::test]
async fn a_deadline_is_no_error_and_says_how_the_containers_stand() {
    let containers = [
        listed("web", "running", "Up 1 second (health: starting)"),
        listed("db", "running", "Up 1 minute (healthy)"),
        listed("job", "exited", "Exited (1)"),
    ];
    let engine = engine(&containers, &[("web", "health_status: unhealthy")]);
    let result = given(&engine, json!({ "for": "healthy", "timeout": 3 })).await;
    assert_eq!(result["met"], false, "{result}");
    assert_eq!(actions(&result), ["health_status: unhealthy"]);
    assert!(result["waited"].as_f64().unwrap() >= 3.0, "{result}");
    let hint = result["hint"].as_str().unwrap();
    let said = "not met within 3 s: `job` is exited, `web` is running (unhealthy)";
    assert_eq!(hint, said);
    engine.all_closed().await;
    let result = given(
        &engine,
        json!({ "for": "event", "containers": "db", "timeout": 1 }),
    )
    .await;
    assert_eq!(result["met"], false, "{result}");
    assert!(
        result["hint"].as_str().unwrap().contains("nothing"),
        "{result}"
    );
}

/// A list may lag behind the event that nobody heard, so it is looked at twice.
#[tokio::test]
async fn what_came_between_the_first_look_and_the_events_is_seen() {
    let looks = AtomicUsize::new(0);
    let engine = engine(&[], &[]).answer("GET /containers/json", move |_| {
        let state = match looks.fetch_add(1, Ordering::Relaxed) {
            0 => "running",
            _ => "exited",
        };
        json!([listed("web", state, "Up")]).into()
    });
    let result = given(&engine, json!({ "for": "exited", "containers": "web" })).await;
    assert_eq!(
        (&result["met"], &result["events"]),
        (&json!(true), &json!([])),
        "{result}"
    );
}

#[tokio::test]
async fn a_wait_that_cannot_be_met_is_an_error_that_says_why() {
    let web = [listed("web", "running", "Up 2 minutes")];
    for (arguments, events, said) in [
        (
            json!({ "for": "healthy", "containers": "web" }),
            &[][..],
            "`web` has no health check",
        ),
        (
            json!({ "for": "exited", "containers": "wbe" }),
            &[],
            "no such container: `wbe`; there are `web`",
        ),
        (
            json!({ "for": "exited", "containers": "web" }),
            &[("web", "destroy")],
            "`web` was removed while",
        ),
        (
            json!({ "for": "log", "containers": "web" }),
            &[],
            "`grep` has to say which line",
        ),
        (
            json!({ "for": "exited", "grep": "x" }),
            &[],
            "`grep` is for lines of a log",
        ),
        (json!({ "for": "exited", "timeout": 301 }), &[], "`timeout`"),
        (json!({ "for": "ready" }), &[], "`for`"),
    ] {
        let engine = engine(&web, events);
        let text = failed(&engine, WAIT, arguments).await;
        assert!(text.contains(said), "{text}");
        engine.all_closed().await;
    }
    let none = engine(&[], &[]);
    let text = failed(&none, WAIT, json!({ "for": "running" })).await;
    assert!(text.contains("no container is chosen"), "{text}");
}

#[tokio::test]
async fn an_engine_that_fails_or_ends_its_events_is_an_error() {
    let web = [listed("web", "exited", "Exited (0)")];
    let running = json!({ "for": "running", "containers": "web" });
    let engine = engine(&web, &[]).on("GET /events", Reply::error(500, "no room"));
    let text = failed(&engine, WAIT, running.clone()).await;
    assert!(text.contains("no room"), "{text}");
    let engine = engine.on("GET /events", Reply::chunks::<Vec<u8>>([]));
    let text = failed(&engine, WAIT, running).await;
    assert!(text.contains("ended its events"), "{text}");
}

#[tokio::test]
async fn a_cancelled_wait_lets_go_of_the_engine_and_holds_up_nobody() {
    let web = [listed("web", "exited", "Exited (0)")];
    let engine = engine(&web, &[]);
    let address = engine.address();
    let settings = [
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
    ];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    let running = json!({ "for": "running", "containers": "web" });
    client.send(exchange::call(5, WAIT, running)).await;
    engine.asked("GET /containers/json").await;
    client
        .send(exchange::call(6, "docker_list_containers", json!({})))
        .await;
    let answer = client.receive().await;
    assert_eq!(answer["id"], 6, "{answer}");
    exchange::assert_done(&answer);
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 } });
    client.send(cancelled).await;
    engine.all_closed().await;
}
