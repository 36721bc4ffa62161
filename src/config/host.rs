//! An Engine among several, with its own way there and its own ceiling.

use super::effective::{Config, DockerConfig, SafetyConfig};
use super::keys::{ENV, Entry, SETTINGS};
use super::scope::Scope;
use crate::vocabulary::Tier;

/// One of several Engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// What calls name it by.
    pub name: String,
    /// How to reach it.
    pub docker: DockerConfig,
    /// What calls may do there: no more than the server's settings allow.
    pub safety: SafetyConfig,
    /// It is meant where no host is named.
    pub is_default: bool,
}

/// What the configuration file says of one.
#[derive(Debug)]
pub(super) struct HostEntry {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) docker: DockerConfig,
    pub(super) has_timeout: bool,
    pub(super) tier: Tier,
    pub(super) scope: Scope,
    pub(super) is_default: bool,
}

impl HostEntry {
    pub(super) fn new(name: &str, line: usize) -> Self {
        Self {
            name: name.to_owned(),
            line,
            docker: DockerConfig::default(),
            has_timeout: false,
            tier: Tier::Destructive,
            scope: Scope::All,
            is_default: false,
        }
    }
}

impl DockerConfig {
    /// What the person calls the setting that stands for the variable here: a host has its own.
    pub fn called(&self, variable: &str) -> String {
        let key = SETTINGS.iter().find(|(_, name)| *name == variable);
        match (&self.entry, key) {
            (Some(entry), Some((key, _))) => format!("`{key}` of `[hosts.{}]`", entry.name),
            _ => format!("`{variable}`"),
        }
    }
}

impl Config {
    /// The configuration under which calls to that host are made.
    #[must_use]
    pub fn of_host(&self, host: &Host) -> Self {
        Self {
            docker: host.docker.clone(),
            safety: host.safety.clone(),
            ..self.clone()
        }
    }

    /// Takes in the hosts of the file, and the Engine that stronger sources name, where one does.
    pub(super) fn take_hosts(&mut self, entries: Vec<HostEntry>, file: &str, is_chosen: bool) {
        if entries.is_empty() {
            return;
        }
        let is_only = entries.len() == 1;
        let named = is_chosen.then(|| Host {
            name: ENV.to_owned(),
            docker: self.docker.clone(),
            safety: self.safety.clone(),
            is_default: true,
        });
        let timeout = self.docker.timeout;
        let of_file = entries.into_iter().map(|mut entry| {
            if !entry.has_timeout {
                entry.docker.timeout = timeout;
            }
            let place = format!("{file}, line {}", entry.line);
            let docker = DockerConfig {
                entry: Some(Entry {
                    name: entry.name.clone(),
                    place,
                }),
                ..entry.docker
            };
            Host {
                name: entry.name,
                docker,
                safety: under(&self.safety, entry.tier, entry.scope),
                is_default: !is_chosen && (entry.is_default || is_only),
            }
        });
        let hosts: Vec<Host> = named.into_iter().chain(of_file).collect();
        if let Some(default) = hosts.iter().find(|host| host.is_default) {
            self.docker = default.docker.clone();
        }
        self.hosts = hosts;
    }
}

/// What calls may do where they may not exceed the tier, nor leave the scope. A scope that says more than `all` takes
/// the place of the server's.
fn under(safety: &SafetyConfig, ceiling: Tier, scope: Scope) -> SafetyConfig {
    SafetyConfig {
        scope: match scope {
            Scope::All => safety.scope.clone(),
            scope => scope,
        },
        allow_moderate: safety.allow_moderate && ceiling != Tier::Safe,
        allow_destructive: safety.allow_destructive && ceiling == Tier::Destructive,
        ..safety.clone()
    }
}
