//! Calls beside each other on a real Engine: a removal is held to what its person saw, and a long
//! command keeps nobody from its container.

use serde_json::{Value, json};

use crate::client::RawClient;
use crate::docker::{Container, WAIT, docker, eventually, run, unique, wanted};
use crate::exchange;

/// How many calls hold the permits.
const PERMITS: i64 = 10;

/// The removal that is agreed to while they do, and the call that queues beside it.
const REMOVAL: i64 = 11;
const OTHER: i64 = 12;

async fn session() -> RawClient {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let mut client = RawClient::start(&[
        ("DOCKER_HOST", &host),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ]);
    let elicits = json!({ "elicitation": { "form": {} } });
    client.initialize_with("2025-11-25", elicits).await;
    client
}

async fn send(client: &mut RawClient, id: i64, tool: &str, arguments: Value) {
    client.send(exchange::call(id, tool, arguments)).await;
}

fn text(question: &Value) -> &str {
    question["params"]["message"]
        .as_str()
        .unwrap_or_else(|| panic!("no question: {question}"))
}

async fn hold_the_permits(client: &mut RawClient, busy: &Container) {
    for id in 1..=PERMITS {
        let command = json!(["sleep", "12"]);
        let sleep = json!({ "container_id": busy.name, "command": command });
        send(client, id, "docker_exec_command", sleep).await;
    }
    eventually("ten commands run", || {
        docker(&["top", &busy.name]).matches("sleep 12").count() == PERMITS as usize
    });
}

/// Agrees to the question and to what is asked again; gives that, and the answers to both calls.
async fn played(client: &mut RawClient, first: &Value) -> (Vec<String>, Value, Value) {
    client.send(exchange::accept(first)).await;
    let (mut again, mut removal, mut other) = (Vec::new(), None, None);
    while removal.is_none() || other.is_none() {
        let message = client.receive().await;
        match message["id"].as_i64() {
            _ if message["method"] == "elicitation/create" => {
                again.push(text(&message).to_owned());
                client.send(exchange::accept(&message)).await;
            }
            Some(REMOVAL) => removal = Some(message),
            Some(OTHER) => other = Some(message),
            _ => {}
        }
    }
    (again, removal.unwrap(), other.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_started_while_its_removal_queued_is_asked_about_again() {
    if !wanted() {
        return;
    }
    let (busy, victim) = (
        Container::running("busy", WAIT),
        Container::created("victim"),
    );
    let mut client = session().await;
    hold_the_permits(&mut client, &busy).await;
    let remove = json!({ "container_id": victim.name, "force": true });
    send(&mut client, REMOVAL, "docker_remove_container", remove).await;
    let first = client.receive().await;
    assert!(text(&first).contains("created"), "{first}");
    let start = json!({ "container_id": victim.name });
    send(&mut client, OTHER, "docker_start_container", start).await;
    let (again, removal, start) = played(&mut client, &first).await;
    assert_ne!(removal["result"]["isError"], true, "{removal}");
    assert!(!victim.exists());
    // Whichever came first: what runs is not removed by leave to remove what was created.
    let started = start["result"]["isError"] != true;
    assert_eq!(again.len(), usize::from(started), "{start} {again:?}");
    assert!(
        again.iter().all(|text| text.contains("running")),
        "{again:?}"
    );
}

/// A tag that is gone when the test ends.
struct Tag(String);

impl Tag {
    fn new(what: &str, image: &str) -> Self {
        let tag = format!("{}:1", unique(what));
        docker(&["tag", image, &tag]);
        Self(tag)
    }

    fn id(&self) -> Option<String> {
        let id = run(&["image", "inspect", "--format", "{{.Id}}", &self.0]).ok()?;
        Some(String::from_utf8_lossy(&id).trim().to_owned())
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_not_lost_because_a_tag_was_moved_to_it_while_its_removal_queued() {
    if !wanted() {
        return;
    }
    let busy = Container::running("busy", WAIT);
    // Images of its own: who uses the one of all tests changes all the time.
    let untagged = docker(&["commit", "--change", "ENV A=1", &busy.name]);
    let tagged = docker(&["commit", "--change", "ENV A=2", &busy.name]);
    let (old, base) = (Tag::new("old", &tagged), Tag::new("base", &tagged));
    let mut client = session().await;
    hold_the_permits(&mut client, &busy).await;
    send(
        &mut client,
        REMOVAL,
        "docker_remove_image",
        json!({ "image": old.0 }),
    )
    .await;
    let first = client.receive().await;
    assert!(
        text(&first).contains("stays as") && text(&first).contains(&base.0),
        "{first}"
    );
    let (repository, tag) = old.0.split_once(':').unwrap();
    let moved = json!({ "image": untagged, "repository": repository, "tag": tag });
    send(&mut client, OTHER, "docker_tag_image", moved).await;
    let (again, removal, moved) = played(&mut client, &first).await;
    assert_ne!(removal["result"]["isError"], true, "{removal}");
    assert_ne!(moved["result"]["isError"], true, "{moved}");
    assert!(base.id().is_some());
    if again.is_empty() {
        // The tag came after the removal, and leads to the other image by now.
        assert_eq!(old.id(), Some(untagged.clone()));
    } else {
        assert!(
            !again.iter().any(|text| text.contains("stays as")),
            "{again:?}"
        );
    }
    let _ = run(&["rmi", "-f", &untagged]);
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_long_command_its_container_is_read_stopped_and_removed() {
    if !wanted() {
        return;
    }
    let container = Container::running("long", &format!("echo begun; {WAIT}"));
    container.has_logged("begun");
    let mut client = session().await;
    for (number, tool) in [
        (1, "docker_restart_container"),
        (4, "docker_stop_container"),
    ] {
        docker(&["start", &container.name]);
        let command = json!(["sleep", "3600"]);
        let sleep = json!({ "container_id": container.name, "command": command, "timeout": 3600 });
        send(&mut client, number, "docker_exec_command", sleep).await;
        eventually("the command runs", || {
            docker(&["top", &container.name]).contains("sleep 3600")
        });
        let name = json!({ "container_id": container.name });
        for (id, tool) in [(number + 1, "docker_container_logs"), (number + 2, tool)] {
            send(&mut client, id, tool, name.clone()).await;
            let answer = loop {
                let answer = client.receive().await;
                // The command ends with its container.
                if answer["id"] != 1 && answer["id"] != 4 {
                    break answer;
                }
            };
            assert_eq!(answer["id"], id, "{answer}");
            assert_ne!(answer["result"]["isError"], true, "{answer}");
        }
    }
    docker(&["start", &container.name]);
    let mut client = session().await;
    let command = json!(["sleep", "3600"]);
    let sleep = json!({ "container_id": container.name, "command": command, "timeout": 3600 });
    send(&mut client, 1, "docker_exec_command", sleep).await;
    eventually("the command runs", || {
        docker(&["top", &container.name]).contains("sleep 3600")
    });
    let remove = json!({ "container_id": container.name, "force": true });
    send(&mut client, 2, "docker_remove_container", remove).await;
    let question = client.receive().await;
    text(&question);
    client.send(exchange::accept(&question)).await;
    let removed = loop {
        let answer = client.receive().await;
        if answer["id"] == 2 {
            break answer;
        }
    };
    assert_ne!(removed["result"]["isError"], true, "{removed}");
    assert!(!container.exists());
}
