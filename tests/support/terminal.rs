//! A person at a terminal: runs the program on a pseudo-terminal, which `script` makes.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::client::command;

/// How long a run may take behind what is typed, on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a run left on the terminal.
#[derive(Debug)]
pub struct Seen {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// All that was written, what was typed included.
    pub text: String,
}

/// Runs `mcp-docker` with these words and variables, in an empty home on a terminal of that many
/// columns, and types each text after its pause.
pub async fn run(
    columns: u16,
    words: &str,
    env: &[(&str, &str)],
    typed: &[(Duration, &str)],
) -> Seen {
    run_in(
        tempfile::tempdir().unwrap().path(),
        columns,
        words,
        env,
        typed,
    )
    .await
}

/// The same in a home with something in it.
pub async fn run_in(
    home: &Path,
    columns: u16,
    words: &str,
    env: &[(&str, &str)],
    typed: &[(Duration, &str)],
) -> Seen {
    let program = command(home);
    let program = program.as_std().get_program().display();
    let line = format!("stty cols {columns} rows 50; exec {program} {words}");
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--command", &line])
        .arg("/dev/null");
    for (name, value) in command(home).as_std().get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    let mut child = script
        .current_dir(home)
        .env("TERM", "xterm")
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for (pause, text) in typed {
        tokio::time::sleep(*pause).await;
        // A program that ended already reads nothing.
        let _ = stdin.write_all(text.as_bytes()).await;
    }
    // An end of input would be typed as one before the answer is read.
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    let output = ended.expect("it does not end").unwrap();
    drop(stdin);
    Seen {
        code: output.status.code(),
        text: String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"),
    }
}
