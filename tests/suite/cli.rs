//! Runs the built program as a person would, and looks at what it prints and how it ends.

mod calls;
mod config;
mod engine;
mod help;
mod lists;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use mcp_docker::catalog::TOOLS;
use mcp_docker::config::{Field, VARIABLES};
use serde_json::Value;
use tempfile::TempDir;

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs the program in an empty directory with nothing set.
fn run(arguments: &[&str]) -> Ended {
    run_in(TempDir::new().unwrap().path(), arguments, &[], "")
}

fn run_in(directory: &Path, arguments: &[&str], set: &[(&str, &str)], stdin: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-docker"));
    for variable in VARIABLES {
        command.env_remove(variable.name);
    }
    let mut child = command
        .args(arguments)
        .envs(set.iter().copied())
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends without reading closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn json(ended: &Ended) -> Value {
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.stdout.matches('\n').count(), 1, "one line on a pipe");
    serde_json::from_str(&ended.stdout).unwrap()
}

/// Scripts tell a mistake of theirs (2) from a refusal of the tool (1); stdout stays for results.
#[test]
fn mistakes_end_with_code_2_and_say_so_on_stderr_only() {
    for (arguments, said) in [
        (&["--no-such-flag"][..], "--no-such-flag"),
        (&["no-such-command"], "no-such-command"),
        (&["call"], "<TOOL>"),
        (
            &["call", "list_containers", "all"],
            "`all` is not `key=value`",
        ),
        (
            &["call", "list_containers", "all=true", "all=false"],
            "`all` is given twice",
        ),
        (
            &["call", "list_containers", r#"{"all""#],
            "not a JSON object",
        ),
        (
            &["call", "stop_contaner"],
            "did you mean `docker_stop_container`?",
        ),
        (
            &["tools", "docker_list_contaners"],
            "did you mean `docker_list_containers`?",
        ),
        (
            &["call", "list_containers", "al=true"],
            "did you mean `all`?",
        ),
        (&["call", "list_containers", "all=maybe"], "`all`"),
        (&["call", "inspect_container"], "`container_id` is required"),
        (
            &["call", "inspect_container", "container_id=a/b"],
            "`container_id`",
        ),
        (&["resource", "container://logs/a%20b"], "`container_id`"),
        (
            &["prompt", "troubleshoot_container", "container_id=a b"],
            "`container_id`",
        ),
        (&["prompt", "troubleshoot_container"], "`container_id`"),
        (&["--transport", "pigeon"], "pigeon"),
        (&["serve", "--port", "3"], "`--port` says where to listen"),
        (
            &["--host", "0.0.0.0", "--transport", "stdio"],
            "add `--transport http`",
        ),
        (
            &["--safety-denied-tools", "docker_exec_comand", "tools"],
            "did you mean `docker_exec_command`?",
        ),
        (
            &["--safety-allowed-tools", "docker_list_*,podman_*", "tools"],
            "SAFETY_ALLOWED_TOOLS: `podman_*` names no tool",
        ),
        (
            &["--transport", "http", "tools"],
            "`--transport` belongs to `serve`",
        ),
        (
            &["--docker-timeout", "0"],
            "`DOCKER_TIMEOUT` from flag `--docker-timeout`",
        ),
        (
            &["tools", "--docker-timeout", "0"],
            "from flag `--docker-timeout`",
        ),
        (&["--env-file", "missing"], "cannot use missing"),
    ] {
        let ended = run(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(said),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_call_that_fails_ends_with_code_1_and_its_text_on_stderr() {
    let address = "--docker-base-url=unix:///nowhere/docker.sock";
    let ended = run(&["call", "list_containers", address]);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("/nowhere/docker.sock"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_bad_value_stops_the_start_with_one_line() {
    let directory = TempDir::new().unwrap();
    let set = [("SAFETY_ALLOW_MODERATE_OPERATIONS", "perhaps")];
    let ended = run_in(directory.path(), &[], &set, "");
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: `SAFETY_ALLOW_MODERATE_OPERATIONS` from the environment must be \
         true or false (also 1/0, yes/no, on/off), not \"perhaps\"\n"
    );
    assert_eq!(ended.stdout, "");

    for set in [
        &[("MCP_DOCKER_AUTH_TOKEN", "hunter2 hunter2")][..],
        &[
            ("MCP_DOCKER_AUTH_TOKEN", "hunter2"),
            ("MCP_DOCKER_READONLY_TOKEN", "hunter2"),
        ],
        &[("MCP_DOCKER_AUDIT_REQUIRED", "true")],
    ] {
        let ended = run_in(directory.path(), &[], set, "");
        assert_eq!(ended.code, 2);
        let (line, rest) = ended.stderr.split_once('\n').unwrap();
        assert!(line.contains(set[0].0), "{line}");
        assert!(!line.contains("hunter2") && rest.is_empty(), "{line}");
    }
}

#[test]
fn what_a_found_file_may_not_set_is_said_at_start() {
    let directory = TempDir::new().unwrap();
    let text = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true\nDOCKER_TIMEOUT=5\n";
    fs::write(directory.path().join(".env"), text).unwrap();

    let quiet = [("MCP_LOG_LEVEL", "ERROR")];
    let ended = run_in(directory.path(), &[], &quiet, "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let said = "warning: `SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS` in ";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert!(!ended.stderr.contains("DOCKER_TIMEOUT"), "{}", ended.stderr);

    let ended = run_in(directory.path(), &["--env-file", ".env"], &quiet, "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

/// A Python environment is often a directory of that name.
#[test]
fn a_directory_named_like_the_file_is_said_unless_it_is_of_python() {
    let directory = TempDir::new().unwrap();
    let folder = directory.path().join(".env");
    fs::create_dir(&folder).unwrap();
    let quiet = [("MCP_LOG_LEVEL", "ERROR")];
    let ended = run_in(directory.path(), &[], &quiet, "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("it is a folder"), "{}", ended.stderr);

    fs::write(folder.join("pyvenv.cfg"), "").unwrap();
    let ended = run_in(directory.path(), &[], &quiet, "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn a_log_file_that_cannot_be_opened_is_a_warning() {
    let ended = run(&["--mcp-docker-log-path", "missing/log"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("warning: cannot log to missing/log"),
        "{}",
        ended.stderr
    );
}

/// What is logged beside stderr is added to what earlier runs logged.
#[test]
fn a_log_file_is_made_and_kept() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("log");
    let set = [("MCP_DOCKER_LOG_PATH", "log")];
    assert_eq!(run_in(directory.path(), &[], &set, "").code, 0);
    fs::write(&path, "earlier\n").unwrap();
    assert_eq!(run_in(directory.path(), &[], &set, "").code, 0);
    assert!(fs::read_to_string(&path).unwrap().starts_with("earlier\n"));
}

/// Booleans read as switches on a command line, and as values where a client fills them in. A bare
/// one takes nothing that stands behind it: neither the command nor a value.
#[test]
fn a_boolean_flag_is_true_alone_and_takes_a_value_only_after_an_equals_sign() {
    let refusal = |arguments: &[&str]| {
        let address = "--docker-base-url=unix:///nowhere/docker.sock";
        let ended = run(&[
            arguments,
            &["call", "remove_container", "container_id=x", "--yes"],
            &[address],
        ]
        .concat());
        assert_eq!(ended.code, 1, "{arguments:?}: {}", ended.stderr);
        ended.stderr
    };
    let flag = "--safety-allow-destructive-operations";
    for allowed in [
        flag.to_owned(),
        format!("{flag}=true"),
        format!("{flag}=ON"),
    ] {
        let said = refusal(&[&allowed]);
        assert!(said.contains("/nowhere/docker.sock"), "{allowed}: {said}");
    }
    for refused in ["=false", "=no", "="] {
        let said = refusal(&[&format!("{flag}{refused}")]);
        assert!(
            said.contains("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true"),
            "{refused}: {said}"
        );
    }
    for arguments in [
        &[flag, "false"][..],
        &[flag, "false", "tools"],
        &["tools", flag, "false"],
    ] {
        let ended = run(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("false"), "{}", ended.stderr);
    }
    assert_eq!(run(&["tools", flag, "--json"]).code, 0);
}
