//! Holds a toolset that was found to be right, in the shape that Rust is written from.

use crate::generator::common::vocabulary::{Needs, Release};

/// Words of the setting that chooses toolsets.
pub(super) const TAKEN: [&str; 2] = ["all", "default"];

/// A toolset that was found to be right.
pub(crate) struct Toolset {
    /// `catalog/containers/toolset.toml`.
    pub source: String,
    /// `containers`.
    pub name: String,
    pub title: String,
    pub summary: String,
    pub default: bool,
    pub needs: Vec<Needs>,
    pub since: Option<Release>,
}
