//! Reads the arguments of an entry's call and what is to be filled into them.

use serde_json::Value;

use crate::generator::common::at::{At, Table};
use crate::generator::common::vocabulary::prompt_template;

/// The arguments as JSON, each `{…}` as it is written.
pub(super) fn json(args: &Table<At<toml::Value>>) -> Value {
    args.iter()
        .map(|(name, value)| {
            (
                (**name).clone(),
                serde_json::to_value(&**value).unwrap_or_default(),
            )
        })
        .collect()
}

/// The names inside `{…}` of every text in a value.
pub(super) fn placeholders(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::String(text) => prompt_template::placeholders(text)
            .map(|(_, name)| name.to_owned())
            .collect(),
        toml::Value::Array(items) => items.iter().flat_map(placeholders).collect(),
        toml::Value::Table(members) => members.values().flat_map(placeholders).collect(),
        _ => Vec::new(),
    }
}
