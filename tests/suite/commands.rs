//! Holds what callers give to the tools that run a program: it becomes the words that the file says, and never an
//! option.

use std::collections::BTreeSet;

use mcp_docker::catalog::{Command, Param, TOOLS, Tool};
use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};

use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_compose::{FakeCompose, MODEL};
use crate::support::fake_engine::FakeEngine;
use crate::support::fake_scanner::put;
use crate::wire::{CONTEXT, context, engine};

/// Says each of its words, as a warning where it is right, and as why it failed where it is not.
const SAYS: &str =
    r#"for word in "$@"; do printf 'level=warning msg="[[%s]]"\n' "$word" >&2; done"#;
const FAILS: &str = r#"for word in "$@"; do printf '[[%s]]\n' "$word" >&2; done; exit 1"#;

/// The tools that run a program, with it.
fn commands() -> Vec<(&'static Tool, &'static Command)> {
    let commands: Vec<_> = TOOLS
        .iter()
        .filter_map(|it| Some((*it, it.command?)))
        .collect();
    assert!(!commands.is_empty());
    commands
}

fn compose() -> FakeCompose {
    let model = MODEL
        .replace("NAME", "'\"$name\"'")
        .replace("DIRECTORY", "'\"$directory\"'");
    let compose = FakeCompose::of(&format!("{SAYS}; printf '%s' '{model}'"), FAILS);
    put(&compose.path().join("bin"), "trivy", FAILS);
    compose
}

async fn client(engine: &FakeEngine, compose: &FakeCompose) -> Client {
    Client::start(&[
        ("DOCKER_BASE_URL", engine.address().as_str()),
        ("DOCKER_CONFIG", compose.settings()),
        ("PATH", &compose.programs()),
        EVERYTHING,
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ])
    .await
}

/// The arguments of the tool's first example, so that the program is run.
fn arguments(tool: &Tool, number: usize, context: &str) -> Map<String, Value> {
    let args = tool.examples[number].args.replace(CONTEXT, context);
    let mut args: Map<String, Value> = serde_json::from_str(&args).unwrap();
    args.remove("dry_run");
    args
}

fn text(result: &CallToolResult) -> String {
    serde_json::to_string(&result.content).unwrap()
}

/// The words of the last run, and all that comes before them.
fn words(result: &CallToolResult) -> Vec<String> {
    let text = text(result);
    let said = text.split("[[").skip(1);
    said.filter_map(|it| Some(it.split_once("]]")?.0.replace("\\\\", "\\")))
        .collect()
}

#[tokio::test]
async fn each_example_of_a_program_runs_the_words_it_declares() {
    let context = context();
    let context = context.path().to_str().unwrap();
    let (engine, compose) = (engine(), compose());
    let client = client(&engine, &compose).await;
    for (tool, _) in commands() {
        for (number, example) in tool.examples.iter().enumerate() {
            let args = arguments(tool, number, context);
            let result = client.call(tool.name, Value::Object(args)).await;
            let words = words(&result);
            assert!(
                words.ends_with(
                    &example
                        .argv
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                ),
                "{}: {}: {words:?}, not {:?}: {}",
                tool.source,
                example.title,
                example.argv,
                text(&result)
            );
        }
    }
    client.stop().await;
}

/// What is tried in place of each argument; what is no line, or too long, no program is given at all.
fn tried() -> Vec<(String, bool)> {
    let long = format!("--file={}", "a".repeat(10_000));
    let tried = [
        ("-x", true),
        ("--", true),
        ("--file=/etc/passwd", true),
        ("-f/etc/passwd", true),
        ("web\n--file=/etc/passwd", false),
        ("web\0--file=/etc/passwd", false),
        (long.as_str(), false),
    ];
    tried.map(|(text, may)| (text.to_owned(), may)).to_vec()
}

/// The forms in which a parameter takes a text.
fn forms(param: &Param, text: &str) -> Vec<Value> {
    match param.schema.name() {
        "array" => vec![json!([text]), json!(text), json!(["web", text])],
        "object" => vec![
            json!({ text: 1 }),
            json!({ "web": text }),
            json!([format!("{text}=1")]),
        ],
        _ => vec![json!(text)],
    }
}

#[tokio::test]
async fn no_argument_of_a_program_becomes_an_option() {
    let context = context();
    let context = context.path().to_str().unwrap();
    let (engine, compose) = (engine(), compose());
    let client = client(&engine, &compose).await;
    let (mut refused, mut tries) = (0, 0);
    for (tool, command) in commands() {
        // With nothing out of the way, it is run: what is missing below was refused.
        let usual = arguments(tool, 0, context);
        let result = client.call(tool.name, Value::Object(usual.clone())).await;
        let usual_words = words(&result);
        let options = options(&usual_words);
        assert!(!usual_words.is_empty(), "{}: {}", tool.name, text(&result));
        for param in tool.params {
            for (tried, may_run) in tried() {
                for value in forms(param, &tried) {
                    let mut args = usual.clone();
                    args.insert(param.name.to_owned(), value.clone());
                    let result = client.call(tool.name, Value::Object(args)).await;
                    let shown: String = value.to_string().chars().take(60).collect();
                    let what = format!("{} with `{}` {shown}", tool.name, param.name);
                    tries += 1;
                    let words = words(&result);
                    if words.is_empty() {
                        assert_eq!(result.is_error, Some(true), "{what}: {result:?}");
                        let said = text(&result);
                        let begins: String = tried.chars().take(2).collect();
                        let is_clear = said.contains(param.name) || said.contains(&begins);
                        assert!(is_clear, "{what}: {said}");
                        refused += 1;
                        continue;
                    }
                    assert!(may_run, "{what} was run: {words:?}");
                    for option in self::options(&words) {
                        let name = option.split('=').next().unwrap();
                        let is_known = options.iter().any(|it| it.split('=').next() == Some(name))
                            || command.flags.contains(&name);
                        assert!(is_known && option != tried, "{what}: {words:?}");
                    }
                }
            }
        }
    }
    client.stop().await;
    assert!(refused > tries / 2, "{refused} of {tries} were refused");
}

/// What a program takes for options among its words.
fn options(words: &[String]) -> BTreeSet<String> {
    let until_the_end = words.iter().take_while(|it| *it != "--");
    let options = until_the_end.filter(|it| it.starts_with('-') && *it != "-");
    options.cloned().collect()
}
