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
    let left_over = found.check("socket");
    assert_eq!(left_over["status"], "unknown", "{left_over}");
    let text = left_over["text"].as_str().unwrap();
    assert!(
        text.ends_with("is there, and nothing answers behind it"),
        "{text}"
    );
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
        assert_eq!(found.check("socket")["status"], "unknown");
    }
}

/// Any server may listen where the address leads.
#[tokio::test]
async fn an_address_of_another_server_is_said_to_be_of_no_engine() {
    for (reply, answer, mend) in [
        (
            Reply::empty(404),
            "got 404 (an empty body)",
            "change `DOCKER_HOST`",
        ),
        (
            Reply::error(404, "page not found"),
            "got 404 (page not found)",
            "change",
        ),
        (Reply::empty(301), "got 301 (an empty body)", "change"),
        (
            Reply::chunks(["<html></html>"]).status(403),
            "got 403 (an HTML page)",
            "change",
        ),
        (
            Reply::empty(500),
            "got 500 (an empty body)",
            "whether Docker is still starting, or change",
        ),
        (
            Reply::chunks(["<!doctype html>"]),
            "got success (an HTML page)",
            "change",
        ),
        (
            Reply::chunks(["hello"]),
            "got success (what is no JSON)",
            "change",
        ),
        (Reply::empty(204), "got success (an empty body)", "change"),
        (
            Reply::from(json!([])),
            "got success (JSON that names no `ApiVersion`)",
            "change",
        ),
    ] {
        let docker = FakeEngine::start().on("GET /version", reply);
        let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
        found.mends("connection", answer, mend);
        found.mends("connection", "does not look like a Docker Engine", mend);
        found.mends("connection", &docker.address(), mend);
        found.is_well("socket", "can be opened");
    }
    // An Engine says why it refuses.
    let guarded = Reply::error(403, "authorization denied by plugin guard");
    let docker = FakeEngine::start().on("GET /version", guarded);
    let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
    found.mends(
        "connection",
        "rejected the request (403): authorization denied",
        "",
    );
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
    let program = folder.path().join("mcp-docker");
    fs::copy(env!("CARGO_BIN_EXE_mcp-docker"), &program).unwrap();
    let run = |words: [&str; 2]| {
        let run = |user: Option<u32>| {
            let mut command = std::process::Command::new(&program);
            command.args(words).env_clear();
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
        output.unwrap()
    };
    for (group, named) in [
        (1, "sudo usermod -aG daemon $USER"),
        (54_321, "as a user of the group 54321, which has no name"),
    ] {
        let given = std::os::unix::fs::chown(docker.socket(), None, Some(group)).is_ok();
        // A container that has the folder from outside takes the socket for one from there.
        let from_outside = format!("--group-add {group}");
        let is_named = |text: &str| !given || text.contains(named) || text.contains(&from_outside);
        let output = run(["doctor", "--json"]);
        let found = Diagnosis {
            code: output.status.code().unwrap(),
            report: serde_json::from_slice(&output.stdout).unwrap(),
        };
        found.mends("connection", "cannot be reached", "see `socket`");
        found.mends("socket", "permission denied", "");
        let socket = found.check("socket");
        assert!(is_named(socket["mend"].as_str().unwrap()), "{socket}");
        assert_eq!(found.check("socket")["details"]["mode"], "0");
        // A tool says the same.
        let output = run(["call", "version"]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains("permission denied; ") && is_named(&text),
            "{text}"
        );
    }
}

/// What Docker itself put in the place of a socket may go; a file of somebody's may not.
#[tokio::test]
async fn what_is_no_socket_asks_for_another_address() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("passwd"), "").unwrap();
    fs::create_dir_all(path("full/docker.sock/kept")).unwrap();
    fs::create_dir(path("docker.sock")).unwrap();
    for (name, text, mend) in [
        ("passwd", "is a file and no socket", "change `DOCKER_HOST`"),
        ("full", "is a folder and no socket", "change `DOCKER_HOST`"),
        (
            "full/docker.sock",
            "is a folder and no socket",
            "change `DOCKER_HOST`",
        ),
        (
            "docker.sock",
            "is an empty folder, as Docker makes one",
            "remove it and start Docker, or change `DOCKER_HOST`",
        ),
    ] {
        let found = diagnose(&[("DOCKER_HOST", &format!("unix://{}", path(name)))]).await;
        found.mends("connection", text, mend);
        found.mends("socket", "is no socket", "see `connection`");
        let removes = found.report.to_string().contains("remove it");
        assert_eq!(removes, name == "docker.sock", "{:#}", found.report);
    }
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
