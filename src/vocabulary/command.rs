//! Lists what a tool's file says of a program that it runs in words that are closed.

use serde::Deserialize;

/// What a program is given on its standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stdin {
    /// The model of the project, as it was judged.
    Model,
}

/// The form of what a program writes to its standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// One JSON value.
    Json,
    /// A JSON value a line.
    JsonLines,
    /// Text.
    Text,
}
