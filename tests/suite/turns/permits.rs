//! A call that waited for a person, and then for a permit: what others did meanwhile is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

/// How many calls hold the permits.
const PERMITS: i64 = 10;

/// The removal that is agreed to while they do.
const REMOVAL: i64 = PERMITS + 1;

/// An Engine on which so many commands go on, the first of them being let go first.
fn busy(engine: FakeEngine, going_on: &Arc<AtomicUsize>) -> FakeEngine {
    let (begun, going_on) = (AtomicUsize::new(0), Arc::clone(going_on));
    engine
        .on(
            "GET /containers/busy/json",
            json!({ "Id": "b".repeat(64), "Name": "/busy", "HostConfig": {} }),
        )
        .answer("POST /containers/busy/exec", move |_| {
            let number = begun.fetch_add(1, Ordering::SeqCst);
            Reply::json(201, &json!({ "Id": format!("e{number}") }))
        })
        .on("POST /exec/*/start", Reply::empty(200))
        .answer("GET /exec/*/json", move |seen| {
            let number = seen.target.strip_prefix("/exec/e").unwrap();
            let number = number.strip_suffix("/json").unwrap();
            let left = PERMITS as usize - going_on.load(Ordering::SeqCst);
            json!({ "Running": number.parse::<usize>().unwrap() >= left, "ExitCode": 0 }).into()
        })
}

async fn hold_the_permits(client: &mut RawClient, engine: &FakeEngine) {
    for id in 1..=PERMITS {
        let sleep = json!({ "container_id": "busy", "command": ["sleep", "12"] });
        client.send(call(id, "docker_exec_command", sleep)).await;
    }
    engine.asked("GET /exec/*/json").await;
    let running = async {
        let asked = |line: &String| line.ends_with("/start");
        while engine.requests().iter().filter(|line| asked(line)).count() < PERMITS as usize {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), running)
        .await
        .unwrap();
}

/// Agrees, lets the first command end, and gives what is asked again until the removal has its answer,
/// agreeing to that too.
async fn asked_again(client: &mut RawClient, first: &Value, going_on: &AtomicUsize) -> Vec<Value> {
    client.send(accept(first)).await;
    going_on.store(PERMITS as usize - 1, Ordering::SeqCst);
    let mut questions = Vec::new();
    loop {
        let message = client.receive().await;
        if message["method"] == "elicitation/create" {
            client.send(accept(&message)).await;
            questions.push(message);
            continue;
        }
        assert_done(&message);
        if message["id"] == REMOVAL {
            return questions;
        }
    }
}

/// Makes a call that waits for a permit before that removal does.
async fn queue(client: &mut RawClient, tool: &str, arguments: Value) {
    client.send(call(REMOVAL + 1, tool, arguments)).await;
    client
        .send(json!({ "jsonrpc": "2.0", "id": 13, "method": "ping" }))
        .await;
    assert_eq!(client.receive().await["id"], 13);
    // It has been read; nothing shows that it queues, and what follows holds whichever comes first.
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// Whether a request of the one kind came before any of the other.
fn came_first(engine: &FakeEngine, one: &str, other: &str) -> bool {
    let requests = engine.requests();
    let first = requests
        .iter()
        .find(|line| line.starts_with(one) || line.starts_with(other));
    first.is_some_and(|line| line.starts_with(one))
}

#[tokio::test]
async fn a_container_that_was_started_while_its_removal_queued_is_asked_about_again() {
    let going_on = Arc::new(AtomicUsize::new(PERMITS as usize));
    let running = Arc::new(AtomicBool::new(false));
    let (seen, started) = (Arc::clone(&running), Arc::clone(&running));
    let engine = busy(FakeEngine::start(), &going_on)
        .answer("GET /containers/victim/json", move |_| {
            let running = seen.load(Ordering::SeqCst);
            let status = if running { "running" } else { "created" };
            json!({
                "Id": "c".repeat(64), "Name": "/victim", "Config": { "Image": "app" }, "HostConfig": {},
                "Mounts": [], "State": { "Status": status, "Running": running },
            })
            .into()
        })
        .answer("POST /containers/victim/start", move |_| {
            started.store(true, Ordering::SeqCst);
            Reply::empty(204)
        })
        .on("DELETE /containers/*", Reply::empty(204));
    let mut client = session(&engine, &[]).await;
    hold_the_permits(&mut client, &engine).await;
    let remove = json!({ "container_id": "victim", "force": true });
    client
        .send(call(REMOVAL, "docker_remove_container", remove))
        .await;
    let first = question(&mut client).await;
    assert!(text(&first).contains("created"), "{first}");
    let start = json!({ "container_id": "victim" });
    queue(&mut client, "docker_start_container", start).await;
    let again = asked_again(&mut client, &first, &going_on).await;
    let was_started = came_first(&engine, "POST /containers/victim/start", "DELETE ");
    assert_eq!(again.len(), usize::from(was_started), "{again:?}");
    for question in again {
        let text = text(&question);
        assert!(
            text.contains("changed since") && text.contains("running"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_tag_that_was_moved_while_its_removal_queued_is_asked_about_again() {
    let going_on = Arc::new(AtomicUsize::new(PERMITS as usize));
    let moved = Arc::new(AtomicBool::new(false));
    let (seen, tagged) = (Arc::clone(&moved), Arc::clone(&moved));
    let image = |id: &str, tags: &[&str]| json!({ "Id": format!("sha256:{}", id.repeat(64)), "RepoTags": tags, "RepoDigests": [], "Size": 1 });
    let (before, after) = (image("a", &["app:old", "base:1"]), image("b", &["app:old"]));
    let engine = busy(FakeEngine::start(), &going_on)
        .answer("GET /images/app:old/json", move |_| {
            let image = if seen.load(Ordering::SeqCst) {
                &after
            } else {
                &before
            };
            image.clone().into()
        })
        .on("GET /containers/json", json!([]))
        .answer("POST /images/*/tag", move |_| {
            tagged.store(true, Ordering::SeqCst);
            Reply::empty(201)
        })
        .on("DELETE /images/*", json!([{ "Untagged": "app:old" }]));
    let mut client = session(&engine, &[]).await;
    hold_the_permits(&mut client, &engine).await;
    let remove = json!({ "image": "app:old" });
    client
        .send(call(REMOVAL, "docker_remove_image", remove))
        .await;
    let first = question(&mut client).await;
    assert!(text(&first).contains("stays as base:1"), "{first}");
    let tag = json!({ "image": "b".repeat(64), "repository": "app", "tag": "old" });
    queue(&mut client, "docker_tag_image", tag).await;
    let again = asked_again(&mut client, &first, &going_on).await;
    let was_moved = came_first(&engine, "POST /images/", "DELETE ");
    assert_eq!(again.len(), usize::from(was_moved), "{again:?}");
    for question in again {
        let text = text(&question);
        assert!(
            text.contains("changed since") && !text.contains("stays as"),
            "{text}"
        );
    }
}

/// A plan that is confirmed by a second call holds for what is there when that call has its turn.
#[tokio::test]
async fn what_was_started_after_a_plan_was_shown_is_shown_again() {
    let running = Arc::new(AtomicBool::new(false));
    let (seen, started) = (Arc::clone(&running), Arc::clone(&running));
    let engine = FakeEngine::start()
        .answer("GET /containers/victim/json", move |_| {
            let running = seen.load(Ordering::SeqCst);
            json!({
                "Id": "c".repeat(64), "Name": "/victim", "HostConfig": {}, "Mounts": [],
                "State": { "Status": if running { "running" } else { "created" }, "Running": running },
            })
            .into()
        })
        .answer("POST /containers/victim/start", move |_| {
            started.store(true, Ordering::SeqCst);
            // Late, so that the removal comes while it is under way.
            Reply::empty(204).after(Duration::from_millis(300))
        })
        .on("DELETE /containers/*", Reply::empty(204));
    let address = engine.address();
    let mut client = RawClient::start(&[
        ("DOCKER_BASE_URL", address.as_str()),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
    ]);
    client.initialize(VERSION).await;
    let mut remove = json!({ "container_id": "victim", "force": true });
    client
        .send(call(1, "docker_remove_container", remove.clone()))
        .await;
    let plan = client.receive().await;
    let (_, token) = failure(&plan).split_once("`confirmation`: \"").unwrap();
    remove["confirmation"] = json!(token.trim_end_matches('"'));
    let start = json!({ "container_id": "victim" });
    client.send(call(2, "docker_start_container", start)).await;
    engine.asked("POST /containers/victim/start").await;
    client
        .send(call(3, "docker_remove_container", remove))
        .await;
    let answers = [client.receive().await, client.receive().await];
    let again = answers.iter().find(|answer| answer["id"] == 3).unwrap();
    let text = failure(again);
    assert!(
        text.contains("changed since") && text.contains("running"),
        "{text}"
    );
    assert!(
        !engine
            .requests()
            .iter()
            .any(|line| line.starts_with("DELETE "))
    );
}

/// The one that waits for its person lets the others go on, and has nothing that they wait for.
#[tokio::test]
async fn a_call_that_waits_for_a_person_holds_no_turn() {
    let engine = FakeEngine::start()
        .on(
            "GET /containers/*/json",
            json!({
                "Id": "c".repeat(64), "Name": "/victim", "HostConfig": {}, "Mounts": [],
                "State": { "Status": "exited", "Running": false },
            }),
        )
        .on("POST /containers/*", Reply::empty(204));
    let mut client = session(&engine, &[("SAFETY_MAX_CONCURRENT_OPERATIONS", "1")]).await;
    client
        .send(call(
            1,
            "docker_remove_container",
            json!({ "container_id": "victim" }),
        ))
        .await;
    question(&mut client).await;
    for (id, tool) in [(2, "docker_start_container"), (3, "docker_stop_container")] {
        client
            .send(call(id, tool, json!({ "container_id": "victim" })))
            .await;
        let answer = client.receive().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert_done(&answer);
    }
}
