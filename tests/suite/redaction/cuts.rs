//! What is cut on its way: a password in a URL is one by the `@` behind it, so a cut before that
//! must find it hidden already.

use std::fs;

use serde_json::{Value, json};

use super::{client, context, planted, told};
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

#[tokio::test]
async fn a_small_budget_cuts_no_secret_open() {
    for budget in ["4096", "4500", "5000", "6000", "8192"] {
        let engine = planted::engine();
        let client = client(&engine, &[("SAFETY_MAX_RESPONSE_BYTES", budget)]).await;
        for (tool, arguments) in [
            ("docker_inspect_container", json!({"container_id": "web"})),
            (
                "docker_container_logs",
                json!({"container_id": "web", "tail": "all"}),
            ),
            (
                "docker_exec_command",
                json!({"container_id": "web", "command": "env"}),
            ),
            ("docker_events", json!({})),
            ("docker_list_containers", json!({"labels": true})),
            ("docker_image_history", json!({"image": "web"})),
        ] {
            let result = client
                .call(tool, arguments)
                .await
                .structured_content
                .unwrap()
                .to_string();
            assert!(
                !result.contains("planted"),
                "{tool} within {budget}: {result}"
            );
            assert!(!result.contains("MIIE"), "{tool} within {budget}: {result}");
            assert!(
                result.len() <= budget.parse().unwrap(),
                "{tool}: {} bytes",
                result.len()
            );
        }
        client.stop().await;
    }
}

/// An escape sequence or a secret that comes in two frames, with much between the ends.
#[tokio::test]
async fn an_output_is_clean_where_its_middle_is_cut() {
    let filler = "x".repeat(63) + "\n";
    let chunks = [
        frame(1, "\u{1b}[3"),
        frame(1, "1mred\u{1b}"),
        frame(1, "[0m DB_PASS"),
        frame(1, "WORD=planted-env-value\n"),
    ]
    .into_iter()
    .chain((0..200).map(|_| frame(1, &filler)))
    .chain([
        frame(1, "https://app:planted-"),
        frame(1, "url-value@db end\u{1b}]0;ti"),
        frame(1, "tle\u{7}"),
    ]);
    let engine = planted::engine().on("POST /exec/*/start", Reply::chunks(chunks));
    let client = client(&engine, &[("SAFETY_MAX_RESPONSE_BYTES", "4096")]).await;
    let result = client
        .call(
            "docker_exec_command",
            json!({"container_id": "web", "command": "env"}),
        )
        .await;
    let result = result.structured_content.unwrap();
    assert_eq!(result["truncated"], true);
    let text = result["output"].as_str().unwrap();
    assert!(text.starts_with("red DB_PASSWORD=[REDACTED:"), "{text}");
    assert!(text.ends_with("@db end"), "{text}");
    assert!(!text.contains("planted"), "{text}");
    client.stop().await;
}
