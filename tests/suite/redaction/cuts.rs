//! What is cut on its way: a password in a URL is one by the `@` behind it, so a cut before that
//! must find it hidden already.

use std::fs;

use serde_json::{Value, json};

use super::{client, context, told};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const URL: &str = "https://app:planted-url-value@db/";

/// Texts in which the URL stands around that place.
fn around(place: usize) -> impl Iterator<Item = String> {
    (0..6).map(move |step| {
        let before = "x ".repeat((place - 28 + step * 4) / 2);
        format!("{before}{URL} {}", "y ".repeat(place))
    })
}

/// Texts full of the URL: a cut goes through it in one of them, wherever it is.
fn full() -> impl Iterator<Item = String> {
    (1..URL.len())
        .step_by(4)
        .map(|step| format!("{} {}\n", "x".repeat(step), format!("{URL} ").repeat(300)))
}

/// Returns the text that came.
async fn assert_hidden(
    engine: FakeEngine,
    env: &[(&str, &str)],
    tool: &'static str,
    arguments: Value,
) -> String {
    let client = client(&engine, env).await;
    let text = told(&client.call(tool, arguments).await);
    for part in ["planted", "url-value", "rl-value", "registry-pass"] {
        assert!(!text.contains(part), "{tool}: {text}");
    }
    client.stop().await;
    text
}

#[tokio::test]
async fn an_output_is_redacted_before_its_middle_goes() {
    for text in full() {
        let engine = FakeEngine::start().commands(Reply::chunks([frame(1, &text)]), 0);
        let arguments = json!({"container_id": "web", "command": "env"});
        let budget = ("SAFETY_MAX_RESPONSE_BYTES", "4096");
        let output = assert_hidden(engine, &[budget], "docker_exec_command", arguments).await;
        assert!(output.contains("bytes cut"), "{output}");
    }
}

/// The text of an event that is too long is cut to 200 bytes.
#[tokio::test]
async fn an_event_is_redacted_before_it_is_shortened() {
    for text in around(200) {
        let event = json!({ "Type": "container", "Action": format!("exec_create: {text}"), "Actor": { "ID": "1", "Attributes": { "run": text } } });
        let engine = FakeEngine::start().on("GET /events", Reply::chunks([event.to_string()]));
        let budget = ("SAFETY_MAX_RESPONSE_BYTES", "4096");
        let events = json!({ "execs": true });
        let events = assert_hidden(engine, &[budget], "docker_events", events).await;
        assert!(events.contains("exec_create: x x x"), "{events}");
    }
}

/// The log's longest lines are shown by their first half.
#[tokio::test]
async fn a_line_of_a_log_is_redacted_before_it_is_cut() {
    for text in full() {
        let engine = FakeEngine::start()
            .on(
                "GET /containers/*/json",
                json!({ "Id": "1", "Config": { "Tty": false } }),
            )
            .on("GET /containers/*/logs", Reply::chunks([frame(1, &text)]));
        let budget = ("SAFETY_MAX_RESPONSE_BYTES", "4096");
        assert_hidden(
            engine,
            &[budget],
            "docker_container_logs",
            json!({"container_id": "web"}),
        )
        .await;
    }
}

/// An error repeats 1000 characters of the Engine's text, 4000 bytes of a failed step's.
#[tokio::test]
async fn an_error_is_cut_where_it_shows_no_secret() {
    let context = context();
    for text in around(1000) {
        let engine = FakeEngine::start().on("GET /info", Reply::error(500, &text));
        assert_hidden(engine, &[], "docker_system_info", json!({})).await;
    }
    for text in around(4000) {
        let failure = json!({ "errorDetail": { "message": text } });
        let engine = FakeEngine::start().on("POST /build", Reply::chunks([failure.to_string()]));
        assert_hidden(
            engine,
            &[],
            "docker_build_image",
            json!({"path": context.path()}),
        )
        .await;
    }
}

/// A registry may repeat the password that it was sent, which nothing else gives away.
#[tokio::test]
async fn the_password_of_a_registry_is_hidden() {
    let docker = tempfile::tempdir().unwrap();
    let auth = "Ym9iOnBsYW50ZWQtcmVnaXN0cnktcGFzcw==";
    let config = json!({ "auths": { "registry.example.com": { "auth": auth } } });
    fs::write(docker.path().join("config.json"), config.to_string()).unwrap();
    let context = context();
    let image = "registry.example.com/web:1";
    for (tool, arguments) in [
        ("docker_push_image", json!({"image": image})),
        ("docker_pull_image", json!({"image": image})),
        ("docker_build_image", json!({"path": context.path()})),
    ] {
        let refused = json!({ "error": "no user bob with planted-registry-pass here" });
        let reply = Reply::chunks([refused.to_string()]);
        let engine = FakeEngine::start()
            .on("POST /images/*/push", reply.clone())
            .on("POST /images/create", reply.clone())
            .on("POST /build", reply);
        let env = ("DOCKER_CONFIG", docker.path().to_str().unwrap());
        assert_hidden(engine, &[env], tool, arguments).await;
    }
}
