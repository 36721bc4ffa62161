//! Makes the value of one key of a result.

use serde_json::{Map, Value, json};

use super::shape;
use super::source::{ProjectionInput, value_of};
use crate::catalog::{Field, FieldType};

/// Whether a field is there at all: some are switched on by a boolean parameter.
pub(super) fn wanted(field: &Field, input: ProjectionInput<'_>) -> bool {
    field
        .when
        .is_none_or(|switch| input.params.get(switch) == Some(&Value::Bool(true)))
}

/// The value of a field, in its type; `None` where nothing is known.
pub(super) fn field_value(field: &Field, input: ProjectionInput<'_>) -> Option<Value> {
    let found = value_of(&field.source, input);
    let value = match field.shape {
        Some(shape) => shape::apply(shape, &found)?,
        None => found.into_owned(),
    };
    match (field.kind, &value) {
        (FieldType::String, Value::String(_))
        | (FieldType::Number, Value::Number(_))
        | (FieldType::Boolean, Value::Bool(_))
        | (FieldType::Object | FieldType::StringMap, Value::Object(_))
        | (FieldType::Strings | FieldType::Integers | FieldType::Objects, Value::Array(_)) => {
            Some(value)
        }
        (FieldType::Integer, Value::Number(number)) if !number.is_f64() => Some(value),
        (FieldType::String, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        // Podman and old Engines have other types in places; the schema is a promise.
        _ => None,
    }
}

/// What stands for a field of which nothing is known.
pub(super) fn nothing(field: &Field) -> Value {
    match field.kind {
        _ if field.nullable => Value::Null,
        FieldType::String => json!(""),
        FieldType::Integer | FieldType::Number => json!(0),
        FieldType::Boolean => json!(false),
        FieldType::Object | FieldType::StringMap => Value::Object(Map::new()),
        FieldType::Strings | FieldType::Integers | FieldType::Objects => json!([]),
    }
}
