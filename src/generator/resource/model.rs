//! Holds a resource that was found to be right, in the shape that Rust is written from.

use serde_json::Value;

use crate::generator::common::vocabulary::{Listed, Of, Updates};

/// A resource that was found to be right.
pub(crate) struct Resource {
    /// `catalog/resources/logs.toml`.
    pub source: String,
    /// `logs`.
    pub stem: String,
    /// `containers`.
    pub toolset: Option<String>,
    pub title: String,
    pub summary: String,
    pub of: Of,
    /// What stands before the first variable of the URI template.
    pub prefix: String,
    /// The variables, and which parameter of the tool each is.
    pub variables: Vec<(String, String)>,
    /// The stem of the tool.
    pub tool: String,
    pub args: Value,
    pub text: Option<String>,
    pub list: Listed,
    pub updates: Updates,
}
