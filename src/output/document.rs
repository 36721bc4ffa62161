//! Narrows a whole reply to the fields that were asked for, and leaves out what says nothing.
//!
//! `null`, `""`, `[]` and `{}` are left out of objects at any depth, and an object that holds
//! nothing else goes with them. The items of an array stay, because their places mean something,
//! and so do members that are data and not the Engine's own names: an exposed port (`"80/tcp": {}`),
//! a volume's path or a label says all it has to say with its key.

use std::collections::BTreeMap;
use std::iter;

use serde_json::{Map, Value};

use super::source::Known;

/// The reply under `key`, narrowed to the paths in the parameter `fields`; those that match
/// nothing are listed under `missing`.
pub(super) fn project(key: &str, known: Known<'_>) -> Value {
    let paths: Vec<&str> = match known.params.get("fields") {
        Some(Value::Array(paths)) => paths.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut selection = Selection {
        whole: paths.is_empty(),
        ..Selection::default()
    };
    let missing: Vec<Value> = paths
        .into_iter()
        .filter(|path| !selection.add(known.reply, path))
        .map(Value::from)
        .collect();

    let document = selection.extract(known.reply);
    let mut result = Map::new();
    result.insert(
        key.to_owned(),
        document.unwrap_or_else(|| Map::new().into()),
    );
    if !missing.is_empty() {
        result.insert("missing".to_owned(), missing.into());
    }
    result.into()
}

/// The parts of a document that were asked for.
#[derive(Debug, Default)]
struct Selection<'a> {
    /// Everything from here on.
    whole: bool,
    members: BTreeMap<&'a str, Selection<'a>>,
    items: BTreeMap<usize, Selection<'a>>,
}

impl<'a> Selection<'a> {
    /// Adds what a path leads to; false if that is nothing.
    fn add(&mut self, value: &Value, path: &'a str) -> bool {
        match value {
            Value::Object(members) => splits(path).any(|(key, rest)| {
                let Some(member) = members.get(key) else {
                    return false;
                };
                let selection = self.members.entry(key).or_default();
                match rest {
                    Some(rest) => selection.add(member, rest),
                    None => {
                        selection.whole = true;
                        true
                    }
                }
            }),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .fold(false, |found, (index, item)| {
                    self.items.entry(index).or_default().add(item, path) || found
                }),
            _ => false,
        }
    }

    fn extract(&self, value: &Value) -> Option<Value> {
        match value {
            _ if self.whole => pruned(value),
            Value::Object(members) => filled(
                self.members
                    .iter()
                    .filter_map(|(key, part)| {
                        Some(((*key).to_owned(), part.extract(members.get(*key)?)?))
                    })
                    .collect(),
            ),
            Value::Array(items) => {
                let parts: Vec<Value> = self
                    .items
                    .iter()
                    .filter_map(|(index, part)| part.extract(items.get(*index)?))
                    .collect();
                (!parts.is_empty()).then_some(Value::Array(parts))
            }
            _ => None,
        }
    }
}

/// The ways to read a path as a key and what follows it, the longest key first, since keys may
/// hold dots themselves.
fn splits(path: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    iter::once((path, None)).chain(
        path.rmatch_indices('.')
            .filter_map(|(dot, _)| Some((path.get(..dot)?, Some(path.get(dot + 1..)?)))),
    )
}

fn pruned(value: &Value) -> Option<Value> {
    match value {
        Value::Object(members) => filled(
            members
                .iter()
                .filter_map(|(key, member)| {
                    let data = || (!is_engine_name(key)).then(|| member.clone());
                    Some((key.clone(), pruned(member).or_else(data)?))
                })
                .collect(),
        ),
        Value::Array(items) if !items.is_empty() => Some(items.iter().map(item).collect()),
        _ if super::is_empty(value) => None,
        _ => Some(value.clone()),
    }
}

/// Whether a key is a member of one of the Engine's documents, such as `ExposedPorts`.
fn is_engine_name(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_uppercase())
        && key.chars().all(|letter| letter.is_ascii_alphanumeric())
}

fn item(value: &Value) -> Value {
    match value {
        Value::Object(_) => pruned(value).unwrap_or_else(|| Map::new().into()),
        _ => pruned(value).unwrap_or_else(|| value.clone()),
    }
}

fn filled(members: Map<String, Value>) -> Option<Value> {
    (!members.is_empty()).then_some(Value::Object(members))
}
