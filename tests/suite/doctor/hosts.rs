//! Each way that an Engine cannot be reached.

use std::os::unix::fs::PermissionsExt as _;
use std::{fs, io};

use super::*;
use crate::support::authority::{Authority, For};
use crate::support::fake_engine::Reply;

#[tokio::test]
async fn no_daemon_is_to_be_started() {
    let found = diagnose(&[("DOCKER_HOST", "unix:///nowhere/docker.sock")]).await;
    found.mends("connection", "the socket does not exist", "start Docker");
    assert_eq!(found.check("socket")["status"], "unknown");
    let mut docker = FakeEngine::start();
    docker.kill().await;
    let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
    found.mends("connection", "nothing listens there", "start Docker");
    let found = diagnose(&[("DOCKER_HOST", "tcp://127.0.0.1:1")]).await;
    found.mends("connection", "connection refused", "start Docker");
}

/// A client waits for no command that hangs, nor does a person.
#[tokio::test]
async fn an_engine_that_does_not_answer_is_not_waited_for() {
    for path in ["GET /version", "GET /info"] {
        let docker = healthy().on(path, Reply::hang());
        let started = std::time::Instant::now();
        let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{:?}",
            started.elapsed()
        );
        found.mends("connection", "does not answer", "busy or hung");
    }
}

/// Root may open any socket, so that the program runs as someone else where the tests run as root.
#[tokio::test]
async fn a_socket_that_is_closed_to_this_user_names_the_group_to_join() {
    let docker = healthy();
    let folder = TempDir::new().unwrap();
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    open(folder.path(), 0o755).unwrap();
    open(docker.socket().parent().unwrap(), 0o755).unwrap();
    open(&docker.socket(), 0o000).unwrap();
    let of_daemon = std::os::unix::fs::chown(docker.socket(), None, Some(1)).is_ok();
    let program = folder.path().join("mcp-docker");
    fs::copy(env!("CARGO_BIN_EXE_mcp-docker"), &program).unwrap();
    let run = |user: Option<u32>| {
        let mut command = std::process::Command::new(&program);
        command.args(["doctor", "--json"]).env_clear();
        command
            .env("DOCKER_HOST", docker.address())
            .current_dir("/");
        if let Some(user) = user {
            std::os::unix::process::CommandExt::uid(&mut command, user);
        }
        command.output()
    };
    // Only root may become another, and only root needs to.
    let output = match run(Some(65_534)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => run(None),
        output => output,
    };
    let output = output.unwrap();
    let found = Diagnosis {
        code: output.status.code().unwrap(),
        report: serde_json::from_slice(&output.stdout).unwrap(),
    };
    found.mends("connection", "cannot be reached", "see `socket`");
    let mend = if of_daemon {
        "sudo usermod -aG daemon $USER"
    } else {
        ""
    };
    found.mends("socket", "permission denied", mend);
    assert_eq!(found.check("socket")["details"]["mode"], "0");
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("docker.sock");
    fs::write(&file, "").unwrap();
    let found = diagnose(&[("DOCKER_HOST", &format!("unix://{}", file.display()))]).await;
    found.mends("socket", "is no socket", "remove it");
}

#[tokio::test]
async fn a_context_that_is_not_there_is_named() {
    let found = diagnose(&[("DOCKER_CONTEXT", "far")]).await;
    found.mends(
        "connection",
        "the Docker context `far` does not exist",
        "choose another with `docker context use`",
    );
}

#[tokio::test]
async fn a_host_that_ssh_does_not_reach_is_said_in_the_words_of_ssh() {
    let folder = TempDir::new().unwrap();
    let ssh = folder.path().join("ssh");
    let words = "ssh: connect to host far port 22: No route to host";
    fs::write(&ssh, format!("#!/bin/sh\necho '{words}' >&2\nexit 255\n")).unwrap();
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().to_str().unwrap();
    let found = diagnose(&[("DOCKER_HOST", "ssh://me@far"), ("PATH", path)]).await;
    found.mends("connection", words, "`ssh ssh://me@far docker version`");
    found.is_well("tls", "ssh protects the way");

    fs::write(&ssh, "#!/bin/sh\nexec sleep 60\n").unwrap();
    let path = format!("{path}:{}", std::env::var("PATH").unwrap());
    let found = diagnose(&[("DOCKER_HOST", "ssh://me@far"), ("PATH", &path)]).await;
    found.mends("connection", "does not answer", "drops what is sent");
}

#[tokio::test]
async fn certificates_that_are_of_no_use_are_named() {
    let authority = Authority::new("test");
    let of_2020 = authority.folder(For::ClientOf2020);
    let other = authority.folder(For::Client);
    let mixed = authority.folder(For::Client).with("key.pem", &other);
    let incomplete = authority.folder(For::Client).without(&["key.pem"]);
    fs::write(
        other.file("key.pem"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    for (folder, text, mend) in [
        (&of_2020, "cert.pem` has expired (2020-12-31", "replace it"),
        (
            &mixed,
            "does not belong to the client certificate",
            "replace it",
        ),
        (
            &incomplete,
            "a client certificate but not its key",
            "name that too",
        ),
        (
            &other,
            "holds no private key that can be used",
            "replace it",
        ),
    ] {
        let path = ("DOCKER_CERT_PATH", folder.path().to_str().unwrap());
        let found = diagnose(&[("DOCKER_HOST", "https://127.0.0.1:1"), path]).await;
        found.mends("tls", text, mend);
        found.mends("connection", "not asked", "see `tls`");
    }
    // What the Docker CLI takes as well: not every Engine asks who calls.
    let alone = authority
        .folder(For::Client)
        .without(&["cert.pem", "key.pem"]);
    let path = ("DOCKER_CERT_PATH", alone.path().to_str().unwrap());
    let found = diagnose(&[("DOCKER_HOST", "https://127.0.0.1:1"), path]).await;
    let tls = found.check("tls");
    assert_eq!(tls["status"], "unknown", "{tls}");
    assert_eq!(tls["details"]["ca"], alone.file("ca.pem").to_str().unwrap());
    assert_eq!(tls["details"]["client_certificate"], Value::Null);
}

/// Plain TCP works and is as open as a door can be.
#[tokio::test]
async fn plain_tcp_is_worth_a_note() {
    let found = diagnose(&[("DOCKER_HOST", "tcp://127.0.0.1:1")]).await;
    let tls = found.check("tls");
    assert_eq!(tls["status"], "note");
    assert!(
        tls["mend"].as_str().unwrap().contains("--tlsverify"),
        "{tls}"
    );
}
