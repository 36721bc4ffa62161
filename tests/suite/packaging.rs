//! Keeps what the packages say about the program in step with the program.

use std::fs;
use std::process::Command;

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
    for document in [&manifest, &server] {
        assert_eq!(document["version"], version);
        assert_eq!(document["description"], description);
    }
    let image = server["packages"][0]["identifier"].as_str().unwrap();
    assert!(image.ends_with(&format!(":{version}")), "{image}");
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
    for entry in server["packages"][0]["environmentVariables"]
        .as_array()
        .unwrap()
    {
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
