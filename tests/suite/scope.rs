//! Keeps every tool that changes something to the objects of `SAFETY_SCOPE`.

mod attacks;
mod builds;
mod files;
mod programs;
mod reads;
mod ways;

use std::fs;

use mcp_docker::catalog::{TOOLS, Tier, Tool};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::labels::Labels;
use crate::support::fake_engine::{FakeEngine, Seen};
use crate::wire::{CONTEXT, client_with, context, engine, last, said};

const PROJECT: &str = "com.docker.compose.project";
const STACK: &str = "com.docker.stack.namespace";
const SERVER: &str = "io.mcp-docker.server";
const OWN_ID: &str = "0123456789abcdef0123456789abcdef";

/// What a scope's tools are refused whatever they are about, with the reason.
const NEVER: [(&str, &str); 3] = [
    ("docker_load_image", "the tags of any image"),
    ("docker_prune_build_cache", "has no labels"),
    ("docker_update_node", "belongs to nobody"),
];

/// A form of the scope, and the labels by which an object is in it, another's and nobody's.
struct Form {
    scope: &'static str,
    own: Labels,
    others: Labels,
    nobodys: Labels,
    /// What is said of another's.
    owner: &'static str,
}

fn forms() -> [Form; 3] {
    let labels = |keys: &[&str], value: Option<&str>| -> Labels {
        let value = value.map(str::to_owned);
        let labels = keys.iter().map(|key| ((*key).to_owned(), value.clone()));
        labels.collect()
    };
    let project = |value: Option<&str>| labels(&[PROJECT, STACK], value);
    // What a project is called says whose an object is before anything else does.
    let beside = |key: &str, value: Option<&str>| {
        let mut all = project(None);
        all.extend(labels(&[key], value));
        all
    };
    [
        Form {
            scope: "project:shop",
            own: project(Some("shop")),
            others: project(Some("blog")),
            nobodys: project(None),
            owner: "belongs to project `blog`",
        },
        Form {
            scope: "label:owner=me",
            own: labels(&["owner"], Some("me")),
            others: beside("owner", Some("you")),
            nobodys: beside("owner", None),
            owner: "has the label `owner=you`",
        },
        Form {
            scope: "mine",
            own: labels(&[SERVER], Some(OWN_ID)),
            others: beside(SERVER, Some("fedcba9876543210fedcba9876543210")),
            nobodys: beside(SERVER, None),
            owner: "was made by the servers of another user",
        },
    ]
}

/// A server in that scope, on an Engine whose objects all have these labels.
async fn server(
    form: &Form,
    engine: &FakeEngine,
    more: &[(&str, &str)],
) -> (Client, tempfile::TempDir) {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("mcp-docker");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("server-id"), OWN_ID).unwrap();
    let mut env = vec![
        ("SAFETY_SCOPE", form.scope),
        ("XDG_STATE_HOME", state.path().to_str().unwrap()),
    ];
    env.extend(more);
    (client_with(engine, &env).await, state)
}

/// Whether a request changes something.
fn changes(seen: &&Seen) -> bool {
    let path = seen.target.split('?').next().unwrap();
    let reads = ["/auth", "/wait"].iter().any(|end| path.ends_with(end));
    !matches!(seen.method.as_str(), "GET" | "HEAD") && !reads
}

/// What a request makes that gets labels, as far as it makes such a thing.
fn made(seen: &Seen) -> Option<Value> {
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    if path == "/build" {
        let mut query = form_urlencoded::parse(query.as_bytes());
        let labels = query.find(|(key, _)| key == "labels");
        let labels = labels.map(|(_, labels)| serde_json::from_str(&labels).unwrap());
        return Some(labels.unwrap_or_default());
    }
    let makes = path.ends_with("/create") && path != "/images/create";
    makes.then(|| {
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        body["Labels"].clone()
    })
}

/// What one call of a tool comes to: whether it failed, what it said, and what it sent that changes something.
async fn outcome(
    tool: &Tool,
    form: &Form,
    labels: &Labels,
    compose: &FakeCompose,
) -> (bool, String, Vec<Seen>) {
    let example = &tool.examples[0];
    let engine = match said(example) {
        Some(reply) => engine().on(&last(example), reply),
        None => engine(),
    };
    let engine = engine.labelled(labels.clone());
    let context = context();
    let (programs, path) = (compose.programs(), context.path().to_str().unwrap());
    let mut settings = vec![("DOCKER_CONFIG", compose.settings()), ("PATH", &programs)];
    // A file has no label, so an operator says where one may be written.
    if tool.name == "docker_compose_write_file" {
        settings.push(("SAFETY_VOLUME_MOUNT_ALLOWLIST", path));
    }
    let (client, _state) = server(form, &engine, &settings).await;
    let args = example.args.replace(CONTEXT, path);
    let mut args: Value = serde_json::from_str(&args).unwrap();
    // A project is called as its directory is, where nobody says otherwise.
    let takes = |name: &str| tool.params.iter().any(|param| param.name == name);
    if takes("project_directory") && takes("project_name") {
        args["project_name"] = "shop".into();
    }
    let result = client.call(tool.name, args).await;
    client.stop().await;
    let text = result.content.first().and_then(|it| it.as_text());
    let text = text.map(|it| it.text.clone()).unwrap_or_default();
    let sent = engine.seen();
    let sent = sent.iter().filter(changes).cloned().collect();
    (result.is_error == Some(true), text, sent)
}

/// Divides what was sent into what makes something, and has the label or is wrong, and what is about an object.
fn divided<'s>(form: &Form, sent: &'s [Seen]) -> (Vec<&'s Seen>, Vec<&'s Seen>, Vec<String>) {
    let (makes, acts): (Vec<&Seen>, Vec<&Seen>) = sent.iter().partition(|it| made(it).is_some());
    let is_wrong = |seen: &&&Seen| {
        let labels = made(seen).unwrap();
        let has = |(key, value): &(String, Option<String>)| labels[key.as_str()] == json!(value);
        !form.own.iter().any(has)
    };
    let wrong = makes.iter().filter(is_wrong);
    let wrong = wrong.map(|seen| format!("{} has no label of the scope", seen.line()));
    let wrong = wrong.collect();
    (makes, acts, wrong)
}

/// What is wrong with a tool, of all that is tried.
async fn faults(
    tool: &Tool,
    form: &Form,
    compose: &FakeCompose,
    tried: &mut [usize; 2],
) -> Vec<String> {
    let (failed, text, sent) = outcome(tool, form, &form.own, compose).await;
    if let Some((_, why)) = NEVER.iter().find(|(name, _)| *name == tool.name) {
        let is_right = failed && text.contains(why) && sent.is_empty();
        return if is_right {
            Vec::new()
        } else {
            vec![format!("it is not refused: {text}")]
        };
    }
    let (_, acts, mut faults) = divided(form, &sent);
    if failed && text.contains("SAFETY_SCOPE") {
        faults.push(format!("its own is refused: {text}"));
    }
    for (whose, labels) in [("another's", &form.others), ("nobody's", &form.nobodys)] {
        let (failed, text, sent) = outcome(tool, form, labels, compose).await;
        let (makes, touched, wrong) = divided(form, &sent);
        faults.extend(wrong);
        // What the call itself made is its own.
        if !touched.is_empty() && makes.is_empty() {
            let lines: Vec<String> = touched.iter().map(|seen| seen.line()).collect();
            faults.push(format!("{whose} is changed: {lines:?}"));
        }
        if acts.is_empty() || !makes.is_empty() {
            continue;
        }
        tried[0] += 1;
        // A prune takes nothing, and there is nothing of the project or the stack.
        if failed && text.contains("SAFETY_SCOPE") {
            tried[1] += 1;
            if whose == "another's" && !names_owner(form, &text) {
                faults.push(format!("the owner is not named: {text}"));
            }
        }
    }
    faults
}

/// The owner, or the label that would be inherited.
fn names_owner(form: &Form, text: &str) -> bool {
    let values = form.others.iter().filter_map(|(_, value)| value.as_deref());
    text.contains(form.owner) || values.into_iter().any(|value| text.contains(value))
}

async fn judged(form: &Form) {
    let compose = FakeCompose::new();
    let mut tried = [0, 0];
    let mut all = Vec::new();
    for tool in TOOLS.iter().filter(|tool| tool.tier > Tier::Safe) {
        let faults = faults(tool, form, &compose, &mut tried).await;
        all.extend(faults.iter().map(|fault| format!("{}: {fault}", tool.name)));
    }
    assert!(all.is_empty(), "{}\n", all.join("\n"));
    let [acted, refused] = tried;
    assert!(
        acted > 60 && refused > 40,
        "{acted} tried, {refused} refused"
    );
}

#[tokio::test]
async fn no_tool_changes_what_another_project_has() {
    judged(&forms()[0]).await;
}

#[tokio::test]
async fn no_tool_changes_what_has_another_label() {
    judged(&forms()[1]).await;
}

#[tokio::test]
async fn no_tool_changes_what_another_made() {
    judged(&forms()[2]).await;
}

/// The form of a project.
fn shop() -> Form {
    let [shop, ..] = forms();
    shop
}

async fn refusal(client: &Client, tool: &str, args: Value) -> String {
    let result = client.call(tool, args).await;
    assert_eq!(result.is_error, Some(true), "{tool}: {result:?}");
    result.content[0].as_text().unwrap().text.clone()
}
