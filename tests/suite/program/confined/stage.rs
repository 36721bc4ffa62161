//! The server that starts itself and becomes a program, by itself: with any environment, and whatever starts it.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{self, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::trying;

/// A plan, and the folder it lies in.
pub(super) struct Stage {
    folder: TempDir,
}

impl Stage {
    /// To run that program, which may read that, and use the processor for so many seconds.
    pub(super) fn new(program: &Path, server: u32, reads: &[&Path], processor: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("tmp");
        fs::create_dir(&scratch).unwrap();
        let plan = json!({
            "server": server,
            "program": program,
            "hides": [],
            "reads": reads,
            "lists": [],
            "writes": [scratch],
            "socket": null,
            "online": false,
            "memory": 4_u64 << 30,
            "processor": processor,
            "file": 1 << 30,
        });
        fs::write(folder.path().join("plan.json"), plan.to_string()).unwrap();
        Self { folder }
    }

    pub(super) fn run<A: AsRef<OsStr>>(
        &self,
        directory: &Path,
        environment: &[(&str, &str)],
        args: &[A],
    ) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-docker"));
        command
            .arg("confined")
            .arg(self.folder.path().join("plan.json"));
        command.args(args).current_dir(directory);
        command.env_clear().envs(environment.iter().copied());
        command.env("TMPDIR", self.folder.path().join("tmp"));
        command.output().unwrap()
    }
}

#[tokio::test]
async fn a_program_that_computes_without_end_is_ended() {
    let place = trying().await;
    let stage = Stage::new(&place.found.path, process::id(), &[], 1);
    let ended = stage.run(place.path(), &[], &["spin"]);
    assert_eq!(ended.status.signal(), Some(9), "{ended:?}");
}

#[tokio::test]
async fn a_program_is_not_started_for_a_server_that_has_ended() {
    let place = trying().await;
    let stage = Stage::new(&place.found.path, 1, &[], 9);
    let ended = stage.run(place.path(), &[], &["spin"]);
    assert_eq!(ended.status.code(), Some(125), "{ended:?}");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("the server has ended"), "{said}");
}

/// However it ends: nothing of it is left to send a signal.
#[tokio::test]
async fn a_program_ends_with_its_server() {
    let place = trying().await;
    // It stands for the server, which starts this program and is killed.
    let script = r#"echo $$; read -r plan; "$SERVER" confined "$plan" spin & echo $!; wait"#;
    let mut server = Command::new("sh")
        .args(["-c", script])
        .env("SERVER", env!("CARGO_BIN_EXE_mcp-docker"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut number = move || lines.next().unwrap().unwrap().parse::<u32>().unwrap();
    let stage = Stage::new(&place.found.path, number(), &[], 9);
    let plan = stage.folder.path().join("plan.json");
    writeln!(server.stdin.take().unwrap(), "{}", plan.display()).unwrap();
    let program = number();
    let name = || fs::read_to_string(format!("/proc/{program}/comm")).unwrap_or_default();
    let begun = Instant::now();
    while name() != "docker-compose\n" {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never begins");
        std::thread::sleep(Duration::from_millis(2));
    }
    let killed = Instant::now();
    server.kill().unwrap();
    server.wait().unwrap();
    // One that nobody buries is a zombie: it has ended.
    let ended = || {
        let status = fs::read_to_string(format!("/proc/{program}/status")).unwrap_or_default();
        status.is_empty() || status.contains("State:\tZ")
    };
    while !ended() {
        std::thread::sleep(Duration::from_millis(2));
        // Its own limit ends it, too.
        assert!(killed.elapsed() < Duration::from_secs(5));
    }
}
