//! Makes the result of a call from what the Engine replied, as the catalogue's record says.
//!
//! [`project`] picks and rewrites; [`fit`] then keeps the result within the byte budget. Neither
//! can fail: what a reply lacks becomes the empty value of its type, so that a result always
//! matches the tool's output schema.

use serde_json::{Map, Value, json};

use crate::catalog::{Field, Kind, Output};

mod budget;
mod document;
mod hinted;
mod list;
mod ports;
mod reading;
mod shape;
mod source;
pub(crate) mod text;
mod tokens;

pub use budget::fit;
pub use hinted::Hinted;
pub(crate) use list::beyond_limit;
pub(crate) use reading::read;
pub use source::{Known, value_of};
pub(crate) use tokens::bytes_for;

/// The key under which a result that is not whole says why and how to get the rest: a list and an
/// operation of what they left out themselves, [`fit`] of what it cut.
const HINT: &str = "hint";

/// The result of a call, not yet cut to the budget.
pub fn project(output: &Output, known: Known<'_>) -> Value {
    match output {
        Output::Fields(fields) => fields
            .iter()
            .filter(|field| wanted(field, known))
            .map(|field| {
                let value = field_value(field, known).unwrap_or_else(|| nothing(field));
                (field.key.to_owned(), value)
            })
            .chain(hint(known))
            .collect(),
        Output::List(list) => list::project(list, known),
        Output::Document(key) => document::project(key, known),
    }
}

/// A result, with what it says of what it left out; what it says already stays.
pub(crate) fn hinted(mut result: Value, hint: String) -> Value {
    if let Some(keys) = result.as_object_mut() {
        keys.entry(HINT).or_insert_with(|| hint.into());
    }
    result
}

/// What an operation that left something out says of it.
fn hint(known: Known<'_>) -> Option<(String, Value)> {
    let hint = known.reply.get(HINT)?;
    Some((HINT.to_owned(), hint.clone()))
}

/// Whether a field is there at all: some are switched on by a boolean parameter.
fn wanted(field: &Field, known: Known<'_>) -> bool {
    field
        .when
        .is_none_or(|switch| known.params.get(switch) == Some(&Value::Bool(true)))
}

/// The value of a field, in its type; `None` where nothing is known.
fn field_value(field: &Field, known: Known<'_>) -> Option<Value> {
    let found = value_of(&field.source, known);
    let value = match field.shape {
        Some(shape) => shape::apply(shape, &found)?,
        None => found.into_owned(),
    };
    match (field.kind, &value) {
        (Kind::String, Value::String(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Object | Kind::StringMap, Value::Object(_))
        | (Kind::Strings | Kind::Objects, Value::Array(_)) => Some(value),
        (Kind::Integer, Value::Number(number)) if !number.is_f64() => Some(value),
        (Kind::String, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        // Podman and old Engines have other types in places; the schema is a promise.
        _ => None,
    }
}

/// What stands for a field of which nothing is known.
fn nothing(field: &Field) -> Value {
    match field.kind {
        _ if field.nullable => Value::Null,
        Kind::String => json!(""),
        Kind::Integer | Kind::Number => json!(0),
        Kind::Boolean => json!(false),
        Kind::Object | Kind::StringMap => Value::Object(Map::new()),
        Kind::Strings | Kind::Objects => json!([]),
    }
}

/// Whether a value says nothing: `null`, `""`, `[]` or `{}`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
