//! Holds the Engines that a configuration names, where it names several.

use super::effective::{Config, DockerConfig, SafetyConfig};

/// An Engine by the name that calls choose it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The name of its table, `[hosts.NAME]`; `env` is the one that flags and environment name.
    pub name: String,
    /// How to reach it.
    pub docker: DockerConfig,
    /// What calls may do there: what the server allows, under the ceiling and the scope of the host.
    pub safety: SafetyConfig,
    /// Where calls go that name none.
    pub is_default: bool,
}

impl Config {
    /// The same configuration for calls to that host.
    #[must_use]
    pub fn of_host(&self, host: &Host) -> Self {
        Self {
            docker: host.docker.clone(),
            safety: host.safety.clone(),
            ..self.clone()
        }
    }
}
