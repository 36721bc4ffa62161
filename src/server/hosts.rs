//! Lists the argument that chooses a host, and what a result says of hosts, where there are several.

use std::sync::Arc;

use rmcp::model::{JsonObject, Prompt, PromptArgument, Tool};
use serde_json::{Value, json};

use super::Server;
use crate::catalog::{self, Across};
use crate::fleet::{ALL, FAILED, Fleet, HOST};
use crate::output;

/// Up to how many hosts a schema names.
const MOST_LISTED: usize = 8;

impl Server {
    /// The prompt as clients see it who can choose a host.
    pub(super) fn with_host(&self, mut prompt: Prompt) -> Prompt {
        if !self.fleet.names().is_empty() {
            let host = PromptArgument::new(HOST)
                .with_description(which(&self.fleet, None))
                .with_required(self.fleet.default_host().is_none());
            prompt.arguments.get_or_insert_default().push(host);
        }
        prompt
    }
}

/// Which hosts can be chosen, but for their names.
fn which(fleet: &Fleet, all: Option<String>) -> String {
    let default = fleet.default_host();
    let default = default.map(|default| format!("default `{default}`"));
    let said: Vec<String> = default.into_iter().chain(all).collect();
    match said.as_slice() {
        [] => "Docker host.".to_owned(),
        said => format!("Docker host; {}.", said.join(", ")),
    }
}

/// The tool as clients see it who can choose a host.
pub(super) fn with_host(mut shown: Tool, tool: &'static catalog::Tool, fleet: &Fleet) -> Tool {
    let mut names = fleet.names();
    if names.is_empty() {
        return shown;
    }
    let all = tool.across.as_ref().map(|_| format!("`{ALL}` asks all"));
    let which = which(fleet, all);
    let host = if names.len() <= MOST_LISTED {
        names.extend(tool.across.as_ref().map(|_| ALL));
        json!({ "type": "string", "description": which, "enum": names })
    } else {
        json!({ "type": "string", "description": which })
    };
    let schema = Arc::make_mut(&mut shown.input_schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(HOST.to_owned(), host);
    }
    if fleet.default_host().is_none() {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required {
            required.push(HOST.into());
        }
    }
    if let (Some(across), Some(schema)) = (&tool.across, &mut shown.output_schema) {
        merged(tool, across, Arc::make_mut(schema));
    }
    shown
}

/// The schema of a result that may be that of all hosts.
fn merged(tool: &'static catalog::Tool, across: &Across, schema: &mut JsonObject) {
    let apart = output::apart(&tool.output, across);
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|key| !apart.iter().any(|apart| key == apart));
    }
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let items = across
        .list
        .and_then(|list| properties.get_mut(list)?.get_mut("items"));
    if let Some(Value::Object(items)) = items {
        let members = items.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(members) = members {
            members.insert(output::HOST.to_owned(), json!({ "type": "string" }));
        }
    }
    let list = json!({ "type": "array", "items": { "type": "object" } });
    if !apart.is_empty() {
        properties.insert(output::HOSTS.to_owned(), list.clone());
    }
    properties.insert(FAILED.to_owned(), list);
}
