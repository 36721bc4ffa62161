//! Finds values in what a projection reads: the reply, the call's arguments and its looks.

use std::borrow::Cow;

use serde_json::Value;

use super::empty::is_empty;
use crate::catalog::{Path, Root, Source};

/// What a result is made of once the Engine has replied.
#[derive(Debug, Clone, Copy)]
pub struct ProjectionInput<'a> {
    /// The Engine's reply; inside a list, the item.
    pub reply: &'a Value,
    /// The arguments, defaults included.
    pub params: &'a Value,
    /// An object of the looks' replies by name.
    pub look: &'a Value,
}

/// The value that a source leads to; `null` where it leads nowhere.
///
/// A path that meets an array goes on in each of its items and gives an array.
pub fn value_of<'a>(source: &Source, input: ProjectionInput<'a>) -> Cow<'a, Value> {
    match source {
        Source::Path(path) => at(root(path, input), path.segments),
        Source::Join(paths, separator) => {
            let parts: Option<Vec<String>> = paths
                .iter()
                .map(|path| text(&at(root(path, input), path.segments)))
                .collect();
            Cow::Owned(parts.map_or(Value::Null, |parts| parts.join(separator).into()))
        }
        Source::Rows([titles, cells]) => {
            let at = |path: &Path| at(root(path, input), path.segments);
            Cow::Owned(rows(&at(titles), &at(cells)))
        }
        Source::Constant(json) => Cow::Owned(serde_json::from_str(json).unwrap_or(Value::Null)),
    }
}

/// The array that a path leads to; empty where it leads to none, since the Engine sends `null`
/// for one that is empty.
pub(super) fn items<'a>(path: &Path, input: ProjectionInput<'a>) -> Cow<'a, [Value]> {
    match at(root(path, input), path.segments) {
        Cow::Borrowed(Value::Array(items)) => Cow::Borrowed(items),
        Cow::Owned(Value::Array(items)) => Cow::Owned(items),
        _ => Cow::Borrowed(&[]),
    }
}

fn root<'a>(path: &Path, input: ProjectionInput<'a>) -> &'a Value {
    match path.root {
        Root::Reply => input.reply,
        Root::Params => input.params,
        Root::Look => input.look,
    }
}

fn at<'a>(value: &'a Value, segments: &[&str]) -> Cow<'a, Value> {
    let Some((first, rest)) = segments.split_first() else {
        return Cow::Borrowed(value);
    };
    match value {
        Value::Object(members) => match members.get(*first) {
            Some(member) => at(member, rest),
            None => Cow::Borrowed(&Value::Null),
        },
        Value::Array(items) => Cow::Owned(
            items
                .iter()
                .map(|item| at(item, segments).into_owned())
                .filter(|found| !found.is_null())
                .collect(),
        ),
        _ => Cow::Borrowed(&Value::Null),
    }
}

/// The rows of a table as objects, whose keys are its titles. A title that is there twice is counted, so
/// that no cell is lost.
fn rows(titles: &Value, cells: &Value) -> Value {
    let mut keys: Vec<String> = Vec::new();
    for title in titles.as_array().into_iter().flatten() {
        let title = title.as_str().unwrap_or_default();
        let numbers = (2..).map(|number| format!("{title}_{number}"));
        let mut names = [title.to_owned()].into_iter().chain(numbers);
        keys.extend(names.find(|name| !keys.contains(name)));
    }
    let row = |cells: &Value| -> Value {
        let cells = cells.as_array().into_iter().flatten().cloned();
        keys.iter().cloned().zip(cells).collect()
    };
    let rows = cells.as_array().into_iter().flatten();
    rows.map(row).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        _ if is_empty(value) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
