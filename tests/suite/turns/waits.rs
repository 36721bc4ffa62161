//! Calls that go on for long: what they keep others from, and what not.

use super::*;

const CONTAINER: &str = "c0ffee01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9";
const WEB: &str = "web";

/// The request for the lines that come, after that for those that are there.
const FOLLOWED: &str = "GET /containers/*/logs?*follow=true*";

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on("GET /containers/*/json", json!({
            "Id": CONTAINER, "Name": "/web", "Config": { "Tty": true }, "HostConfig": {}, "Mounts": [],
            "State": { "Status": "running", "Running": true },
        }))
        .on("GET /containers/json", json!([]))
        .on("GET /images/*/json", json!({ "Id": format!("sha256:{}", "a".repeat(64)), "RepoTags": ["app:1"], "RepoDigests": [], "Size": 1 }))
        .on("POST /containers/*/exec", Reply::json(201, &json!({ "Id": "e1" })))
        // As the Engine does: it answers, and then nothing comes for an hour.
        .on("POST /exec/e1/start", Reply::empty(200).then_hang())
        .on("POST /containers/*/stop", Reply::empty(204))
        .on("POST /containers/*/restart", Reply::empty(204))
        .on("GET /containers/*/logs", Reply::chunks(["line\n"]))
        .on("DELETE /*", Reply::empty(204))
        .on("DELETE /images/*", json!([{ "Deleted": "sha256:0" }]))
}

#[tokio::test]
async fn during_a_long_command_its_container_can_be_stopped_read_and_removed() {
    let engine = engine();
    let mut client = session(&engine, &[]).await;
    let sleep = json!({ "container_id": WEB, "command": ["sleep", "3600"], "timeout": 3600 });
    client.send(call(1, "docker_exec_command", sleep)).await;
    engine.asked("POST /exec/e1/start").await;
    for (id, tool) in [
        (2, "docker_container_logs"),
        (3, "docker_stop_container"),
        (4, "docker_restart_container"),
    ] {
        client
            .send(call(id, tool, json!({ "container_id": WEB })))
            .await;
        let answer = client.receive().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert_done(&answer);
    }
    let remove = json!({ "container_id": CONTAINER, "force": true });
    client
        .send(call(5, "docker_remove_container", remove))
        .await;
    let asked = question(&mut client).await;
    client.send(accept(&asked)).await;
    let removed = client.receive().await;
    assert_eq!(removed["id"], 5, "{removed}");
    assert_done(&removed);
}

#[tokio::test]
async fn what_is_still_being_changed_is_not_removed() {
    let pulling = Reply::chunks([r#"{"status":"Pulling from app","id":"1"}"#]).then_hang();
    for (pattern, reply, busy) in [
        (
            "POST /images/create",
            pulling,
            (
                "docker_pull_image",
                json!({ "image": "docker.io/library/app", "tag": "1" }),
            ),
        ),
        (
            "POST /images/*/tag",
            Reply::hang(),
            (
                "docker_tag_image",
                json!({ "image": "base", "repository": "app", "tag": "1" }),
            ),
        ),
        (
            "POST /containers/create",
            Reply::hang(),
            ("docker_create_container", json!({ "image": "app:1" })),
        ),
    ] {
        let engine = engine().on(pattern, reply);
        let mut client = session(&engine, &[("DOCKER_TIMEOUT", "3")]).await;
        client.send(call(1, busy.0, busy.1)).await;
        engine.asked(pattern).await;
        client
            .send(call(2, "docker_remove_image", json!({ "image": "app:1" })))
            .await;
        let asked = question(&mut client).await;
        client.send(accept(&asked)).await;
        let refused = loop {
            let answer = client.receive().await;
            if answer["id"] == 2 {
                break answer;
            }
        };
        let gone = engine
            .requests()
            .iter()
            .any(|line| line.starts_with("DELETE "));
        // The other may have been given up first, by its own deadline.
        if refused["result"]["isError"] == true {
            assert!(failure(&refused).contains(busy.0), "{refused}");
            assert!(!gone, "{:?}", engine.requests());
        } else {
            assert_ne!(pattern, "POST /images/create");
        }
    }
}

/// A removal that hangs keeps what it removes to itself, and nothing else.
#[tokio::test]
async fn during_a_removal_others_wait_for_its_objects_alone() {
    let engine = engine()
        .on(
            "GET /containers/db/json",
            json!({
                "Id": "d".repeat(64), "Name": "/db", "HostConfig": {}, "Mounts": [],
                "State": { "Status": "running", "Running": true },
            }),
        )
        .on("DELETE /containers/*", Reply::hang());
    let mut client = session(&engine, &[("DOCKER_TIMEOUT", "2")]).await;
    client
        .send(call(
            1,
            "docker_remove_container",
            json!({ "container_id": WEB, "force": true }),
        ))
        .await;
    let asked = question(&mut client).await;
    client.send(accept(&asked)).await;
    engine.asked("DELETE /containers/*").await;
    client
        .send(call(
            2,
            "docker_stop_container",
            json!({ "container_id": "db" }),
        ))
        .await;
    let answer = client.receive().await;
    assert_eq!(answer["id"], 2, "{answer}");
    assert_done(&answer);
    for (id, name) in [(3, WEB), (4, CONTAINER), (5, &CONTAINER[..12])] {
        client
            .send(call(
                id,
                "docker_stop_container",
                json!({ "container_id": name }),
            ))
            .await;
        let answer = client.receive().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert!(
            failure(&answer).contains("docker_remove_container"),
            "{answer}"
        );
    }
    let stops = |line: &&String| line.starts_with("POST /containers/");
    assert_eq!(engine.requests().iter().filter(stops).count(), 1);
}

#[tokio::test]
async fn who_only_waits_keeps_nobody_from_working() {
    let silent = Reply::chunks::<&str>([]).then_hang();
    let engine = engine().on(FOLLOWED, silent);
    let settings = [
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
        ("DOCKER_TIMEOUT", "2"),
    ];
    let mut client = session(&engine, &settings).await;
    let follow = json!({ "container_id": WEB, "follow": true, "follow_seconds": 30 });
    client
        .send(call(1, "docker_container_logs", follow.clone()))
        .await;
    engine.asked(FOLLOWED).await;
    client
        .send(call(2, "docker_list_containers", json!({})))
        .await;
    let answer = client.receive().await;
    assert_eq!(answer["id"], 2, "{answer}");
    assert_done(&answer);
    // As many may wait as may work.
    client.send(call(3, "docker_container_logs", follow)).await;
    let busy = client.receive().await;
    assert_eq!(busy["id"], 3, "{busy}");
    assert!(
        failure(&busy).contains("waiting for events or log lines"),
        "{busy}"
    );
}

/// What came before is work like any other.
#[tokio::test]
async fn who_waits_has_a_permit_until_the_answer_begins() {
    let engine = engine().on(FOLLOWED, Reply::hang());
    let settings = [
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
        ("DOCKER_TIMEOUT", "2"),
    ];
    let mut client = session(&engine, &settings).await;
    let follow = json!({ "container_id": WEB, "follow": true, "follow_seconds": 30 });
    client.send(call(1, "docker_container_logs", follow)).await;
    engine.asked(FOLLOWED).await;
    client.send(call(2, "docker_version", json!({}))).await;
    let busy = client.receive().await;
    assert_eq!(busy["id"], 2, "{busy}");
    assert!(failure(&busy).contains("operations were running"), "{busy}");
}
