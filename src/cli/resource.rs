//! `mcp-docker resource`: prints what is in a resource.

use std::io::{self, IsTerminal};

use clap::{Arg, ArgMatches, Command};
use mcp_docker::call::Caller;
use mcp_docker::call::gate::{Person, Principal, Via};
use mcp_docker::catalog::{Content, RESOURCES, Resource};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::resource::{Address, ResourceError};
use mcp_docker::transport::Signals;
use serde_json::{Value, json};

use super::{Failure, bar, engine, print, render};

pub(super) const NAME: &str = "resource";

const EXAMPLES: &str = "\
Examples:
  mcp-docker resource
  mcp-docker resource container://logs/web
  mcp-docker resource container://stats/web | jq";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Print a resource, such as container://logs/web, or list them: a table on a terminal, JSON on a pipe")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("uri")
                .value_name("URI")
                .help("container://logs/NAME or container://stats/NAME"),
        )
        .arg(engine::argument())
}

pub(super) async fn run(matches: &ArgMatches, config: Config) -> Result<(), Failure> {
    let Some(uri) = matches.get_one::<String>("uri") else {
        return print(&if io::stdout().is_terminal() {
            list(&config.safety)
        } else {
            let records = RESOURCES.iter().map(|it| record(it, &config.safety));
            records.collect::<Value>().to_string()
        });
    };
    let address = Address::parse(uri).map_err(|error| Failure::Usage(error.to_string()))?;
    let (bar, progress) = bar::on_terminal();
    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress,
        person: Person::Nobody("a resource is read without a question"),
    };
    let host = engine::runtime_host(matches, &config)?;
    let fleet = super::fleet(config);
    let runtime = fleet.runtime_of(address.host().or(host.as_deref()))?;
    let mut signals = Signals::take_over().map_err(Failure::failed)?;
    let contents = tokio::select! {
        contents = address.read(runtime, caller) => contents.map_err(failure),
        // Left to the system, the signal would end the process before the call is recorded.
        () = signals.next() => Err(Failure::Failed("interrupted".to_owned())),
    };
    bar.clear();
    let text = contents?.text;
    let terminal = io::stdout().is_terminal();
    print(&match address.resource().content {
        Content::Json if terminal => {
            let value = serde_json::from_str(&text).map_err(Failure::failed)?;
            render::result(&address.resource().tool.output, &value)
        }
        _ => text,
    })
}

/// What a program may want to know of a resource.
fn record(resource: &Resource, safety: &SafetyConfig) -> Value {
    json!({
        "name": resource.name,
        "title": resource.title,
        "toolset": resource.toolset,
        "on": safety.toolsets.has(resource.toolset),
        "summary": resource.summary,
        "uriTemplate": resource.template,
        "mimeType": resource.content.mime_type(),
    })
}

fn list(safety: &SafetyConfig) -> String {
    let mut table = render::table(["resource", "summary"]);
    for resource in RESOURCES {
        let uri = render::switched(resource.template, safety.toolsets.has(resource.toolset));
        table.add_row([&*uri, resource.summary]);
    }
    table.text()
}

fn failure(error: ResourceError) -> Failure {
    match error {
        ResourceError::Call(error) => error.into(),
        error => Failure::failed(error),
    }
}
