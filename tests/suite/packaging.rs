//! Keeps what the packages say about the program in step with the program.

use std::fs;
use std::process::Command;

use mcp_docker::catalog::TOOLS;
use mcp_docker::clients;
use mcp_docker::config::{VARIABLES, Variable};
use serde_json::Value;

use crate::golden;
use crate::support::client::command;

fn read(path: &str) -> String {
    fs::read_to_string(golden::at_root(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

fn variable(name: &str) -> &'static Variable {
    let found = VARIABLES.iter().find(|variable| variable.name == name);
    found.unwrap_or_else(|| panic!("there is no variable {name}"))
}

#[test]
fn every_package_has_the_version_and_the_description_of_the_crate() {
    let (version, description) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_DESCRIPTION"));
    let manifest = json("packaging/mcpb/manifest.json");
    let server = json("packaging/server.json");
    let npm = json("packaging/npm/package.json");
    let plugin = json("packaging/plugin/.claude-plugin/plugin.json");
    for document in [&manifest, &server, &npm, &plugin] {
        assert_eq!(document["version"], version);
        assert_eq!(document["description"], description);
    }
    let programs = npm["optionalDependencies"].as_object().unwrap();
    assert!(programs.values().all(|it| it == version), "{programs:?}");
    let wheel: toml::Table = read("packaging/pypi/pyproject.toml").parse().unwrap();
    assert_eq!(wheel["project"]["description"].as_str(), Some(description));
    let image = format!("mcp-docker:{version}");
    assert!(read("packaging/compose.yaml").contains(&format!(":-{image}}}")));
    for package in server["packages"].as_array().unwrap() {
        let identifier = package["identifier"].as_str().unwrap();
        match package["registryType"].as_str().unwrap() {
            "oci" => assert_eq!(identifier, format!("ghcr.io/OWNER/{image}")),
            "mcpb" => {
                let file = identifier.rsplit_once('/').unwrap().1;
                let of_release = format!("/releases/download/v{version}/mcp-docker-v{version}-");
                assert!(identifier.contains(&of_release), "{identifier}");
                assert_eq!(package["fileSha256"], format!("SHA256 of {file}"));
            }
            _ => {
                assert_eq!(identifier, "mcp-docker");
                assert_eq!(package["version"], version);
            }
        }
    }
    let changes = read("CHANGELOG.md");
    let newest = changes
        .lines()
        .find(|line| line.starts_with("## ") && *line != "## Unreleased")
        .unwrap();
    assert!(newest.starts_with(&format!("## {version}")), "{newest}");
}

#[test]
fn the_registry_says_of_each_variable_what_the_program_says() {
    let server = json("packaging/server.json");
    let packages = server["packages"].as_array().unwrap();
    let entries = packages.iter().map(|it| &it["environmentVariables"]);
    for entry in entries.flat_map(|it| it.as_array().unwrap()) {
        let variable = variable(entry["name"].as_str().unwrap());
        assert_eq!(entry["description"], variable.doc);
        let default = entry.get("default").and_then(Value::as_str);
        assert_eq!(
            default,
            variable.default_text().as_deref(),
            "{}",
            variable.name
        );
    }
}

/// What the skill tells a model to call and to pass is there.
#[test]
fn the_skill_names_tools_and_parameters_that_there_are() {
    let skill = read("packaging/skill/SKILL.md");
    let tool = |name: &str| {
        let found = TOOLS
            .iter()
            .find(|it| it.name.trim_start_matches("docker_") == name);
        found.unwrap_or_else(|| panic!("no tool is called {name}"))
    };
    let code = skill.split('`').skip(1).step_by(2);
    let named: Vec<&str> = code.filter_map(|it| it.strip_prefix("docker_")).collect();
    assert!(named.len() > 15, "{named:?}");
    let tools = named.into_iter().filter(|it| !it.is_empty() && *it != "…");
    let _ = tools.map(tool).count();
    let calls = skill
        .lines()
        .filter_map(|line| line.strip_prefix("mcp-docker call "));
    let calls: Vec<&str> = calls.collect();
    assert_eq!(calls.len(), 4, "{calls:?}");
    for call in calls {
        let mut words = call.split_whitespace();
        let tool = tool(words.next().unwrap());
        let keys = words
            .filter_map(|word| word.split_once('='))
            .map(|(key, _)| key);
        for key in keys {
            assert!(
                tool.params.iter().any(|param| param.name == key),
                "{call}: {key}"
            );
        }
    }
}

/// Each platform that is released has its bundle, its package for npm and its archive for `cargo binstall`.
#[test]
fn every_package_is_there_for_every_platform_that_is_released() {
    let workflow = read(".github/workflows/release.yml");
    let of = |key: &str| {
        let rows = workflow.lines().filter(|line| line.contains("- { os: "));
        let cell = |line: &str| {
            let (_, rest) = line.split_once(&format!(" {key}: ")).unwrap();
            let end = rest.find([',', ' ']).unwrap();
            rest.split_at(end).0.to_owned()
        };
        rows.map(cell).collect::<Vec<_>>()
    };
    let npm = json("packaging/npm/package.json");
    let programs = npm["optionalDependencies"].as_object().unwrap();
    let mut platforms = of("npm").into_iter().map(|it| format!("mcp-docker-{it}"));
    assert!(platforms.all(|it| programs.contains_key(&it)));
    assert_eq!(of("npm").len(), programs.len());
    let record = read("packaging/server.json");
    let bundles = record.matches("\"SHA256 of ").count();
    assert_eq!(bundles, of("target").len());
    for target in of("target") {
        assert!(record.contains(&format!("-{target}.mcpb\"")), "{target}");
    }
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let url = binstall["pkg-url"].as_str().unwrap();
    assert!(
        url.ends_with("/{ name }-v{ version }-{ target }{ archive-suffix }"),
        "{url}"
    );
}

/// A form that shows a switch on where the program has it off would be a lie.
#[test]
fn every_field_of_the_bundle_is_a_variable_with_its_default() {
    let manifest = json("packaging/mcpb/manifest.json");
    let passed = manifest["server"]["mcp_config"]["env"].as_object().unwrap();
    let fields = manifest["user_config"].as_object().unwrap();
    assert_eq!(passed.len(), fields.len());
    for name in passed.keys() {
        let key = name.to_ascii_lowercase();
        assert_eq!(passed[name], format!("${{user_config.{key}}}"));
        let default = fields[&key].get("default").map(|default| match default {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        assert_eq!(default, variable(name).default_text(), "{name}");
        assert_eq!(fields[&key]["required"], false, "{name}");
    }
}

/// The form is shown by one client, and says what is so there.
#[test]
fn the_form_of_the_bundle_says_what_its_client_does_before_something_is_removed() {
    let manifest = json("packaging/mcpb/manifest.json");
    let client = clients::find("claude-desktop").unwrap();
    let said = client.on_removal();
    let texts = [
        &manifest["long_description"],
        &manifest["user_config"]["safety_allow_destructive_operations"]["description"],
    ];
    for text in texts {
        let text = text.as_str().unwrap();
        assert!(text.contains(&said), "{text}");
        assert_eq!(text.contains("unless"), !client.has_consent(), "{text}");
    }
    let whole = manifest.to_string();
    assert!(
        client.asks.is_yes() || !whole.contains("asked each time"),
        "{whole}"
    );
}

/// Fields that nobody filled in may reach the program as they are written, or empty.
#[test]
fn a_bundle_in_which_nothing_is_set_is_a_server_in_which_nothing_is_set() {
    let manifest = json("packaging/mcpb/manifest.json");
    let passed = manifest["server"]["mcp_config"]["env"].as_object().unwrap();
    for empty in [false, true] {
        for (call, said) in [
            (["create_volume", "name=x"], "/nowhere/"),
            (
                ["remove_volume", "volume_name=x"],
                "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true",
            ),
        ] {
            let home = tempfile::tempdir().unwrap();
            let clean = command(home.path());
            let mut command = Command::new(clean.as_std().get_program());
            for (name, value) in passed {
                command.env(name, if empty { "" } else { value.as_str().unwrap() });
            }
            command.env("DOCKER_BASE_URL", "unix:///nowhere/docker.sock");
            let output = command
                .arg("call")
                .args(call)
                .current_dir(home.path())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(told.contains(said), "{call:?}: {told}");
        }
    }
}
