//! The path that every call takes: side by side, within limits, one not in the way of another.

use serde_json::json;

use crate::docker::{Container, WAIT, docker};
use crate::session::{Session, failure, says};

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_call_delays_no_other() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("slow", WAIT);
    let deaf = Container::running(
        "deaf",
        "trap '' TERM; echo ready; while :; do sleep 1; done",
    );
    deaf.has_logged("ready");
    let exec = session.spawn(
        "docker_exec_command",
        json!({"container_id": container.name, "command": ["sleep", "10"]}),
    );
    let stop = session.spawn(
        "docker_stop_container",
        json!({"container_id": deaf.name, "timeout": 10}),
    );

    session.ping().await;
    assert!(!session.tools().await.is_empty());
    session
        .ok(
            "docker_list_containers",
            json!({"filters": {"name": container.name}}),
        )
        .await;
    assert!(
        !exec.is_finished() && !stop.is_finished(),
        "the quick calls waited for the slow ones"
    );

    let result = session.checked("docker_exec_command", exec.await.unwrap());
    assert_eq!(result["exit_code"], 0);
    let result = session.checked("docker_stop_container", stop.await.unwrap());
    assert_eq!(result["status"], "exited");
}

/// Each command notes how many of them it sees at work.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_calls_run_at_once_than_allowed() {
    let settings = [("SAFETY_MAX_CONCURRENT_OPERATIONS", "2")];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let container = Container::running("limit", WAIT);
    let program = "mkdir -p /at && touch /at/$$ && sleep 1 && ls /at | wc -l >>/seen; rm /at/$$";
    let calls: Vec<_> = (0..6)
        .map(|_| {
            session.spawn(
                "docker_exec_command",
                json!({"container_id": container.name, "command": ["sh", "-c", program]}),
            )
        })
        .collect();
    for call in calls {
        let result = session.checked("docker_exec_command", call.await.unwrap());
        assert_eq!(result["exit_code"], 0);
    }
    let seen = docker(&["exec", &container.name, "cat", "/seen"]);
    let most: u32 = seen
        .lines()
        .map(|line| line.trim().parse().unwrap())
        .max()
        .unwrap();
    assert_eq!(most, 2, "at work at once: {seen:?}");
}

/// A call that never got its turn says what it waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_waits_too_long_for_its_turn_says_so() {
    let settings = [
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
        ("DOCKER_TIMEOUT", "2"),
    ];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let container = Container::running("turn", WAIT);
    let program = "touch /begun; sleep 20";
    let slow = session.spawn(
        "docker_exec_command",
        json!({"container_id": container.name, "command": ["sh", "-c", program]}),
    );
    crate::docker::eventually("the slow call runs", || {
        crate::docker::run(&["exec", &container.name, "ls", "/begun"]).is_ok()
    });

    let result = session.call("docker_list_containers", json!({})).await;

    let text = failure("docker_list_containers", result);
    says(&text, &["SAFETY_MAX_CONCURRENT_OPERATIONS"]);
    assert!(!slow.is_finished());
}
