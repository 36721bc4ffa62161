//! `mcp-docker prompt`: renders a prompt to the terminal, as a client would get it.

use std::io::{self, IsTerminal};

use clap::{Arg, ArgAction, ArgMatches, Command};
use mcp_docker::call::ErrorKind;
use mcp_docker::call::gate::Via;
use mcp_docker::catalog::{ArgumentKind, PROMPTS, Prompt};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::prompt::{self, PromptError};
use mcp_docker::transport::Signals;
use serde_json::{Map, Value, json};

use super::{Failure, engine, print, print_wrapped, render, screen};

pub(super) const NAME: &str = "prompt";

const EXAMPLES: &str = "\
Examples:
  mcp-docker prompt
  mcp-docker prompt troubleshoot_container container_id=web
  mcp-docker prompt security_audit --sample";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Render a prompt, or list them: a table on a terminal, JSON on a pipe")
        .after_help(EXAMPLES)
        .arg(Arg::new("name").value_name("NAME").help("Prompt to render"))
        .arg(
            Arg::new("arguments")
                .value_name("KEY=VALUE")
                .num_args(0..)
                .help("Arguments of the prompt"),
        )
        .arg(
            Arg::new("sample")
                .long("sample")
                .action(ArgAction::SetTrue)
                .conflicts_with("arguments")
                .requires("name")
                .help("Render with the sample of its TOML file, without Docker"),
        )
        .arg(engine::argument())
}

pub(super) async fn run(matches: &ArgMatches, config: Config) -> Result<(), Failure> {
    let Some(name) = matches.get_one::<String>("name") else {
        return print(&if io::stdout().is_terminal() {
            list(&config.safety)
        } else {
            PROMPTS
                .iter()
                .map(|prompt| record(prompt, &config.safety))
                .collect::<Value>()
                .to_string()
        });
    };
    let prompt = find(name)?;
    let text = if matches.get_flag("sample") {
        prompt::sample(prompt, config.server.prompts_dir.as_deref()).map_err(failure)?
    } else {
        let words = matches.get_many::<String>("arguments").unwrap_or_default();
        let arguments = arguments(prompt, words.map(String::as_str))?;
        let host = engine::runtime_host(matches, &config)?;
        let fleet = super::fleet(config);
        let runtime = fleet.runtime_of(host.as_deref())?;
        let mut signals = Signals::take_over().map_err(Failure::failed)?;
        tokio::select! {
            text = prompt::render(runtime, prompt, &arguments, &Via::CommandLine) => text.map_err(failure)?,
            () = signals.next() => return Err(Failure::Failed("interrupted".to_owned())),
        }
    };
    print_wrapped(text.trim_end())
}

/// The prompt of that name.
pub(super) fn find(name: &str) -> Result<&'static Prompt, Failure> {
    prompt::find(name).map_err(failure)
}

fn failure(error: PromptError) -> Failure {
    match &error {
        PromptError::Argument(_) => Failure::Usage(error.to_string()),
        PromptError::Context { source, .. } if source.kind() == ErrorKind::Argument => {
            Failure::Usage(error.to_string())
        }
        error => Failure::failed(error),
    }
}

fn arguments<'w>(
    prompt: &Prompt,
    words: impl Iterator<Item = &'w str>,
) -> Result<Map<String, Value>, Failure> {
    let mut arguments = Map::new();
    for word in words {
        let Some((name, text)) = word.split_once('=') else {
            return Err(Failure::Usage(format!(
                "`{word}` is not `key=value`; `mcp-docker prompt` shows what `{}` takes",
                prompt.name
            )));
        };
        if arguments.insert(name.to_owned(), text.into()).is_some() {
            return Err(Failure::Usage(format!("`{name}` is given twice")));
        }
    }
    Ok(arguments)
}

/// What a program may want to know of a prompt.
fn record(prompt: &Prompt, safety: &SafetyConfig) -> Value {
    let arguments = prompt.arguments.iter().map(|argument| {
        json!({
            "name": argument.name,
            "description": argument.doc,
            "required": argument.required,
        })
    });
    json!({
        "name": prompt.name,
        "title": prompt.title,
        "toolset": prompt.toolset,
        "on": safety.toolsets.has(prompt.toolset),
        "summary": prompt.summary,
        "arguments": arguments.collect::<Value>(),
    })
}

/// A prompt and its arguments, for a person.
pub(super) fn description(prompt: &Prompt) -> String {
    let mut text = format!("{}\n\n{}\n", prompt.name, prompt.summary);
    let mut table = render::table(["argument", "needed", "purpose"]);
    for argument in prompt.arguments {
        let needed = if argument.required { "yes" } else { "no" };
        table.add_row([argument.name, needed, argument.doc]);
    }
    text.push_str(&format!("\n{}", table.text()));
    screen::wrapped(&text, screen::stdout()).into_owned()
}

fn list(safety: &SafetyConfig) -> String {
    let mut table = render::table(["prompt", "arguments", "summary"]);
    for prompt in PROMPTS {
        let arguments = prompt.arguments.iter().map(|argument| {
            let kind = match argument.kind {
                ArgumentKind::Container => "CONTAINER",
                ArgumentKind::Directory => "DIRECTORY",
                ArgumentKind::Host => "HOST",
                ArgumentKind::Project => "PROJECT",
                ArgumentKind::Service => "SERVICE",
                ArgumentKind::Text => "TEXT",
            };
            let pair = format!("{}={kind}", argument.name);
            if argument.required {
                pair
            } else {
                format!("[{pair}]")
            }
        });
        let arguments = arguments.collect::<Vec<_>>().join(" ");
        let name = render::switched(prompt.name, safety.toolsets.has(prompt.toolset));
        table.add_row([&*name, &arguments, prompt.summary]);
    }
    table.text()
}
