//! Judges what Compose made of the files that were walked through, before it is run.

use serde_json::Value;

use super::check::check;
use super::door::{all, foresee, hold};
use super::finding::Unfit;
use super::keys::FILE;
use super::places::{At, Findings};
use super::project::Walked;
use super::service::{self, Around, varies};
use super::yaml::{Entry, Kind, Node};
use crate::engine::{Engine, EngineError};

/// The names of what a model has no more, because it was read.
const READ: &[&str] = &["extends", "env_file", "label_file"];

/// Judges the model that Compose printed of a project, in which each `$` that stands for itself is
/// doubled: by the lists of keys, and by the create policy, service by service.
///
/// # Errors
/// All that is wrong, or what the Engine did not tell.
pub async fn judge(engine: &Engine, walked: &Walked, model: &Value) -> Result<(), Unfit> {
    let (file, mut findings) = begin(model);
    let top = At::default();
    check(&file, &FILE, &top, &mut findings);
    let name = file.get("name").and_then(Node::text).unwrap_or_default();
    if name != walked.name {
        findings.invalid(
            None,
            &top.key("name"),
            "is another project's than that of the files",
        );
    }
    if all(&file, "include").next().is_some() {
        findings.refused(None, &top.key("include"), "is still there");
    }
    for service in all(&file, "services").flat_map(|all| all.value.entries()) {
        let at = top.key("services").key(&service.key);
        for key in READ {
            if service
                .value
                .get(key)
                .is_some_and(|value| !value.items().is_empty())
            {
                findings.refused(None, &at.key(key), "is still there");
            }
        }
    }
    let around = Around {
        base: &walked.directory,
        project: &walked.name,
    };
    hold(engine, &file, &around, &mut findings).await?;
    sources(engine, walked, &file, &mut findings).await?;
    match findings.all.is_empty() {
        true => Ok(()),
        false => Err(Unfit::Files(findings.all)),
    }
}

/// The model as a file, and what of it would be another when it is read again.
pub(super) fn begin(model: &Value) -> (Node, Findings) {
    let (file, top) = (node(model), At::default());
    let mut findings = Findings {
        file: "the resolved model".to_owned(),
        ..Findings::default()
    };
    if varies(&file) {
        let text = "a variable is left that Compose would fill in when it runs this";
        findings.refused(None, &top, text);
    }
    if has_break(model) {
        let text = "has a character from U+0080 to U+009F, some of which Compose would read as the end of a line when it runs this; leave it out";
        findings.refused(None, &top, text);
    }
    (file, findings)
}

/// Adds what the policy refuses of the files that secrets and configs are.
pub(super) async fn sources(
    engine: &Engine,
    walked: &Walked,
    model: &Node,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let top = At::default();
    for section in ["secrets", "configs"] {
        for entry in all(model, section).flat_map(|section| section.value.entries()) {
            let at = top.key(section).key(&entry.key).key("file");
            let Some(file) = entry.value.get("file") else {
                continue;
            };
            let written = super::paths::path(&walked.directory, file.text().unwrap_or_default());
            let path = match written {
                Ok(path) => path,
                Err(why) => {
                    findings.refused(None, &at, why);
                    continue;
                }
            };
            match engine.vet_file("`file`", &path, &walked.directory).await {
                Ok(real) => {
                    foresee(engine, service::source(file, &at, &real), findings).await?;
                }
                Err(EngineError::Refused(refusal)) => {
                    findings.refused(None, &at, refusal.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Whether something in it is not read back as it is written: YAML has more ends of lines than JSON, and
/// does not want them escaped.
fn has_break(model: &Value) -> bool {
    let breaks = |text: &str| text.contains(|c| ('\u{80}'..='\u{9f}').contains(&c));
    match model {
        Value::String(text) => breaks(text),
        Value::Array(items) => items.iter().any(has_break),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| breaks(key) || has_break(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn node(value: &Value) -> Node {
    let text = |text: String, plain| Kind::Text { text, plain };
    let kind = match value {
        Value::Null => text("null".to_owned(), true),
        Value::Bool(value) => text(value.to_string(), true),
        Value::Number(number) => text(number.to_string(), true),
        Value::String(value) => text(value.clone(), false),
        Value::Array(items) => Kind::List(items.iter().map(node).collect()),
        Value::Object(members) => Kind::Map(
            members
                .iter()
                .map(|(key, value)| Entry {
                    key: key.clone(),
                    place: None,
                    value: node(value),
                    merged: false,
                })
                .collect(),
        ),
    };
    Node { place: None, kind }
}
