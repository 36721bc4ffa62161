//! Secrets that calls name: their values come out of nothing, though redaction by looks is off, so that
//! whatever hides them knows them by themselves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use mcp_docker::catalog::{PROMPTS, RESOURCES, TOOLS};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::planted::{self, PLANTED, found};
use super::rendered::filled_in;
use super::{ALLOWED, arguments, told};
use crate::support::client::{Client, RawClient};
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::wire::context;

/// Every planted text is a secret of the operator's, and one is of many short lines.
fn vault() -> TempDir {
    let vault = tempfile::tempdir().unwrap();
    for (number, value) in PLANTED.iter().enumerate() {
        let path = vault.path().join(format!("s{number}"));
        fs::write(&path, format!("{value}\n")).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o400)).unwrap();
    }
    vault
}

/// The settings of a server that hides by values alone, and records and logs all that it can.
fn settings<'a>(engine: &'a str, folder: &'a [String; 3]) -> Vec<(&'a str, &'a str)> {
    let [vault, audit, log] = folder;
    let mut env = vec![
        ("DOCKER_BASE_URL", engine),
        ("MCP_DOCKER_SECRETS_DIR", vault),
        ("MCP_DOCKER_AUDIT_LOG", audit),
        ("MCP_DOCKER_LOG_PATH", log),
        ("MCP_LOG_LEVEL", "DEBUG"),
        ("SAFETY_REDACT_SECRETS", "false"),
    ];
    env.extend(ALLOWED);
    env
}

fn paths(vault: &TempDir, folder: &TempDir) -> [String; 3] {
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    [
        text(vault.path()),
        text(&folder.path().join("audit")),
        text(&folder.path().join("log")),
    ]
}

/// Nothing in the files that a server wrote.
fn recorded_nothing(paths: &[String; 3]) {
    for path in &paths[1..] {
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.is_empty(), "{path}");
        assert_eq!(found(&text), None, "{path}: {text}");
    }
}

/// Whatever the Engine answers: documents, logs, outputs, errors; and the calls name the secrets as well.
#[tokio::test]
async fn no_tool_hands_on_a_secret_that_calls_name() {
    let (vault, folder, context) = (vault(), tempfile::tempdir().unwrap(), context());
    let paths = paths(&vault, &folder);
    let text = planted::text();
    let failing = FakeEngine::start()
        .on("*", Reply::error(500, &text))
        .on("GET /version", crate::support::fake_engine::version("1.41"));
    let mut markers = 0;
    for engine in [planted::engine(), failing] {
        let address = engine.address();
        let client = Client::start(&settings(&address, &paths)).await;
        for tool in TOOLS {
            let mut given = arguments(tool, context.path().to_str().unwrap());
            let names_some = tool.params.iter().any(|it| it.name == "environment");
            if names_some {
                let variables = (0..PLANTED.len())
                    .map(|at| (format!("V{at}"), json!(format!("${{secret:s{at}}}"))));
                given["environment"] = variables.collect::<serde_json::Map<_, _>>().into();
            }
            let text = told(&client.call(tool.name, given).await);
            assert_eq!(found(&text), None, "{}: {text}", tool.name);
            markers += text.matches("[REDACTED:").count();
        }
        client.stop().await;
        let bodies = engine
            .bodies()
            .iter()
            .map(Value::to_string)
            .collect::<String>();
        let went = PLANTED.iter().all(|value| bodies.contains(value));
        assert!(went || engine.bodies().is_empty(), "{bodies}");
    }
    assert!(markers > 200, "{markers} markers");
    recorded_nothing(&paths);
}

#[tokio::test]
async fn no_prompt_and_no_resource_hands_on_a_secret_that_calls_name() {
    let (vault, folder) = (vault(), tempfile::tempdir().unwrap());
    let paths = paths(&vault, &folder);
    let engine = planted::engine();
    let address = engine.address();
    let mut client = RawClient::session("2025-11-25", &settings(&address, &paths)).await;
    let prompts = PROMPTS.iter().map(|prompt| {
        let arguments = filled_in(prompt, &planted::text());
        (
            "prompts/get",
            json!({ "name": prompt.name, "arguments": arguments }),
        )
    });
    let resources = RESOURCES.iter().map(|resource| {
        let uri = format!("{}web", resource.prefix);
        ("resources/read", json!({ "uri": uri }))
    });
    let mut markers = 0;
    for (id, (method, params)) in (1..).zip(prompts.chain(resources)) {
        let text = client.request(id, method, params.clone()).await.to_string();
        assert_eq!(found(&text), None, "{method} {params}: {text}");
        markers += text.matches("[REDACTED:").count();
    }
    assert!(markers > 20, "{markers} markers");
    recorded_nothing(&paths);
}

/// What a build says comes as progress too.
#[tokio::test]
async fn no_progress_hands_on_a_secret_that_calls_name() {
    let (vault, folder, context) = (vault(), tempfile::tempdir().unwrap(), context());
    let paths = paths(&vault, &folder);
    let step = json!({ "stream": "Step 1/1 : RUN planted-label-value and planted two words\n" });
    let engine = FakeEngine::start().on("POST /build", Reply::chunks([format!("{step}\r\n")]));
    let address = engine.address();
    let mut client = RawClient::session("2025-11-25", &settings(&address, &paths)).await;
    let call = json!({
        "name": "docker_build_image", "arguments": { "path": context.path() }, "_meta": { "progressToken": 1 },
    });
    client
        .send(json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call}))
        .await;
    let mut said = String::new();
    loop {
        let message = client.receive().await;
        said.push_str(&message.to_string());
        if message["method"] != "notifications/progress" {
            break;
        }
    }
    assert!(
        said.contains("step 1") && said.contains("[REDACTED:"),
        "{said}"
    );
    assert_eq!(found(&said), None, "{said}");
}
