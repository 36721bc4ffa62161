//! Errors whose text holds a secret: the text changes, and what happened does not.

use serde_json::{Value, json};

use crate::support::client::{RawClient, command};
use crate::support::fake_engine::{FakeEngine, Reply, version};

const TOKEN: &str = "ghp_ABCDEFGHIJKLMNOPQRSTUVWX0123";

/// An Engine that has no container of that name, nor any other.
fn engine(name: &str) -> FakeEngine {
    FakeEngine::start()
        .on(
            "*",
            Reply::error(404, &format!("No such container: {name}")),
        )
        .on("GET /version", version("1.41"))
}

/// Each way in which a client is told of an error by its code, about a container of that name.
fn asked(name: &str) -> [(&'static str, Value); 6] {
    let of_prompt =
        json!({ "name": "troubleshoot_container", "arguments": { "container_id": name } });
    let logs = json!({ "uri": format!("container://logs/{name}") });
    let stats = json!({ "uri": format!("container://stats/{name}") });
    let none = json!({ "uri": format!("container://none/{name}") });
    [
        ("prompts/get", of_prompt),
        ("resources/read", logs.clone()),
        ("resources/read", stats),
        ("resources/read", none),
        ("resources/subscribe", logs),
        (
            "completion/complete",
            json!({
                "ref": { "type": "ref/prompt", "name": "troubleshoot_container" },
                "argument": { "name": name, "value": "" },
            }),
        ),
    ]
}

/// What the server answers to each, for a name that is not there and for one that cannot be.
async fn codes(client: &mut RawClient, name: &str, is_quoted: bool) -> Vec<Value> {
    let mut codes = Vec::new();
    for name in [name.to_owned(), format!("{name}/..")] {
        for (method, params) in asked(&name) {
            let answer = client
                .request(codes.len() as i64 + 10, method, params)
                .await;
            assert!(answer["error"].is_object(), "{method} of {name}: {answer}");
            if name == TOKEN && is_quoted && method == "prompts/get" {
                let text = answer["error"]["message"].as_str().unwrap();
                assert!(
                    text.contains("[REDACTED:") && !text.contains(TOKEN),
                    "{text}"
                );
            }
            codes.push(answer["error"]["code"].clone());
        }
    }
    codes
}

#[tokio::test]
async fn the_code_of_an_error_is_the_same_whatever_its_text_holds() {
    for more in [
        &[][..],
        &[("SAFETY_DENIED_TOOLS", "docker_container_logs")],
        &[("DOCKER_BASE_URL", "tcp://127.0.0.1:1")],
    ] {
        let mut all = Vec::new();
        for name in ["nosuch", TOKEN] {
            let engine = engine(name);
            let address = engine.address();
            let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
            env.extend(more);
            let mut client = RawClient::session("2025-11-25", &env).await;
            all.push(codes(&mut client, name, more.is_empty()).await);
        }
        assert_eq!(all[1], all[0], "{more:?}");
        if more.is_empty() {
            assert_eq!(all[0][..2], [json!(-32602), json!(-32002)]);
        }
    }
}

#[tokio::test]
async fn the_status_that_a_command_ends_with_is_the_same_whatever_its_text_holds() {
    let engine = engine(TOKEN);
    let status = async |words: &[&str]| {
        let home = tempfile::tempdir().unwrap();
        let ended = command(home.path())
            .args(words)
            .env("DOCKER_BASE_URL", engine.address())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!said.contains(TOKEN), "{said}");
        ended.status.code().unwrap()
    };
    for (end, expected) in [("", 1), ("/..", 2)] {
        for name in ["nosuch", TOKEN] {
            let argument = format!("container_id={name}{end}");
            let uri = format!("container://logs/{name}{end}");
            for words in [
                &["call", "inspect_container", &argument][..],
                &["prompt", "troubleshoot_container", &argument],
                &["resource", &uri],
            ] {
                assert_eq!(status(words).await, expected, "{words:?}");
            }
        }
    }
}

/// The audit log says of a call whether it was refused or failed.
#[tokio::test]
async fn the_record_of_a_call_is_the_same_whatever_its_text_holds() {
    let engine = engine(TOKEN);
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("audit.jsonl");
    for name in ["nosuch", TOKEN] {
        for end in ["", "/.."] {
            let ended = command(home.path())
                .args(["call", "inspect_container"])
                .arg(format!("container_id={name}{end}"))
                .env("DOCKER_BASE_URL", engine.address())
                .env("MCP_DOCKER_AUDIT_LOG", &log)
                .output()
                .await
                .unwrap();
            assert!(!ended.status.success());
        }
    }
    let lines = std::fs::read_to_string(&log).unwrap();
    assert!(!lines.contains(TOKEN), "{lines}");
    let decisions: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["decision"].clone())
        .collect();
    assert_eq!(decisions, ["allowed", "refused", "allowed", "refused"]);
}
