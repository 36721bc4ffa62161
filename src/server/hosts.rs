//! Lists the argument that chooses a host, where there are several.

use std::sync::Arc;

use rmcp::model::Tool;
use serde_json::{Value, json};

use crate::fleet::{Fleet, HOST};

/// Up to how many hosts a schema names.
const MOST_LISTED: usize = 8;

/// The tool as clients see it who can choose a host.
pub(super) fn with_host(mut tool: Tool, fleet: &Fleet) -> Tool {
    let names = fleet.names();
    if names.is_empty() {
        return tool;
    }
    let default = fleet.default_host();
    let which = match default {
        Some(default) => format!("Docker host; default `{default}`."),
        None => "Docker host.".to_owned(),
    };
    let host = if names.len() <= MOST_LISTED {
        json!({ "type": "string", "description": which, "enum": names })
    } else {
        json!({ "type": "string", "description": which })
    };
    let schema = Arc::make_mut(&mut tool.input_schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(HOST.to_owned(), host);
    }
    if default.is_none() {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required {
            required.push(HOST.into());
        }
    }
    tool
}
