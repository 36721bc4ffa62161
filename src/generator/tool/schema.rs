//! Writes the JSON Schemas of a tool's arguments and of its result.

use serde_json::{Map, Value, json};

use super::model;
use super::spec::Tool;
use crate::generator::common::keys::in_order;
use crate::generator::common::vocabulary::types;
use crate::generator::tool::model::{Field, Output, Param};

/// The schema of the arguments. It names one type for each, and has no combinators, no references
/// and no boolean `additionalProperties`: clients and the providers of models refuse whole lists over
/// them. That an unknown argument is refused needs no word in the schema.
pub(super) fn input(params: &[Param], spec: &Tool, other: Option<&model::Tool>) -> Value {
    let is_own = |param: &Param| spec.params.keys().any(|name| ***name == param.name);
    let shared = |param: &Param| {
        let schema = other.filter(|_| !is_own(param))?;
        schema
            .input_schema
            .get("properties")?
            .get(&param.name)
            .cloned()
    };
    let property = |param: &Param| shared(param).unwrap_or_else(|| property(param, spec));
    let properties: Map<String, Value> = params
        .iter()
        .map(|param| (param.name.clone(), property(param)))
        .collect();
    let required: Vec<&str> = params
        .iter()
        .filter(|param| param.required)
        .map(|param| param.name.as_str())
        .collect();
    object(properties, required).into()
}

fn property(param: &Param, spec: &Tool) -> Value {
    let known = types::find(&param.kind);
    let mut property = match known.map(|known| (known.schema)()) {
        Some(Value::Object(schema)) => schema,
        _ => engine_model(param, spec),
    };
    let is_text = property.get("type") == Some(&json!("string"));
    // `200` of a type that may also be a word.
    let default = |given: Value| match given {
        Value::Number(number) if is_text => number.to_string().into(),
        given => given,
    };
    let mut add = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            property.insert(key.to_owned(), value);
        }
    };
    add("default", param.default.clone().map(default));
    add("minimum", param.min.map(bound));
    add("maximum", param.max.map(bound));
    let is_one_of = param.kind == "string" && !param.values.is_empty();
    add("enum", is_one_of.then(|| json!(param.values)));
    add("description", Some(json!(param.doc)));
    property.into()
}

/// A whole bound reads better without a fraction.
fn bound(bound: f64) -> Value {
    if bound.fract() == 0.0 {
        json!(bound as i64)
    } else {
        json!(bound)
    }
}

fn engine_model(param: &Param, spec: &Tool) -> Map<String, Value> {
    let written = in_order(&spec.params)
        .into_iter()
        .find(|(name, _)| ***name == param.name)
        .and_then(|(_, declared)| {
            let schema = declared.schema.as_deref()?;
            serde_json::to_value(schema).ok()
        });
    let mut schema = match written {
        Some(Value::Object(written)) => written,
        _ => Map::new(),
    };
    schema.insert("type".to_owned(), json!("object"));
    schema
}

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
