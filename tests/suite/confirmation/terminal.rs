//! A person at a terminal, with no MCP client between.

use std::process::Output;
use std::time::Duration;

use super::*;
use crate::support::client::command;
use crate::support::terminal::{self, Seen};

const CALL: &str = "call remove_container container_id=web";

/// Makes the call on a terminal where that is typed after a while.
async fn at_terminal(engine: &Engine, after: Duration, typed: &str) -> Seen {
    let address = engine.fake.address();
    let env = [("DOCKER_BASE_URL", address.as_str()), ALLOWED];
    terminal::run(80, CALL, &env, &[(after, typed)]).await
}

/// Runs `mcp-docker` with these words and no terminal.
async fn on_a_pipe(engine: &Engine, words: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    command(home.path())
        .args(words.split(' '))
        .env("DOCKER_BASE_URL", engine.fake.address())
        .env(ALLOWED.0, ALLOWED.1)
        .output()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_person_at_a_terminal_is_asked_and_only_yes_is_consent() {
    let engine = Engine::start();
    for (typed, said) in [
        ("n\n", "declined; nothing was done"),
        ("\n", "declined; nothing was done"),
        ("maybe\n", "declined; nothing was done"),
        ("yes please\n", "declined; nothing was done"),
        ("YES!\n", "declined; nothing was done"),
        ("\u{4}", "no answer; nothing was done"),
    ] {
        let seen = at_terminal(&engine, Duration::from_millis(500), typed).await;
        assert_eq!(seen.code, Some(1), "{typed:?}: {}", seen.text);
        for part in ["Remove container", "shop:1", "[y/N]"] {
            assert!(seen.text.contains(part), "{typed:?}: {}", seen.text);
        }
        assert!(
            seen.text.ends_with(&format!("\n{said}\n")),
            "{typed:?}: {}",
            seen.text
        );
    }
    assert_eq!(engine.gone(), [""; 0]);
    let seen = at_terminal(&engine, Duration::ZERO, "y\n").await;
    assert_eq!(seen.code, Some(0), "{}", seen.text);
    engine.assert_only_gone("web");
}

/// A person takes their time; what the call reports meanwhile has no place to be shown.
#[tokio::test]
async fn a_question_that_waits_can_be_interrupted() {
    let engine = Engine::start();
    let seen = at_terminal(&engine, Duration::from_secs(4), "\u{3}").await;
    assert_eq!(seen.code, Some(1), "{}", seen.text);
    assert!(seen.text.contains("interrupted"), "{}", seen.text);
    assert!(!seen.text.contains("running for"), "{}", seen.text);
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn without_a_terminal_consent_is_given_beforehand_or_not_at_all() {
    let engine = Engine::start();
    let output = on_a_pipe(&engine, CALL).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--yes"), "{said}");
    assert_eq!(engine.fake.requests(), [""; 0]);

    let output = on_a_pipe(&engine, &format!("{CALL} --yes")).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    engine.assert_only_gone("web");
}
