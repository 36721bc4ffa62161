//! Holds a prompt that was found to be right, in the shape that Rust is written from.

use serde_json::Value;

use crate::generator::common::reply::Reads;
pub(crate) use crate::generator::common::vocabulary::ArgumentKind;

/// The prompts and the templates they use.
#[derive(Default)]
pub(crate) struct Prompts {
    pub prompts: Vec<Prompt>,
    pub templates: Vec<Template>,
}

/// A prompt.
pub(crate) struct Prompt {
    /// `catalog/prompts/troubleshoot_container.toml`.
    pub source: String,
    /// `troubleshoot_container`.
    pub name: String,
    /// `containers`.
    pub toolset: Option<String>,
    pub title: String,
    pub summary: String,
    /// `troubleshoot_container.md.j2`.
    pub template: String,
    pub arguments: Vec<Argument>,
    pub context: Vec<Entry>,
    pub sample_arguments: Value,
    pub sample_context: Value,
    /// The fields of bollard's structs that the prompt and its templates read.
    pub reads: Reads,
}

pub(crate) struct Argument {
    pub name: String,
    pub doc: String,
    pub kind: ArgumentKind,
    pub required: bool,
}

pub(crate) struct Entry {
    pub name: String,
    pub tool: String,
    /// With `{…}` where something is to be filled in.
    pub args: Value,
    pub when: Option<String>,
    pub each: Option<String>,
    pub max: Option<usize>,
    pub required: bool,
    /// The entries it uses.
    pub needs: Vec<String>,
}

/// A template, by the name that prompts and includes use.
pub(crate) struct Template {
    pub name: String,
    pub text: String,
}
