//! Lists the programs that tools may need beside the Engine, and run.

use serde::Deserialize;

/// A program that is to be where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// Docker Compose, where the server runs.
    Compose,
}

impl Needs {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
        }
    }

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Compose => "docker-compose",
        }
    }

    /// The oldest version that serves: what is tried here, of the releases that distributions have.
    pub fn oldest(self) -> (u64, u64) {
        match self {
            Self::Compose => (2, 26),
        }
    }
}
