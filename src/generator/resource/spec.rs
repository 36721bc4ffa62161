//! Describes what a resource file may hold; the doc comments are what an editor shows.

use serde::Deserialize;

use crate::generator::common::at::{At, Table};
use crate::generator::common::vocabulary::{Listed, Of, Updates};
#[cfg(test)]
use std::collections::BTreeMap;

/// A resource: something of a container, a Compose project or a swarm that a client can read and be told about. The file's name is its own.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    /// The name a person reads, such as `Container log`.
    pub title: Option<At<String>>,
    /// One sentence that says what is in it, with its full stop.
    pub summary: Option<At<String>>,
    /// The toolset it belongs to; without one it is on whatever is chosen.
    pub toolset: Option<At<String>>,
    /// Whose it is.
    #[serde(default)]
    pub of: Of,
    /// Its address, which ends in the names of whose it is, as in `container://logs/{container_id}`: parameters of the tool.
    pub uri: Option<At<String>>,
    /// The parameters of the tool that variables of the address have other names than.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub params: Table<At<String>>,
    /// The safe tool whose result it is.
    pub tool: Option<At<String>>,
    /// The tool's other arguments.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub args: Table<At<toml::Value>>,
    /// The key of the tool's result that is the content, as plain text; of a list the key of what each item has, a line for each: `lines.text`. Without it the content is the whole result, as JSON.
    pub text: Option<At<String>>,
    /// Of which of them `resources/list` names it.
    #[serde(default)]
    pub list: Listed,
    /// When subscribers are told to read it again, beside the moments when the container starts, stops or is removed.
    pub updates: Option<At<Updates>>,
}
