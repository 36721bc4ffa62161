//! Writes the JSON Schema of a tool's result.

use serde_json::{Map, Value, json};

use crate::generator::tool::model::{Field, Output};

/// The schema of the result.
pub(super) fn output(output: &Output) -> Value {
    let schema = match output {
        Output::Fields(fields) => {
            let keys = fields.iter().map(|field| field.key.as_str()).collect();
            object(properties(fields), keys)
        }
        Output::List { key, fields, .. } => {
            let items = object(properties(fields), Vec::new());
            let list = json!({
                key: { "type": "array", "items": items },
                "count": { "type": "integer" },
                "total": { "type": "integer" },
                "truncated": { "type": "boolean" },
            });
            object(members(list), vec![key, "count", "total", "truncated"])
        }
        Output::Document(key) => {
            let document = json!({
                key: { "type": "object" },
                "missing": { "type": "array", "items": { "type": "string" } },
            });
            object(members(document), vec![key])
        }
    };
    schema.into()
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn object(properties: Map<String, Value>, required: Vec<&str>) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn properties(fields: &[Field]) -> Map<String, Value> {
    fields
        .iter()
        .map(|field| (field.key.clone(), field_schema(field)))
        .collect()
}

fn field_schema(field: &Field) -> Value {
    let (kind, items) = field.kind.schema();
    let kind = if field.nullable {
        json!([kind, "null"])
    } else {
        json!(kind)
    };
    match items {
        Some(items) => json!({ "type": kind, "items": { "type": items } }),
        None => json!({ "type": kind }),
    }
}
