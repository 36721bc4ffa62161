//! Lists every variable: its name, what it is for, the field it sets and what a found `.env` may do.

use std::ops::RangeInclusive;

use super::value::{Field, Leads};

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

/// Longer than anyone waits; keeps deadlines clear of what a clock can count.
const SECONDS: RangeInclusive<u64> = 1..=86_400;

/// Every variable, in the order they are documented.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "DOCKER_BASE_URL",
        placeholder: "URL",
        doc: "Address of the Docker Engine; unset, `DOCKER_HOST`, then the current Docker context, then the usual sockets.",
        section: Section::Docker,
        found: Found::LocalSocket,
        field: Field::Address(|config| &mut config.docker.base_url),
    },
    Variable {
        name: "DOCKER_HOST",
        placeholder: "URL",
        doc: "Address of the Docker Engine where `DOCKER_BASE_URL` is unset.",
        section: Section::Docker,
        found: Found::LocalSocket,
        field: Field::Address(|config| &mut config.docker.host),
    },
    Variable {
        name: "DOCKER_CONTEXT",
        placeholder: "NAME",
        doc: "Docker context to use instead of the current one.",
        section: Section::Docker,
        found: Found::Never,
        field: Field::Name(|config| &mut config.docker.context),
    },
    Variable {
        name: "DOCKER_TIMEOUT",
        placeholder: "SECONDS",
        doc: "Time for the Engine to answer; operations with a longer deadline of their own keep it.",
        section: Section::Docker,
        found: Found::Any,
        field: Field::Seconds(|config| &mut config.docker.timeout, SECONDS),
    },
    Variable {
        name: "DOCKER_CERT_PATH",
        placeholder: "DIRECTORY",
        doc: "Directory of `ca.pem`, `cert.pem` and `key.pem`.",
        section: Section::Docker,
        found: Found::Never,
        field: Field::Path(|config| &mut config.docker.cert_path, Leads::ToFolder),
    },
    Variable {
        name: "DOCKER_TLS_VERIFY",
        placeholder: "BOOLEAN",
        doc: "Use TLS and verify the Engine's certificate; `https://` always does.",
        section: Section::Docker,
        found: Found::AtLeast,
        field: Field::Switch(|config| &mut config.docker.tls_verify),
    },
    Variable {
        name: "DOCKER_TLS_CA_CERT",
        placeholder: "FILE",
        doc: "PEM file of the authorities that may have signed the Engine's certificate.",
        section: Section::Docker,
        found: Found::Never,
        field: Field::Path(|config| &mut config.docker.tls_ca_cert, Leads::ToFile),
    },
    Variable {
        name: "DOCKER_TLS_CLIENT_CERT",
        placeholder: "FILE",
        doc: "PEM file of the certificate to show to the Engine.",
        section: Section::Docker,
        found: Found::Never,
        field: Field::Path(|config| &mut config.docker.tls_client_cert, Leads::ToFile),
    },
    Variable {
        name: "DOCKER_TLS_CLIENT_KEY",
        placeholder: "FILE",
        doc: "PEM file of that certificate's private key.",
        section: Section::Docker,
        found: Found::Never,
        field: Field::Path(|config| &mut config.docker.tls_client_key, Leads::ToFile),
    },
    Variable {
        name: "SAFETY_ALLOW_MODERATE_OPERATIONS",
        placeholder: "BOOLEAN",
        doc: "Allow tools that change state; `false` makes the server read-only.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Switch(|config| &mut config.safety.allow_moderate),
    },
    Variable {
        name: "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS",
        placeholder: "BOOLEAN",
        doc: "Allow tools that lose something for good.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Switch(|config| &mut config.safety.allow_destructive),
    },
    Variable {
        name: "SAFETY_ALLOW_PRIVILEGED_CONTAINERS",
        placeholder: "BOOLEAN",
        doc: "Allow containers that reach into the host.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Switch(|config| &mut config.safety.allow_privileged),
    },
    Variable {
        name: "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE",
        placeholder: "BOOLEAN",
        doc: "Have a person confirm each destructive call.",
        section: Section::Safety,
        found: Found::AtLeast,
        field: Field::Switch(|config| &mut config.safety.require_confirmation),
    },
    Variable {
        name: "SAFETY_CONFIRMATION_FALLBACK",
        placeholder: "MODE",
        doc: "For clients that cannot ask a person: `refuse` the destructive call, or `plan` to have the model confirm it in a second call.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Fallback(|config| &mut config.safety.confirmation_fallback),
    },
    Variable {
        name: "SAFETY_MAX_CONCURRENT_OPERATIONS",
        placeholder: "NUMBER",
        doc: "Calls that run at the same time; more wait their turn. As many again may wait for new log lines.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Number(|config| &mut config.safety.max_concurrent, 1..=100),
    },
    Variable {
        name: "SAFETY_ALLOWED_TOOLS",
        placeholder: "LIST",
        doc: "Names or globs of the only tools to allow, comma-separated.",
        section: Section::Safety,
        found: Found::Any,
        field: Field::Names(|config| &mut config.safety.allowed_tools),
    },
    Variable {
        name: "SAFETY_DENIED_TOOLS",
        placeholder: "LIST",
        doc: "Names or globs of tools to refuse, comma-separated; wins over `SAFETY_ALLOWED_TOOLS`.",
        section: Section::Safety,
        found: Found::Any,
        field: Field::Names(|config| &mut config.safety.denied_tools),
    },
    Variable {
        name: "SAFETY_VOLUME_MOUNT_ALLOWLIST",
        placeholder: "LIST",
        doc: "Host paths that may be bind-mounted wherever they are, with what lies below them, comma-separated.",
        section: Section::Safety,
        found: Found::Never,
        field: Field::Paths(|config| &mut config.safety.mount_allowlist),
    },
    Variable {
        name: "SAFETY_HIDE_REFUSED",
        placeholder: "BOOLEAN",
        doc: "Leave tools that would be refused out of the tool list.",
        section: Section::Safety,
        found: Found::Any,
        field: Field::Switch(|config| &mut config.safety.hide_refused),
    },
    Variable {
        name: "SAFETY_REDACT_SECRETS",
        placeholder: "BOOLEAN",
        doc: "Replace what looks like a secret in results, logs and errors.",
        section: Section::Safety,
        found: Found::AtLeast,
        field: Field::Switch(|config| &mut config.safety.redact_secrets),
    },
    Variable {
        name: "SAFETY_MAX_RESPONSE_BYTES",
        placeholder: "BYTES",
        doc: "Size that no result exceeds; ids and encoded data count for more.",
        section: Section::Safety,
        found: Found::AtMost,
        field: Field::Number(
            |config| &mut config.safety.max_response_bytes,
            4_096..=1_073_741_824,
        ),
    },
    Variable {
        name: "MCP_DOCKER_TOOLSETS",
        placeholder: "NAMES",
        doc: "Toolsets that are on, comma-separated: names, `default` or `all`.",
        section: Section::Server,
        found: Found::AtMost,
        field: Field::Toolsets(|config| &mut config.safety.toolsets),
    },
    Variable {
        name: "MCP_SERVER_NAME",
        placeholder: "NAME",
        doc: "Name the server gives itself to clients.",
        section: Section::Server,
        found: Found::Any,
        field: Field::Text(|config| &mut config.server.name),
    },
    Variable {
        name: "MCP_SERVER_VERSION",
        placeholder: "VERSION",
        doc: "Version the server gives itself to clients.",
        section: Section::Server,
        found: Found::Any,
        field: Field::Text(|config| &mut config.server.version),
    },
    Variable {
        name: "MCP_LOG_LEVEL",
        placeholder: "LEVEL",
        doc: "Least severity that is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.",
        section: Section::Server,
        found: Found::Any,
        field: Field::Level(|config| &mut config.server.log_level),
    },
    Variable {
        name: "MCP_DOCKER_LOG_PATH",
        placeholder: "FILE",
        doc: "File to log to, beside stderr.",
        section: Section::Server,
        found: Found::Never,
        field: Field::Path(|config| &mut config.server.log_path, Leads::ToNewFile),
    },
    Variable {
        name: "MCP_DOCKER_AUDIT_LOG",
        placeholder: "FILE",
        doc: "File that gets a JSON line for each call: who made it, what was decided and what came of it.",
        section: Section::Server,
        found: Found::Never,
        field: Field::Path(|config| &mut config.server.audit_log, Leads::ToNewFile),
    },
    Variable {
        name: "MCP_DOCKER_AUDIT_REQUIRED",
        placeholder: "BOOLEAN",
        doc: "Refuse calls that cannot be recorded in the file of `MCP_DOCKER_AUDIT_LOG`.",
        section: Section::Server,
        found: Found::AtLeast,
        field: Field::Switch(|config| &mut config.server.audit_required),
    },
    Variable {
        name: "MCP_DOCKER_AUTH_TOKEN",
        placeholder: "TOKEN",
        doc: "Bearer token that the HTTP transports ask for.",
        section: Section::Server,
        found: Found::Never,
        field: Field::Token(|config| &mut config.server.auth_token),
    },
    Variable {
        name: "MCP_DOCKER_READONLY_TOKEN",
        placeholder: "TOKEN",
        doc: "Second bearer token, which reaches the safe tools only.",
        section: Section::Server,
        found: Found::Never,
        field: Field::Token(|config| &mut config.server.readonly_token),
    },
    Variable {
        name: "MCP_DOCKER_PROMPTS_DIR",
        placeholder: "DIRECTORY",
        doc: "Directory to read prompt templates from at each use, for their authors.",
        section: Section::Server,
        found: Found::Never,
        field: Field::Path(|config| &mut config.server.prompts_dir, Leads::ToFolder),
    },
    Variable {
        name: "MCP_DOCKER_ALLOWED_HOST",
        placeholder: "LIST",
        doc: "Names by which clients may call the server besides that of `--host` and `localhost`, each with or without a port, comma-separated.",
        section: Section::Network,
        found: Found::Never,
        field: Field::Names(|config| &mut config.network.allowed_hosts),
    },
    Variable {
        name: "MCP_DOCKER_ALLOWED_ORIGIN",
        placeholder: "LIST",
        doc: "Origins of web pages that may call the server, such as `https://app.example.com`, comma-separated.",
        section: Section::Network,
        found: Found::Never,
        field: Field::Names(|config| &mut config.network.allowed_origins),
    },
    Variable {
        name: "MCP_DOCKER_MAX_SESSIONS",
        placeholder: "NUMBER",
        doc: "Sessions that may be open at the same time.",
        section: Section::Network,
        found: Found::AtMost,
        field: Field::Number(|config| &mut config.network.max_sessions, 1..=10_000),
    },
    Variable {
        name: "MCP_DOCKER_IDLE_TIMEOUT",
        placeholder: "SECONDS",
        doc: "Time after which a session ends that no connection belongs to.",
        section: Section::Network,
        found: Found::AtMost,
        field: Field::Seconds(|config| &mut config.network.idle_timeout, SECONDS),
    },
    Variable {
        name: "MCP_DOCKER_REQUEST_TIMEOUT",
        placeholder: "SECONDS",
        doc: "Time for a client to send a request, and to take on what it is sent.",
        section: Section::Network,
        found: Found::AtMost,
        field: Field::Seconds(|config| &mut config.network.request_timeout, SECONDS),
    },
    Variable {
        name: "MCP_DOCKER_TLS_CERT",
        placeholder: "FILE",
        doc: "PEM file of the certificate to serve HTTPS with, and of those that vouch for it.",
        section: Section::Network,
        found: Found::Never,
        field: Field::Path(|config| &mut config.network.tls_cert, Leads::ToFile),
    },
    Variable {
        name: "MCP_DOCKER_TLS_KEY",
        placeholder: "FILE",
        doc: "PEM file of that certificate's private key.",
        section: Section::Network,
        found: Found::Never,
        field: Field::Path(|config| &mut config.network.tls_key, Leads::ToFile),
    },
];
