//! Reads the links of the README's buttons back, as the clients do, and holds them to what `install --print` prints.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mcp_docker::clients;
use mcp_docker::config::VARIABLES;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::Url;

use super::clients::entry;
use super::links::links;
use crate::golden;

/// What a button sets up, in the words of its client's file.
fn set_up(link: &Url) -> (&'static str, Value) {
    let page = format!("{}{}", link.host_str().unwrap(), link.path());
    match page.as_str() {
        "insiders.vscode.dev/redirect" => ("vscode", vs_code(&one(link, "url"))),
        "cursor.com/install-mcp" => ("cursor", encoded(link)),
        "lmstudio.ai/install-mcp" => ("lm-studio", encoded(link)),
        "goose-docs.ai/extension" => ("goose", goose(link)),
        other => panic!("no client is known to take {other}"),
    }
}

fn all(link: &Url, name: &str) -> Vec<String> {
    let pairs = link.query_pairs();
    let values = pairs.filter(|(key, _)| key == name);
    values.map(|(_, value)| value.into_owned()).collect()
}

fn one(link: &Url, name: &str) -> String {
    let [value]: [String; 1] = all(link, name).try_into().unwrap();
    value
}

/// <https://code.visualstudio.com/docs/copilot/guides/mcp-developer-guide>
fn vs_code(link: &str) -> Value {
    let text = link.strip_prefix("vscode:mcp/install?").unwrap();
    let text = percent_decode_str(text).decode_utf8().unwrap();
    let mut entry: Value = serde_json::from_str(&text).unwrap();
    let name = entry.as_object_mut().unwrap().remove("name").unwrap();
    assert_eq!(name, "mcp-docker");
    entry
}

/// <https://cursor.com/docs/mcp/install-links>, <https://lmstudio.ai/docs/app/mcp/deeplink>
fn encoded(link: &Url) -> Value {
    assert_eq!(one(link, "name"), "mcp-docker");
    let text = STANDARD.decode(one(link, "config")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// `getStdioConfig` of Goose's desktop program, which switches on what it adds. The program is that of the image,
/// and what other clients set by variables is set by flags.
fn goose(link: &Url) -> Value {
    assert_eq!(one(link, "cmd"), "docker");
    assert_eq!(all(link, "env"), [""; 0], "their values would be lost");
    let arguments = all(link, "arg");
    let image = format!("mcp-docker:{}", env!("CARGO_PKG_VERSION"));
    let (docker, flags) = arguments.split_at(arguments.iter().position(|it| *it == image).unwrap());
    let socket = "/var/run/docker.sock:/var/run/docker.sock";
    assert_eq!(docker, ["run", "-i", "--rm", "-v", socket, "--user", "0"]);
    let set = flags.iter().skip(1).map(|flag| {
        let (flag, value) = flag.strip_prefix("--").unwrap().split_once('=').unwrap();
        let variable = VARIABLES.iter().find(|variable| variable.flag() == flag);
        (variable.unwrap().name.to_owned(), json!(value))
    });
    json!({
        "type": "stdio",
        "name": one(link, "name"),
        "timeout": one(link, "timeout").parse::<u32>().unwrap(),
        "enabled": true,
        "cmd": "mcp-docker",
        "envs": Value::Object(set.collect()),
    })
}

#[test]
fn each_button_sets_up_what_install_prints() {
    let readme = fs::read_to_string(golden::at_root("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- badges: ").unwrap();
    let (badges, _) = rest.split_once("<!-- /badges -->").unwrap();
    let buttons: Vec<String> = links(badges)
        .into_iter()
        .filter(|it| !it.contains("img.shields.io"))
        .collect();
    let buttons = buttons
        .iter()
        .map(|link| set_up(&Url::parse(link).unwrap()));
    let mut seen = Vec::new();
    for (name, set_up) in buttons {
        let client = clients::find(name).unwrap();
        let mut printed = entry(client);
        let program = if name == "goose" { "cmd" } else { "command" };
        printed[program] = json!("mcp-docker");
        assert_eq!(set_up, printed, "{name}");
        seen.push(name);
    }
    assert_eq!(seen, ["vscode", "cursor", "lm-studio", "goose"]);
}
