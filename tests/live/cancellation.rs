//! What a cancelled call leaves behind: nothing.

use std::time::Duration;

use serde_json::{Value, json};

use crate::docker::{Container, WAIT, eventually};
use crate::relay::Relay;
use crate::session::Session;

/// Starts a call that lasts, cancels it, and waits for its connection to the Engine to go.
async fn cancelled(tool: &'static str, arguments: Value) {
    let Some((session, relay)) = Session::relayed().await else {
        return;
    };
    let call = session.cancellable(tool, arguments).await;
    lasting(&relay);

    call.cancel(Some("enough".to_owned())).await.unwrap();

    eventually(&format!("{tool} lets go of the Engine"), || {
        relay.connections() == 0
    });
    session.ping().await;
    session.ok("docker_version", json!({})).await;
}

/// Waits until a connection stays open, beyond those of the requests that come first.
fn lasting(relay: &Relay) {
    let mut seen = 0;
    eventually("the call holds a connection", || {
        seen = if relay.connections() > 0 { seen + 1 } else { 0 };
        seen == 20
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_follow_drops_its_stream() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::running("follow", WAIT);
    let arguments = json!({"container_id": container.name, "follow": true, "follow_seconds": 60});
    cancelled("docker_container_logs", arguments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_exec_drops_its_stream() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::running("exec", WAIT);
    let command = json!(["sleep", "600"]);
    let arguments = json!({"container_id": container.name, "command": command, "timeout": 600});
    cancelled("docker_exec_command", arguments).await;
}

/// Events end by themselves, so the Engine has to be held up.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_look_at_events_drops_its_stream() {
    let Some((session, relay)) = Session::relayed().await else {
        return;
    };
    // The API version is agreed on before.
    session.ok("docker_version", json!({})).await;
    relay.mute(true);
    let call = session
        .cancellable("docker_events", json!({"since": "1h"}))
        .await;
    lasting(&relay);

    call.cancel(Some("enough".to_owned())).await.unwrap();

    eventually("docker_events lets go of the Engine", || {
        relay.connections() == 0
    });
    relay.mute(false);
    session.ok("docker_version", json!({})).await;
}

/// A client that goes away cancels what it asked for.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_session_drops_its_streams() {
    let Some((session, relay)) = Session::relayed().await else {
        return;
    };
    let container = Container::running("session", WAIT);
    let arguments = json!({"container_id": container.name, "follow": true, "follow_seconds": 60});
    let call = session
        .cancellable("docker_container_logs", arguments)
        .await;
    lasting(&relay);

    drop(call);
    session.close().await;

    tokio::time::sleep(Duration::from_millis(100)).await;
    eventually("the server lets go of the Engine", || {
        relay.connections() == 0
    });
}
