//! Sends every example through a real client, and looks at what the Engine sees.

mod engine;

use std::collections::BTreeMap;
use std::fs;

use mcp_docker::catalog::{self, Example, Param, TOOLS, Tool};
use mcp_docker::config::Toolsets;
use serde_json::{Value, json};

use crate::golden;
use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::{FakeEngine, Seen};
use crate::support::fake_scanner::FakeScanners;
pub(crate) use engine::engine;
pub(crate) use engine::{last, said};

/// What the fake Engine knows every object by; examples write `{id}`.
pub(crate) const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// The directory that examples build from, load from and save to; one that exists stands in for it.
pub(crate) const CONTEXT: &str = "/srv/web";

/// A directory that stands in for it.
pub(crate) fn context() -> tempfile::TempDir {
    let context = crate::support::workplace::workplace();
    fs::write(context.path().join("Dockerfile"), "FROM scratch").unwrap();
    fs::write(context.path().join("images.tar"), [0; 1024]).unwrap();
    let compose = "services: { web: { image: 'web:1' }, api: { build: . } }";
    fs::write(context.path().join("compose.yaml"), compose).unwrap();
    context
}

/// Whether a tool does nothing where its program is not there: Compose, the Docker CLI, a scanner.
pub(crate) fn runs_a_program(tool: &Tool) -> bool {
    let is_of_files = tool.params.iter().any(|it| it.name == "project_directory");
    tool.command.is_some()
        || is_of_files
            && !matches!(
                tool.name,
                "docker_compose_validate" | "docker_compose_write_file"
            )
}

/// Everything is on and allowed, and nobody is asked.
const ALLOWED: [(&str, &str); 4] = [
    EVERYTHING,
    // One that examples name.
    ("MCP_DOCKER_SECRET_DB", "an-example-of-a-secret"),
    ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
];

async fn client(engine: &FakeEngine) -> Client {
    client_with(engine, &[]).await
}

pub(crate) async fn client_with(engine: &FakeEngine, more: &[(&str, &str)]) -> Client {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
    env.extend(ALLOWED);
    env.extend(more);
    Client::start(&env).await
}

#[tokio::test]
async fn every_example_makes_the_requests_it_declares() {
    let context = context();
    let compose = FakeCompose::new();
    let scanners = FakeScanners::of_both_tools();
    for (tool, example) in TOOLS
        .iter()
        .flat_map(|tool| tool.examples.iter().map(move |example| (tool, example)))
    {
        let engine = match said(example) {
            Some(reply) => engine().on(&last(example), reply),
            None => engine(),
        };
        let programs = format!("{}:{}", scanners.path(), compose.programs());
        let settings = [("DOCKER_CONFIG", compose.settings()), ("PATH", &programs)];
        let client = client_with(&engine, &settings).await;
        let what = format!("{}: {}", tool.source, example.title);
        let args = example
            .args
            .replace(CONTEXT, context.path().to_str().unwrap());

        let result = client
            .call(tool.name, serde_json::from_str(&args).unwrap())
            .await;

        let unscripted = engine.unscripted();
        assert!(
            unscripted.is_empty(),
            "{what}: the fake Engine has no answer to {unscripted:?} of `{}`: give it as `reply` of the example, or in \
             `engine()` of tests/suite/wire/engine.rs",
            tool.name
        );
        assert_ne!(result.is_error, Some(true), "{what}: {result:?}");
        requests_are(&what, example, &engine);
        result_fits(&what, tool, &result.structured_content.unwrap());
        client.stop().await;
    }
}

/// The requests, those that only read and follow each other sorted: some are made side by side, and
/// which of them comes first is chance.
fn in_order(requests: &[String]) -> Vec<String> {
    let reads = |request: &String| request.starts_with("GET ");
    requests
        .chunk_by(|one, next| reads(one) && reads(next))
        .flat_map(|run| {
            let mut run = run.to_vec();
            run.sort();
            run
        })
        .collect()
}

pub(crate) fn requests_are(what: &str, example: &Example, engine: &FakeEngine) {
    let declared: Vec<String> = example
        .requests
        .iter()
        .map(|request| request.replace("{id}", ID))
        .collect();
    let sent = engine.requests();
    let sent: Vec<String> = sent.iter().map(|it| without_times(it, 60)).collect();
    assert_eq!(
        in_order(&sent),
        in_order(&declared),
        "{what}: {sent:?}, not {declared:?}"
    );
    let negotiation = |seen: &Seen| seen.version.is_none() && seen.target == "/version";
    let sent = engine.seen();
    let unversioned = sent
        .iter()
        .find(|seen| seen.version.as_deref() != Some("1.41") && !negotiation(seen));
    assert!(unversioned.is_none(), "{what}: {unversioned:?}");

    let bodies = engine.bodies();
    for (index, declared) in example.bodies.iter().enumerate() {
        let declared: Value = serde_json::from_str(declared).unwrap();
        let sent = bodies.get(index).unwrap_or(&Value::Null);
        assert!(
            holds(sent, &declared),
            "{what}: {sent} does not hold {declared}"
        );
    }
}

/// A request in which `{now}` stands for the time of the call and what is that near to it.
fn without_times(request: &str, seconds: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    let is_now = |value: &str| {
        let time = value.split('.').next().and_then(|it| it.parse().ok());
        time.is_some_and(|time: i64| (now - seconds..now + seconds).contains(&time))
    };
    let mut pairs = request.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_now(value) => format!("{name}={{now}}"),
        Some(("labels", _)) => sorted_labels(pair),
        _ => pair.to_owned(),
    });
    let first = pairs.next().unwrap_or_default();
    pairs.fold(first, |all, pair| format!("{all}&{pair}"))
}

/// Labels in an order that is not chance.
fn sorted_labels(pair: &str) -> String {
    let mut read = form_urlencoded::parse(pair.as_bytes());
    let labels = read.next().map(|(_, labels)| labels.into_owned());
    let labels: BTreeMap<String, String> = serde_json::from_str(&labels.unwrap()).unwrap();
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.append_pair("labels", &serde_json::to_string(&labels).unwrap());
    written.finish()
}

/// Whether a body holds what an example declares of it.
fn holds(sent: &Value, declared: &Value) -> bool {
    match (sent, declared) {
        (Value::Object(sent), Value::Object(declared)) => declared
            .iter()
            .all(|(key, value)| sent.get(key).is_some_and(|sent| holds(sent, value))),
        _ => sent == declared,
    }
}

fn result_fits(what: &str, tool: &Tool, result: &Value) {
    let schema = serde_json::from_str(tool.output_schema).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(result)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{what}: {result}: {errors:?}");
}

/// bollard writes names into URLs as they are, so nothing that means something there gets through.
#[tokio::test]
async fn a_reference_that_is_none_is_refused_before_anything_is_sent() {
    let engine = engine();
    let client = client(&engine).await;
    let long = "a".repeat(300);
    let bad = [
        "../images/web:1",
        "%2e%2e/images",
        "web?x=1",
        "web#x",
        "",
        &long,
        "web\n",
        "we b",
        "web/../..",
        "\u{0}",
    ];
    let kinds = [
        "container",
        "image",
        "network",
        "volume",
        "repository",
        "tag",
    ];

    let mut tried = 0;
    for tool in TOOLS {
        for param in tool
            .params
            .iter()
            .filter(|param| kinds.contains(&param.kind))
        {
            // An empty one that may be absent is as if absent.
            for bad in bad
                .into_iter()
                .filter(|bad| param.required || !bad.is_empty())
            {
                let mut args: Value = serde_json::from_str(tool.examples[0].args).unwrap();
                args[param.name] = json!(bad);
                let result = client.call(tool.name, args).await;
                assert_eq!(
                    result.is_error,
                    Some(true),
                    "{} took {}={bad:?}",
                    tool.name,
                    param.name
                );
                let text = format!("{:?}", result.content);
                assert!(text.contains(param.name), "{}: {text}", tool.name);
                tried += 1;
            }
        }
    }

    assert!(tried >= 80, "only {tried}");
    assert_eq!(engine.requests(), Vec::<String>::new());
    assert_eq!(engine.negotiations(), 0);
    client.stop().await;
}

/// Clients that fill in every parameter send an empty string for those that nobody set.
#[tokio::test]
async fn an_empty_string_for_an_optional_parameter_is_as_if_it_were_absent() {
    let context = context();
    let mut tried = 0;
    for tool in TOOLS {
        let engine = engine();
        let client = client(&engine).await;
        let example = tool.examples[0].args;
        let example = example.replace(CONTEXT, context.path().to_str().unwrap());
        let example: serde_json::Map<String, Value> = serde_json::from_str(&example).unwrap();
        let sent = async |arguments| {
            let before = engine.seen().len();
            let result = client.call(tool.name, Value::Object(arguments)).await;
            let sent = engine.seen().split_off(before);
            let lines: Vec<String> = sent
                .iter()
                .map(|seen| without_times(&seen.line(), 86_400))
                .collect();
            // An archive holds times.
            let bodies = sent
                .into_iter()
                .filter(|seen| !seen.target.starts_with("/build"));
            let bodies: Vec<_> = bodies.map(|seen| seen.body).collect();
            (result, in_order(&lines), bodies)
        };
        // What is asked of an Engine once comes first.
        sent(example.clone()).await;
        let optional = |param: &&Param| !param.required && !param.empty;
        for param in tool.params.iter().filter(optional) {
            let mut without = example.clone();
            without.remove(param.name);
            let mut empty = without.clone();
            empty.insert(param.name.into(), json!(""));
            let (result, lines, bodies) = sent(empty).await;
            let what = format!("{}.{}: {:?}", tool.name, param.name, result.content);
            let (absent, of_absent, their_bodies) = sent(without).await;
            assert_eq!(result.is_error, absent.is_error, "{what}");
            assert_eq!((lines, bodies), (of_absent, their_bodies), "{what}");
            tried += 1;
        }
        client.stop().await;
    }
    assert!(tried > 70, "{tried} parameters");
}

#[tokio::test]
async fn no_schema_that_a_client_gets_would_be_refused_by_one() {
    let engine = engine();
    let client = client(&engine).await;
    for tool in client.list_tools().await {
        let tool = serde_json::to_value(&tool).unwrap();
        let name = tool["name"].as_str().unwrap();
        crate::laws::are_plain(name, &tool["inputSchema"], &tool["outputSchema"]);
    }
    client.stop().await;
}

/// What a client is sent of each tool, one file each.
#[tokio::test]
async fn what_clients_are_told_of_each_tool_is_as_agreed() {
    let engine = engine();
    let client = client(&engine).await;
    let tools = client.list_tools().await;
    client.stop().await;

    for tool in &tools {
        let mut text =
            serde_json::to_string_pretty(&sorted(serde_json::to_value(tool).unwrap())).unwrap();
        text.push('\n');
        golden::check(format!("tests/golden/tools/{}.json", tool.name), &text);
    }
    for entry in fs::read_dir(golden::at_root("tests/golden/tools")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            tools.iter().any(|tool| tool.name == name),
            "{} is of no tool",
            path.display()
        );
    }
    let mut tools = tools;
    let default = Toolsets::default();
    tools.retain(|tool| {
        let toolset = catalog::find(&tool.name).map(|tool| tool.toolset);
        default.has(toolset)
    });
    let total = serde_json::to_string(&tools).unwrap().len();
    assert!(total <= 42_000, "the whole list takes {total} bytes");
}

/// The order of keys is not part of what is agreed.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
