//! Holds what the catalogue says of each resource.

use super::Tool;
use crate::vocabulary::{Listed, Of, Updates};

/// Something of a container, a Compose project or a swarm that a client can read and be told about, as its TOML file describes it.
#[derive(Debug)]
pub struct Resource {
    /// Its name, such as `logs`.
    pub name: &'static str,
    /// The path of the TOML file in the repository.
    pub source: &'static str,
    /// The toolset it belongs to, where it is not on whatever is chosen.
    pub toolset: Option<&'static str>,
    /// The name a person reads.
    pub title: &'static str,
    /// One sentence that says what is in it.
    pub summary: &'static str,
    /// Its URI template, such as `container://logs/{container_id}`.
    pub template: &'static str,
    /// What of the template stands before its first variable.
    pub prefix: &'static str,
    /// Whose it is.
    pub of: Of,
    /// The variables in order, with which the template ends, a `/` between two.
    pub variables: &'static [Variable],
    /// The safe tool whose result it is.
    pub tool: &'static Tool,
    /// The tool's other arguments, as JSON text.
    pub args: &'static str,
    /// What of the result is its content.
    pub content: Content,
    /// Which of those whose it is have one.
    pub listed: Listed,
    /// When subscribers are told to read it again.
    pub updates: Updates,
}

/// A variable of a URI template.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The parameter of the tool that it is.
    pub param: &'static str,
}

/// What of a tool's result is the content of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The text under this key.
    Text(&'static str),
    /// Of each item of a list the text under a key, a line each: the list, and the key.
    Lines(&'static str, &'static str),
    /// All of it, as JSON.
    Json,
}

impl Content {
    /// The MIME type.
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Text(_) | Self::Lines(..) => "text/plain",
            Self::Json => "application/json",
        }
    }
}
