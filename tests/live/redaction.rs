//! What is hidden of a real container: its environment, its command, its log, what runs in it.

use serde_json::{Value, json};

use crate::docker::{Container, WAIT, image, inspect, run, unique};
use crate::session::Session;

const SECRETS: [&str; 4] = [
    "live-planted-password",
    "live-planted-token",
    "live-planted-url",
    "live planted label",
];

/// A container that says its secrets in its log and waits.
fn container() -> Container {
    let flags = [
        "run",
        "-d",
        "-e",
        "DB_PASSWORD=live-planted-password",
        "-e",
        "DATABASE_URL=postgres://app:live-planted-url@db:5432/shop",
        "-e",
        "TOKENIZER_MODEL=cl100k_base",
        "--label",
        "com.example.secret=live planted label",
    ];
    let program = format!("env; echo 'using --token live-planted-token now'; {WAIT}");
    Container::with("secretive", &flags, &program)
}

fn assert_hidden(what: &str, result: &Value) {
    let text = result.to_string();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} shows `{secret}`: {text}");
    }
}

#[tokio::test]
async fn what_a_container_was_given_and_says_is_hidden_with_the_same_markers() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = container();
    let witness = inspect(&container.name).to_string();
    assert!(witness.contains("live-planted-password"), "{witness}");
    let reference = json!({"container_id": container.name});

    let inspected = session
        .ok("docker_inspect_container", reference.clone())
        .await;
    assert_hidden("inspect", &inspected);
    let environment = inspected["details"]["Config"]["Env"].as_array().unwrap();
    assert!(environment.contains(&json!("TOKENIZER_MODEL=cl100k_base")));
    let password = environment
        .iter()
        .filter_map(Value::as_str)
        .find(|entry| entry.starts_with("DB_PASSWORD=[REDACTED:"))
        .expect("the password has a marker");

    let logs = session.ok("docker_container_logs", reference).await;
    assert_hidden("logs", &logs);
    let text = logs["logs"].as_str().unwrap();
    assert!(text.lines().any(|line| line == password), "{text}");
    assert!(text.contains("using --token [REDACTED:"), "{text}");

    for command in [json!(["env"]), json!(["sh", "-c", "env >&2"])] {
        let arguments = json!({"container_id": container.name, "command": command});
        let ran = session.ok("docker_exec_command", arguments).await;
        assert_hidden("exec", &ran);
        let output = ran["output"].as_str().unwrap();
        assert!(output.lines().any(|line| line == password), "{output}");
    }

    let arguments = json!({"labels": true, "filters": {"name": container.name}});
    let listed = session.ok("docker_list_containers", arguments).await;
    assert_hidden("list", &listed);
    assert_eq!(listed["count"], 1);
}

/// The value reaches the process, and comes back to nobody.
#[tokio::test]
async fn what_a_caller_gives_arrives_and_is_not_repeated() {
    let Some(session) = Session::start().await else {
        return;
    };
    let name = unique("given");
    let secret = "live-given-value";
    let arguments = json!({
        "image": image(), "name": name, "environment": {"MODE": secret},
        "command": ["sh", "-c", "echo $MODE; env"],
    });
    session.ok("docker_create_container", arguments).await;
    let created = inspect(&name).to_string();
    assert!(created.contains(&format!("MODE={secret}")), "{created}");
    run(&["rm", "-f", &name]).unwrap();

    let container = Container::running("told", WAIT);
    let arguments = json!({
        "container_id": container.name, "environment": {"MODE": secret},
        "command": ["sh", "-c", "echo it is $MODE; printf $MODE | wc -c"],
    });
    let ran = session.ok("docker_exec_command", arguments).await;
    let output = ran["output"].as_str().unwrap();
    assert!(output.starts_with("it is [REDACTED:"), "{output}");
    assert!(output.ends_with(&format!("{}\n", secret.len())), "{output}");
}

/// The marker of an inspect, given back, would become the password of the new container.
#[tokio::test]
async fn a_marker_makes_no_container() {
    let Some(session) = Session::start().await else {
        return;
    };
    let name = unique("copied");
    let arguments = json!({
        "image": image(), "name": name, "environment": {"DB_PASSWORD": "[REDACTED:12ab34cd]"},
    });
    let text = session.fails("docker_create_container", arguments).await;
    assert!(text.contains("ask the person for the value"), "{text}");
    assert!(run(&["inspect", &name]).is_err(), "{name} was made");
}

/// The process has the value, and nobody is told of it: not of the container, nor by what runs there.
#[tokio::test]
async fn a_secret_by_its_name_arrives_and_does_not_come_back() {
    use std::os::unix::fs::PermissionsExt as _;

    let value = "plain words of a secret, \"quoted\"";
    let vault = tempfile::tempdir().unwrap();
    let file = vault.path().join("db");
    std::fs::write(&file, format!("{value}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = [("MCP_DOCKER_SECRETS_DIR", vault.path().to_str().unwrap())];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let container = Container::named("named");
    let name = &container.name;
    let arguments = json!({
        "image": image(), "name": name, "environment": {"NOTE": "it is ${secret:db}."},
        "command": ["sh", "-c", format!("echo \"$NOTE\"; {WAIT}")],
    });
    session.ok("docker_create_container", arguments).await;
    let created = inspect(name);
    let made = created["Config"]["Env"].as_array().unwrap();
    assert!(
        made.contains(&json!(format!("NOTE=it is {value}."))),
        "{created}"
    );
    let reference = json!({"container_id": name});
    session
        .ok("docker_start_container", reference.clone())
        .await;
    let inspected = session
        .ok("docker_inspect_container", reference.clone())
        .await;
    let ran = json!({
        "container_id": name, "environment": {"MORE": "${secret:db}"},
        "command": ["sh", "-c", "echo $MORE; echo \"$NOTE\" >&2; printf \"$MORE\" | wc -c"],
    });
    let ran = session.ok("docker_exec_command", ran).await;
    let output = ran["output"].as_str().unwrap();
    // The two streams come in either order.
    let length = value.len().to_string();
    assert!(output.lines().any(|line| line == length), "{output}");
    let logged = session.ok("docker_container_logs", reference).await;
    for told in [inspected, ran, logged] {
        let text = told.to_string();
        assert!(text.contains("it is [REDACTED:"), "{text}");
        assert!(!text.contains("plain words"), "{text}");
    }
}
