//! Tests the rules by which flags, the environment and `.env` become a configuration.

mod env_file;

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
        Some("65536")
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
            "DEBUG",
            "unix:///x",
            "/x",
            "x",
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

#[test]
fn booleans_have_eight_spellings_in_any_case() {
    let name = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
    for value in ["true", "1", "yes", "on", "True", "YES", " on "] {
        assert!(
            from_environment(name, value).safety.allow_destructive,
            "{value}"
        );
    }
    for value in ["false", "0", "no", "off", "FALSE", "Off"] {
        assert!(
            !from_environment(name, value).safety.allow_destructive,
            "{value}"
        );
    }
    for value in ["maybe", "2", "t", "truee"] {
        assert!(refusal(name, value).contains("true or false"), "{value}");
    }
}

#[test]
fn numbers_keep_their_limits() {
    for (name, accepted, refused) in [
        (
            "SAFETY_MAX_CONCURRENT_OPERATIONS",
            ["1", "100"],
            ["0", "101", "-1", "1.5", "ten"],
        ),
        (
            "DOCKER_TIMEOUT",
            ["1", "86400"],
            ["0", "86401", "-1", "60s", "1e3"],
        ),
        (
            "SAFETY_MAX_RESPONSE_BYTES",
            ["4096", "1073741824"],
            ["4095", "0", "-1", "64k", "99999999999999999999"],
        ),
    ] {
        for value in accepted {
            from_environment(name, value);
        }
        for value in refused {
            let line = refusal(name, value);
            assert!(line.contains("a whole number"), "{name}={value}: {line}");
        }
    }
}

#[test]
fn lists_are_comma_separated_or_json() {
    for (value, expected) in [
        ("docker_version", &["docker_version"][..]),
        (
            " docker_list_* , docker_version ,",
            &["docker_list_*", "docker_version"],
        ),
        (
            r#"["docker_list_*", " docker_version "]"#,
            &["docker_list_*", "docker_version"],
        ),
        ("[]", &[]),
        (",", &[]),
    ] {
        let config = from_environment("SAFETY_ALLOWED_TOOLS", value);
        assert_eq!(config.safety.allowed_tools, expected, "{value}");
    }
    for value in ["[docker_version]", "[1]", r#"["a""#] {
        let line = refusal("SAFETY_DENIED_TOOLS", value);
        assert!(line.contains("JSON array of strings"), "{line}");
    }
}

#[test]
fn mounts_are_absolute_on_either_system() {
    let config = from_environment("SAFETY_VOLUME_MOUNT_ALLOWLIST", r"/srv/data, C:\data");
    let expected = [PathBuf::from("/srv/data"), PathBuf::from(r"C:\data")];
    assert_eq!(config.safety.mount_allowlist, expected);
    for value in ["data", "./data", "/srv, data", "C:data", "~/data"] {
        let line = refusal("SAFETY_VOLUME_MOUNT_ALLOWLIST", value);
        assert!(line.contains("absolute paths"), "{line}");
    }
}

#[test]
fn addresses_start_with_a_known_scheme() {
    for value in [
        "unix:///var/run/docker.sock",
        "npipe:////./pipe/docker_engine",
        "tcp://10.0.0.1:2375",
        "http://localhost:2375",
        "https://docker.example:2376",
        "ssh://me@docker.example",
    ] {
        let config = from_environment("DOCKER_BASE_URL", value);
        assert_eq!(config.docker.base_url.as_deref(), Some(value));
        let config = from_environment("DOCKER_HOST", value);
        assert_eq!(config.docker.host.as_deref(), Some(value));
    }
    for value in [
        "localhost:2375",
        "ftp://x",
        "unix://",
        "/var/run/docker.sock",
        "tcp://a\nb",
    ] {
        let line = refusal("DOCKER_BASE_URL", value);
        assert!(line.contains("unix://, npipe://, tcp://"), "{line}");
    }
}

#[test]
fn words_are_read_in_any_case() {
    for (value, level) in [
        ("debug", Level::DEBUG),
        ("INFO", Level::INFO),
        ("Warning", Level::WARN),
        ("error", Level::ERROR),
        ("CRITICAL", Level::ERROR),
    ] {
        assert_eq!(
            from_environment("MCP_LOG_LEVEL", value).server.log_level,
            level
        );
    }
    let config = from_environment("SAFETY_CONFIRMATION_FALLBACK", "Plan");
    assert_eq!(
        config.safety.confirmation_fallback,
        ConfirmationFallback::Plan
    );
    assert!(refusal("MCP_LOG_LEVEL", "loud").contains("DEBUG, INFO, WARNING, ERROR or CRITICAL"));
    assert!(refusal("SAFETY_CONFIRMATION_FALLBACK", "allow").contains("refuse or plan"));
}

#[test]
fn a_bad_value_is_one_line_with_the_name_the_origin_the_value_and_what_is_accepted() {
    assert_eq!(
        refusal("DOCKER_TIMEOUT", "so\non"),
        "`DOCKER_TIMEOUT` from the environment must be \
         a whole number of seconds from 1 to 86400, not \"so\\non\""
    );
    let with_flag = Sources {
        flags: settings(&[("SAFETY_REDACT_SECRETS", "si")]),
        ..Sources::default()
    };
    assert_eq!(
        Config::from_sources(&with_flag).unwrap_err().to_string(),
        "`SAFETY_REDACT_SECRETS` from flag `--safety-redact-secrets` must be \
         true or false (also 1/0, yes/no, on/off), not \"si\""
    );
    let with_file = Sources {
        file: file("DOCKER_TIMEOUT=soon", false),
        ..Sources::default()
    };
    let line = Config::from_sources(&with_file).unwrap_err().to_string();
    assert!(
        line.contains("`DOCKER_TIMEOUT` from /project/.env must be"),
        "{line}"
    );
}

#[test]
fn no_message_shows_a_secret() {
    for (name, value) in [
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2 and more"),
        ("MCP_DOCKER_READONLY_TOKEN", "hunter2\u{e9}"),
        ("DOCKER_BASE_URL", "ftp://me:hunter2@docker.example"),
    ] {
        let line = refusal(name, value);
        assert!(line.contains(name) && line.contains("not shown"), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
    let config = from_environment("MCP_DOCKER_AUTH_TOKEN", "hunter2");
    assert_eq!(
        config.server.auth_token.as_ref().unwrap().as_str(),
        "hunter2"
    );
    assert!(!format!("{config:?}").contains("hunter2"));

    let broken = found("MCP_DOCKER_AUTH_TOKEN=hunter2 and more");
    assert!(
        !broken.notices.join("\n").contains("hunter2"),
        "{:?}",
        broken.notices
    );
    let ignored = found("MCP_DOCKER_AUTH_TOKEN=hunter2");
    assert_eq!(ignored.notices.len(), 1);
    assert!(
        !ignored.notices.join("\n").contains("hunter2"),
        "{:?}",
        ignored.notices
    );
}
