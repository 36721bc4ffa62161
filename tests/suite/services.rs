//! Tests the tools that make and change services of a swarm, with what swarms say at their worst.

mod changes;
mod creation;
mod losses;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::fake_engine::{FakeEngine, Reply, swarm};

const TASKS: &str = "GET /tasks";
const SERVICE: &str = "GET /services/*";
const UPDATE: &str = "POST /services/*/update";

/// A swarm of two nodes with the service `shop_web`, whose two tasks run.
fn engine() -> FakeEngine {
    FakeEngine::start()
        .with_swarm()
        .on("GET /containers/json", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }))
        .on(
            "GET /volumes/*",
            json!({ "Name": "data", "Driver": "local" }),
        )
        .on(
            "GET /networks/*",
            json!({ "Id": "n1", "Name": "lab", "Driver": "overlay" }),
        )
}

/// The service with other values at these places.
fn service(change: Value) -> Value {
    let mut service = swarm::service();
    for (pointer, value) in change.as_object().unwrap() {
        let (above, key) = pointer.rsplit_once('/').unwrap();
        service.pointer_mut(above).unwrap()[key] = value.clone();
    }
    service
}

/// A task of it in another state, with why; made after the service was.
fn task(slot: u64, state: &str, desired: &str, why: &str) -> Value {
    let mut task = swarm::task(slot, swarm::WORKER);
    task["ID"] = json!(format!("{state}{slot}{desired}"));
    task["DesiredState"] = json!(desired);
    task["Status"]["State"] = json!(state);
    task["Status"]["Err"] = json!(why);
    task
}

/// One answer after another, the last of them for ever.
fn in_turn(replies: Vec<Value>) -> impl Fn(&crate::support::fake_engine::Seen) -> Reply {
    let next = AtomicUsize::new(0);
    move |_| {
        let next = next.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1);
        replies[next].clone().into()
    }
}

/// The body of the only change.
fn sent(engine: &FakeEngine) -> Value {
    engine.bodies().pop().unwrap()
}

/// What was changed.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| !request.starts_with("GET "));
    requests
}
