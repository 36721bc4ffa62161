//! Puts secrets into the model of a project that its files name, and refuses names elsewhere.
//!
//! A file says `$${secret:NAME}`, because Compose itself reads a single `$`; and what is put in has each of its
//! own doubled, so that Compose fills in nothing more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::places::{At, Findings};
use super::yaml::{Kind, Node};
use crate::secrets::{self, Destination, SecretError, Secrets, Values};

const ENVIRONMENT: &str = "environment";

/// What part of a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    File,
    Services,
    Service,
    Environment,
    /// The value of a variable, or what a file keeps to refer to.
    Value,
    Elsewhere,
}

/// Adds the names of secrets that stand where none is put in.
pub(super) fn check(file: &Node, findings: &mut Findings) {
    look(file, Part::File, &At::default(), findings);
}

fn look(node: &Node, part: Part, at: &At, findings: &mut Findings) {
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                let at = at.key(&entry.key);
                if let Some(why) = stray(&entry.key) {
                    findings.refused(entry.place, &at, why);
                }
                look(&entry.value, part.below(&entry.key), &at, findings);
            }
        }
        Kind::List(items) => {
            for (number, item) in items.iter().enumerate() {
                look(item, part, &at.item(number), findings);
            }
        }
        Kind::Text { text, .. } => {
            let stray = match (part, text.split_once('=')) {
                (Part::Value, _) => wrong(text),
                (Part::Environment, Some((name, value))) => stray(name).or_else(|| wrong(value)),
                _ => stray(text),
            };
            if let Some(why) = stray {
                findings.refused(node.place, at, why);
            }
        }
    }
}

impl Part {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::File, "services") => Self::Services,
            // Of no use but to be referred to.
            (Self::File, key) if key.starts_with("x-") => Self::Value,
            (Self::Services, _) => Self::Service,
            (Self::Service, ENVIRONMENT) => Self::Environment,
            (Self::Environment | Self::Value, _) => Self::Value,
            _ => Self::Elsewhere,
        }
    }
}

/// That a text names a secret, where none is put in.
fn stray(text: &str) -> Option<String> {
    match secrets::names(&unescaped(text)) {
        Ok(names) if names.is_empty() => None,
        _ => Some(
            "names a secret, which only the value of a variable in the `environment` of a service can".to_owned(),
        ),
    }
}

/// What is wrong with the names of secrets in a text.
fn wrong(text: &str) -> Option<String> {
    let once = text.replace("$$", "");
    match secrets::names(&unescaped(text)) {
        Ok(_) if once.contains("${secret:") => Some(
            "names a secret with one `$`, which Compose reads itself: write `$${secret:NAME}`"
                .to_owned(),
        ),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

/// Puts the secrets that the model of a project names into the `environment` of its services, as far as each
/// may go to the image and the project. To be done between the resolving and the judgement; nothing that was
/// filled is to be shown.
///
/// # Errors
/// One is not there, is not used, or may not go there.
pub async fn fill(secrets: &Secrets, project: &str, model: &mut Value) -> Result<(), SecretError> {
    let services = model.get_mut("services").and_then(Value::as_object_mut);
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, service) in services.iter().flat_map(|services| services.iter()) {
        let mut names = BTreeSet::new();
        for text in service.get(ENVIRONMENT).into_iter().flat_map(texts) {
            names.extend(secrets::names(&unescaped(text))?);
        }
        if names.is_empty() {
            continue;
        }
        let bounds = secrets.bounds(&names);
        for image in images(project, name, service) {
            bounds.permit(Destination {
                image: Some(&image),
                project: Some(project),
            })?;
        }
        named.insert(name.clone(), names);
    }
    let all = named.values().flatten().cloned().collect();
    let values = secrets.read(&all).await?;
    for (name, service) in services.into_iter().flatten() {
        if named.contains_key(name)
            && let Some(environment) = service.get_mut(ENVIRONMENT)
        {
            put(environment, &values)?;
        }
    }
    Ok(())
}

/// The images that get the environment of a service: its own, and those of the hooks that have others.
fn images(project: &str, name: &str, service: &Value) -> Vec<String> {
    let own = service.get("image").and_then(Value::as_str);
    let own = own.map_or_else(|| format!("{project}-{name}"), unescaped);
    let hooks = ["pre_start", "post_start", "pre_stop"].map(|key| service.get(key));
    let hooks = hooks.into_iter().flatten().filter_map(Value::as_array);
    let hooks = hooks
        .flatten()
        .filter_map(|hook| hook.get("image")?.as_str());
    std::iter::once(own).chain(hooks.map(unescaped)).collect()
}

/// The values of variables, in either of the two forms. One with a `$` that Compose reads is not filled, and is
/// refused by the judgement.
fn texts(environment: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    let whole = |text: &&str| !text.replace("$$", "").contains('$');
    match environment {
        Value::Object(members) => {
            Box::new(members.values().filter_map(Value::as_str).filter(whole))
        }
        Value::Array(items) => {
            let items = items.iter().filter_map(Value::as_str).filter(whole);
            Box::new(items.filter_map(|item| Some(item.split_once('=')?.1)))
        }
        _ => Box::new(std::iter::empty()),
    }
}

fn put(environment: &mut Value, values: &Values) -> Result<(), SecretError> {
    let filled = |text: &str| -> Result<String, SecretError> {
        if text.replace("$$", "").contains('$') {
            return Ok(text.to_owned());
        }
        let filled = secrets::filled(&unescaped(text), values)?;
        Ok(filled.replace('$', "$$"))
    };
    match environment {
        Value::Object(members) => {
            for value in members.values_mut() {
                if let Value::String(text) = value {
                    *text = filled(text)?;
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Value::String(text) = item
                    && let Some((name, value)) = text.split_once('=')
                {
                    *text = format!("{name}={}", filled(value)?);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}
