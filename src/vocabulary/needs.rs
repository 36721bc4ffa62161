//! Lists the programs that the tools of a toolset may need beside the Engine.

/// A program that is to be where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Docker Compose.
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
