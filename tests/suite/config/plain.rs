//! Tests that a `.env` is plain text: nothing in it stands for a variable, and what it says of a setting
//! that is not understood is not repeated.

use std::fs;
use std::process::Output;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::client::{RawClient, command};

/// Variables that a file may want to read, and their value.
const SECRETS: [&str; 3] = ["AWS_SECRET_ACCESS_KEY", "MCP_DOCKER_AUTH_TOKEN", "X"];
const SECRET: &str = "hunter2hunter2hunter2";

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), text).unwrap();
    folder
}

async fn run(folder: &TempDir, words: &[&str]) -> Output {
    let mut command = command(folder.path());
    command.args(words).envs(SECRETS.map(|name| (name, SECRET)));
    let output = command.stdin(std::process::Stdio::null()).output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    output.expect("it ends").unwrap()
}

fn written(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|it| String::from_utf8_lossy(it).into_owned())
        .concat()
}

/// Spellings of a value that stands for a variable where a file is not plain text.
const SPELLINGS: [&str; 6] = [
    "${X}",
    "$X",
    "\"$X\"",
    "\"x ${MCP_DOCKER_AUTH_TOKEN}\"",
    "${AWS_SECRET_ACCESS_KEY}",
    "unix:///tmp/${X}",
];

/// Whichever setting a file gives, and however it is spelled: the client, stderr and doctor.
#[tokio::test]
async fn no_variable_is_read_through_a_file_that_was_found() {
    let mut shown = 0;
    for spelling in SPELLINGS {
        for name in ["MCP_SERVER_NAME", "MCP_SERVER_VERSION"] {
            let env = SECRETS.map(|name| (name, SECRET));
            let mut client = RawClient::start_in(folder(&format!("{name}={spelling}")), &env);
            let answer = client.initialize("2025-06-18").await.to_string();
            assert!(!answer.contains(SECRET), "{name}={spelling}: {answer}");
            shown += usize::from(answer.contains('$'));
            client.close_stdin();
            assert!(
                !client.ended().await.log.contains(SECRET),
                "{name}={spelling}"
            );
        }
    }
    assert_eq!(shown, 2 * SPELLINGS.len(), "it is shown as it is written");

    for variable in mcp_docker::config::VARIABLES {
        let name = variable.name;
        let lines: Vec<String> = SPELLINGS.map(|it| format!("{name}={it}")).into();
        let folder = folder(&lines.join("\n"));
        for words in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["call", "version"],
            &["serve"],
        ] {
            let told = written(&run(&folder, words).await);
            assert!(!told.contains(SECRET), "{name}, {words:?}: {told}");
        }
    }
}

/// What a stranger's file says is not said to a client or a log, where it is no value at all.
#[tokio::test]
async fn what_is_not_understood_is_not_repeated_where_it_is_from_a_file_that_was_found() {
    for (name, value) in [
        ("DOCKER_TIMEOUT", "hunter2"),
        ("DOCKER_HOST", "hunter2"),
        ("SAFETY_HIDE_REFUSED", "hunter2"),
        ("SAFETY_DENIED_TOOLS", "hunter2"),
        ("SAFETY_DENIED_TOOLS", "docker_exec_command,hunter2"),
        ("SAFETY_ALLOWED_TOOLS", "hunter2"),
        ("MCP_DOCKER_TOOLSETS", "insight_hunter2"),
        ("MCP_LOG_LEVEL", "hunter2"),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "hunter2"),
        ("MCP_DOCKER_MAX_SESSIONS", "hunter2"),
    ] {
        let text = format!("{name}={value}");
        for words in [
            &["serve"][..],
            &["doctor"],
            &["tools"],
            &["call", "version"],
        ] {
            let told = written(&run(&folder(&text), words).await);
            assert!(!told.contains("hunter2"), "{text}, {words:?}: {told}");
        }
        let refused = run(&folder(&text), &["tools"]).await;
        // One is no address of this machine, which a file may not set to begin with.
        let code = if name == "DOCKER_HOST" { 0 } else { 2 };
        assert_eq!(refused.status.code(), Some(code), "{text}");
        assert!(written(&refused).contains(name), "{text}");
        // Whoever names the file, or sets the variable, is told what they wrote.
        if name != "DOCKER_HOST" {
            let named = run(&folder(&text), &["--env-file", ".env", "tools"]).await;
            assert!(written(&named).contains("hunter2"), "{text}");
        }
    }
}

/// A name that a terminal or a client would obey, or that goes on and on.
#[tokio::test]
async fn no_name_of_the_server_holds_what_is_not_seen() {
    let long = "v".repeat(5000);
    for (value, seen) in [
        ("'a\u{1b}[31mb\u{1b}]0;title\u{7}c'", "abc"),
        ("'a\u{202e}b\u{200b}c\u{9b}d'", "abcd"),
        ("\"a\\nb\"", "a b"),
        (long.as_str(), &long[..200]),
    ] {
        for name in ["MCP_SERVER_NAME", "MCP_SERVER_VERSION"] {
            let mut client = RawClient::start_in(folder(&format!("{name}={value}")), &[]);
            let answer = client.initialize("2025-06-18").await;
            let key = name.trim_start_matches("MCP_SERVER_").to_ascii_lowercase();
            assert_eq!(answer["result"]["serverInfo"][key], seen, "{name}");
        }
    }
    let unseen = run(&folder("MCP_SERVER_NAME=\u{1b}[0m"), &["tools"]).await;
    assert_eq!(unseen.status.code(), Some(2));
    let told = written(&unseen);
    assert!(
        told.contains("text that can be seen") && !told.contains('\u{1b}'),
        "{told:?}"
    );
}
