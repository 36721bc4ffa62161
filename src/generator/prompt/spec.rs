//! Describes what the file of a prompt may hold; the doc comments are what an editor shows.

#[cfg(test)]
use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generator::common::at::{At, Table};
use crate::generator::common::unmodelled::Unmodelled;
use crate::generator::common::vocabulary::ArgumentKind;

/// A prompt. The file's name is the prompt's.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Prompt {
    /// The name a person reads, such as `Troubleshoot a container`.
    pub title: Option<At<String>>,
    /// One sentence that says what the prompt is for, with its full stop.
    pub summary: Option<At<String>>,
    /// The toolset it belongs to; without one it is on whatever is chosen.
    pub toolset: Option<At<String>>,
    /// The file of `prompts/` that is rendered.
    pub template: Option<At<String>>,
    /// What a client may fill in, by name.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Argument>"))]
    pub arguments: Table<At<Argument>>,
    /// What is asked of Docker, by the name the template uses. An entry may use those above it.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Entry>"))]
    pub context: Table<At<Entry>>,
    /// What an Engine sends and bollard's models lack, by the struct and the Engine's name.
    #[serde(default)]
    #[cfg_attr(
        test,
        schemars(with = "BTreeMap<String, BTreeMap<String, Unmodelled>>")
    )]
    pub unmodelled: Table<Table<At<Unmodelled>>>,
    /// Arguments and context to render the template with where there is no Engine.
    pub sample: Option<At<Sample>>,
}

/// What a client may fill in.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Argument {
    /// What is accepted.
    #[serde(rename = "type")]
    pub kind: ArgumentKind,
    /// The prompt is refused without it.
    #[serde(default)]
    pub required: bool,
    /// What it is for, in a sentence.
    pub doc: Option<At<String>>,
}

/// A call whose result the template uses under the entry's name; of a tool that gives a document, the document.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// A tool of the tier `safe`.
    pub tool: At<String>,
    /// Its arguments. `{container_id}` stands for an argument of the prompt, `{inspect.Image}` for a part of an entry above, `{item}` for what `each` is at.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub args: Table<At<toml::Value>>,
    /// An expression over arguments and entries above; the call is made only where it is true.
    pub when: Option<At<String>>,
    /// An expression that gives a list, or an object for its keys; the call is made for each `{item}`, and the entry is the list of the results.
    pub each: Option<At<String>>,
    /// The most calls that `each` makes.
    pub max: Option<At<usize>>,
    /// Where the call fails the prompt fails: it would say nothing without the result.
    #[serde(default)]
    pub required: bool,
}

/// Arguments and context to render the template with where there is no Engine.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    /// The arguments.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub arguments: Table<At<String>>,
    /// The results of the calls, as the template sees them.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub context: Table<At<toml::Value>>,
}
