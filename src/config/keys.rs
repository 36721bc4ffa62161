//! The words of the configuration file that are no variables.

use crate::vocabulary::Tier;

/// The variable that names the file, which it does not set itself.
pub(super) const CONFIG: &str = "MCP_DOCKER_CONFIG";

/// What it holds beside settings.
pub(super) const HOSTS: &str = "hosts";
pub(super) const SECRETS: &str = "secrets";

/// What a host has that is a setting of the server, too, and which.
pub(super) const SETTINGS: [(&str, &str); 9] = [
    ("address", "DOCKER_BASE_URL"),
    ("context", "DOCKER_CONTEXT"),
    ("timeout", "DOCKER_TIMEOUT"),
    ("cert_path", "DOCKER_CERT_PATH"),
    ("tls_verify", "DOCKER_TLS_VERIFY"),
    ("tls_ca_cert", "DOCKER_TLS_CA_CERT"),
    ("tls_client_cert", "DOCKER_TLS_CLIENT_CERT"),
    ("tls_client_key", "DOCKER_TLS_CLIENT_KEY"),
    ("scope", "SAFETY_SCOPE"),
];

/// All that a host may have.
pub(super) fn host_keys() -> impl Iterator<Item = &'static str> {
    let settings = SETTINGS.iter().map(|(key, _)| *key);
    settings.chain(["tier", "default"])
}

/// The ceilings that a host may have.
pub(super) const TIERS: [Tier; 3] = [Tier::Safe, Tier::Moderate, Tier::Destructive];

/// What the Engine is called that flags or the environment name beside those of the file.
pub(super) const ENV: &str = "env";

/// An entry `[hosts.NAME]` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it calls the host.
    pub name: String,
    /// The file and the line.
    pub place: String,
}
