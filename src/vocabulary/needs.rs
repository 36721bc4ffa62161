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

    /// The name of the program.
    pub fn program(self) -> &'static str {
        match self {
            Self::Compose => "docker-compose",
        }
    }

    /// The oldest major version that serves.
    pub fn oldest(self) -> u64 {
        match self {
            Self::Compose => 2,
        }
    }
}
