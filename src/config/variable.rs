//! Says of a variable its name, what it is for, the field it sets and what a found `.env` may do.

use super::value::Field;

/// One setting, under its name in the environment.
#[derive(Debug)]
pub struct Variable {
    /// The name in the environment and in `.env`, such as `DOCKER_TIMEOUT`.
    pub name: &'static str,
    /// What stands for the value in a usage text, such as `SECONDS`.
    pub placeholder: &'static str,
    /// One sentence that says what it does.
    pub doc: &'static str,
    /// The group it is shown in.
    pub section: Section,
    /// How far a `.env` found in the working directory may set it.
    pub found: Found,
    /// The field it sets, and by that the values it accepts.
    pub field: Field,
}

/// A group of variables, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// How to reach the Engine.
    Docker,
    /// What calls may do.
    Safety,
    /// How the server presents itself and logs.
    Server,
    /// How it is reached over HTTP.
    Network,
}

/// How far a `.env` found in the working directory may set a variable: it may have come with a
/// cloned repository, whose author is not the operator.
///
/// The value in force without it is the default, as flags and the environment come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// To any value.
    Any,
    /// To the value in force without it or a lower one (`false` is lower than `true`).
    AtMost,
    /// To the value in force without it or a higher one.
    AtLeast,
    /// To a socket or pipe of this machine.
    LocalSocket,
    /// Not at all.
    Never,
}

impl Section {
    /// The heading above the group.
    pub fn title(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Safety => "Safety",
            Self::Server => "Server",
            Self::Network => "Network",
        }
    }
}

impl Variable {
    /// Whether it says which Engine is meant.
    pub fn chooses_engine(&self) -> bool {
        ["DOCKER_BASE_URL", "DOCKER_HOST", "DOCKER_CONTEXT"].contains(&self.name)
    }

    /// The default as it would be written, where there is one.
    pub fn default_text(&self) -> Option<String> {
        self.field.default_text()
    }
}
