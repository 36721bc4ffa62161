//! The settings of the HTTP transports.

use std::path::PathBuf;
use std::time::Duration;

/// How the server is reached over HTTP, and how much one client may take of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// `MCP_DOCKER_ALLOWED_HOST`: names by which clients may call the server, besides its own.
    pub allowed_hosts: Vec<String>,
    /// `MCP_DOCKER_ALLOWED_ORIGIN`: origins of web pages that may, besides its own.
    pub allowed_origins: Vec<String>,
    /// `MCP_DOCKER_MAX_SESSIONS`.
    pub max_sessions: usize,
    /// `MCP_DOCKER_IDLE_TIMEOUT`: how long a session is kept that nobody uses.
    pub idle_timeout: Duration,
    /// `MCP_DOCKER_REQUEST_TIMEOUT`: how long a client may take to send a request, or to take on
    /// what it is sent.
    pub request_timeout: Duration,
    /// `MCP_DOCKER_TLS_CERT`.
    pub tls_cert: Option<PathBuf>,
    /// `MCP_DOCKER_TLS_KEY`.
    pub tls_key: Option<PathBuf>,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            max_sessions: 100,
            idle_timeout: Duration::from_secs(600),
            request_timeout: Duration::from_secs(30),
            tls_cert: None,
            tls_key: None,
        }
    }
}
