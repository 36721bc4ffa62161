//! Reads the configuration from flags, the environment and `.env`.

use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set, with its defaults filled in.
#[derive(Debug, Clone)]
pub struct Config {
    /// How to reach the Engine.
    pub docker: DockerConfig,
    /// What calls may do.
    pub safety: SafetyConfig,
    /// How the server presents itself and logs.
    pub server: ServerConfig,
    /// What was ignored and why, to be said at start.
    pub notices: Vec<String>,
}

/// How to reach the Engine.
#[derive(Debug, Clone)]
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
}

/// What calls may do.
#[derive(Debug, Clone)]
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
}

/// What happens to a destructive call from a client that cannot ask a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationFallback {
    /// It is refused.
    Refuse,
    /// It is made in two steps.
    Plan,
}

/// How the server presents itself and logs.
#[derive(Debug, Clone)]
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
    pub auth_token: Option<String>,
    /// `MCP_DOCKER_READONLY_TOKEN`.
    pub readonly_token: Option<String>,
    /// `MCP_DOCKER_PROMPTS_DIR`.
    pub prompts_dir: Option<PathBuf>,
}
