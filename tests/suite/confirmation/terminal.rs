//! A person at a terminal, with no MCP client between.

use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::*;
use crate::support::client::command;

const CALL: &str = "call remove_container container_id=web";

/// Runs `mcp-docker` with these words, on a terminal where `typed` is what the person types.
async fn run(engine: &Engine, words: &str, typed: Option<&str>) -> Output {
    let home = tempfile::tempdir().unwrap();
    let program = command(home.path());
    let program = program.as_std();
    let mut command = match typed {
        Some(_) => {
            let line = format!("{} {words}", program.get_program().display());
            let mut script = Command::new("script");
            script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
            script
        }
        None => {
            let mut plain = Command::new(program.get_program());
            plain.args(words.split(' '));
            plain
        }
    };
    let mut child = command
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("DOCKER_BASE_URL", engine.fake.address())
        .env(ALLOWED.0, ALLOWED.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(typed.unwrap_or_default().as_bytes())
        .await
        .unwrap();
    // An end of input would be typed as one before the answer is read.
    let output = child.wait_with_output().await.unwrap();
    drop(stdin);
    output
}

#[tokio::test]
async fn a_person_at_a_terminal_is_asked_and_only_yes_is_consent() {
    let engine = Engine::start();
    for typed in ["n\n", "\n", "yes please\n", "YES!\n"] {
        let output = run(&engine, CALL, Some(typed)).await;
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{typed:?}: {shown}");
        for part in ["Remove container", "shop:1", "[y/N]", "the person declined"] {
            assert!(shown.contains(part), "{typed:?}: no `{part}`: {shown}");
        }
    }
    assert_eq!(engine.gone(), [""; 0]);
    let output = run(&engine, CALL, Some("y\n")).await;
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn without_a_terminal_consent_is_given_beforehand_or_not_at_all() {
    let engine = Engine::start();
    let output = run(&engine, CALL, None).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--yes"), "{said}");
    assert_eq!(engine.fake.requests(), [""; 0]);

    let output = run(&engine, &format!("{CALL} --yes"), None).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    engine.assert_only_gone("web");
}
