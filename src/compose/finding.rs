//! Says what is wrong in a file, and where.

use std::fmt;

use super::yaml::Place;
use crate::engine::EngineError;

/// What is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether Compose would refuse it, or this server does.
    pub kind: FindingKind,
    /// The file, as seen from the directory of the project.
    pub file: String,
    /// Where in it.
    pub place: Option<Place>,
    /// The keys that lead there, such as `services.web.privileged`.
    pub at: String,
    /// What is wrong.
    pub text: String,
}

/// Who does not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// It is no Compose file as Compose takes it.
    Invalid,
    /// This server does not allow it.
    Refused,
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:", self.file)?;
        if let Some(Place { line, column }) = self.place {
            write!(to, "{line}:{column}:")?;
        }
        if !self.at.is_empty() {
            write!(to, " {}:", self.at)?;
        }
        write!(to, " {}", self.text)
    }
}

/// Why Compose is not started.
#[derive(Debug)]
pub enum Unfit {
    /// All that is wrong in the files.
    Files(Vec<Finding>),
    /// The Engine did not tell what the verdict depends on.
    Engine(EngineError),
}

impl From<EngineError> for Unfit {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}
