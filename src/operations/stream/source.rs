//! Tells of a container what shapes its log.

use serde::Deserialize;

use crate::engine::{Part, Told};

/// What shapes the log of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    /// Its process has a terminal.
    pub(crate) tty: bool,
    /// The driver is `local`.
    pub(crate) local: bool,
}

/// Of a container's document what shapes its log.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Shaped {
    pub(crate) id: Told<String>,
    config: Part<Config>,
    host_config: Part<HostConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    tty: Told<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    log_config: Part<LogConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogConfig {
    #[serde(rename = "Type")]
    driver: Told<String>,
}

impl Shaped {
    /// What shapes its log.
    pub(crate) fn source(&self) -> Source {
        Source {
            tty: *self.config.tty == Some(true),
            local: self.host_config.log_config.driver.text() == "local",
        }
    }
}
