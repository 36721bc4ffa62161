//! Lists whose a resource is, which of them have one, and when it is news.

use serde::Deserialize;

/// Whose the resource is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// A container's: the address ends in its name.
    #[default]
    Container,
    /// A Compose project's: the address ends in its name.
    Project,
    /// That of a service of a Compose project: the address ends in the names of both.
    Service,
    /// That of a service of the swarm: the address ends in its name.
    SwarmService,
}

/// Which of them have the resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Listed {
    /// Every one, those too that do not run.
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
    /// At no other time than when a container comes, goes, starts or stops.
    State,
}
