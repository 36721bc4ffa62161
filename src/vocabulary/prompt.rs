//! Lists what an argument of a prompt may be.

use serde::Deserialize;

/// What an argument accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ArgumentKind {
    /// A container name or id.
    Container,
    /// A directory of the server's host.
    Directory,
    /// A host name or address, which may have a port.
    Host,
    /// The name of a Compose project.
    Project,
    /// The name or id of a service of a swarm.
    Service,
    /// Any text.
    Text,
}
