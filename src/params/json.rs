//! Reads the JSON forms that language models send in place of the exact one.

use serde_json::{Map, Value};

use super::parameter::Mismatch;

/// An object, or a string that holds one.
pub(super) fn object(value: Value) -> Result<Map<String, Value>, Mismatch> {
    match unwrapped(value) {
        Value::Object(members) => Ok(members),
        _ => Err(Mismatch::Kind),
    }
}

/// An array, or a string that holds one.
pub(super) fn array(value: Value) -> Result<Vec<Value>, Mismatch> {
    match unwrapped(value) {
        Value::Array(items) => Ok(items),
        _ => Err(Mismatch::Kind),
    }
}

/// An array of strings, a string that holds one, or the one string that would be its only item.
pub(super) fn strings(value: Value) -> Result<Vec<String>, Mismatch> {
    match value {
        Value::String(text) if !text.starts_with(['[', '{', '"']) => return Ok(vec![text]),
        _ => {}
    }
    array(value)?
        .into_iter()
        .enumerate()
        .map(|(index, value)| item(index, value))
        .collect()
}

/// What stands for many values: an object, or items in the Docker CLI's own spelling.
pub(super) enum Many {
    Object(Map<String, Value>),
    Items(Vec<Value>),
}

/// An object, an array of items, a string that holds either, or one item.
pub(super) fn many(value: Value) -> Result<Many, Mismatch> {
    let value = match value {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::String(_)) => return Err(Mismatch::Kind),
            Ok(nested @ (Value::Object(_) | Value::Array(_))) => nested,
            Err(_) if text.starts_with('{') => return Err(Mismatch::Kind),
            _ => Value::Array(vec![Value::String(text)]),
        },
        other => other,
    };
    match value {
        Value::Object(members) => Ok(Many::Object(members)),
        Value::Array(items) => Ok(Many::Items(items)),
        _ => Err(Mismatch::Kind),
    }
}

/// The text of an item, whose place counts from 0.
pub(super) fn item(index: usize, item: Value) -> Result<String, Mismatch> {
    match item {
        Value::String(text) => Ok(text),
        other => Err(Mismatch::because(format!(
            "item {} is {}, not a string",
            index + 1,
            kind(&other)
        ))),
    }
}

/// A string.
pub(super) fn text(value: Value) -> Result<String, Mismatch> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Mismatch::Kind),
    }
}

/// A whole number, or a string that is exactly one.
pub(super) fn integer(value: &Value) -> Option<i64> {
    /// The greatest float below which every whole number is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        // To JSON Schema `10.0` is an integer, and some clients write it so.
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < EXACT).then_some(float as i64)
        }),
        Value::String(text) => {
            let parsed = text.parse::<i64>().ok()?;
            // Not `+1`, not `007`.
            (parsed.to_string() == *text).then_some(parsed)
        }
        _ => None,
    }
}

/// The JSON type of a value, with its article.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The start of a text, for messages.
pub(crate) fn clip(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn unwrapped(value: Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
        other => other,
    }
}
