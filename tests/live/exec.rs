//! `docker_exec_command`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::docker::{Container, WAIT, unique};
use crate::session::{Session, says};

const TOOL: &str = "docker_exec_command";

/// Runs a shell program and gives the result.
async fn shell(session: &Session, container: &Container, program: &str) -> Value {
    let command = json!(["sh", "-c", program]);
    let arguments = json!({"container_id": container.name, "command": command});
    session.ok(TOOL, arguments).await
}

#[tokio::test]
async fn exit_codes_and_both_streams_are_reported() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("exec", WAIT);
    for code in [0, 3, 255] {
        let program = format!("echo out; echo err >&2; exit {code}");
        let result = shell(&session, &container, &program).await;
        assert_eq!(result["exit_code"], code);
        assert_eq!(result["stderr"], "err\n");
        assert_eq!(result.get("stdout"), None);
        says(result["output"].as_str().unwrap(), &["out\n", "err\n"]);
        assert_eq!(result["timed_out"], false);
        assert_eq!(result["truncated"], false);
    }
}

#[tokio::test]
async fn the_output_keeps_the_order_in_which_it_came() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("order", WAIT);
    let program = "echo 1; sleep 0.3; echo 2 >&2; sleep 0.3; echo 3";
    let result = shell(&session, &container, program).await;
    assert_eq!(result["output"], "1\n2\n3\n");
}

#[tokio::test]
async fn directory_user_and_environment_are_as_asked() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("where", WAIT);
    let result = session
        .ok(
            TOOL,
            json!({
                "container_id": container.name,
                "command": ["sh", "-c", "pwd; id -un; echo \"$A\""],
                "workdir": "/tmp",
                "user": "nobody",
                "environment": "{\"A\": \"b c\"}",
            }),
        )
        .await;
    assert_eq!(result["output"], "/tmp\nnobody\nb c\n");
}

/// A string is split as a shell would; a string that holds a JSON array is that array.
#[tokio::test]
async fn a_command_may_be_a_string() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("words", WAIT);
    for command in ["printf '%s|' 'a  b' c", r#"["printf", "%s|", "a  b", "c"]"#] {
        let arguments = json!({"container_id": container.name, "command": command});
        let result = session.ok(TOOL, arguments).await;
        assert_eq!(result["output"], "a  b|c|", "{command}");
    }
}

/// The call ends; the process goes on, and the result says so.
#[tokio::test]
async fn a_process_that_outlives_the_timeout_is_reported() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("slow", WAIT);
    let start = Instant::now();
    let result = session
        .ok(
            TOOL,
            json!({
                "container_id": container.name,
                "command": ["sh", "-c", "echo begun; sleep 300"],
                "timeout": 2,
            }),
        )
        .await;
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(result["timed_out"], true);
    assert_eq!(result["exit_code"], Value::Null);
    says(result["output"].as_str().unwrap(), &["begun\n"]);
    says(&result.to_string(), &["still be running"]);
    let processes = crate::docker::docker(&["exec", &container.name, "ps"]);
    assert!(processes.contains("sleep 300"), "{processes}");
}

/// A timeout longer than `DOCKER_TIMEOUT` is the deadline.
#[tokio::test]
async fn an_exec_may_take_longer_than_docker_timeout() {
    let Some(session) = Session::with(&[("DOCKER_TIMEOUT", "1")]).await else {
        return;
    };
    let container = Container::running("patient", WAIT);
    let result = shell(&session, &container, "sleep 3; echo done").await;
    assert_eq!(result["exit_code"], 0);
    assert_eq!(result["output"], "done\n");
}

#[tokio::test]
async fn a_missing_command_is_told_by_its_exit_code_and_name() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("missing", WAIT);
    let arguments = json!({"container_id": container.name, "command": ["no-such-command"]});
    let result = session.call(TOOL, arguments).await;
    // Engines before and after API 1.44 tell it as a result and as an error.
    if result.is_error == Some(true) {
        let text = crate::session::failure(TOOL, result);
        says(&text, &["no-such-command"]);
    } else {
        let result = session.checked(TOOL, result);
        let code = result["exit_code"].as_i64().unwrap();
        assert!([126, 127].contains(&code), "{result}");
        says(result["output"].as_str().unwrap(), &["no-such-command"]);
    }
}

#[tokio::test]
async fn every_script_and_every_byte_comes_through() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("unicode", WAIT);
    let text = "grüße, 日本, عربى, 👩‍🚀";
    let arguments = json!({"container_id": container.name, "command": ["echo", text]});
    let result = session.ok(TOOL, arguments).await;
    says(
        result["output"].as_str().unwrap(),
        &["grüße, 日本, عربى, 👩"],
    );

    let result = shell(&session, &container, r"printf 'a\377b'").await;
    assert_eq!(result["output"], "a\u{FFFD}b");
}

/// 10 MB are cut within the budget; how it began and how it ended stay.
#[tokio::test]
async fn a_huge_output_keeps_its_head_and_its_tail() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("output", WAIT);
    let program = "echo FIRST; yes 'and so on' | head -c 10000000; echo; echo LAST";
    let result = shell(&session, &container, program).await;
    assert_eq!(result["exit_code"], 0);
    assert_eq!(result["truncated"], true);
    let output = result["output"].as_str().unwrap();
    assert!(output.starts_with("FIRST\n"), "{:.40}", output);
    assert!(output.trim_end().ends_with("LAST"), "the tail is gone");
    let size = serde_json::to_vec(&result).unwrap().len();
    assert!(size <= 40_000, "{size} bytes");
}

#[tokio::test]
async fn a_command_that_cannot_run_says_why() {
    let Some(session) = Session::start().await else {
        return;
    };
    let absent = unique("absent");
    let arguments = json!({"container_id": absent, "command": "true"});
    session
        .refuses(TOOL, arguments, &["container", &absent])
        .await;

    let stopped = Container::finished("stopped", "true");
    let arguments = json!({"container_id": stopped.name, "command": "true"});
    session.refuses(TOOL, arguments, &["not running"]).await;

    for (name, value, words) in [
        ("command", json!("a; b"), &["command", "sh", "-c"][..]),
        ("command", json!(""), &["command"]),
        ("command", json!([]), &["command"]),
        ("command", json!(null), &["command"]),
        ("timeout", json!(0), &["timeout", "3600"]),
        ("environment", json!({"A": ["b"]}), &["environment"]),
        ("workingdir", json!("/tmp"), &["`workingdir`", "`workdir`"]),
    ] {
        let mut arguments = json!({"container_id": stopped.name, "command": "true"});
        arguments[name] = value;
        says(&session.fails(TOOL, arguments).await, words);
    }
}

/// A read-only server runs nothing, whatever the command.
#[tokio::test]
async fn a_read_only_server_refuses_to_exec() {
    let Some(session) = Session::with(&[("SAFETY_ALLOW_MODERATE_OPERATIONS", "false")]).await
    else {
        return;
    };
    let container = Container::running("readonly", WAIT);
    let arguments = json!({"container_id": container.name, "command": ["touch", "/made"]});
    session
        .refuses(TOOL, arguments, &["SAFETY_ALLOW_MODERATE_OPERATIONS"])
        .await;
    assert!(crate::docker::run(&["exec", &container.name, "ls", "/made"]).is_err());
}
