//! Tests what a `.env` may set, found in the working directory or named by the operator.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use mcp_docker::config::{Config, EnvFile, Field, Found, Sources, VARIABLES};
use tracing::Level;

use super::{file, found, from_environment, settings};

fn named(text: &str) -> Config {
    Config::from_sources(&Sources {
        file: file(text, true),
        ..Sources::default()
    })
    .unwrap()
}

/// What a `.env` that came with a cloned repository may do, for every variable that is limited.
#[test]
fn a_found_file_may_tighten_but_not_loosen() {
    let rows = [
        ("DOCKER_BASE_URL", "unix:///run/user/1000/docker.sock", true),
        ("DOCKER_BASE_URL", "npipe:////./pipe/docker_engine", true),
        (
            "DOCKER_BASE_URL",
            "npipe:////elsewhere/pipe/docker_engine",
            false,
        ),
        ("DOCKER_BASE_URL", "unix://relative.sock", false),
        ("DOCKER_BASE_URL", "tcp://127.0.0.1:2375", false),
        ("DOCKER_BASE_URL", "ssh://me@elsewhere", false),
        ("DOCKER_HOST", "unix:///var/run/docker.sock", true),
        ("DOCKER_HOST", "https://elsewhere:2376", false),
        ("DOCKER_CONTEXT", "elsewhere", false),
        ("DOCKER_TIMEOUT", "5", true),
        ("DOCKER_TIMEOUT", "500", true),
        ("DOCKER_CERT_PATH", "/project/certs", false),
        ("DOCKER_TLS_VERIFY", "true", true),
        ("DOCKER_TLS_CA_CERT", "/project/ca.pem", false),
        ("DOCKER_TLS_CLIENT_CERT", "/project/cert.pem", false),
        ("DOCKER_TLS_CLIENT_KEY", "/project/key.pem", false),
        ("SAFETY_ALLOW_MODERATE_OPERATIONS", "no", true),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "1", false),
        ("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "on", false),
        (
            "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE",
            "false",
            false,
        ),
        ("SAFETY_CONFIRMATION_FALLBACK", "PLAN", false),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "9", true),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "11", false),
        ("SAFETY_ALLOWED_TOOLS", "docker_list_*", true),
        ("SAFETY_DENIED_TOOLS", "docker_exec_command", true),
        ("SAFETY_VOLUME_MOUNT_ALLOWLIST", "/", false),
        ("SAFETY_HIDE_REFUSED", "true", true),
        ("SAFETY_REDACT_SECRETS", "0", false),
        ("SAFETY_MAX_RESPONSE_BYTES", "4096", true),
        ("SAFETY_MAX_RESPONSE_BYTES", "40001", false),
        ("SAFETY_SCOPE", "mine", true),
        ("SAFETY_SCOPE", "project:shop", true),
        ("SAFETY_SCOPE", "label:team=a", true),
        ("SAFETY_SCOPE_READS", "true", true),
        ("MCP_DOCKER_TOOLSETS", "containers,images", true),
        ("MCP_DOCKER_TOOLSETS", "default,insight", false),
        ("MCP_DOCKER_TOOLSETS", "images,insight", false),
        ("MCP_DOCKER_TOOLSETS", "all", false),
        ("MCP_DOCKER_CONFIG", "/project/config.toml", false),
        ("MCP_DOCKER_SECRETS_DIR", "/project/secrets", false),
        ("MCP_SERVER_NAME", "docker-of-this-project", true),
        ("MCP_SERVER_VERSION", "1", true),
        ("MCP_LOG_LEVEL", "DEBUG", true),
        ("MCP_DOCKER_LOG_PATH", "/project/log", false),
        ("MCP_DOCKER_AUDIT_LOG", "/project/audit", false),
        ("MCP_DOCKER_AUDIT_REQUIRED", "true", true),
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2", false),
        ("MCP_DOCKER_READONLY_TOKEN", "hunter2", false),
        (
            "MCP_DOCKER_COMPOSE_VARIABLES",
            "AWS_SECRET_ACCESS_KEY",
            false,
        ),
        ("MCP_DOCKER_PROMPTS_DIR", "/project/prompts", false),
        ("MCP_DOCKER_ALLOWED_HOST", "elsewhere", false),
        ("MCP_DOCKER_ALLOWED_ORIGIN", "https://elsewhere", false),
        ("MCP_DOCKER_MAX_SESSIONS", "99", true),
        ("MCP_DOCKER_MAX_SESSIONS", "101", false),
        ("MCP_DOCKER_IDLE_TIMEOUT", "599", true),
        ("MCP_DOCKER_IDLE_TIMEOUT", "601", false),
        ("MCP_DOCKER_REQUEST_TIMEOUT", "29", true),
        ("MCP_DOCKER_REQUEST_TIMEOUT", "31", false),
        ("MCP_DOCKER_TLS_CERT", "/project/cert.pem", false),
        ("MCP_DOCKER_TLS_KEY", "/project/key.pem", false),
        ("MCP_DOCKER_OAUTH_ISSUER", "https://other.example", false),
        ("MCP_DOCKER_OAUTH_AUDIENCE", "https://other.example", false),
        ("MCP_DOCKER_OAUTH_SCOPES", "openid=destructive", false),
        ("MCP_DOCKER_OAUTH_CLIENT_ID", "other", false),
        (
            "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
            "/project/secret",
            false,
        ),
        ("MCP_DOCKER_OAUTH_CA", "/project/ca.pem", false),
        ("MCP_DOCKER_PUBLIC_URL", "https://other.example/mcp", false),
    ];
    for (name, value, taken) in rows {
        let text = format!("{name}={value}");
        let given = from_environment(name, value);
        assert_ne!(given, Config::default(), "{text} has an effect");
        let mut of_named = named(&text);
        let kept = of_named.env_file.take();
        assert!(kept.is_some(), "what it names is kept from containers");
        assert_eq!(of_named, given, "--env-file has no limits: {text}");

        let mut config = found(&text);
        let notices = std::mem::take(&mut config.notices);
        let set = std::mem::take(&mut config.found);
        assert_eq!(set.is_empty(), !taken, "{text}");
        if taken {
            assert_eq!(config, given, "{text}");
            assert!(notices.is_empty(), "{text}: {notices:?}");
        } else {
            assert_eq!(config, Config::default(), "{text}");
            let [notice] = notices.as_slice() else {
                panic!("{text}: {notices:?}");
            };
            assert!(
                notice.contains(name) && notice.contains("--env-file"),
                "{notice}"
            );
        }
    }
    for variable in VARIABLES {
        let covered = rows.iter().any(|(name, ..)| *name == variable.name);
        assert!(covered, "{} is not in the rows", variable.name);
    }
}

/// A new variable takes a stand by its kind; one that a found file may set at will is named here.
#[test]
fn what_leads_elsewhere_or_guards_a_call_is_not_for_a_found_file_to_set() {
    // A filter that only a found file sets can but narrow what is allowed, and a hidden tool is
    // refused as well.
    let at_will = [
        "SAFETY_ALLOWED_TOOLS",
        "SAFETY_DENIED_TOOLS",
        "SAFETY_HIDE_REFUSED",
    ];
    for variable in VARIABLES {
        let name = variable.name;
        let allowed = match variable.field {
            Field::Path(..)
            | Field::Paths(_)
            | Field::Token(_)
            | Field::Url(_)
            | Field::Scopes(_) => &[Found::Never][..],
            Field::Address(_) => &[Found::LocalSocket],
            Field::Toolsets(_) => &[Found::AtMost],
            _ if ["DOCKER_CONTEXT", "MCP_DOCKER_COMPOSE_VARIABLES"].contains(&name)
                || name.starts_with("MCP_DOCKER_OAUTH_") =>
            {
                &[Found::Never]
            }
            _ if at_will.contains(&name) => &[Found::Any],
            _ if name.starts_with("SAFETY_") || matches!(variable.field, Field::Switch(_)) => {
                &[Found::AtMost, Found::AtLeast]
            }
            _ => continue,
        };
        assert!(
            allowed.contains(&variable.found),
            "{name}: {:?}",
            variable.found
        );
    }
}

/// Nothing is said about an entry that changes nothing.
#[test]
fn a_found_file_may_repeat_what_is_in_force() {
    for variable in VARIABLES {
        if let (Some(text), true) = (variable.default_text(), variable.found != Found::Never) {
            let mut config = found(&format!("{}='{text}'", variable.name));
            config.found.clear();
            assert_eq!(config, Config::default(), "{}", variable.name);
        }
    }
    let shadowed = Config::from_sources(&Sources {
        environment: settings(&[("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true")]),
        file: file("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true", false),
        ..Sources::default()
    })
    .unwrap();
    assert!(shadowed.safety.allow_destructive);
    assert!(shadowed.notices.is_empty());
}

#[test]
fn files_have_quotes_comments_exports_and_a_byte_order_mark() {
    let config = named(
        "\u{feff}MCP_SERVER_NAME='a b' # comment\r\n\
         # DOCKER_TIMEOUT=1\n\
         export DOCKER_TIMEOUT = 7\n\
         DOCKER_TIMEOUT=8\n\
         MCP_DOCKER_AUTH_TOKEN='a$b'\n",
    );
    assert_eq!(config.server.name, "a b");
    assert_eq!(config.docker.timeout, Duration::from_secs(8));
    assert_eq!(config.server.auth_token.unwrap().as_str(), "a$b");
}

#[test]
fn a_broken_file_stops_the_start_only_where_it_was_named() {
    let text = "DOCKER_TIMEOUT=7\nthis is no entry\nMCP_LOG_LEVEL=DEBUG\n";
    let config = found(text);
    assert_eq!(config.docker.timeout, Duration::from_secs(7));
    assert_eq!(config.server.log_level, Level::DEBUG);
    assert_eq!(config.notices.len(), 1, "{:?}", config.notices);

    let unreadable = |named| Sources {
        file: Some(EnvFile {
            path: PathBuf::from("/project/.env"),
            text: Err(io::Error::from(io::ErrorKind::NotFound)),
            named,
        }),
        ..Sources::default()
    };
    assert_eq!(
        Config::from_sources(&unreadable(false))
            .unwrap()
            .notices
            .len(),
        1
    );
    let broken = Sources {
        file: file(text, true),
        ..Sources::default()
    };
    for sources in [unreadable(true), broken] {
        let line = Config::from_sources(&sources).unwrap_err().to_string();
        assert!(
            line.contains("/project/.env (from flag `--env-file`)"),
            "{line}"
        );
        assert!(!line.contains('\n'), "{line}");
    }
}
