//! Tests that only files are read where a setting names one, no more of them than a bound, and that a
//! setting that leads nowhere is said.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command as Program, Output, Stdio};
use std::time::Duration;

use crate::support::client::{RawClient, command};

/// What the files of sign-in are of use with.
const SIGN_IN: [(&str, &str); 3] = [
    ("MCP_DOCKER_OAUTH_ISSUER", "https://id.example.com"),
    (
        "MCP_DOCKER_OAUTH_AUDIENCE",
        "https://docker.example.com/mcp",
    ),
    ("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp-docker"),
];

fn pipe(path: &Path) {
    assert!(Program::new("mkfifo").arg(path).status().unwrap().success());
}

async fn run(home: &Path, words: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = command(home);
    command.args(words).envs(env.iter().copied());
    let output = command.stdin(Stdio::null()).output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    output.expect("nothing is waited for").unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Each way in which a `.env` can be none, or more than anyone writes, and what is said of it.
fn found(home: &Path, kind: &str) -> &'static str {
    let path = home.join(".env");
    let link = |to: &str| std::os::unix::fs::symlink(to, &path).unwrap();
    match kind {
        "pipe" => {
            pipe(&path);
            "it is a named pipe and not a file"
        }
        "device" => {
            link("/dev/zero");
            "it is a device and not a file"
        }
        "hole" => {
            File::create(&path).unwrap().set_len(3 << 30).unwrap();
            "it is larger than 1024 KiB"
        }
        "long" => {
            let mut file = File::create(&path).unwrap();
            for number in 0..60_000 {
                writeln!(file, "A{number}=some value of a setting").unwrap();
            }
            "it is larger than 1024 KiB"
        }
        _ => {
            fs::create_dir(&path).unwrap();
            "it is a folder and not a file"
        }
    }
}

#[tokio::test]
async fn a_found_file_that_is_none_or_too_large_is_passed_over_and_a_named_one_refused() {
    for kind in ["pipe", "device", "hole", "long", "folder"] {
        let home = tempfile::tempdir().unwrap();
        let said = found(home.path(), kind);
        let started = run(home.path(), &["tools"], &[]).await;
        assert!(started.status.success(), "{kind}: {}", told(&started));
        assert!(told(&started).contains(said), "{kind}: {}", told(&started));
        let named = run(home.path(), &["--env-file", ".env", "tools"], &[]).await;
        assert_eq!(named.status.code(), Some(2), "{kind}");
        assert!(told(&named).contains(said), "{kind}: {}", told(&named));
    }
}

/// Ten lines, each of which would be ten times the one before.
#[tokio::test]
async fn lines_that_would_stand_for_each_other_stay_as_short_as_they_are() {
    let mut text = "A0=aaaaaaaaaa\n".to_owned();
    for number in 1..10 {
        let before = format!("${{A{}}}", number - 1).repeat(10);
        text.push_str(&format!("A{number}=\"{before}\"\n"));
    }
    text.push_str("MCP_SERVER_NAME=${A9}\n");
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".env"), text).unwrap();
    let mut client = RawClient::start_in(home, &[]);
    let answer = client.initialize("2025-06-18").await;
    assert_eq!(answer["result"]["serverInfo"]["name"], "${A9}");
}

/// A start that waits for a pipe's other end is no start.
#[tokio::test]
async fn no_setting_that_names_a_pipe_holds_up_the_start_or_a_call() {
    let home = tempfile::tempdir().unwrap();
    let at = home.path().join("pipe");
    pipe(&at);
    let path = at.display().to_string();
    // A log that cannot be opened is a warning, never a failure.
    let logged = run(home.path(), &["tools"], &[("MCP_DOCKER_LOG_PATH", &path)]).await;
    assert!(logged.status.success(), "{}", told(&logged));
    assert!(
        told(&logged).contains("it is a named pipe and not a file"),
        "{}",
        told(&logged)
    );

    let https = [("DOCKER_HOST", "https://127.0.0.1:1")];
    for (name, words) in [
        ("DOCKER_TLS_CA_CERT", &["call", "version"][..]),
        ("DOCKER_TLS_CLIENT_CERT", &["call", "version"]),
        ("DOCKER_TLS_CLIENT_KEY", &["call", "version"]),
        ("MCP_DOCKER_AUDIT_LOG", &["call", "version"]),
        (
            "MCP_DOCKER_PROMPTS_DIR",
            &["prompt", "security_audit", "--sample"],
        ),
        (
            "MCP_DOCKER_TLS_CERT",
            &["serve", "--transport", "http", "--port", "0"],
        ),
    ] {
        let mut env = https.to_vec();
        env.push((name, &path));
        if name == "MCP_DOCKER_TLS_CERT" {
            env.push(("MCP_DOCKER_TLS_KEY", &path));
        }
        let told = told(&run(home.path(), words, &env).await);
        assert!(told.contains("a named pipe"), "{name}: {told}");
    }
    let templates = home.path().join("prompts");
    fs::create_dir(&templates).unwrap();
    pipe(&templates.join("security_audit.md.j2"));
    let folder = templates.display().to_string();
    let env = [("MCP_DOCKER_PROMPTS_DIR", &*folder)];
    let sample = run(home.path(), &["prompt", "security_audit", "--sample"], &env).await;
    assert!(
        told(&sample).contains("it is a named pipe and not a file"),
        "{}",
        told(&sample)
    );

    let docker = home.path().join("docker");
    fs::create_dir(&docker).unwrap();
    pipe(&docker.join("config.json"));
    let folder = docker.display().to_string();
    let called = run(
        home.path(),
        &["call", "version"],
        &[("DOCKER_CONFIG", &folder)],
    )
    .await;
    assert!(
        told(&called).contains("it is a named pipe and not a file"),
        "{}",
        told(&called)
    );
}

/// Every setting that is a path, and the folder of the Docker configuration, which is another's.
#[tokio::test]
async fn a_path_that_leads_nowhere_is_said_at_the_start_and_by_doctor() {
    use mcp_docker::config::{Field, VARIABLES};

    let home = tempfile::tempdir().unwrap();
    let paths = VARIABLES
        .iter()
        .filter(|it| matches!(it.field, Field::Path(..)));
    let mut names: Vec<&str> = paths.map(|variable| variable.name).collect();
    // What it says is not passed over, so that one that cannot be read stops the start.
    names.retain(|name| *name != "MCP_DOCKER_CONFIG");
    assert_eq!(names.len(), 12);
    names.push("DOCKER_CONFIG");
    for name in names {
        let mut env = vec![(name, "/nope/nothing")];
        // One of the two alone is a mistake of another kind.
        if name.starts_with("MCP_DOCKER_TLS") {
            env = vec![
                ("MCP_DOCKER_TLS_CERT", "/nope/nothing"),
                ("MCP_DOCKER_TLS_KEY", "/nope/nothing"),
            ];
        }
        if name.starts_with("MCP_DOCKER_OAUTH") {
            env.extend(SIGN_IN);
            env.push(("MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE", "/nope/nothing"));
        }
        let started = run(home.path(), &["serve"], &env).await;
        assert!(started.status.success(), "{name}: {}", told(&started));
        let said = told(&started);
        assert!(said.contains("/nope/nothing"), "{name}: {said}");
        assert!(
            name == "MCP_DOCKER_LOG_PATH" || said.contains(name),
            "{name}: {said}"
        );

        let doctor = run(home.path(), &["doctor"], &env).await;
        let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
        let mut lines = said.lines();
        let mended = lines.any(|it| it.starts_with("mend") && it.contains("/nope/nothing"));
        assert!(mended, "{name}: {said}");
        assert!(said.contains(name), "{name}: {said}");
    }
    let allowed = [
        ("SAFETY_VOLUME_MOUNT_ALLOWLIST", "/nope/nothing,/tmp"),
        ("DOCKER_HOST", "unix:///x.sock"),
    ];
    let doctor = run(home.path(), &["doctor"], &allowed).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("SAFETY_VOLUME_MOUNT_ALLOWLIST"), "{said}");
    assert!(
        said.contains("names what is not here: `/nope/nothing`"),
        "{said}"
    );

    let here = home.path().display().to_string();
    for (name, path) in [
        ("MCP_DOCKER_PROMPTS_DIR", here.as_str()),
        ("MCP_DOCKER_AUDIT_LOG", "new.jsonl"),
    ] {
        let started = run(home.path(), &["serve"], &[(name, path)]).await;
        assert!(!told(&started).contains(name), "{}", told(&started));
    }
}
