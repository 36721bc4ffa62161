//! Writes text of a container so that it cannot be taken for the prompt's own.

use minijinja::value::Value;
use serde_json::Value as Json;

use super::texts_at;
use crate::redaction::names_a_secret;

/// The most of a fenced text, in bytes, unless a template says otherwise.
const FENCED: usize = 4000;
/// The most of a text inside a line, in characters.
const INLINE: usize = 240;
/// The most variables that are named.
const VARIABLES: usize = 80;

/// A text inside a line, anything else as JSON; a dash where there is nothing. Backticks inside do
/// not end it.
pub(super) fn code(value: &Value) -> String {
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => match serde_json::to_value(value).unwrap_or_default() {
            Json::Null => String::new(),
            Json::Array(items) if items.is_empty() => String::new(),
            Json::Object(members) if members.is_empty() => String::new(),
            json => json.to_string(),
        },
    };
    if text.trim().is_empty() {
        "–".to_owned()
    } else {
        quoted(&text)
    }
}

/// A text that is not empty, inside a line of Markdown.
fn quoted(text: &str) -> String {
    let mut line: String = text
        .trim()
        .chars()
        .take(INLINE)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.trim().chars().nth(INLINE).is_some() {
        line.push('…');
    }
    let fence = "`".repeat(longest_run(&line) + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// A text as a block of its own, the newest of it where it is long. The fence is longer than any
/// run of backticks inside, so that the text cannot end it.
pub(super) fn fenced(value: &Value, most: Option<usize>) -> Value {
    let whole = value.as_str().map_or_else(
        || {
            if value.is_undefined() || value.is_none() {
                String::new()
            } else {
                value.to_string()
            }
        },
        str::to_owned,
    );
    let text = whole.trim_end();
    let kept = end(text, most.unwrap_or(FENCED));
    let fence = "`".repeat(longest_run(kept).max(2) + 1);
    let left = if kept.len() < text.len() {
        format!(
            "(the {} bytes before are left out)\n",
            text.len() - kept.len()
        )
    } else {
        String::new()
    };
    Value::from_safe_string(format!("{left}{fence}text untrusted\n{kept}\n{fence}"))
}

/// The longest end of at most that many bytes, from the beginning of a line where there is one.
fn end(text: &str, most: usize) -> &str {
    let Some(beyond) = text.len().checked_sub(most).filter(|beyond| *beyond > 0) else {
        return text;
    };
    let start = (beyond..=text.len()).find(|at| text.is_char_boundary(*at));
    let kept = start
        .and_then(|start| text.get(start..))
        .unwrap_or_default();
    match kept.split_once('\n') {
        Some((_, lines)) if !lines.is_empty() => lines,
        _ => kept,
    }
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`');
    runs.map(str::len).max().unwrap_or(0)
}

/// The last items of a list, in their order.
pub(super) fn newest(list: &Value, most: usize) -> Vec<Value> {
    let items: Vec<Value> = list.try_iter().into_iter().flatten().collect();
    let left = items.len().saturating_sub(most);
    items.into_iter().skip(left).collect()
}

/// The ids of the items of a list.
pub(super) fn ids(list: &Value) -> Vec<Value> {
    let items = list.try_iter().into_iter().flatten();
    items.filter_map(|item| item.get_attr("id").ok()).collect()
}

/// The names of a container's variables, with whether the name is one of a secret.
pub(super) fn environment(container: &Json) -> Vec<Json> {
    texts_at(container, "/Config/Env")
        .take(VARIABLES)
        .map(|entry| {
            let name = entry.split('=').next().unwrap_or_default();
            serde_json::json!({ "name": name, "secret": names_a_secret(name) })
        })
        .collect()
}

/// `1 mount`, `3 mounts`.
pub(super) fn many(count: i64, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}

/// Bytes in the units that `docker run --memory` takes.
pub(super) fn size(bytes: Option<i64>) -> String {
    let Some(bytes) = bytes.filter(|bytes| *bytes >= 0) else {
        return "unknown".to_owned();
    };
    let (mut amount, mut unit) = (bytes as f64, "B");
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if amount < 1024.0 {
            break;
        }
        (amount, unit) = (amount / 1024.0, larger);
    }
    if amount.fract() < 0.05 || unit == "B" {
        format!("{amount:.0} {unit}")
    } else {
        format!("{amount:.1} {unit}")
    }
}
