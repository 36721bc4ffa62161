//! Changes JSON, with comments and commas after the last of a list where the client reads those.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use jsonc_parser::errors::ParseError;
use mcp_docker::clients::Format;
use serde_json::Value;

use super::error::DocumentError;

impl From<ParseError> for DocumentError {
    fn from(error: ParseError) -> Self {
        Self::Syntax {
            line: error.line_display(),
            column: error.column_display(),
            wrong: error.kind().to_string().to_lowercase(),
        }
    }
}

/// A text that is JSON.
#[derive(Debug)]
pub(super) struct Json(CstRootNode);

impl Json {
    pub(super) fn parse(text: &str, format: Format) -> Result<Self, ParseError> {
        let options = ParseOptions {
            allow_comments: format != Format::Json,
            allow_trailing_commas: format == Format::LooseJson,
            allow_loose_object_property_names: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        // The tree takes comments whatever the options say.
        jsonc_parser::parse_to_value(text, &options)?;
        CstRootNode::parse(text, &options).map(Self)
    }

    pub(super) fn value(&self) -> Option<Value> {
        self.0.to_serde_value()
    }

    pub(super) fn names(&self, servers: &str) -> Vec<String> {
        let servers = self.servers(servers).map(|servers| servers.properties());
        let names = servers.into_iter().flatten();
        names.filter_map(|entry| entry.decoded_name()).collect()
    }

    fn servers(&self, key: &str) -> Option<CstObject> {
        self.0.object_value()?.object_value(key)
    }

    pub(super) fn put(&self, servers: &str, name: &str, entry: &Value) {
        let root = self.0.object_value_or_set();
        let servers = root.object_value_or_set(servers);
        reconcile(&servers, name, entry);
    }

    pub(super) fn remove(&self, servers: &str, name: &str) {
        if let Some(entry) = self.servers(servers).and_then(|it| it.get(name)) {
            entry.remove();
        }
    }

    pub(super) fn text(&self) -> String {
        self.0.to_string()
    }
}

/// Gives a key its value, by changing what differs and nothing beside it.
fn reconcile(object: &CstObject, key: &str, value: &Value) {
    match (object.get(key), value) {
        (None, value) => {
            object.append(key, input(value));
        }
        (Some(old), _) if old.to_serde_value().as_ref() == Some(value) => {}
        (Some(old), Value::Object(members)) => {
            let object = old.object_value_or_set();
            for member in object.properties() {
                let name = member.decoded_name();
                if !name.is_some_and(|name| members.contains_key(&name)) {
                    member.remove();
                }
            }
            for (key, value) in members {
                reconcile(&object, key, value);
            }
        }
        (Some(old), value) => old.set_value(input(value)),
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(*truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            let members = members.iter();
            CstInputValue::Object(
                members
                    .map(|(key, value)| (key.clone(), input(value)))
                    .collect(),
            )
        }
    }
}
