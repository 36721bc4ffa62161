//! Holds everything that can be set, as it is in force.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::error::ConfigError;
use super::host::Host;
use super::keys::Entry;
use super::network::NetworkConfig;
use super::scope::Scope;
use super::sign_in::SignInConfig;
use super::toolset::Toolsets;
use crate::vocabulary::Tier;

/// Everything that can be set, with its defaults filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// How to reach the Engine.
    pub docker: DockerConfig,
    /// What calls may do.
    pub safety: SafetyConfig,
    /// How the server presents itself and logs.
    pub server: ServerConfig,
    /// How it is reached over HTTP.
    pub network: NetworkConfig,
    /// Who signs in there.
    pub sign_in: SignInConfig,
    /// The secrets that calls may name.
    pub secrets: SecretsConfig,
    /// The Engines, where the configuration file names some; then `docker` leads to the default one.
    pub hosts: Vec<Host>,
    /// `MCP_DOCKER_CONFIG`, or the file at its default place, where it is there.
    pub config_file: Option<PathBuf>,
    /// The file of settings that the operator named with `--env-file`.
    pub env_file: Option<PathBuf>,
    /// What was ignored and why, to be said at start.
    pub notices: Vec<String>,
    /// The variables that a `.env` set which nobody named. What they say is not repeated where it is not
    /// understood.
    pub found: Vec<&'static str>,
}

impl Config {
    /// Checks what the values mean together.
    ///
    /// # Errors
    /// [`ConfigError::Together`] where two of them contradict each other.
    pub fn check(&self) -> Result<(), ConfigError> {
        let server = &self.server;
        if server.audit_required && server.audit_log.is_none() {
            return Err(ConfigError::Together(
                "`MCP_DOCKER_AUDIT_REQUIRED` refuses every call that is not recorded, so `MCP_DOCKER_AUDIT_LOG` must name \
                 a file to record them in",
            ));
        }
        if server.auth_token.is_some() && server.auth_token == server.readonly_token {
            return Err(ConfigError::Together(
                "`MCP_DOCKER_AUTH_TOKEN` and `MCP_DOCKER_READONLY_TOKEN` must differ, or nothing tells a client that may \
                 only read from one that may do more",
            ));
        }
        if self.network.tls_cert.is_some() != self.network.tls_key.is_some() {
            return Err(ConfigError::Together(
                "`MCP_DOCKER_TLS_CERT` and `MCP_DOCKER_TLS_KEY` belong together: a certificate is of use only with its \
                 private key",
            ));
        }
        self.sign_in.check()
    }
}

/// How to reach the Engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerConfig {
    /// `DOCKER_BASE_URL`.
    pub base_url: Option<String>,
    /// `DOCKER_HOST`.
    pub host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `DOCKER_CERT_PATH`.
    pub cert_path: Option<PathBuf>,
    /// `DOCKER_TLS_VERIFY`.
    pub tls_verify: bool,
    /// `DOCKER_TLS_CA_CERT`.
    pub tls_ca_cert: Option<PathBuf>,
    /// `DOCKER_TLS_CLIENT_CERT`.
    pub tls_client_cert: Option<PathBuf>,
    /// `DOCKER_TLS_CLIENT_KEY`.
    pub tls_client_key: Option<PathBuf>,
    /// `DOCKER_TIMEOUT`.
    pub timeout: Duration,
    /// The entry of the configuration file that says all this, where one does.
    pub entry: Option<Entry>,
}

impl Default for DockerConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            host: None,
            context: None,
            cert_path: None,
            tls_verify: false,
            tls_ca_cert: None,
            tls_client_cert: None,
            tls_client_key: None,
            timeout: Duration::from_secs(60),
            entry: None,
        }
    }
}

/// What calls may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyConfig {
    /// `SAFETY_ALLOW_MODERATE_OPERATIONS`.
    pub allow_moderate: bool,
    /// `SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS`.
    pub allow_destructive: bool,
    /// `SAFETY_ALLOW_PRIVILEGED_CONTAINERS`.
    pub allow_privileged: bool,
    /// `SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE`.
    pub require_confirmation: bool,
    /// `SAFETY_CONFIRMATION_FALLBACK`.
    pub confirmation_fallback: ConfirmationFallback,
    /// `SAFETY_MAX_CONCURRENT_OPERATIONS`.
    pub max_concurrent: usize,
    /// `MCP_DOCKER_TOOLSETS`.
    pub toolsets: Toolsets,
    /// `SAFETY_ALLOWED_TOOLS`; empty means all.
    pub allowed_tools: Vec<String>,
    /// `SAFETY_DENIED_TOOLS`.
    pub denied_tools: Vec<String>,
    /// `SAFETY_VOLUME_MOUNT_ALLOWLIST`.
    pub mount_allowlist: Vec<PathBuf>,
    /// `SAFETY_HIDE_REFUSED`.
    pub hide_refused: bool,
    /// `SAFETY_REDACT_SECRETS`.
    pub redact_secrets: bool,
    /// `SAFETY_MAX_RESPONSE_BYTES`.
    pub max_response_bytes: usize,
    /// `SAFETY_SCOPE`.
    pub scope: Scope,
    /// `SAFETY_SCOPE_READS`.
    pub scope_reads: bool,
}

impl SafetyConfig {
    /// The highest tier that calls may have; a destructive tool changes state too.
    pub fn ceiling(&self) -> Tier {
        match (self.allow_moderate, self.allow_destructive) {
            (false, _) => Tier::Safe,
            (true, false) => Tier::Moderate,
            (true, true) => Tier::Destructive,
        }
    }
}

impl Default for SafetyConfig {
    fn default() -> Self {
        Self {
            allow_moderate: true,
            allow_destructive: false,
            allow_privileged: false,
            require_confirmation: true,
            confirmation_fallback: ConfirmationFallback::Refuse,
            max_concurrent: 10,
            toolsets: Toolsets::default(),
            allowed_tools: Vec::new(),
            denied_tools: Vec::new(),
            mount_allowlist: Vec::new(),
            hide_refused: false,
            redact_secrets: true,
            max_response_bytes: 40_000,
            scope: Scope::All,
            scope_reads: false,
        }
    }
}

/// What happens to a destructive call from a client that cannot ask a person.
///
/// Ordered from strict to loose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfirmationFallback {
    /// It is refused.
    Refuse,
    /// It is made in two steps.
    Plan,
}

/// How the server presents itself and logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// `MCP_SERVER_NAME`.
    pub name: String,
    /// `MCP_SERVER_VERSION`.
    pub version: String,
    /// `MCP_LOG_LEVEL`.
    pub log_level: tracing::Level,
    /// `MCP_DOCKER_LOG_PATH`.
    pub log_path: Option<PathBuf>,
    /// `MCP_DOCKER_AUDIT_LOG`.
    pub audit_log: Option<PathBuf>,
    /// `MCP_DOCKER_AUDIT_REQUIRED`.
    pub audit_required: bool,
    /// `MCP_DOCKER_AUTH_TOKEN`.
    pub auth_token: Option<Token>,
    /// `MCP_DOCKER_READONLY_TOKEN`.
    pub readonly_token: Option<Token>,
    /// `MCP_DOCKER_COMPOSE_VARIABLES`.
    pub compose_variables: Vec<String>,
    /// `MCP_DOCKER_PROMPTS_DIR`.
    pub prompts_dir: Option<PathBuf>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            log_level: tracing::Level::INFO,
            log_path: None,
            audit_log: None,
            audit_required: false,
            auth_token: None,
            readonly_token: None,
            compose_variables: Vec::new(),
            prompts_dir: None,
        }
    }
}

/// The secrets that calls may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretsConfig {
    /// `MCP_DOCKER_SECRETS_DIR`.
    pub dir: Option<PathBuf>,
    /// Those of the process environment, by what stands behind `MCP_DOCKER_SECRET_`; none for bytes that are
    /// no Unicode text.
    pub variables: BTreeMap<String, Option<Token>>,
    /// Where each may go, by `[secrets.NAME]` of the configuration file.
    pub limits: BTreeMap<String, Limits>,
}

/// Where a secret may go; what is absent limits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Globs of the images.
    pub images: Option<Vec<String>>,
    /// The Compose projects.
    pub projects: Option<Vec<String>>,
}

/// A bearer token; its `Debug` form does not show it, so that no log of a configuration does.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub(super) String);

impl Token {
    /// A text that nobody is to see.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token itself, to compare with what a client sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}
