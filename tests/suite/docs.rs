//! Keeps what is written about the catalogue in step with the catalogue.

#[cfg(unix)]
mod badges;
#[cfg(unix)]
mod clients;
mod links;

use std::fs;
use std::sync::{Mutex, PoisonError};

use mcp_docker::call::ErrorKind;
use mcp_docker::catalog::{PROMPTS, Param, RESOURCES, Release, TOOLS};
use mcp_docker::clients::{CLIENTS, Can};
use mcp_docker::config::{Section, TOOLSETS, Toolset, VARIABLES, Variable};

use crate::generator::common::vocabulary::types;
use crate::golden;
use crate::support::client::command;

#[test]
fn every_setting_is_in_a_chapter() {
    let audits = |it: &Variable| it.name.starts_with("MCP_DOCKER_AUDIT");
    let tells = |it: &Variable| it.name.ends_with("_TOKEN");
    let safety = settings(|it| it.section == Section::Safety || audits(it));
    section("docs/safety.md", "safety", &safety);
    let network = settings(|it| it.section == Section::Network || tells(it));
    section("docs/network.md", "network", &network);
    let others = settings(|it| match it.section {
        Section::Docker => true,
        Section::Server => !audits(it) && !tells(it),
        Section::Safety | Section::Network => false,
    });
    section("docs/configuration.md", "settings", &others);
}

/// The tools that are on where nobody chose.
fn tools() -> String {
    let default = TOOLSETS.iter().filter(|toolset| toolset.default);
    let tables = default.map(|toolset| {
        format!(
            "**{}** (`{}`)\n\n{}",
            toolset.title,
            toolset.name,
            tools_of(toolset)
        )
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn tools_of(toolset: &Toolset) -> String {
    let mut table = String::from("| tool | tier | what it does | since |\n|---|---|---|---|\n");
    for tool in TOOLS.iter().filter(|tool| tool.toolset == toolset.name) {
        let tier = tool.tier.name();
        let since = since(tool.since.or(toolset.since));
        table.push_str(&format!(
            "| `{}` | {tier} | {} | {since} |\n",
            tool.name, tool.summary
        ));
    }
    table
}

fn since(release: Option<Release>) -> &'static str {
    release.map_or("0.1.0", Release::version)
}

/// The parameters that came later than their tool.
fn later_parameters() -> String {
    let mut table = String::from("| tool | parameter | since |\n|---|---|---|\n");
    for toolset in TOOLSETS {
        for tool in TOOLS.iter().filter(|tool| tool.toolset == toolset.name) {
            let own = tool.since.or(toolset.since);
            let later = |it: &&Param| it.since.is_some() && it.since != own;
            for param in tool.params.iter().filter(later) {
                let since = since(param.since);
                table.push_str(&format!(
                    "| `{}` | `{}` | {since} |\n",
                    tool.name, param.name
                ));
            }
        }
    }
    table
}

/// The chapter on errors has every kind there is.
#[test]
fn the_chapter_on_errors_lists_every_kind() {
    let mut table =
        String::from("| kind | what happened | the same call again meets |\n|---|---|---|\n");
    for kind in ErrorKind::ALL {
        let (meaning, again) = kind.meaning();
        table.push_str(&format!("| `{}` | {meaning} | {again} |\n", kind.name()));
    }
    section("docs/errors.md", "kinds", &table);
}

/// The chapter on toolsets has all there are, and the tools of each.
#[test]
fn the_readme_lists_every_toolset_and_a_chapter_their_tools() {
    let mut table =
        String::from("| toolset | on by default | tools | what for |\n|---|---|---|---|\n");
    for toolset in TOOLSETS {
        let name = toolset.name;
        let on = if toolset.default { "yes" } else { "no" };
        let tools = TOOLS.iter().filter(|tool| tool.toolset == name).count();
        let needs = match toolset.needs.split_last() {
            None => String::new(),
            Some((last, [])) => format!(" Needs {}.", last.title()),
            Some((last, others)) => {
                let others: Vec<_> = others.iter().map(|it| it.title()).collect();
                format!(" Needs {} or {}.", others.join(", "), last.title())
            }
        };
        let summary = toolset.summary;
        table.push_str(&format!(
            "| `{name}` | {on} | {tools} | {summary}{needs} |\n"
        ));
    }
    section("README.md", "toolsets", &table);
    section("docs/toolsets.md", "toolsets", &table);
    section("docs/toolsets.md", "tools", &tools());
    for toolset in TOOLSETS.iter().filter(|toolset| !toolset.default) {
        section("docs/toolsets.md", toolset.name, &tools_of(toolset));
    }
    section("docs/toolsets.md", "parameters", &later_parameters());
}

fn settings(chosen: impl Fn(&Variable) -> bool) -> String {
    let mut table = String::from("| variable | default | what it does |\n|---|---|---|\n");
    for variable in VARIABLES.iter().filter(|variable| chosen(variable)) {
        let default = variable
            .default_text()
            .map_or("–".to_owned(), |default| format!("`{default}`"));
        table.push_str(&format!(
            "| `{}` | {default} | {} |\n",
            variable.name, variable.doc
        ));
    }
    table
}

#[test]
fn a_chapter_lists_every_prompt() {
    let mut table = String::from("| prompt | arguments | what it is for |\n|---|---|---|\n");
    for prompt in PROMPTS {
        let arguments = prompt.arguments.iter().map(|argument| {
            let mark = if argument.required { "**" } else { "" };
            format!("{mark}`{}`{mark}", argument.name)
        });
        let arguments: Vec<String> = arguments.collect();
        table.push_str(&format!(
            "| `{}` | {} | {} |\n",
            prompt.name,
            arguments.join(", "),
            prompt.summary
        ));
    }
    section("docs/prompts-and-resources.md", "prompts", &table);
}

#[test]
fn a_chapter_lists_every_resource() {
    let mut table = String::from("| resource | MIME type | what is in it |\n|---|---|---|\n");
    for resource in RESOURCES {
        let mime_type = resource.content.mime_type();
        table.push_str(&format!(
            "| `{}` | `{mime_type}` | {} |\n",
            resource.template, resource.summary
        ));
    }
    section("docs/prompts-and-resources.md", "resources", &table);
}

#[test]
fn a_chapter_says_of_every_client_where_its_file_is_and_what_it_can_do() {
    let mut table = String::from(
        "| client | file on Linux, macOS, Windows | of one project (`--project`) | asks you | prompts | resources | panels (MCP Apps) | source |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for client in CLIENTS {
        let project = match client.project {
            [] => "–".to_owned(),
            files => format!("`{}`", files.join("` or `")),
        };
        let can = [client.asks, client.prompts, client.resources, client.apps];
        let mut can = can.map(|can| match can {
            Can::Unsaid => "–",
            known => known.word(),
        });
        if client.has_panel_alone() {
            can[0] = "by a panel";
        }
        let (source, read) = client.source;
        table.push_str(&format!(
            "| [`{0}`](clients/{0}.md) | {1} | {project} | {2} | [{read}]({source}) |\n",
            client.name,
            client.place.shown(),
            can.join(" | ")
        ));
    }
    table.push_str("\nThe source is the client's own documentation, on the day it was read; \"–\" is what it does not say. \"Asks\" is elicitation: the server's question before something is lost. A panel takes its place where there is none.\n");
    section("docs/clients.md", "clients", &table);
}

/// The words of the program are those of the chapter.
#[test]
fn the_chapter_on_clients_says_of_every_profile_what_install_says() {
    let home = tempfile::tempdir().unwrap();
    let program = command(home.path());
    let help = std::process::Command::new(program.as_std().get_program())
        .args(["install", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let chapter = fs::read_to_string(golden::at_root("docs/clients.md")).unwrap();
    let profiles = ["read-only", "normal", "full"].map(|name| {
        let line = help
            .lines()
            .find_map(|line| line.trim().strip_prefix(&format!("- {name}:")));
        (name, line.expect(name).trim())
    });
    for (name, doc) in profiles {
        assert!(
            chapter.contains(&format!("| `{name}` | {doc} |")),
            "{name}: {doc}"
        );
    }
}

/// The tools and parameters of the calls that the README proposes are there.
#[test]
fn the_readme_proposes_calls_that_can_be_made() {
    let readme = fs::read_to_string(golden::at_root("README.md")).unwrap();
    let asked = readme.split("## What to ask first").nth(1).unwrap();
    let asked = asked.split("## ").next().unwrap();
    let code = asked.split('`').skip(1).step_by(2);
    let calls: Vec<_> = code.filter_map(|it| it.split_once(" {")).collect();
    assert_eq!(calls.len(), 13, "{calls:?}");
    for (name, arguments) in calls {
        let tool = TOOLS.iter().find(|tool| tool.name == name);
        let tool = tool.unwrap_or_else(|| panic!("no {name}"));
        let arguments: serde_json::Value = serde_json::from_str(&format!("{{{arguments}")).unwrap();
        for key in arguments.as_object().unwrap().keys() {
            assert!(
                tool.params.iter().any(|param| param.name == key),
                "{name}: {key}"
            );
        }
    }
}

#[test]
fn the_legend_lists_every_type_of_parameter() {
    let mut table = String::from("| type | accepts | sets | `doc` |\n|---|---|---|---|\n");
    for types::Type {
        name,
        wanted,
        sets,
        doc,
        ..
    } in types::TYPES
    {
        let fields = sets.iter().map(|field| format!("`{field}`"));
        let sets = fields.collect::<Vec<_>>().join(", ");
        let doc = doc.map_or("needed", |_| "its own");
        table.push_str(&format!("| `{name}` | {wanted} | {sets} | {doc} |\n"));
    }
    table.push_str("| `engine:Name` | an object in the shape of the Engine's `Name`, a struct of `bollard::models` | `Name` | needed |\n");
    section("catalog/README.md", "types", &table);
}

/// Compares what stands between the markers of a section with what should.
pub(crate) fn section(path: &str, name: &str, made: &str) {
    // Two sections of one file are not to be blessed at once.
    static WRITING: Mutex<()> = Mutex::new(());
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(golden::at_root(path)).unwrap();
    let open = format!("<!-- {name}: made by `BLESS=1 cargo test --test suite` -->\n");
    let close = format!("<!-- /{name} -->");
    let (before, rest) = text
        .split_once(&open)
        .unwrap_or_else(|| panic!("{path} has no `{open}`"));
    let (_, after) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("{path} has no `{close}`"));
    golden::check(path, &format!("{before}{open}\n{made}\n{close}{after}"));
}
