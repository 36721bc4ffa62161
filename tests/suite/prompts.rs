//! Holds the prompts to the contract, through a real client in both eras of the protocol.

use mcp_docker::catalog::{ArgumentKind, PROMPTS, TOOLS, Tier};
use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::golden;
use crate::redaction::rendered::filled_in;
use crate::support::client::Client;
use crate::support::exchange::prompt;
use crate::support::fake_engine::{FakeEngine, Reply};

mod authors;
mod facts;
mod gathering;
mod scenarios;
mod services;
mod stacks;

/// Every prompt is on.
const ALL: (&str, &str) = ("MCP_DOCKER_TOOLSETS", "all");

const MOST: usize = 16 * 1024;

/// Both eras: a session by `initialize`, and a client that opens none.
fn eras() -> [ClientLifecycleMode; 2] {
    [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    ]
}

async fn client(docker: &FakeEngine, era: ClientLifecycleMode, env: &[(&str, &str)]) -> Client {
    let address = docker.address();
    let env: Vec<(&str, &str)> = [("DOCKER_BASE_URL", address.as_str())]
        .into_iter()
        .chain(env.iter().copied())
        .collect();
    Client::start_as(era, &env).await
}

/// What a prompt says, or the code and text of the refusal.
async fn get(client: &Client, name: &str, arguments: Value) -> Result<String, (i32, String)> {
    let said = prompt(client.peer(), name, arguments).await;
    if let Ok(text) = &said {
        assert!(text.len() <= MOST, "{name} has {} bytes", text.len());
    }
    said
}

/// What a prompt says of an Engine.
async fn said(docker: &FakeEngine, name: &str, arguments: Value) -> String {
    let client = client(docker, ClientLifecycleMode::Initialize, &[ALL]).await;
    let text = get(&client, name, arguments).await;
    client.stop().await;
    text.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// What is said of what is wrong with `web`.
async fn troubleshot(docker: &FakeEngine) -> String {
    let web = json!({ "container_id": "web" });
    said(docker, "troubleshoot_container", web).await
}

/// An Engine with one container, `web`, and this log.
fn engine(container: Value, log: &str) -> FakeEngine {
    let listed = json!({
        "Id": "web", "Names": ["/web"], "Image": "web:1", "State": "running",
        "Labels": { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" },
    });
    FakeEngine::start()
        .with_swarm()
        .on("GET /containers/web/json", container)
        .on("GET /containers/web/logs", Reply::chunks([log.to_owned()]))
        .on("GET /containers/json", json!([listed]))
        .on("GET /events", Reply::empty(200))
        .on(
            "GET /info",
            json!({ "ServerVersion": "28.3.0", "SecurityOptions": ["name=seccomp,profile=builtin"] }),
        )
}

/// A container's document, with a terminal so that its log is plain text.
fn container(state: Value) -> Value {
    json!({
        "Id": "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d",
        "Name": "/web",
        "State": state,
        "RestartCount": 0,
        "Config": { "Image": "web:1", "Tty": true, "Env": ["PATH=/bin", "DB_PASSWORD=planted-secret", "MODE=planted-value"] },
        "HostConfig": { "NetworkMode": "bridge", "RestartPolicy": { "Name": "no", "MaximumRetryCount": 0 } },
        "NetworkSettings": { "Networks": { "bridge": { "IPAddress": "172.17.0.2" } } },
    })
}

fn exited(code: i64) -> Value {
    container(json!({ "Status": "exited", "Running": false, "ExitCode": code }))
}

#[test]
fn every_argument_is_documented_and_a_container_is_known_as_one() {
    for (prompt, argument) in PROMPTS
        .iter()
        .flat_map(|prompt| prompt.arguments.iter().map(move |it| (prompt, it)))
    {
        let doc = argument.doc;
        assert!(
            doc.starts_with(char::is_uppercase) && doc.ends_with('.'),
            "{}: {doc}",
            prompt.name
        );
        let is_container = argument.kind == ArgumentKind::Container;
        assert_eq!(
            argument.name == "container_id",
            is_container,
            "{}",
            prompt.name
        );
    }
}

#[test]
fn prompts_call_safe_tools_alone() {
    for (prompt, entry) in PROMPTS
        .iter()
        .flat_map(|prompt| prompt.context.iter().map(move |it| (prompt, it)))
    {
        let tool = TOOLS.iter().find(|tool| tool.name == entry.tool).unwrap();
        assert_eq!(tool.tier, Tier::Safe, "{}: {}", prompt.name, tool.name);
    }
}

#[test]
fn every_prompt_says_of_its_sample_what_is_committed() {
    for prompt in PROMPTS {
        let text = mcp_docker::prompt::sample(prompt, None).unwrap();
        assert!(
            text.len() <= MOST,
            "{} has {} bytes",
            prompt.name,
            text.len()
        );
        golden::check(format!("tests/golden/prompts/{}.md", prompt.name), &text);
    }
}

#[tokio::test]
async fn clients_of_both_eras_list_and_get_every_prompt() {
    for era in eras() {
        let docker = engine(exited(1), "Error: it broke\n");
        let client = client(&docker, era.clone(), &[]).await;
        let listed = client.peer().list_all_prompts().await.unwrap();
        golden::check(
            "tests/golden/prompts/list.json",
            &format!("{}\n", serde_json::to_string_pretty(&listed).unwrap()),
        );
        client.stop().await;
        // Those of other toolsets have nothing to find; they are there all the same.
        let client = self::client(&docker, era, &[ALL]).await;
        for prompt in PROMPTS {
            let arguments = filled_in(prompt, "a cache");
            let text = get(&client, prompt.name, arguments).await.unwrap();
            assert!(
                text.starts_with("# "),
                "{} opens with no heading: {text}",
                prompt.template
            );
            assert!(!text.contains("planted"), "{text}");
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_what_was_meant() {
    let docker = engine(exited(1), "");
    for era in eras() {
        let client = client(&docker, era, &[]).await;
        for (name, arguments, wanted) in [
            (
                "troubleshot_container",
                json!({}),
                "did you mean `troubleshoot_container`?",
            ),
            ("xyzzy", json!({}), "there are `debug_networking`"),
            (
                "troubleshoot_container",
                json!({}),
                "needs `container_id`: the name or id of a container",
            ),
            (
                "troubleshoot_container",
                json!({"container_id": "  "}),
                "needs `container_id`",
            ),
            (
                "troubleshoot_container",
                json!({"container": "web"}),
                "did you mean `container_id`?",
            ),
            (
                "troubleshoot_container",
                json!({"container_id": 7}),
                "it is not text",
            ),
            (
                "troubleshoot_container",
                json!({"container_id": "../x"}),
                "it holds `..`",
            ),
            (
                "debug_networking",
                json!({"container_id": "web", "target_host": "a; rm -rf /"}),
                "no host name",
            ),
            (
                "debug_networking",
                json!({"container_id": "web", "target_host": "--help"}),
                "no host name",
            ),
            (
                "generate_compose",
                json!({"service_description": "x".repeat(4001)}),
                "too long",
            ),
        ] {
            let (code, text) = get(&client, name, arguments.clone()).await.unwrap_err();
            assert_eq!(code, -32602, "{name} {arguments}: {text}");
            assert!(text.contains(wanted), "{name} {arguments}: {text}");
        }
        assert_eq!(docker.requests(), Vec::<String>::new());
        client.stop().await;
    }
}
