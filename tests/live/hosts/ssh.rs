//! `ssh://`, to a real sshd on loopback.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::{Server, Setting, doctor, fails, free_port, reaches, session};
use crate::compose_door;
use crate::docker::{self, Container, WAIT, eventually};

/// An SSH server whose commands find the Engine at an address.
pub(super) struct Sshd {
    server: Server,
    port: u16,
    pub(super) url: String,
    pub(super) path: String,
}

impl Sshd {
    pub(super) fn start() -> Self {
        let port = free_port();
        let server = Server::start(
            "sshd.sh",
            |directory| vec![port.to_string(), directory.display().to_string()],
            |_| TcpStream::connect(("127.0.0.1", port)).is_ok(),
        );
        let path = std::env::var("PATH").unwrap();
        Self {
            path: format!("{}/bin:{path}", server.directory.path().display()),
            url: format!("ssh://127.0.0.1:{port}"),
            server,
            port,
        }
    }

    /// What leads a server to the Engine behind it.
    fn settings(&self) -> [Setting<'_>; 2] {
        [("DOCKER_HOST", &self.url), ("PATH", &self.path)]
    }

    fn with<'a>(&'a self, more: &[Setting<'a>]) -> Vec<Setting<'a>> {
        [&self.settings(), more].concat()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_behind_ssh_does_what_one_here_does() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    let session = session(&sshd.settings()).await;
    let container = Container::running("ssh", &format!("echo here; {WAIT}"));
    container.has_logged("here");
    let id = json!({"container_id": container.name});
    let logs = session.ok("docker_container_logs", id.clone()).await;
    assert_eq!(logs["logs"], "here");
    let command = json!({
        "container_id": container.name, "command": ["sh", "-c", "echo out; echo err >&2; exit 3"],
    });
    let result = session.ok("docker_exec_command", command).await;
    let parts = ["stderr", "exit_code"].map(|part| result[part].clone());
    assert_eq!(parts, [json!("err\n"), json!(3)]);
    let output = result["output"].as_str().unwrap();
    assert!(
        output.contains("out\n") && output.contains("err\n"),
        "{output}"
    );
    session.ok("docker_stop_container", id).await;
    assert_eq!(container.state(), "exited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compose_project_comes_up_on_an_engine_behind_ssh() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    let toolsets = [("MCP_DOCKER_TOOLSETS", "default,compose")];
    let session = session(&sshd.with(&toolsets)).await;
    compose_door::comes_up(&session, "ssh").await;
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_calls_side_by_side_each_get_their_answer_and_leave_no_process() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    let session = session(&sshd.settings()).await;
    // sshd takes ten at a time that have not logged in yet.
    for _ in 0..4 {
        let calls: Vec<_> = (0..5)
            .map(|_| session.spawn("docker_version", json!({})))
            .collect();
        for call in calls {
            let result = session.checked("docker_version", call.await.unwrap());
            assert!(result["version"]["Version"].is_string());
        }
    }
    eventually("every ssh has ended", || !has_children(session.pid));
}

/// Whether a process has children, of whichever of its threads.
fn has_children(process: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .any(|children| !children.is_empty())
}

/// What is dropped on this side ends on the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_ends_its_ssh() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    let session = session(&sshd.settings()).await;
    let container = Container::running("ssh-cancel", WAIT);
    let arguments = json!({"container_id": container.name, "command": "sleep 300", "timeout": 300});
    let call = session.cancellable("docker_exec_command", arguments).await;
    let running = || has_children(session.pid);
    eventually("an ssh runs", running);
    tokio::time::sleep(Duration::from_millis(500)).await;
    call.cancel(None).await.unwrap();
    eventually("the ssh has ended", || !running());
}

#[tokio::test]
async fn what_keeps_ssh_from_the_engine_is_said_with_what_helps() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    reaches(&sshd.settings()).await;
    // It waits a few seconds for an answer, and a loaded machine may take longer to start an ssh.
    let is_well = || doctor(&sshd.settings(), "connection")["status"] == "ok";
    eventually("the doctor finds it well", is_well);
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.unwrap_or_else(|_| "root".to_owned());
    let named = format!("ssh://{user}@127.0.0.1:{}/", sshd.port);
    reaches(&sshd.with(&[("DOCKER_HOST", &named)])).await;

    let key = [("TEST_KEY", "stranger")];
    fails(
        &sshd.with(&key),
        &["Permission denied (publickey)", "`ssh-copy-id`"],
    )
    .await;
    let host = [("TEST_KNOWN_HOSTS", "nothing")];
    fails(
        &sshd.with(&host),
        &["Host key verification failed", "connect once by hand"],
    )
    .await;
    let no_docker = [("TEST_KEY", "forced")];
    fails(
        &sshd.with(&no_docker),
        &["command not found", "install the Docker CLI there"],
    )
    .await;
    let closed = format!("ssh://127.0.0.1:{}", free_port());
    let refused = [
        "Connection refused",
        "docker version` works without being asked",
    ];
    fails(&sshd.with(&[("DOCKER_HOST", &closed)]), &refused).await;
    let no_ssh = sshd.server.directory.path().to_str().unwrap();
    fails(
        &sshd.with(&[("PATH", no_ssh)]),
        &["no `ssh` program", "install OpenSSH"],
    )
    .await;
}

/// Where the machine answers but its Engine does not.
#[tokio::test]
async fn an_engine_that_is_down_behind_ssh_is_said_to_be_by_its_own_client() {
    if !docker::wanted() {
        return;
    }
    let sshd = Sshd::start();
    let config = sshd.server.directory.path().join("sshd_config");
    let text = std::fs::read_to_string(&config).unwrap();
    let host = std::env::var("DOCKER_HOST").unwrap();
    std::fs::write(&config, text.replace(&host, "unix:///nowhere/docker.sock")).unwrap();
    reload(&sshd);
    fails(
        &sshd.settings(),
        &["/nowhere/docker.sock", "start Docker there"],
    )
    .await;
}

/// Has sshd read its file again.
fn reload(sshd: &Sshd) {
    let pid = sshd.server.process.id().to_string();
    let status = std::process::Command::new("kill")
        .args(["-HUP", &pid])
        .status();
    assert!(status.unwrap().success());
    eventually("sshd is back", || {
        let log = std::fs::read_to_string(sshd.server.directory.path().join("log")).unwrap();
        log.matches("Server listening").count() == 2
            && TcpStream::connect(("127.0.0.1", sshd.port)).is_ok()
    });
}
