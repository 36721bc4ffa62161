//! Protects what a choice of toolsets means: what is off is neither listed nor done, and says what
//! switches it on.

use mcp_docker::catalog::{PROMPTS, RESOURCES, TOOLS};
use mcp_docker::config::{TOOLSETS, Toolsets};
use serde_json::{Value, json};

use crate::support::client::{RawClient, command};
use crate::support::fake_engine::FakeEngine;

const CHOICE: &str = "MCP_DOCKER_TOOLSETS";
const VERSION: &str = "2025-06-18";

/// A choice, and whether it switches a toolset on.
type Row = (&'static str, fn(&str) -> bool);

const ROWS: [Row; 8] = [
    ("", is_default),
    ("default", is_default),
    ("all", |_| true),
    ("default,insight", |it| is_default(it) || it == "insight"),
    (" Images , volumes,", |it| {
        ["images", "volumes"].contains(&it)
    }),
    (r#"["images"]"#, |it| it == "images"),
    ("insight", |it| it == "insight"),
    ("${user_config.toolsets}", is_default),
];

fn is_default(name: &str) -> bool {
    TOOLSETS.iter().any(|it| it.name == name && it.default)
}

/// A session with a server of that choice, and its Engine, which has nothing.
async fn session(choice: &str) -> (RawClient, FakeEngine) {
    let engine = FakeEngine::start();
    let address = engine.address();
    let settings = [("DOCKER_BASE_URL", &*address), (CHOICE, choice)];
    (RawClient::session(VERSION, &settings).await, engine)
}

/// The names of what a request lists.
async fn listed(client: &mut RawClient, method: &str, key: &str, name: &str) -> Vec<String> {
    let answer = client.request(1, method, json!({})).await;
    let items = answer["result"][key].as_array().unwrap();
    let names = items.iter().map(|item| item[name].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_off_is_not_listed() {
    for (choice, is_on) in ROWS {
        let (mut client, _engine) = session(choice).await;
        let on = TOOLS.iter().filter(|tool| is_on(tool.toolset));
        let on: Vec<&str> = on.map(|tool| tool.name).collect();
        let tools = listed(&mut client, "tools/list", "tools", "name").await;
        assert_eq!(tools, on, "{choice}");

        let on = PROMPTS.iter().filter(|it| it.toolset.is_none_or(is_on));
        let on: Vec<&str> = on.map(|prompt| prompt.name).collect();
        let prompts = listed(&mut client, "prompts/list", "prompts", "name").await;
        assert_eq!(prompts, on, "{choice}");

        let on = RESOURCES.iter().filter(|it| it.toolset.is_none_or(is_on));
        let on: Vec<&str> = on.map(|resource| resource.template).collect();
        let (method, key) = ("resources/templates/list", "resourceTemplates");
        let templates = listed(&mut client, method, key, "uriTemplate").await;
        assert_eq!(templates, on, "{choice}");
    }
}

#[tokio::test]
async fn a_call_of_what_is_off_does_nothing_and_says_what_switches_it_on() {
    let (mut client, engine) = session("images").await;
    for tool in TOOLS.iter().filter(|tool| tool.toolset != "images") {
        // Whoever was not told of the tool cannot know its arguments.
        let params = json!({ "name": tool.name, "arguments": { "stray": 1 } });
        let answer = client.request(2, "tools/call", params).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        let (off, choice) = (tool.toolset, format!("{CHOICE}=images,{}", tool.toolset));
        let mut words: Vec<&str> = choice.split(['=', ',']).skip(1).collect();
        words.sort_unstable();
        let choice = format!("{CHOICE}={}", words.join(","));
        assert!(text.contains(&format!("`{off}`")), "{text}");
        assert!(text.contains(&choice), "{text}");
    }
    for prompt in PROMPTS {
        let params = json!({ "name": prompt.name, "arguments": {} });
        let answer = client.request(3, "prompts/get", params).await;
        is_said(&answer, prompt.toolset.unwrap());
    }
    let web = json!({ "uri": "container://logs/web" });
    for method in ["resources/read", "resources/subscribe"] {
        let answer = client.request(4, method, web.clone()).await;
        is_said(&answer, "containers");
        assert!(answer.to_string().contains("{container_id}"), "{answer}");
    }
    let reference = json!({ "type": "ref/prompt", "name": "security_audit" });
    let argument = json!({ "name": "container_id", "value": "w" });
    let params = json!({ "ref": reference, "argument": argument });
    let answer = client.request(5, "completion/complete", params).await;
    is_said(&answer, "containers");
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());
}

fn is_said(answer: &Value, toolset: &str) {
    let text = answer["error"]["message"].as_str();
    let text = text.unwrap_or_else(|| panic!("{answer}"));
    assert!(text.contains(&format!("`{toolset}`")), "{text}");
    assert!(text.contains(CHOICE), "{text}");
}

/// What is on by default goes without saying.
#[tokio::test]
async fn a_model_reads_what_the_chosen_toolsets_are_for() {
    for (choice, is_on) in ROWS {
        let engine = FakeEngine::start();
        let address = engine.address();
        let mut client = RawClient::start(&[("DOCKER_BASE_URL", &*address), (CHOICE, choice)]);
        let answer = client.initialize(VERSION).await;
        let text = answer["result"]["instructions"].as_str().unwrap();
        let whole = TOOLSETS.iter().all(|it| !it.default || is_on(it.name));
        for toolset in TOOLSETS {
            let said = is_on(toolset.name) && !(whole && toolset.default);
            let (name, summary) = (toolset.name, toolset.summary);
            assert_eq!(text.contains(summary), said, "{choice}, {name}: {text}");
        }
        let names_a_tool = text.contains("docker_healthcheck");
        assert_eq!(names_a_tool, is_on("system"), "{choice}: {text}");
    }
}

#[tokio::test]
async fn a_name_that_is_none_stops_the_start_with_the_nearest() {
    for (flag, given, said) in [
        (
            "--toolsets",
            "default,insigt",
            "`insigt` is none, did you mean `insight`?",
        ),
        (
            "--mcp-docker-toolsets",
            "defualt",
            "did you mean `default`?",
        ),
        ("--toolsets", "everything", "insight"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let output = command(home.path())
            .args([flag, given])
            .output()
            .await
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{given}: {text}");
        assert!(text.contains(CHOICE) && text.contains(said), "{text}");
        assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    }
}

/// To deny a tool is to deny it whether or not it is on.
#[tokio::test]
async fn filters_may_name_what_is_off() {
    for variable in ["SAFETY_DENIED_TOOLS", "SAFETY_ALLOWED_TOOLS"] {
        let settings = [(CHOICE, "images"), (variable, "docker_list_networks")];
        let mut client = RawClient::session(VERSION, &settings).await;
        let tools = listed(&mut client, "tools/list", "tools", "name").await;
        assert!(!tools.contains(&"docker_list_networks".to_owned()));
    }
}

#[test]
fn a_choice_is_written_as_it_is_read() {
    for (choice, _) in ROWS
        .iter()
        .filter(|(choice, _)| !choice.contains(['[', '$']))
    {
        let words = choice.split(',').map(str::trim).filter(|it| !it.is_empty());
        let on = Toolsets::named(words).unwrap();
        let written = on.to_string();
        assert_eq!(Toolsets::named(written.split(',')), Some(on), "{written}");
    }
}
