//! Narrows a whole reply to the fields that were asked for, and leaves out what says nothing.
//!
//! `null`, `""`, `[]` and `{}` are left out of objects at any depth, and an object that holds
//! nothing else goes with them. The items of an array stay, because their places mean something,
//! and so do members that are data and not the Engine's own names: an exposed port (`"80/tcp": {}`),
//! a volume's path or a label says all it has to say with its key.

use std::collections::BTreeMap;
use std::iter;

use serde_json::{Map, Value};

use super::source::ProjectionInput;
use crate::ordered::object;

/// Stands in a path for every item of an array or member of an object.
const EACH: &str = "*";

/// The reply under `key`, narrowed to the paths in the parameter `fields`; those that lead to
/// nothing, or to what says nothing, are listed under `missing`.
pub(super) fn project(key: &str, input: ProjectionInput<'_>) -> Value {
    let paths: Vec<&str> = match input.params.get("fields") {
        Some(Value::Array(paths)) => paths.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut selection = Selection {
        whole: paths.is_empty(),
        ..Selection::default()
    };
    let mut missing = Vec::new();
    for path in paths {
        // A key may hold a comma, or begin with a dot.
        if !selection.add(input.reply, path) {
            missing.extend(selection.add_as_elsewhere(input.reply, path));
        }
    }

    let document = selection.extract(input.reply);
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
    /// Adds what a path leads to; false if that is nothing, or says nothing.
    fn add(&mut self, value: &'a Value, path: &'a str) -> bool {
        match value {
            Value::Object(members) => {
                splits(path).any(|(key, rest)| self.add_members(members, key, rest))
            }
            // `*` may stand for the items, which a path goes through without it too.
            Value::Array(items) => match path.strip_prefix(EACH) {
                Some("") => self.add_items(items, |selection, item| selection.take(item, None)),
                Some(rest) if rest.starts_with('.') => self.add_items(items, |selection, item| {
                    selection.take(item, rest.strip_prefix('.'))
                }),
                _ => self.add_items(items, |selection, item| selection.add(item, path)),
            },
            _ => false,
        }
    }

    /// Adds what paths lead to that are written as other programs take them, `A,B` and `.A`; those that lead
    /// to nothing.
    fn add_as_elsewhere(&mut self, value: &'a Value, paths: &'a str) -> Vec<&'a str> {
        let parts = paths.split(',').map(str::trim);
        let mut missing: Vec<&str> = parts
            .filter(|part| !part.is_empty())
            .filter(|part| {
                let path = part.strip_prefix('$').unwrap_or(part);
                let path = path.strip_prefix('.').unwrap_or(part);
                !self.add(value, if path.is_empty() { EACH } else { path })
            })
            .collect();
        if missing.is_empty() && paths.trim_matches([',', ' ']).is_empty() {
            missing.push(paths);
        }
        missing
    }

    /// Adds of an object what a key, and the path behind it, lead to.
    fn add_members(
        &mut self,
        members: &'a Map<String, Value>,
        key: &'a str,
        rest: Option<&'a str>,
    ) -> bool {
        if let Some((key, member)) = members.get_key_value(key) {
            return self.add_member(key, member, rest);
        }
        if key == EACH {
            return members.iter().fold(false, |found, (key, member)| {
                self.add_member(key, member, rest) || found
            });
        }
        let Some((name, places)) = key.find('[').and_then(|at| key.split_at_checked(at)) else {
            return false;
        };
        members.get_key_value(name).is_some_and(|(name, member)| {
            let selection = self.members.entry(name).or_default();
            selection.add_places(member, places, rest)
        })
    }

    fn add_member(&mut self, key: &'a str, member: &'a Value, rest: Option<&'a str>) -> bool {
        let selection = self.members.entry(key).or_default();
        // A member that is data is there whatever it holds.
        let is_data = rest.is_none() && !is_engine_name(key);
        selection.whole |= is_data;
        selection.take(member, rest) || is_data
    }

    /// Adds what `[0]` or `[*]`, or several of them, lead to.
    fn add_places(&mut self, value: &'a Value, places: &'a str, rest: Option<&'a str>) -> bool {
        if places.is_empty() {
            return self.take(value, rest);
        }
        let place = places.strip_prefix('[').and_then(|it| it.split_once(']'));
        let (Some((place, places)), Value::Array(items)) = (place, value) else {
            return false;
        };
        if place == EACH {
            return self.add_items(items, |selection, item| {
                selection.add_places(item, places, rest)
            });
        }
        let digits = place.bytes().all(|byte| byte.is_ascii_digit());
        let index = place.parse().ok().filter(|_| digits);
        index.is_some_and(|index: usize| {
            items.get(index).is_some_and(|item| {
                let selection = self.items.entry(index).or_default();
                selection.add_places(item, places, rest)
            })
        })
    }

    /// Adds something of each item.
    fn add_items(
        &mut self,
        items: &'a [Value],
        mut add: impl FnMut(&mut Self, &'a Value) -> bool,
    ) -> bool {
        items
            .iter()
            .enumerate()
            .fold(false, |found, (index, item)| {
                add(self.items.entry(index).or_default(), item) || found
            })
    }

    /// Adds what the rest of a path leads to; all of the value where there is none.
    fn take(&mut self, value: &'a Value, rest: Option<&'a str>) -> bool {
        match rest {
            Some(path) => self.add(value, path),
            None => {
                let says_something = pruned(value).is_some();
                self.whole |= says_something;
                says_something
            }
        }
    }

    fn extract(&self, value: &Value) -> Option<Value> {
        match value {
            _ if self.whole => pruned(value),
            Value::Object(members) => {
                let parts = self.members.iter().filter_map(|(key, part)| {
                    let member = members.get(*key)?;
                    let data = || (part.whole && !is_engine_name(key)).then(|| member.clone());
                    Some(((*key).to_owned(), part.extract(member).or_else(data)?))
                });
                filled(object(parts))
            }
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
        Value::Object(members) => filled(object(members.iter().filter_map(|(key, member)| {
            let data = || (!is_engine_name(key)).then(|| member.clone());
            Some((key.clone(), pruned(member).or_else(data)?))
        }))),
        Value::Array(items) if !items.is_empty() => Some(items.iter().map(item).collect()),
        _ if super::empty::is_empty(value) => None,
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
