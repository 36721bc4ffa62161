//! Makes the JSON Schema of a tool's arguments.

use serde_json::{Map, Value, json};

use super::{Param, Tool};
use crate::ordered::object;
use crate::params::Schema;

impl Tool {
    /// The JSON Schema of the arguments. It names one type for each, and has no combinators, no
    /// references and no boolean `additionalProperties`: clients and the providers of models refuse
    /// whole lists over them. That an unknown argument is refused needs no word in the schema.
    pub fn input_schema(&self) -> Map<String, Value> {
        let properties = self.params.iter();
        let properties = properties.map(|param| (param.name.to_owned(), param.property()));
        let mut schema = object([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), object(properties).into()),
        ]);
        let required = self.params.iter().filter(|param| param.required);
        let required: Vec<&str> = required.map(|param| param.name).collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }
}

impl Param {
    /// What its type reads, and what the file says of it beyond that.
    fn property(&self) -> Value {
        let mut property = self.schema.members();
        let json = |text| serde_json::from_str::<Value>(text).ok();
        if let Some(Value::Object(keys)) = self.keys.and_then(json) {
            property.extend(keys);
        }
        let is_text = *self.schema == Schema::String;
        let default = self.default.and_then(json).map(|default| match default {
            // `200` of a type that may also be a word.
            Value::Number(number) if is_text => number.to_string().into(),
            default => default,
        });
        let is_one_of = is_text && !self.values.is_empty();
        let own = [
            ("default", default),
            ("minimum", self.min.map(bound)),
            ("maximum", self.max.map(bound)),
            ("enum", is_one_of.then(|| json!(self.values))),
            ("description", Some(json!(self.doc))),
        ];
        let own = own
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        property.extend(own);
        property.into()
    }
}

/// A whole bound reads better without a fraction.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast keeps to the bounds"
)]
fn bound(bound: f64) -> Value {
    if bound.fract() == 0.0 {
        json!(bound as i64)
    } else {
        json!(bound)
    }
}
