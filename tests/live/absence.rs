//! What happens while there is no Engine, and when it comes back.

use std::time::Duration;

use serde_json::json;

use crate::daemon::Daemon;
use crate::docker::{self, Container, WAIT, eventually, not_run};
use crate::session::{Session, failure, says};

#[tokio::test]
async fn a_server_without_an_engine_starts_and_says_where_it_looked() {
    let nowhere = [("DOCKER_HOST", "unix:///nowhere/docker.sock")];
    let Some(session) = Session::with(&nowhere).await else {
        return;
    };
    session.ping().await;
    assert!(!session.tools().await.is_empty());
    session
        .refuses(
            "docker_list_containers",
            json!({}),
            &["unix:///nowhere/docker.sock"],
        )
        .await;

    let refused = [("DOCKER_HOST", "tcp://127.0.0.1:1")];
    let Some(session) = Session::with(&refused).await else {
        return;
    };
    session
        .refuses(
            "docker_list_containers",
            json!({}),
            &["127.0.0.1:1", "refused"],
        )
        .await;
}

/// An Engine that goes and comes back is used again by the same server.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_survives_the_absence_of_its_engine() {
    let Some((session, mut relay)) = Session::relayed().await else {
        return;
    };
    session.ok("docker_version", json!({})).await;
    relay.vanish().await;
    session
        .refuses("docker_version", json!({}), &[&relay.address()])
        .await;
    relay.resume();
    session.ok("docker_version", json!({})).await;
}

/// Nobody knows how far a command got when the Engine dies under it.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_dies_under_a_call_leaves_no_riddle() {
    let Some((session, mut relay)) = Session::relayed().await else {
        return;
    };
    let container = Container::running("cut", WAIT);
    let call = session.spawn(
        "docker_exec_command",
        json!({"container_id": container.name, "command": ["sh", "-c", "touch /begun; sleep 600"]}),
    );
    eventually("the command runs", || {
        docker::run(&["exec", &container.name, "ls", "/begun"]).is_ok()
    });

    relay.vanish().await;

    let text = failure("docker_exec_command", call.await.unwrap());
    says(&text, &["may"]);
    assert!(!text.contains("client error"), "a bare error: {text}");
}

/// The same with a real daemon that ends and starts, where this machine lets us start one.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_survives_the_restart_of_its_daemon() {
    if !docker::wanted() {
        return;
    }
    let daemon = match Daemon::start(&[]) {
        Ok(daemon) => daemon,
        Err(why) => return not_run(&format!("the restart of a daemon: {why}")),
    };
    let Some(session) = Session::with(&[("DOCKER_HOST", &daemon.host)]).await else {
        return;
    };
    session.ok("docker_version", json!({})).await;
    daemon.restart();
    tokio::time::sleep(Duration::from_millis(100)).await;
    session.ok("docker_version", json!({})).await;
    let result = session.ok("docker_healthcheck", json!({})).await;
    assert_eq!(result["healthy"], true);
}
