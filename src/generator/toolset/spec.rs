//! Describes what the file of a toolset may hold; the doc comments are what an editor shows.

use serde::Deserialize;

use crate::generator::common::at::At;
use crate::generator::common::vocabulary::{Needs, Release};

/// A toolset: the tools in the file's folder. The folder's name is its own.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Toolset {
    /// The name a person reads, such as `Insight`.
    pub title: Option<At<String>>,
    /// One sentence that says what its tools are for, with its full stop.
    pub summary: Option<At<String>>,
    /// Whether it is on where nobody chose.
    pub default: Option<At<bool>>,
    /// What its tools need beside the Engine: a program, or one of several.
    #[serde(default)]
    pub needs: Vec<Needs>,
    /// The release that its tools came with.
    pub since: Option<Release>,
}
