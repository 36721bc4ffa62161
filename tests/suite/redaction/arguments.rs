//! What becomes of arguments: a marker in one is refused, a secret in one is never said again.

use mcp_docker::catalog::TOOLS;
use serde_json::{Value, json};

use super::{client, context, planted, told};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const MARKER: &str = "[REDACTED:1a2b3c4d]";

/// The ways in which a marker can be in an argument.
fn with_marker() -> [Value; 5] {
    [
        json!(MARKER),
        json!(format!("prefix-{MARKER}-suffix")),
        json!([MARKER]),
        json!({ "A": MARKER }),
        json!({ (MARKER): "a" }),
    ]
}

/// A model that copies what it inspected into what it creates would break it without a word.
#[tokio::test]
async fn an_argument_that_holds_a_marker_is_refused_before_any_request() {
    let context = context();
    let engine = planted::engine();
    let client = client(&engine, &[]).await;
    for tool in TOOLS {
        for param in tool.params {
            for value in with_marker() {
                let mut args = super::arguments(tool, context.path().to_str().unwrap());
                args[param.name] = value.clone();
                let result = client.call(tool.name, args).await;
                let text = told(&result);
                assert_eq!(
                    result.is_error,
                    Some(true),
                    "{} took {}={value}",
                    tool.name,
                    param.name
                );
                assert!(text.contains("ask the person for the value"), "{text}");
            }
        }
    }
    let escaped = format!("{{\"A\":\"{}\"}}", MARKER.replace('[', "\\u005b"));
    let arguments = json!({"image": "web:1", "environment": escaped});
    let text = told(&client.call("docker_create_container", arguments).await);
    assert!(text.contains("ask the person for the value"), "{text}");
    assert_eq!(engine.requests(), Vec::<String>::new());
    client.stop().await;
}

/// Whatever is wrong with a call, its text does not say what a secret parameter held.
#[tokio::test]
async fn a_refused_call_never_repeats_a_secret_argument() {
    let context = context();
    let secret = "planted-argument";
    let wrong = [
        json!(secret),
        json!([secret]),
        json!([format!("A={secret}")]),
        json!({ "A": [secret] }),
        json!({ "A": { "B": secret } }),
        json!({ "A": 1.5, "B": secret }),
        json!(format!("{{\"A\": \"{secret}\"")),
        json!(format!("[\"{secret}\"]")),
        json!(format!("A={secret}")),
        json!({ (format!("A={secret}")): "" }),
        json!({ (format!("A=x\u{0}{secret}")): "" }),
    ];
    let engine = FakeEngine::start();
    let client = client(&engine, &[]).await;
    let mut tried = 0;
    for tool in TOOLS {
        for param in tool.params.iter().filter(|param| param.secret) {
            for value in &wrong {
                // Another argument that does not fit must not bring it up either.
                for more in [
                    json!({}),
                    json!({ "unknown": 1 }),
                    json!({ "container_id": "..", "image": "A B" }),
                ] {
                    let mut args = super::arguments(tool, context.path().to_str().unwrap());
                    args.as_object_mut()
                        .unwrap()
                        .extend(more.as_object().unwrap().clone());
                    args[param.name] = value.clone();
                    let result = client.call(tool.name, args).await;
                    let text = told(&result);
                    assert_eq!(result.is_error, Some(true), "{} took {value}", tool.name);
                    assert!(!text.contains(secret), "{}: {text}", tool.name);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried >= 150, "only {tried}");
    client.stop().await;
}

/// The name gives nothing away and the value looks like nothing; but the caller called it secret.
#[tokio::test]
async fn what_the_caller_called_secret_is_hidden_where_it_comes_back() {
    let context = context();
    let secret = "planted-argument";
    let said = |text: &str| format!("said {text} and {text}\n");
    let failure = Reply::error(500, &format!("cannot use {secret}: {}", "no ".repeat(400)));
    let step = json!({ "stream": said(secret) });
    let engine = FakeEngine::start()
        .commands(Reply::chunks([frame(1, &said(secret))]), 0)
        .on(
            "POST /build",
            Reply::chunks([
                format!("{step}\n"),
                json!({ "aux": { "ID": "1" } }).to_string(),
            ]),
        )
        .on("POST /containers/create", failure.clone())
        .on("POST /volumes/create", failure.clone())
        .on("POST /networks/create", failure);
    let client = client(&engine, &[]).await;
    let map = json!({ "MODE": secret });
    for (tool, arguments) in [
        (
            "docker_exec_command",
            json!({"container_id": "web", "command": "env", "environment": map}),
        ),
        (
            "docker_exec_command",
            json!({"container_id": "web", "command": "env", "environment": map.to_string()}),
        ),
        (
            "docker_build_image",
            json!({"path": context.path(), "buildargs": map}),
        ),
        (
            "docker_create_container",
            json!({"image": "web", "environment": map}),
        ),
        (
            "docker_create_volume",
            json!({"driver": "nas", "driver_opts": map}),
        ),
        (
            "docker_create_network",
            json!({"name": "lab", "options": map}),
        ),
    ] {
        let text = told(&client.call(tool, arguments).await);
        assert!(text.contains("[REDACTED:"), "{tool}: {text}");
        assert!(!text.contains(secret), "{tool}: {text}");
    }
    client.stop().await;
}
