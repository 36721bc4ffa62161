//! Lists what a tool's file says of the whole tool in words that are closed.

use serde::Deserialize;

/// How much harm a call can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Reads only. Always allowed.
    Safe,
    /// Changes state in a way that can be undone.
    Moderate,
    /// Loses something for good. Needs a `[plan]`.
    Destructive,
}

impl Tier {
    /// Its name in the TOML files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Moderate => "moderate",
            Self::Destructive => "destructive",
        }
    }
}

/// How long the Engine may take to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Deadline {
    /// `DOCKER_TIMEOUT`.
    #[default]
    Standard,
    /// Minutes: pull, push, build, prune, df, remove.
    Long,
}
