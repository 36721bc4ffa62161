//! Tests the rules by which flags, the environment and `.env` become a configuration.

mod engine;
mod env_file;
#[cfg(unix)]
mod files;
mod hosts;
#[cfg(unix)]
mod mistakes;
#[cfg(unix)]
mod plain;
mod schema;
mod sign_in;
mod toml;
mod values;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use mcp_docker::config::{
    Config, ConfirmationFallback, EnvFile, Field, Settings, Sources, VARIABLES,
};
use tracing::Level;

fn settings(entries: &[(&str, &str)]) -> Settings {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn environment(entries: &[(&str, &str)]) -> Sources {
    Sources {
        environment: settings(entries),
        ..Sources::default()
    }
}

fn file(text: &str, named: bool) -> Option<EnvFile> {
    Some(EnvFile {
        path: PathBuf::from("/project/.env"),
        text: Ok(text.to_owned()),
        named,
    })
}

fn found(text: &str) -> Config {
    Config::from_sources(&Sources {
        file: file(text, false),
        ..Sources::default()
    })
    .unwrap()
}

fn from_environment(name: &str, value: &str) -> Config {
    Config::from_sources(&environment(&[(name, value)])).unwrap()
}

fn refusal(name: &str, value: &str) -> String {
    Config::from_sources(&environment(&[(name, value)]))
        .unwrap_err()
        .to_string()
}

/// Values that are good each by itself; the predecessor went on with them and meant something else.
#[test]
fn values_that_contradict_each_other_stop_the_start() {
    let token = |name| (name, "hunter2");
    let full = ("MCP_DOCKER_AUTH_TOKEN", "MCP_DOCKER_READONLY_TOKEN");
    let required = ("MCP_DOCKER_AUDIT_REQUIRED", "true");
    for (entries, said) in [
        (&[token(full.0), token(full.1)][..], &[full.0, full.1][..]),
        (
            &[required],
            &["MCP_DOCKER_AUDIT_REQUIRED", "MCP_DOCKER_AUDIT_LOG"],
        ),
        (
            &[("MCP_DOCKER_TLS_CERT", "/cert.pem")],
            &["MCP_DOCKER_TLS_CERT", "MCP_DOCKER_TLS_KEY"],
        ),
        (
            &[("MCP_DOCKER_TLS_KEY", "/key.pem")],
            &["MCP_DOCKER_TLS_CERT", "MCP_DOCKER_TLS_KEY"],
        ),
        (
            &[required, ("MCP_DOCKER_AUDIT_LOG", "${user_config.log}")],
            &["MCP_DOCKER_AUDIT_REQUIRED", "MCP_DOCKER_AUDIT_LOG"],
        ),
    ] {
        let config = Config::from_sources(&environment(entries)).unwrap();
        let line = config.check().unwrap_err().to_string();
        assert!(said.iter().all(|name| line.contains(name)), "{line}");
        assert!(!line.contains('\n') && !line.contains("hunter2"), "{line}");
    }
    for entries in [
        &[][..],
        &[token(full.0)],
        &[token(full.1)],
        &[token(full.0), (full.1, "hunter3")],
        &[required, ("MCP_DOCKER_AUDIT_LOG", "/audit")],
    ] {
        let config = Config::from_sources(&environment(entries)).unwrap();
        assert!(config.check().is_ok(), "{entries:?}");
    }
}

#[test]
fn a_misspelt_boolean_stops_the_start_whichever_it_is() {
    let mut tried = 0;
    for variable in VARIABLES {
        if !matches!(variable.field, Field::Switch(_)) {
            continue;
        }
        for value in ["ture", "flase", "2", "enabled", "true,", "null"] {
            let line = refusal(variable.name, value);
            for said in [
                variable.name,
                value,
                "true or false (also 1/0, yes/no, on/off)",
            ] {
                assert!(line.contains(said), "{}={value}: {line}", variable.name);
            }
            tried += 1;
        }
    }
    assert!(tried >= 42, "only {tried}");
}

/// The table in the documentation and the behaviour without any setting come from one place.
#[test]
fn nothing_given_makes_the_documented_defaults() {
    let config = Config::from_sources(&Sources::default()).unwrap();
    assert_eq!(config, Config::default());

    for variable in VARIABLES {
        if let Some(text) = variable.default_text() {
            let name = variable.name;
            assert_eq!(from_environment(name, &text), config, "{name}={text}");
        }
    }
    let default_of = |name: &str| {
        let variable = VARIABLES.iter().find(|variable| variable.name == name);
        variable.unwrap().default_text()
    };
    assert_eq!(default_of("DOCKER_TIMEOUT").as_deref(), Some("60"));
    assert_eq!(
        default_of("SAFETY_MAX_RESPONSE_BYTES").as_deref(),
        Some("40000")
    );
    assert_eq!(
        default_of("SAFETY_CONFIRMATION_FALLBACK").as_deref(),
        Some("refuse")
    );
    assert_eq!(default_of("MCP_LOG_LEVEL").as_deref(), Some("INFO"));
    assert_eq!(default_of("MCP_DOCKER_LOG_PATH"), None);
}

#[test]
fn every_variable_is_documented_once_and_sets_a_field_of_its_own() {
    let mut names = BTreeSet::new();
    let mut configs = Vec::new();
    for variable in VARIABLES {
        let name = variable.name;
        assert!(names.insert(name), "{name} is there twice");
        assert!(variable.doc.ends_with('.'), "{name}: the doc is a sentence");
        assert!(
            !variable.placeholder.is_empty(),
            "{name} needs a placeholder"
        );

        let candidates = [
            "true",
            "false",
            "7",
            "5000",
            "plan",
            "images",
            "DEBUG",
            "unix:///x",
            "/x",
            "x",
            "mine",
            "https://a.example",
            "a=safe",
        ];
        let changed = candidates.iter().find_map(|value| {
            Config::from_sources(&environment(&[(name, value)]))
                .ok()
                .filter(|config| *config != Config::default())
        });
        let changed = changed.unwrap_or_else(|| panic!("{name} sets nothing"));
        assert!(!configs.contains(&changed), "{name} sets another's field");
        configs.push(changed);
    }
}

#[test]
fn the_strongest_source_wins() {
    let timeout = |flag: Option<&str>, environment: Option<&str>, text: &str, named: bool| {
        let only = |value: Option<&str>| {
            settings(
                &value
                    .map(|value| ("DOCKER_TIMEOUT", value))
                    .into_iter()
                    .collect::<Vec<_>>(),
            )
        };
        Config::from_sources(&Sources {
            flags: only(flag),
            environment: only(environment),
            file: file(text, named),
            ..Sources::default()
        })
        .unwrap()
        .docker
        .timeout
        .as_secs()
    };
    let text = "DOCKER_TIMEOUT=3";
    for named in [false, true] {
        assert_eq!(timeout(Some("1"), Some("2"), text, named), 1);
        assert_eq!(timeout(None, Some("2"), text, named), 2);
        assert_eq!(timeout(None, None, text, named), 3);
        assert_eq!(timeout(None, None, "", named), 60);
        for unset in ["", "  ", "${user_config.docker_timeout}"] {
            assert_eq!(timeout(Some(unset), Some("2"), text, named), 2, "{unset:?}");
            assert_eq!(
                timeout(Some(unset), Some(unset), text, named),
                3,
                "{unset:?}"
            );
            assert_eq!(
                timeout(Some(unset), Some(unset), "DOCKER_TIMEOUT=", named),
                60
            );
        }
    }
}

/// An empty value once stopped the predecessor's start, for lists and booleans alike.
#[test]
fn an_empty_or_unexpanded_value_is_unset_for_every_variable() {
    for variable in VARIABLES {
        for value in ["", " ", "${user_config.anything}"] {
            let config = from_environment(variable.name, value);
            assert_eq!(config, Config::default(), "{}={value:?}", variable.name);
        }
    }
}

#[test]
fn a_value_that_is_not_in_force_is_not_judged() {
    let config = Config::from_sources(&Sources {
        flags: settings(&[("DOCKER_TIMEOUT", "5")]),
        environment: settings(&[("DOCKER_TIMEOUT", "soon")]),
        file: file("DOCKER_TIMEOUT=later", true),
        ..Sources::default()
    });
    assert_eq!(config.unwrap().docker.timeout, Duration::from_secs(5));
}

#[test]
fn unknown_names_are_ignored() {
    let config = Config::from_sources(&Sources {
        environment: settings(&[("SAFETY_ALLOW_EVERYTHING", "true")]),
        file: file("DATABASE_URL=postgres://u:p@h/d\nDOCKER_BUILDKIT=1", false),
        ..Sources::default()
    });
    assert_eq!(config.unwrap(), Config::default());
}
