//! The ways to an Engine, each to a real one: TLS, SSH, contexts, Podman's socket.

mod context;
mod podman;
mod several;
mod ssh;
mod tls;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::session::{Session, says};

/// A setting of the server under test.
type Setting<'a> = (&'a str, &'a str);

/// Fails unless the Engine that these settings lead to answers.
async fn reaches(settings: &[Setting<'_>]) {
    let session = session(settings).await;
    let version = session.ok("docker_version", json!({})).await;
    assert!(version["version"]["ApiVersion"].is_string(), "{version}");
    session.close().await;
}

/// Fails unless the Engine that these settings lead to gives no answer, and all this is said of it.
async fn fails(settings: &[Setting<'_>], said: &[&str]) {
    let session = session(settings).await;
    let text = session.fails("docker_version", json!({})).await;
    says(&text, said);
    session.close().await;
}

/// The check of that name, as `doctor` makes it with these settings.
fn doctor(settings: &[Setting<'_>], check: &str) -> Value {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mcp-docker"))
        .args(["doctor", "--json"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("DOCKER_CONFIG", home.path())
        .envs(settings.iter().copied())
        .current_dir(home.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|found| found["check"] == check);
    found.expect("the check is made").clone()
}

/// A session whose server gets these settings and no `DOCKER_HOST` but theirs.
async fn session(settings: &[Setting<'_>]) -> Session {
    let settings = [&[("DOCKER_HOST", "")], settings].concat();
    Session::with(&settings)
        .await
        .expect("live tests are wanted")
}

/// A port of loopback that nothing listens on.
fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// A server that one of the scripts runs, in a directory that goes with it.
struct Server {
    process: Child,
    directory: TempDir,
}

impl Server {
    /// Starts a script and waits until the server is `ready`; a first run has packages to install.
    fn start(
        script: &str,
        arguments: impl FnOnce(&Path) -> Vec<String>,
        ready: impl Fn(&Path) -> bool,
    ) -> Self {
        // Short, because the path of a Unix socket may have 107 characters.
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let path = directory.path();
        let process = Command::new(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests")
                .join(script),
        )
        .args(arguments(path))
        .stdout(Stdio::null())
        .stderr(fs::File::create(path.join("log")).unwrap())
        .spawn()
        .unwrap();
        let mut server = Self { process, directory };
        let start = Instant::now();
        while !ready(server.directory.path()) {
            let ended = server.process.try_wait().unwrap();
            let log = || fs::read_to_string(server.directory.path().join("log")).unwrap();
            assert!(ended.is_none(), "{script} does not start: {}", log());
            assert!(start.elapsed() < Duration::from_secs(300), "{}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
