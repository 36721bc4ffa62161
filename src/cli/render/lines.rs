//! Writes values for a person: a line for each key and each item, amounts and times to be read.

use std::fmt::Write;

use indicatif::{BinaryBytes, DecimalBytes};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// How the path of a number of bytes ends, in small letters.
const AMOUNTS: [&str; 7] = [
    "size",
    "bytes",
    ".space_reclaimed",
    ".total_memory",
    ".memtotal",
    ".memory.usage",
    ".memory.limit",
];

/// What is in the path of an amount of memory, in small letters.
const MEMORY: [&str; 3] = ["memory", "memtotal", "shmsize"];

/// One line for each key, what is nested under it indented. The path of the object is the keys that
/// lead to it, each behind a dot.
pub(super) fn lines(object: &Map<String, Value>, path: &str, indent: &str, text: &mut String) {
    let within = format!("{indent}  ");
    for (key, value) in object {
        let path = format!("{path}.{key}");
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                line(indent, key, "", text);
                lines(inner, &path, &within, text);
            }
            Value::Array(items) if items.len() > 1 || items.iter().any(Value::is_object) => {
                line(indent, key, "", text);
                items.iter().for_each(|it| item(it, &path, &within, text));
            }
            Value::Object(_) | Value::Null => line(indent, key, "none", text),
            Value::Array(items) if items.is_empty() => line(indent, key, "none", text),
            other => line(indent, key, &inline(&path, other), text),
        }
    }
}

/// A key and its value; what is not on the value's first line is indented.
pub(super) fn line(indent: &str, key: &str, value: &str, text: &mut String) {
    let value = value.trim_end().replace('\n', &format!("\n{indent}  "));
    let blank = if value.is_empty() { "" } else { " " };
    // Writing to a string does not fail.
    let _ = writeln!(text, "{indent}{key}:{blank}{value}");
}

/// An item of a list, behind a dash.
fn item(value: &Value, path: &str, indent: &str, text: &mut String) {
    let within = format!("{indent}  ");
    let mut written = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => {
            lines(members, path, &within, &mut written);
        }
        other => {
            let value = inline(path, other).replace('\n', &format!("\n{within}"));
            let _ = writeln!(written, "{within}{value}");
        }
    }
    let _ = write!(text, "{indent}- {}", written.trim_start());
}

/// A value on one line, as it is read at the end of that path.
pub(super) fn inline(path: &str, value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => joined(items.iter().map(|item| inline(path, item)).collect()),
        Value::Object(members) => {
            let pair = |(key, value): (&String, &Value)| {
                format!("{key}={}", inline(&format!("{path}.{key}"), value))
            };
            joined(members.iter().map(pair).collect())
        }
        Value::Number(number) => {
            let path = path.to_ascii_lowercase();
            let shown = match number.as_i64() {
                Some(seconds) if path.ends_with(".created") => time(seconds),
                Some(bytes) if AMOUNTS.iter().any(|end| path.ends_with(end)) => {
                    amount(bytes, &path)
                }
                _ => None,
            };
            shown.unwrap_or_else(|| number.to_string())
        }
        Value::Bool(_) => value.to_string(),
    }
}

fn time(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.to_string())
}

/// Memory in powers of 1024 and all else in powers of 1000, as the Docker CLI has them. Nothing for less
/// than nothing, which stands for what is not known.
fn amount(bytes: i64, path: &str) -> Option<String> {
    let bytes = u64::try_from(bytes).ok()?;
    Some(if MEMORY.iter().any(|part| path.contains(part)) {
        BinaryBytes(bytes).to_string()
    } else {
        DecimalBytes(bytes).to_string()
    })
}
