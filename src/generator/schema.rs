//! Writes the JSON Schemas of a tool's arguments and of its result.

use serde_json::{Map, Value, json};

use super::check::in_order;
use super::model::{Field, Kind, Output, Param};
use super::spec::Tool;
use super::types;

/// The schema of the arguments. No combinators and no references: some clients take neither.
pub(crate) fn input(params: &[Param], spec: &Tool) -> Value {
    let properties: Map<String, Value> = params
        .iter()
        .map(|param| (param.name.clone(), property(param, spec)))
        .collect();
    let required: Vec<&str> = params
        .iter()
        .filter(|param| param.required)
        .map(|param| param.name.as_str())
        .collect();
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(param: &Param, spec: &Tool) -> Value {
    let mut property = types::find(&param.kind)
        .map_or_else(|| engine_model(param, spec), |known| (known.schema)());
    if let Some(default) = &param.default {
        property["default"] = default.clone();
    }
    for (key, bound) in [("minimum", param.min), ("maximum", param.max)] {
        if let Some(bound) = bound {
            // Whole bounds read better without a fraction.
            property[key] = if bound.fract() == 0.0 {
                json!(bound as i64)
            } else {
                json!(bound)
            };
        }
    }
    if !param.values.is_empty() {
        property["enum"] = json!(param.values);
    }
    property["description"] = json!(param.doc);
    property
}

fn engine_model(param: &Param, spec: &Tool) -> Value {
    let written = in_order(&spec.params)
        .into_iter()
        .find(|(name, _)| ***name == param.name)
        .and_then(|(_, declared)| {
            serde_json::from_str::<Map<String, Value>>(declared.schema.as_ref()?).ok()
        });
    let mut schema = written.unwrap_or_default();
    schema.insert("type".to_owned(), json!(["object", "string"]));
    Value::Object(schema)
}

/// The schema of the result.
pub(crate) fn output(output: &Output) -> Value {
    match output {
        Output::Fields(fields) => object(
            properties(fields),
            fields.iter().map(|field| field.key.as_str()).collect(),
        ),
        Output::List { key, fields, .. } => {
            let mut result = Map::new();
            let items = json!({ "type": "object", "properties": properties(fields) });
            result.insert(key.clone(), json!({ "type": "array", "items": items }));
            for name in ["count", "total"] {
                result.insert(name.to_owned(), json!({ "type": "integer" }));
            }
            result.insert("truncated".to_owned(), json!({ "type": "boolean" }));
            object(result, vec![key, "count", "total", "truncated"])
        }
        Output::Document(key) => {
            let mut result = Map::new();
            result.insert(key.clone(), json!({ "type": "object" }));
            result.insert(
                "missing".to_owned(),
                json!({ "type": "array", "items": { "type": "string" } }),
            );
            object(result, vec![key])
        }
    }
}

fn object(properties: Map<String, Value>, required: Vec<&str>) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn properties(fields: &[Field]) -> Map<String, Value> {
    fields
        .iter()
        .map(|field| (field.key.clone(), field_schema(field)))
        .collect()
}

fn field_schema(field: &Field) -> Value {
    let mut schema = match field.kind {
        Kind::String => json!({ "type": "string" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Object | Kind::StringMap => json!({ "type": "object" }),
        Kind::Strings => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Objects => json!({ "type": "array", "items": { "type": "object" } }),
    };
    if field.nullable {
        schema["type"] = json!([schema["type"], "null"]);
    }
    schema
}
