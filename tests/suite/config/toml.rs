//! Tests the settings of the configuration file: every variable by its name, between the environment and `.env`.

use std::path::{Path, PathBuf};

use mcp_docker::config::{Config, ConfigFile, Field, Sources, VARIABLES, Variable};

use super::{environment, file, from_environment, settings};

pub(super) const PATH: &str = "/etc/mcp-docker/config.toml";

pub(super) fn configured(text: &str) -> Sources {
    Sources {
        config: Some(ConfigFile {
            path: PathBuf::from(PATH),
            text: Ok(text.to_owned()),
        }),
        ..Sources::default()
    }
}

/// Why the file is refused, on one line that names it.
pub(super) fn refused(text: &str) -> String {
    let line = Config::from_sources(&configured(text)).unwrap_err();
    let line = line.to_string();
    assert!(line.starts_with(PATH) && !line.contains('\n'), "{line}");
    line
}

fn settable() -> impl Iterator<Item = &'static Variable> {
    let all = VARIABLES.iter();
    all.filter(|variable| variable.name != "MCP_DOCKER_CONFIG")
}

/// A value that changes something, as TOML and as text.
fn sample(field: &Field) -> (&'static str, &'static str) {
    match field {
        Field::Number(..) => ("5_000", "5000"),
        Field::Seconds(..) => ("7", "7"),
        Field::Address(_) => ("'unix:///x.sock'", "unix:///x.sock"),
        Field::Path(..) => ("'/x'", "/x"),
        Field::Names(_) => ("['a', 'b*']", "a,b*"),
        Field::Paths(_) => ("['/a', '/b']", "/a,/b"),
        Field::Toolsets(_) => ("['images', 'volumes']", "images,volumes"),
        Field::Level(_) => ("'DEBUG'", "DEBUG"),
        Field::Fallback(_) => ("'plan'", "plan"),
        Field::Scope(_) => ("'mine'", "mine"),
        Field::Url(_) => ("'https://a.example/x'", "https://a.example/x"),
        Field::Scopes(_) => ("['a:b=safe', 'c=moderate']", "a:b=safe,c=moderate"),
        _ => ("'seven'", "seven"),
    }
}

/// What is set by the text, with a note of where from.
fn without_places(mut config: Config) -> Config {
    config.config_file = None;
    config
}

#[test]
fn every_variable_is_set_by_its_name_and_the_kind_of_toml_that_it_is() {
    for variable in settable() {
        let name = variable.name;
        for (toml, text) in match &variable.field {
            Field::Switch(_) => vec![("true", "true"), ("false", "false")],
            Field::Number(_, range) if !range.contains(&5_000) => vec![("7", "7")],
            field => vec![sample(field)],
        } {
            let config = Config::from_sources(&configured(&format!("{name} = {toml}"))).unwrap();
            assert_eq!(
                without_places(config),
                from_environment(name, text),
                "{name} = {toml}"
            );
        }
        // Of another kind, whichever it is.
        let wrong = match &variable.field {
            Field::Switch(_) | Field::Number(..) | Field::Seconds(..) => "'yes'",
            _ => "1979-05-27",
        };
        let line = refused(&format!("# one\n\n{name} = {wrong}\n"));
        let said = format!("{PATH}, line 3: `{name}` must be ");
        assert!(line.starts_with(&said), "{line}");
    }
}

#[test]
fn a_value_that_is_not_accepted_is_named_with_what_is_and_the_nearest_word() {
    for (text, said) in [
        (
            "DOCKER_TIMEOUT = 0",
            "line 1: `DOCKER_TIMEOUT` must be a whole number of seconds from 1 to 86400, not 0",
        ),
        (
            "DOCKER_TIMEOUT = '60'",
            "a whole number of seconds from 1 to 86400, not \"60\"",
        ),
        (
            "SAFETY_HIDE_REFUSED = 1",
            "`SAFETY_HIDE_REFUSED` must be true or false, not 1",
        ),
        (
            "MCP_LOG_LEVEL = 'DEBG'",
            "must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not \"DEBG\"; did you mean `DEBUG`?",
        ),
        (
            "SAFETY_CONFIRMATION_FALLBACK = 'plam'",
            "not \"plam\"; did you mean `plan`?",
        ),
        (
            "MCP_DOCKER_TOOLSETS = ['default', 'insigth']",
            "not [\"default\", \"insigth\"]; `insigth` is none, did you mean `insight`?",
        ),
        (
            "MCP_DOCKER_TOOLSETS = ['images', 3]",
            "not an array of something else",
        ),
        (
            "SAFETY_VOLUME_MOUNT_ALLOWLIST = ['data']",
            "must be an array of absolute paths, not [\"data\"]",
        ),
        (
            "\nDOCKER_TIMEOT = 7",
            "line 2: the file has no key `DOCKER_TIMEOT`; did you mean `DOCKER_TIMEOUT`?",
        ),
        (
            "docker_timeout = 7",
            "line 1: the file has no key `docker_timeout`; did you mean `DOCKER_TIMEOUT`?",
        ),
        (
            "host = 7",
            "the file has no key `host`; did you mean `hosts`?",
        ),
        ("zzz = 7", "the file has no key `zzz`; it takes "),
        (
            "MCP_DOCKER_CONFIG = '/x'",
            "line 1: `MCP_DOCKER_CONFIG` names this file, and cannot name another from within it",
        ),
        (
            "DOCKER_TIMEOUT = 7\nDOCKER_TIMEOUT = 8",
            "line 2: duplicate key",
        ),
        ("DOCKER_TIMEOUT = ", "line 1: "),
        ("[DOCKER_TIMEOUT]", "not a table"),
    ] {
        let line = refused(text);
        assert!(line.contains(said), "{text}: {line}");
    }
}

#[test]
fn what_may_be_a_secret_is_not_repeated() {
    for text in [
        "MCP_DOCKER_AUTH_TOKEN = 'hunter two'",
        "MCP_DOCKER_AUTH_TOKEN = 4711",
        "MCP_DOCKER_READONLY_TOKEN = ['hunter']",
        "DOCKER_HOST = 'tcpp://me:hunter@elsewhere'",
        "[hosts.nas]\naddress = 'tcpp://me:hunter@elsewhere'",
    ] {
        let line = refused(text);
        assert!(line.contains("(not shown)"), "{line}");
        assert!(!line.contains("hunter") && !line.contains("4711"), "{line}");
    }
}

#[test]
fn it_stands_between_the_environment_and_the_other_file() {
    let seconds = |flag: Option<&str>, variable: Option<&str>, named: bool| {
        let of = |value: Option<&str>| {
            let entry = value.map(|value| ("DOCKER_TIMEOUT", value));
            settings(&entry.into_iter().collect::<Vec<_>>())
        };
        let sources = Sources {
            flags: of(flag),
            environment: of(variable),
            file: file("DOCKER_TIMEOUT=4\nMCP_SERVER_NAME=other", named),
            ..configured("DOCKER_TIMEOUT = 3")
        };
        let config = Config::from_sources(&sources).unwrap();
        assert_eq!(config.server.name, "other", "what it does not say is left");
        config.docker.timeout.as_secs()
    };
    for named in [false, true] {
        assert_eq!(seconds(Some("1"), Some("2"), named), 1);
        assert_eq!(seconds(None, Some("2"), named), 2);
        assert_eq!(seconds(None, None, named), 3);
    }
    let origins = configured("\nDOCKER_TIMEOUT = 3").in_force(&mut Vec::new());
    let [setting] = &origins.unwrap()[..] else {
        panic!("one is set")
    };
    assert_eq!(setting.origin, format!("{PATH}, line 2"));
}

/// A client starts the server in other people's folders.
#[test]
fn a_path_is_looked_for_beside_the_file_and_not_where_the_server_is_started() {
    let text = "DOCKER_TLS_CA_CERT = 'ca.pem'\n[hosts.nas]\naddress = 'https://nas'\ntls_client_key = 'nas/key.pem'";
    let config = Config::from_sources(&configured(text)).unwrap();
    let beside = Path::new("/etc/mcp-docker");
    assert_eq!(config.hosts[0].docker.tls_ca_cert, None, "each has its own");
    assert_eq!(
        config.hosts[0].docker.tls_client_key,
        Some(beside.join("nas/key.pem"))
    );
    let text = "MCP_DOCKER_AUDIT_LOG = 'audit.jsonl'";
    let config = Config::from_sources(&configured(text)).unwrap();
    assert_eq!(config.server.audit_log, Some(beside.join("audit.jsonl")));
}

#[test]
fn an_empty_value_is_none() {
    for variable in settable() {
        let name = variable.name;
        let text = match variable.field {
            Field::Switch(_) | Field::Number(..) | Field::Seconds(..) => continue,
            _ => format!("{name} = ''"),
        };
        let config = Config::from_sources(&configured(&text)).unwrap();
        assert_eq!(without_places(config), Config::default(), "{text}");
    }
    let without = Config::from_sources(&environment(&[])).unwrap();
    assert_eq!(without, Config::default());
}
