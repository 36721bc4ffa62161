//! Tests that editors know of the configuration file what the server accepts.

use mcp_docker::config::{Config, VARIABLES, example, schema};
use serde_json::Value;

use super::toml::configured;
use crate::golden;

fn is_valid(text: &str) -> bool {
    let document: Value = toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    validator.is_valid(&document)
}

fn is_accepted(text: &str) -> bool {
    Config::from_sources(&configured(text)).is_ok()
}

#[test]
fn the_schema_and_the_example_are_current() {
    golden::check("docs/mcp-docker.schema.json", &format!("{:#}\n", schema()));
    golden::check("docs/config.toml", &example());
}

/// What stands behind a `#` without a blank is a setting.
#[test]
fn every_line_of_the_example_can_be_put_in_force() {
    let example = example();
    assert!(is_accepted(&example) && is_valid(&example));
    let lines = example.lines().filter_map(|line| line.strip_prefix('#'));
    let lines = lines.filter(|line| !line.starts_with([' ', ':']));
    let (settings, tables): (Vec<&str>, Vec<&str>) =
        lines.partition(|line| line.chars().next().is_some_and(char::is_uppercase));
    assert_eq!(settings.len(), VARIABLES.len() - 1);
    for setting in settings {
        assert!(is_accepted(setting), "{setting}");
        assert!(is_valid(setting), "{setting}");
    }
    let tables = tables.join("\n");
    assert!(is_accepted(&tables) && is_valid(&tables), "{tables}");
    assert_eq!(tables.matches("[hosts.").count(), 3);
}

/// Also what the chapter shows.
#[test]
fn the_file_of_the_chapter_is_one() {
    let chapter = std::fs::read_to_string(golden::at_root("docs/engines.md")).unwrap();
    let (_, rest) = chapter.split_once("```toml\n").unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    let config = Config::from_sources(&configured(file)).unwrap();
    assert_eq!(config.hosts.len(), 3);
    assert!(is_valid(file));
    for key in schema()["properties"]["hosts"]["patternProperties"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|host| host["properties"].as_object().unwrap().keys())
    {
        assert!(chapter.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn files_are_good_for_the_editor_where_they_are_for_the_server() {
    for (text, is_good) in [
        ("", true),
        ("DOCKER_TIMEOUT = 7", true),
        ("DOCKER_TIMEOUT = 0", false),
        ("DOCKER_TIMEOUT = '7'", false),
        ("DOCKER_TIMEOT = 7", false),
        ("SAFETY_HIDE_REFUSED = true", true),
        ("SAFETY_HIDE_REFUSED = 'yes'", false),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS = 101", false),
        ("MCP_LOG_LEVEL = 'debug'", true),
        ("MCP_LOG_LEVEL = 'loud'", false),
        ("MCP_DOCKER_TOOLSETS = ['default', 'insight']", true),
        ("MCP_DOCKER_TOOLSETS = 'default,insight'", true),
        ("MCP_DOCKER_TOOLSETS = ['insigth']", false),
        (
            "SAFETY_VOLUME_MOUNT_ALLOWLIST = ['/data', 'C:\\data']",
            true,
        ),
        ("SAFETY_VOLUME_MOUNT_ALLOWLIST = ['data']", false),
        ("SAFETY_DENIED_TOOLS = ['docker_exec_*']", true),
        ("SAFETY_DENIED_TOOLS = [1]", false),
        ("MCP_DOCKER_AUTH_TOKEN = 'two words'", false),
        ("MCP_DOCKER_CONFIG = '/x'", false),
        ("DOCKER_HOST = 'nas'", false),
        ("DOCKER_HOST = ''", true),
        ("[hosts]", true),
        (
            "[hosts.nas]\naddress = 'tcp://nas:1'\ntier = 'safe'\ntimeout = 5\ndefault = true",
            true,
        ),
        (
            "[hosts.nas]\ncontext = 'nas'\ntls_verify = true\ntls_ca_cert = 'ca.pem'",
            true,
        ),
        ("SAFETY_SCOPE = 'project:shop'", true),
        ("SAFETY_SCOPE = 'label:a.b/c=d'", true),
        ("SAFETY_SCOPE = 'MINE'", true),
        ("SAFETY_SCOPE = 'project:'", false),
        ("SAFETY_SCOPE = 'shop'", false),
        ("[hosts.nas]\naddress = 'tcp://nas:1'\nscope = 'mine'", true),
        (
            "[hosts.nas]\naddress = 'tcp://nas:1'\nscope = 'ours'",
            false,
        ),
        ("[hosts.nas]", false),
        (
            "[hosts.nas]\naddress = 'tcp://nas:1'\ncontext = 'nas'",
            false,
        ),
        ("[hosts.nas]\naddress = 'tcp://nas:1'\ntier = 'some'", false),
        ("[hosts.nas]\naddress = 'tcp://nas:1'\nport = 1", false),
        ("[hosts.nas]\naddress = 'nas'", false),
        ("[hosts.env]\naddress = 'tcp://nas:1'", false),
        ("[hosts.'a b']\naddress = 'tcp://nas:1'", false),
        ("[secrets.db]\nimages = ['postgres']", true),
        ("[secrets.db]\nimages = 'postgres'", false),
        ("[secrets.db]\nimage = ['postgres']", false),
    ] {
        assert_eq!(is_accepted(text), is_good, "the server: {text}");
        assert_eq!(is_valid(text), is_good, "the editor: {text}");
    }
}
