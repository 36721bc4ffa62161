//! Protects what a client sees from secrets and hidden characters: over every tool, prompt and resource, in
//! results, errors and progress, whatever a call asks to be left out.

mod arguments;
mod asked;
mod cuts;
mod forms;
mod kinds;
mod lines;
mod load;
mod named;
mod path;
mod planted;
mod progress;
mod questions;
pub(crate) mod rendered;

use std::path::Path;

use mcp_docker::catalog::{TOOLS, Tool};
use rmcp::model::CallToolResult;
use serde_json::{Value, json};

use crate::support::client::{Client, EVERYTHING, RawClient};
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::fake_scanner::FakeScanners;
use crate::wire::context;
use planted::{PLANTED, found};

/// Everything is on and allowed, and nobody is asked.
const ALLOWED: [(&str, &str); 5] = [
    EVERYTHING,
    // One that examples name.
    ("MCP_DOCKER_SECRET_DB", "planted-named-value"),
    ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true"),
];

async fn client(engine: &FakeEngine, more: &[(&str, &str)]) -> Client {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
    env.extend(ALLOWED);
    env.extend(more);
    Client::start(&env).await
}

/// The arguments of the tool's first example, with all that makes the result longer.
fn arguments(tool: &Tool, context: &str) -> Value {
    let args = tool.examples[0].args.replace("/srv/web", context);
    let mut args: Value = serde_json::from_str(&args).unwrap();
    let members = args.as_object_mut().unwrap();
    members.remove("fields");
    members.remove("grep");
    for param in tool.params {
        match param.name {
            "labels" if param.kind == "boolean" => members.insert("labels".into(), json!(true)),
            "raw" | "all" | "volumes" if param.kind == "boolean" => {
                members.insert(param.name.into(), json!(true))
            }
            "pull" if param.kind == "string" => members.insert("pull".into(), json!("missing")),
            _ => None,
        };
    }
    args
}

/// All that a client is told, as text.
fn told(result: &CallToolResult) -> String {
    serde_json::to_string(result).unwrap()
}

/// Whether a text holds what a reader does not see, but for the escapes of JSON itself.
fn hidden(text: &str) -> Option<char> {
    let escaped = text.contains("\\u001b").then_some('\u{1b}');
    escaped.or(text
        .chars()
        .find(|it| it.is_control() || ['\u{202e}', '\u{200b}'].contains(it)))
}

/// The law: whatever the Engine answers, no tool hands a secret on. That the same answers do come
/// out where redaction is off shows that they would have.
#[tokio::test]
async fn no_tool_hands_on_a_secret() {
    let context = context();
    let context = context.path().to_str().unwrap();
    let engine = planted::engine();
    let model = r#"{"name":"NAME","services":{"web":{"image":"web:1","environment":{"DB_PASSWORD":"planted-env-value"}}}}"#;
    let compose = FakeCompose::with(model, "");
    let compose = compose.with_docker(
        "services: {web: {image: 'web:1', environment: {DB_PASSWORD: planted-env-value}}}",
        "",
    );
    let scanners = FakeScanners::of_both_tools();
    let programs = format!("{}:{}", scanners.path(), compose.programs());
    let settings = [
        ("DOCKER_CONFIG", compose.settings()),
        ("PATH", programs.as_str()),
    ];
    let redacting = client(&engine, &settings).await;
    let [one, other] = settings;
    let open = client(&engine, &[one, other, ("SAFETY_REDACT_SECRETS", "false")]).await;
    let (mut markers, mut leaking, mut all) = (0, Vec::new(), String::new());
    for tool in TOOLS {
        let result = redacting.call(tool.name, arguments(tool, context)).await;
        let text = told(&result);
        assert_ne!(result.is_error, Some(true), "{}: {text}", tool.name);
        assert_eq!(found(&text), None, "{}: {text}", tool.name);
        assert_eq!(hidden(&text), None, "{}: {text}", tool.name);
        markers += text.matches("[REDACTED:").count();

        let text = told(&open.call(tool.name, arguments(tool, context)).await);
        assert!(!text.contains("[REDACTED:"), "{}: {text}", tool.name);
        for withheld in [planted::WITHHELD, "planted-named-value", "cGxhbnRlZC1hbmQt"] {
            assert!(!text.contains(withheld), "{}: {text}", tool.name);
        }
        assert_eq!(hidden(&text), None, "{}: {text}", tool.name);
        leaking.extend(found(&text).map(|_| tool.name));
        all.push_str(&text.replace("\\\"", "\""));
    }
    assert!(markers > 200, "{markers} markers");
    assert!(
        leaking.len() >= 20,
        "only {leaking:?} hand on what the Engine says"
    );
    for planted in PLANTED {
        assert!(all.contains(planted), "`{planted}` was never on its way");
    }
    redacting.stop().await;
    open.stop().await;
}

/// An Engine quotes what it was given, and so may what an error is made of.
#[tokio::test]
async fn no_error_hands_on_a_secret() {
    let context = context();
    let context = context.path().to_str().unwrap();
    for status in [400, 404, 409, 500] {
        // The Engine's text is cut at some length, so each part comes first in one of them.
        let text = planted::text();
        let half = text.find("jwt ").unwrap();
        for message in [
            text.as_str(),
            &text[half..],
            &format!("{}{text}", "x ".repeat(450)),
        ] {
            let engine = FakeEngine::start()
                .on("*", Reply::error(status, message))
                .on("GET /version", crate::support::fake_engine::version("1.41"));
            let client = client(&engine, &[]).await;
            for tool in TOOLS {
                let text = told(&client.call(tool.name, arguments(tool, context)).await);
                assert_eq!(found(&text), None, "{} {status}: {text}", tool.name);
                assert_eq!(hidden(&text), None, "{} {status}: {text}", tool.name);
            }
            client.stop().await;
        }
    }
}

/// A failure inside a stream that began well, and the log before it.
#[tokio::test]
async fn no_failed_step_hands_on_a_secret() {
    let context = context();
    let context = context.path().to_str().unwrap();
    let step = json!({ "stream": planted::text() });
    let failure =
        json!({ "errorDetail": { "message": planted::text() }, "error": planted::text() });
    let reply = Reply::chunks([format!("{step}\n{failure}\n")]);
    let engine = FakeEngine::start()
        .on("POST /build", reply.clone())
        .on("POST /images/create", reply.clone())
        .on("POST /images/*/push", reply);
    let client = client(&engine, &[]).await;
    for name in [
        "docker_build_image",
        "docker_pull_image",
        "docker_push_image",
    ] {
        let tool = TOOLS.iter().find(|tool| tool.name == name).unwrap();
        let result = client.call(name, arguments(tool, context)).await;
        let text = told(&result);
        assert_eq!(result.is_error, Some(true), "{name}");
        assert!(text.contains("[REDACTED:"), "{name}: {text}");
        assert_eq!(found(&text), None, "{name}: {text}");
    }
    client.stop().await;
}

/// A build says each instruction, values included, and the notification cuts it.
#[tokio::test]
async fn no_progress_hands_on_a_secret() {
    let context = context();
    let pad = "x".repeat(82);
    let step = |number: usize, instruction: String| {
        format!(
            "{}\r\n",
            json!({ "stream": format!("Step {number}/4 : {instruction}\u{1b}[0m\n") })
        )
    };
    let steps = [
        step(1, "ARG NPM_TOKEN=planted-buildarg-value".into()),
        step(2, "ENV DB_PASSWORD planted-env-value".into()),
        // Cut behind the user's name, nothing would tell that what follows is a password.
        step(
            3,
            format!("RUN curl {pad} https://app:planted-url-value@example.com"),
        ),
        step(4, format!("RUN {pad} planted-mine-value")),
    ];
    let mut said = String::new();
    // Of what comes at once only the last is told, so that each is the last of a build.
    for step in steps {
        said.push_str(&progress_of_a_build(step, context.path()).await);
    }
    for step in ["step 1", "step 2", "step 3", "step 4", "[REDACTED:"] {
        assert!(said.contains(step), "{said}");
    }
    for part in ["planted-", "u001b"] {
        assert!(!said.contains(part), "{said}");
    }
}

async fn progress_of_a_build(step: String, context: &Path) -> String {
    let engine = FakeEngine::start().on("POST /build", Reply::chunks([step]));
    let address = engine.address();
    let mut client = RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", &address)]).await;
    let call = json!({
        "name": "docker_build_image",
        "arguments": { "path": context, "buildargs": { "MINE": "planted-mine-value" } },
        "_meta": { "progressToken": 1 },
    });
    client
        .send(json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call}))
        .await;
    let mut said = String::new();
    loop {
        let message = client.receive().await;
        if message["method"] != "notifications/progress" {
            return said;
        }
        said.push_str(&message["params"]["message"].to_string());
    }
}

#[tokio::test]
async fn the_same_secret_has_the_same_marker_everywhere() {
    let engine = planted::engine();
    let client = client(&engine, &[]).await;
    let inspected = client
        .call("docker_inspect_container", json!({"container_id": "web"}))
        .await;
    let inspected = inspected.structured_content.unwrap();
    let assigned = inspected["details"]["Config"]["Env"][1].as_str().unwrap();
    let marker = assigned.strip_prefix("DB_PASSWORD=").unwrap();
    let logged = told(
        &client
            .call("docker_container_logs", json!({"container_id": "web"}))
            .await,
    );
    assert!(
        logged.contains(&format!("DB_PASSWORD={marker} and more")),
        "{logged}"
    );
    let ran = client
        .call(
            "docker_exec_command",
            json!({"container_id": "web", "command": "env"}),
        )
        .await;
    assert!(told(&ran).contains(marker), "{ran:?}");
    client.stop().await;
}

#[tokio::test]
async fn switching_redaction_off_is_said_at_start() {
    for (value, said) in [("false", true), ("true", false)] {
        let client = RawClient::session("2025-11-25", &[("SAFETY_REDACT_SECRETS", value)]).await;
        let mut client = client;
        client.close_stdin();
        let log = client.ended().await.log;
        assert_eq!(log.contains("SAFETY_REDACT_SECRETS is off"), said, "{log}");
    }
}
