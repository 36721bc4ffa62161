//! What happens while there is no Engine, and when it comes back.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::docker::{self, Container, WAIT, eventually, not_run};
use crate::session::{Session, failure, says};

const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine.sh");

#[tokio::test]
async fn a_server_without_an_engine_starts_and_says_where_it_looked() {
    let nowhere = [("DOCKER_HOST", "unix:///nowhere/docker.sock")];
    let Some(session) = Session::with(&nowhere).await else {
        return;
    };
    session.ping().await;
    assert!(!session.tools().await.is_empty());
    says(
        &session.fails("docker_list_containers", json!({})).await,
        &["unix:///nowhere/docker.sock"],
    );

    let refused = [("DOCKER_HOST", "tcp://127.0.0.1:1")];
    let Some(session) = Session::with(&refused).await else {
        return;
    };
    says(
        &session.fails("docker_list_containers", json!({})).await,
        &["127.0.0.1:1", "refused"],
    );
}

/// An Engine that goes and comes back is used again by the same server.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_survives_the_absence_of_its_engine() {
    let Some((session, mut relay)) = Session::relayed().await else {
        return;
    };
    session.ok("docker_version", json!({})).await;
    relay.vanish().await;
    says(
        &session.fails("docker_version", json!({})).await,
        &[&relay.address()],
    );
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
    let daemon = match Daemon::start() {
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

/// A Docker daemon of this test's own.
struct Daemon {
    host: String,
    home: String,
}

impl Daemon {
    fn start() -> Result<Self, String> {
        let output = Command::new(ENGINE)
            .args(["start", "--private"])
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(complaint.trim().to_owned());
        }
        let exports = String::from_utf8(output.stdout).unwrap();
        let value = |name: &str| {
            let start = format!("export {name}=");
            let line = exports.lines().find_map(|line| line.strip_prefix(&start));
            line.expect("engine.sh exports it").to_owned()
        };
        Ok(Self {
            host: value("DOCKER_HOST"),
            home: value("MCP_DOCKER_TEST_ENGINE"),
        })
    }

    fn restart(&self) {
        assert!(self.command("restart"), "the daemon came back");
    }

    fn command(&self, word: &str) -> bool {
        Command::new(ENGINE)
            .arg(word)
            .env("MCP_DOCKER_TEST_ENGINE", &self.home)
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.command("stop");
    }
}
