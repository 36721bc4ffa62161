//! `mcp-docker tools`: shows what the catalogue holds.

use std::io::{self, IsTerminal};

use clap::{Arg, ArgAction, ArgMatches, Command};
use comfy_table::{Cell, Color};
use mcp_docker::catalog::{Param, TOOLS, Tier, Tool};
use mcp_docker::config::{Config, SafetyConfig};
use serde_json::{Value, json};

use super::{Failure, engine, find_tool, print, render, screen};

pub(super) const NAME: &str = "tools";

const EXAMPLES: &str = "\
Examples:
  mcp-docker tools
  mcp-docker tools stop_container
  mcp-docker tools --json | jq -r '.[].name'";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("List the tools, or describe one")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .help("Tool to describe, with or without `docker_`"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON on a terminal too"),
        )
        .arg(engine::argument())
}

pub(super) fn run(matches: &ArgMatches, config: &Config) -> Result<(), Failure> {
    let host = engine::chosen(matches, config)?;
    let safety = host.map_or(&config.safety, |host| &host.safety);
    let tool = matches
        .get_one::<String>("name")
        .map(|name| find_tool(name))
        .transpose()?;
    let as_json = matches.get_flag("json") || !io::stdout().is_terminal();
    print(&match tool {
        Some(tool) if as_json => record(tool, safety).to_string(),
        Some(tool) => match off(tool, safety) {
            Some(off) => format!("{}\n\n{off}", description(tool)),
            None => description(tool),
        },
        None if as_json => TOOLS
            .iter()
            .copied()
            .map(|tool| record(tool, safety))
            .collect::<Value>()
            .to_string(),
        None => list(safety, host.is_some()),
    })
}

/// What switches a tool on that is off.
fn off(tool: &Tool, safety: &SafetyConfig) -> Option<String> {
    let toolset = tool.toolset;
    let on = &safety.toolsets;
    let text = format!(
        "It is in the toolset `{toolset}`, which is off; `MCP_DOCKER_TOOLSETS={}` switches it on.",
        on.with(toolset)
    );
    let is_on = on.has(Some(toolset));
    (!is_on).then(|| screen::wrapped(&text, screen::stdout()).into_owned())
}

/// All of a tool that a program may want to read.
fn record(tool: &Tool, safety: &SafetyConfig) -> Value {
    let examples = tool
        .examples
        .iter()
        .map(|example| json!({ "title": example.title, "arguments": parsed(example.args) }));
    json!({
        "name": tool.name,
        "title": tool.title,
        "toolset": tool.toolset,
        "on": safety.toolsets.has(Some(tool.toolset)),
        "tier": tool.tier.name(),
        "summary": tool.summary,
        "description": tool.description,
        "inputSchema": tool.input_schema(),
        "outputSchema": parsed(tool.output_schema),
        "examples": examples.collect::<Value>(),
    })
}

/// Of a host that was named, what is refused there is said.
fn list(safety: &SafetyConfig, of_host: bool) -> String {
    let mut table = render::table(["tool", "tier", "summary"]);
    for tool in TOOLS {
        let is_on = safety.toolsets.has(Some(tool.toolset));
        let tier = render::switched(tool.tier.name(), is_on);
        let tier = match of_host && tool.tier > safety.ceiling() {
            true => Cell::new(format!("{tier}, refused")),
            false => Cell::new(tier),
        };
        let tier = if render::colour() && is_on {
            // The dark ones: the bright yellow cannot be read on white.
            tier.fg(match tool.tier {
                Tier::Safe => Color::DarkGreen,
                Tier::Moderate => Color::DarkYellow,
                Tier::Destructive => Color::DarkRed,
            })
        } else {
            tier
        };
        table.add_row([Cell::new(tool.name), tier, Cell::new(tool.summary)]);
    }
    table.text()
}

pub(super) fn description(tool: &Tool) -> String {
    let mut text = format!(
        "{} ({})\n\n{}\n",
        tool.name,
        tool.tier.name(),
        tool.description
    );
    if !tool.params.is_empty() {
        let mut table = render::table(["parameter", "default", "accepts", "purpose"]);
        for param in tool.params {
            table.add_row([param.name, default(param), param.wanted, param.doc]);
        }
        text.push_str(&format!("\n{}\n", table.text()));
    }
    for example in tool.examples {
        let call = command_line(tool, example.args);
        text.push_str(&format!("\n# {}\n{call}\n", example.title));
    }
    text.truncate(text.trim_end().len());
    screen::wrapped(&text, screen::stdout()).into_owned()
}

fn default(param: &Param) -> &'static str {
    match param.default {
        Some(default) => default,
        None if param.required => "(required)",
        None => "",
    }
}

/// The call as it would be typed.
fn command_line(tool: &Tool, arguments: &str) -> String {
    let mut line = format!("mcp-docker call {}", tool.name);
    if let Value::Object(arguments) = parsed(arguments) {
        for (name, value) in arguments {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            // Fails only for a NUL, which no example holds.
            let word = shlex::try_quote(&text).unwrap_or_default();
            line.push_str(&format!(" {name}={word}"));
        }
    }
    line
}

/// JSON text of the catalogue, which the generator wrote.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
