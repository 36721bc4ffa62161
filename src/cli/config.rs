//! `mcp-docker config`: says what is in force, and where each value comes from.

use std::io::{self, IsTerminal};

use clap::{Arg, ArgAction, ArgMatches, Command};
use mcp_docker::config::{self, Config, Host, Setting, Sources, VARIABLES, Variable};
use mcp_docker::engine::Engine;
use serde_json::{Value, json};

use super::{Failure, print, render};

pub(super) const NAME: &str = "config";

const EXAMPLES: &str = "\
Examples:
  mcp-docker config                          What is in force here
  mcp-docker config --config work.toml       What would be with that file
  mcp-docker config --json | jq '.settings[] | select(.origin != \"default\")'
  mcp-docker config --schema                 What editors know of the file";

const HIDDEN: &str = "(not shown)";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Show the settings and hosts in force, and where each comes from")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON on a terminal too"),
        )
        .arg(
            Arg::new("schema")
                .long("schema")
                .action(ArgAction::SetTrue)
                .conflicts_with("json")
                .help("Print the JSON schema of the configuration file"),
        )
}

/// Prints the schema where that is asked for: whoever writes a file may have a wrong one.
pub(super) fn is_for_schema(matches: &ArgMatches) -> bool {
    matches.get_flag("schema")
}

pub(super) fn schema() -> Result<(), Failure> {
    print(&format!("{:#}", config::schema()))
}

pub(super) fn run(matches: &ArgMatches, sources: &Sources, config: &Config) -> Result<(), Failure> {
    let set = sources.in_force(&mut Vec::new())?;
    let rows: Vec<Row> = VARIABLES
        .iter()
        .map(|it| Row::of(it, &set, config))
        .collect();
    let hosts: Vec<Place> = config
        .hosts
        .iter()
        .map(|host| Place::of(host, &set))
        .collect();
    if matches.get_flag("json") || !io::stdout().is_terminal() {
        let rows = rows.iter().map(Row::record);
        let hosts = hosts.iter().map(Place::record);
        let all = json!({
            "file": config.config_file,
            "settings": rows.collect::<Value>(),
            "hosts": hosts.collect::<Value>(),
        });
        return print(&render::harmless(all).to_string());
    }
    let mut table = render::table(["setting", "value", "from"]);
    for row in &rows {
        let value = match &row.value {
            Some(value) => value,
            None if row.is_hidden => HIDDEN,
            None => "",
        };
        table.add_row([row.name, value, &row.origin].map(clean));
    }
    let mut text = table.text();
    if !hosts.is_empty() {
        let mut table = render::table(["host", "address", "tier", "scope", "default", "from"]);
        for host in &hosts {
            let default = if host.is_default { "yes" } else { "" };
            table.add_row(
                [
                    host.name,
                    &host.address,
                    host.tier,
                    &host.scope,
                    default,
                    &host.origin,
                ]
                .map(clean),
            );
        }
        text = format!("{text}\n\n{}", table.text());
    }
    print(&text)
}

/// A setting, as it is in force.
struct Row {
    name: &'static str,
    value: Option<String>,
    is_hidden: bool,
    origin: String,
}

impl Row {
    fn of(variable: &'static Variable, set: &[Setting], config: &Config) -> Self {
        let name = variable.name;
        let setting = set.iter().find(|setting| setting.variable.name == name);
        if let Some(setting) = setting {
            let value = setting.value().map(str::to_owned);
            return Self {
                name,
                is_hidden: value.is_none(),
                value,
                origin: setting.origin.clone(),
            };
        }
        // It is read where it is, although nothing names it.
        let file = config.config_file.as_ref();
        let file = file.filter(|_| name == "MCP_DOCKER_CONFIG");
        Self {
            name,
            value: match file {
                Some(file) => Some(file.display().to_string()),
                None => variable.default_text(),
            },
            is_hidden: false,
            origin: match file {
                Some(_) => "its usual place",
                None => "default",
            }
            .to_owned(),
        }
    }

    fn record(&self) -> Value {
        json!({
            "name": self.name,
            "value": self.value,
            "hidden": self.is_hidden,
            "origin": self.origin,
        })
    }
}

/// One of several Engines.
struct Place<'c> {
    name: &'c str,
    address: String,
    tier: &'static str,
    scope: String,
    timeout: u64,
    is_default: bool,
    origin: String,
}

impl<'c> Place<'c> {
    fn of(host: &'c Host, set: &[Setting]) -> Self {
        let (docker, safety) = (&host.docker, &host.safety);
        let chosen = set.iter().find(|it| it.variable.chooses_engine());
        Self {
            name: &host.name,
            address: match Engine::new(docker).address() {
                Ok(address) => address.shown(),
                Err(error) => error.to_string(),
            },
            tier: safety.ceiling().name(),
            scope: safety.scope.to_string(),
            timeout: docker.timeout.as_secs(),
            is_default: host.is_default,
            origin: match (&docker.entry, chosen) {
                (Some(entry), _) => entry.place.clone(),
                (None, Some(setting)) => setting.origin.clone(),
                (None, None) => String::new(),
            },
        }
    }

    fn record(&self) -> Value {
        json!({
            "name": self.name,
            "address": self.address,
            "tier": self.tier,
            "scope": self.scope,
            "timeout": self.timeout,
            "default": self.is_default,
            "origin": self.origin,
        })
    }
}

/// Values and paths are what other people may have written.
fn clean(text: &str) -> String {
    mcp_docker::untrusted::clean(text).into_owned()
}
