//! Shows what each client is given, as `mcp-docker install CLIENT --print` prints it.

use std::fmt::Write as _;

use mcp_docker::clients::{CLIENTS, Can, Client, CommandForm, Format};
use serde_json::Value;

use super::section;
use crate::golden;
use crate::support::client::command;

/// Where the program is on most machines.
const USUAL: &str = "/usr/local/bin/mcp-docker";

/// What is printed to somebody who has nothing yet, with the program where it is on most machines.
pub(super) fn printed(client: &Client) -> String {
    let home = tempfile::tempdir().unwrap();
    let mut program = command(home.path()).into_std();
    let places = CLIENTS.iter().filter_map(|client| client.place.variable);
    for (name, _) in places {
        program.env_remove(name);
    }
    let output = program
        .args(["install", client.name, "--profile", "normal", "--print"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let built = env!("CARGO_BIN_EXE_mcp-docker");
    assert_eq!(text.matches(built).count(), 1, "{text}");
    text.replace(built, USUAL)
}

/// The entry of it, by a reader that others wrote.
pub(super) fn entry(client: &Client) -> Value {
    let text = printed(client);
    let whole: Value = match client.format {
        Format::Toml => toml::from_str(&text).unwrap(),
        Format::Yaml => serde_yaml_ng::from_str(&text).unwrap(),
        _ => serde_json::from_str(&text).unwrap(),
    };
    whole[client.servers]["mcp-docker"].clone()
}

fn language(client: &Client) -> &'static str {
    match client.format {
        Format::Toml => "toml",
        Format::Yaml => "yaml",
        _ => "json",
    }
}

/// What a page says of a client's abilities, each a line.
fn abilities(client: &Client) -> String {
    let can = [
        (
            "Asks you what the server wants to know (elicitation)",
            client.asks,
        ),
        ("Offers prompts", client.prompts),
        ("Offers resources", client.resources),
        (
            "Shows panels and [pages](../views.md) (MCP Apps)",
            client.apps,
        ),
    ];
    let can = can.map(|(what, can)| match can {
        Can::Unsaid => format!("- {what}: its documentation does not say.\n"),
        known => format!("- {what}: {}.\n", known.word()),
    });
    let most = client.most_tools.map(|most| {
        format!("- Takes {most} tools at most, of all its servers together: choose [toolsets](../toolsets.md) with that in mind.\n")
    });
    can.concat() + &most.unwrap_or_default()
}

fn page(client: &Client) -> String {
    let (name, title) = (client.name, client.title);
    let elsewhere = client
        .place
        .variable
        .map(|(name, _)| format!(" Where `{name}` is set, it is where that says."));
    let mut text = format!(
        "# {title}\n\n```sh\nmcp-docker install {name}\n```\n\nThen {}. `mcp-docker install {name} --remove` takes it out again.\n\n",
        client.afterwards
    );
    write!(
        text,
        "## By hand\n\nThe file: {}.{} Put the path of your program, which `command -v mcp-docker` prints, in the place of `{USUAL}`:\n\n\
         ```{}\n{}\n```\n\n",
        client.place.shown(),
        elsewhere.unwrap_or_default(),
        language(client),
        printed(client).trim_end(),
    )
    .unwrap();
    if !client.project.is_empty() {
        let files = client.project.join("` or `");
        write!(
            text,
            "## For one project\n\n`mcp-docker install {name} --project`, in the project's folder, writes `{files}` there. Calls are kept to what \
             belongs to the [project](../scope.md).\n\n"
        )
        .unwrap();
    }
    let (source, read) = client.source;
    write!(
        text,
        "## What it can do\n\n{}\nWhere removals are allowed (profile `full`): {}.\n\nFrom [its documentation]({source}), read in {read}. \
         [Clients](../clients.md) has all others, and what is the same for each.\n",
        abilities(client),
        client.on_removal(),
    )
    .unwrap();
    text
}

#[test]
fn each_client_has_a_page_of_its_own() {
    let contents = std::fs::read_to_string(golden::at_root("docs/SUMMARY.md")).unwrap();
    for client in CLIENTS {
        let (name, title) = (client.name, client.title);
        golden::check(format!("docs/clients/{name}.md"), &page(client));
        let entry = format!("  - [{title}](clients/{name}.md)\n");
        assert!(contents.contains(&entry), "docs/SUMMARY.md lacks {entry}");
    }
    let pages = std::fs::read_dir(golden::at_root("docs/clients")).unwrap();
    assert_eq!(pages.count(), CLIENTS.len(), "a page is of no client");
}

/// Clients that are given the same share a part.
#[test]
fn the_readme_has_an_entry_to_paste_for_each_client() {
    let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
    for client in CLIENTS {
        let text = match client.format {
            Format::Toml | Format::Yaml => printed(client),
            _ => brief(client),
        };
        let text = format!("```{}\n{}\n```", language(client), text.trim_end());
        let title = match client.name {
            "junie" => "Junie (JetBrains)",
            _ => client.title,
        };
        match parts.iter_mut().find(|(same, _)| *same == text) {
            Some((_, titles)) => titles.push(title),
            None => parts.push((text, vec![title])),
        }
    }
    let parts = parts.iter().map(|(text, titles)| {
        let titles = titles.join(", ");
        format!("<details><summary>{titles}</summary>\n\n{text}\n</details>\n")
    });
    section("README.md", "snippets", &parts.collect::<String>());
}

/// The entry in four lines: what is started, and what is set.
fn brief(client: &Client) -> String {
    let entry = entry(client);
    let (CommandForm::Apart(first) | CommandForm::Together(first)) = client.form.command;
    let member = |name: &str| format!("\"{name}\": {}", line(&entry[name]));
    let names = entry.as_object().unwrap().keys().map(String::as_str);
    let others = names.filter(|name| *name != first && *name != client.form.environment);
    let started: Vec<String> = [first].into_iter().chain(others).map(member).collect();
    let text = format!(
        "{{ \"{}\": {{ \"mcp-docker\": {{\n  {},\n  {}\n}} }} }}",
        client.servers,
        started.join(", "),
        member(client.form.environment)
    );
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read[client.servers]["mcp-docker"], entry, "{text}");
    text
}

/// JSON in one line, as a person would write it.
fn line(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| format!("\"{name}\": {}", line(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
