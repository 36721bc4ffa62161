//! Says in JSON Schema what a parameter type reads.

use serde_json::{Map, Value, json};

use crate::ordered::object;

/// What a type tells clients that it reads: one JSON type, the commonest of what it takes, as clients
/// refuse a list of types.
///
/// schemars would say more than that: a `format` of each number and address, and `null` of what is
/// optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    String,
    /// A list of these.
    Array(&'static Schema),
    /// An object with any keys and any values.
    Object,
    /// An object with any keys and these values.
    Map(&'static Schema),
    /// An object with these keys.
    Record(&'static [(&'static str, Schema)]),
}

impl Schema {
    /// The name of the type in JSON Schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array(_) => "array",
            Self::Object | Self::Map(_) | Self::Record(_) => "object",
        }
    }

    /// The members of the schema.
    pub fn members(self) -> Map<String, Value> {
        let mut members = object([("type".to_owned(), json!(self.name()))]);
        let inner = match self {
            Self::Array(items) => ("items", items.members()),
            Self::Map(values) => ("additionalProperties", values.members()),
            Self::Record(keys) => {
                let keys = keys.iter();
                let keys = keys.map(|(key, of)| ((*key).to_owned(), of.members().into()));
                ("properties", object(keys))
            }
            _ => return members,
        };
        members.insert(inner.0.to_owned(), inner.1.into());
        members
    }
}
