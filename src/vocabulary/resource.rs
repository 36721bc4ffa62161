//! Lists which containers have a resource, and when it is news.

use serde::Deserialize;

/// Which containers have the resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Listed {
    /// Every one, stopped ones too.
    #[default]
    All,
    /// Those that run.
    Running,
}

/// When subscribers are told to read a resource again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Updates {
    /// When the container writes something.
    Output,
    /// Every few seconds while the container runs.
    Interval,
}
