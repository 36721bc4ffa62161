//! `mcp-docker call`: calls one tool and prints its result.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};
use mcp_docker::call::Caller;
use mcp_docker::call::gate::{Principal, Via};
use mcp_docker::catalog::{Prompt, Tool};
use mcp_docker::config::Config;
use mcp_docker::fleet::HOST;
use mcp_docker::params::Schema;
use mcp_docker::transport::Signals;
use serde_json::{Map, Value};

use super::{Failure, bar, engine, find_tool, person, print, prompt, render, tools};

pub(super) const NAME: &str = "call";

const EXAMPLES: &str = "\
Examples:
  mcp-docker call list_containers all=true
  mcp-docker call container_logs '{\"container_id\": \"web\", \"tail\": 20}'
  mcp-docker call list_images | jq
  mcp-docker call remove_container container_id=web \\
      --safety-allow-destructive-operations";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Call a tool: a table on a terminal, JSON on a pipe")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("tool")
                .value_name("TOOL")
                .required(true)
                .help("Name of the tool, with or without `docker_`"),
        )
        .arg(
            Arg::new("arguments")
                .value_name("KEY=VALUE")
                .num_args(0..)
                .help("Arguments, or one JSON object of them, or `-` to read that from stdin"),
        )
        .arg(
            Arg::new("yes")
                .long("yes")
                .short('y')
                .action(ArgAction::SetTrue)
                .help("Agree beforehand to what a destructive tool will do"),
        )
        .arg(engine::argument())
}

pub(super) async fn run(matches: &ArgMatches, config: Config) -> Result<(), Failure> {
    let name = matches.get_one::<String>("tool").map_or("", String::as_str);
    let tool = find_tool(name)?;
    let words: Vec<&str> = matches
        .get_many::<String>("arguments")
        .unwrap_or_default()
        .map(String::as_str)
        .collect();
    let mut arguments = with_full_paths(tool, arguments(tool, &words)?);
    if let Some(host) = engine::of_call(matches, &config)?
        && let Some(other) = arguments.insert(HOST.to_owned(), host.into())
    {
        return Err(Failure::Usage(format!(
            "`--engine` says where, and `{HOST}={other}` too; leave one out"
        )));
    }
    let (bar, progress) = bar::on_terminal();
    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress,
        person: person::at_terminal(matches.get_flag("yes"), &bar),
    };
    let fleet = super::fleet(config);
    let call = fleet.call(tool, arguments, caller);
    let mut signals = Signals::take_over().map_err(Failure::failed)?;
    let result = tokio::select! {
        result = call => result.map_err(Failure::from),
        // Left to the system, the signal would end the process before the call is recorded.
        () = signals.next() => Err(Failure::Failed(
            "interrupted; what Docker was asked already may still be done".to_owned(),
        )),
    };
    bar.clear();
    let result = result?;
    print(&if io::stdout().is_terminal() {
        render::result(&tool.output, &result)
    } else {
        result.to_string()
    })
}

/// What a command line is about, where it calls a tool or renders a prompt.
enum Subject {
    Tool(&'static Tool),
    Prompt(&'static Prompt),
}

impl Subject {
    /// The tool or the prompt that a command line names, however wrong the rest of it is.
    fn of(command: Command, words: &[OsString]) -> Option<Result<Self, Failure>> {
        let words = words
            .iter()
            .filter(|word| *word != "--help" && *word != "-h");
        let matches = command.ignore_errors(true).try_get_matches_from(words);
        let matches = matches.ok()?;
        let (command, matches) = matches.subcommand()?;
        let named = |id| matches.get_one::<String>(id);
        match command {
            NAME => Some(find_tool(named("tool")?).map(Self::Tool)),
            tools::NAME => Some(find_tool(named("name")?).map(Self::Tool)),
            prompt::NAME => Some(prompt::find(named("name")?).map(Self::Prompt)),
            _ => None,
        }
    }

    fn arguments(&self) -> Vec<&'static str> {
        match self {
            Self::Tool(tool) => tool.params.iter().map(|param| param.name).collect(),
            Self::Prompt(prompt) => prompt.arguments.iter().map(|it| it.name).collect(),
        }
    }

    /// Whether an argument is true or false.
    fn is_switch(&self, name: &str) -> bool {
        let Self::Tool(tool) = self else { return false };
        schema(tool, name) == Some(Schema::Boolean)
    }

    fn help(&self) -> String {
        match self {
            Self::Tool(tool) => tools::description(tool),
            Self::Prompt(prompt) => prompt::description(prompt),
        }
    }

    fn command(&self) -> String {
        match self {
            Self::Tool(tool) => format!("mcp-docker {NAME} {}", tool.name),
            Self::Prompt(prompt) => format!("mcp-docker {} {}", prompt::NAME, prompt.name),
        }
    }
}

/// The help of the tool or the prompt that a command line is about: its own arguments instead of the
/// flags of the program.
pub(super) fn own_help(command: Command, words: &[OsString]) -> Option<Result<String, Failure>> {
    let subject = Subject::of(command, words)?;
    Some(subject.map(|it| format!("{}\n\n`mcp-docker --help` shows the settings.", it.help())))
}

/// What is wrong with a command line that holds a flag that is none: the tool or the prompt, or that one of
/// its arguments was written as a flag, and how it is written.
pub(super) fn explained(
    error: clap::Error,
    command: Command,
    words: &[OsString],
) -> Result<clap::Error, Failure> {
    let (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    else {
        return Ok(error);
    };
    let Some(subject) = Subject::of(command, words).transpose()? else {
        return Ok(error);
    };
    let wanted = flag.trim_start_matches('-').replace('-', "_");
    let meant = subject.arguments().into_iter().find(|name| *name == wanted);
    let text = match meant {
        Some(meant) => {
            let value = match value_behind(flag, words) {
                None if subject.is_switch(meant) => "true",
                given => given.unwrap_or("…"),
            };
            format!("`{flag}` is no flag; the argument is written `{meant}={value}`")
        }
        None => {
            let command = subject.command();
            format!(
                "`{flag}` is no flag; arguments are written `key=value`, and `{command} --help` shows them"
            )
        }
    };
    Ok(clap::Error::raw(
        ErrorKind::UnknownArgument,
        format!("{text}\n"),
    ))
}

/// What was given to a flag, behind a `=` or as the next word.
fn value_behind<'w>(flag: &str, words: &'w [OsString]) -> Option<&'w str> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let word = words.find(|word| {
        word.strip_prefix(flag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })?;
    match word.split_once('=') {
        Some((_, value)) => Some(value),
        None => words
            .next()
            .filter(|next| !next.starts_with('-') && !next.contains('=')),
    }
}

fn arguments(tool: &Tool, words: &[&str]) -> Result<Map<String, Value>, Failure> {
    match words {
        ["-"] => {
            let text = io::read_to_string(io::stdin())
                .map_err(|error| Failure::Usage(format!("cannot read stdin: {error}")))?;
            object(&text)
        }
        [word] if word.trim_start().starts_with('{') => object(word),
        words => pairs(tool, words),
    }
}

/// A directory or a file may be given as it is seen from the working directory, which is on the server's host
/// here.
fn with_full_paths(tool: &Tool, mut arguments: Map<String, Value>) -> Map<String, Value> {
    for param in tool
        .params
        .iter()
        .filter(|it| ["directory", "file"].contains(&it.kind))
    {
        if let Some(Value::String(path)) = arguments.get_mut(param.name)
            && let Ok(full) = std::path::absolute(&path)
        {
            *path = full.to_string_lossy().into_owned();
        }
    }
    arguments
}

fn object(text: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::Usage(format!("the arguments are not a JSON object: {error}")))
}

fn pairs(tool: &Tool, words: &[&str]) -> Result<Map<String, Value>, Failure> {
    let mut arguments = Map::new();
    for word in words {
        let Some((name, text)) = word.split_once('=') else {
            return Err(Failure::Usage(format!(
                "`{word}` is not `key=value`; `mcp-docker tools {}` shows the arguments",
                tool.name
            )));
        };
        let value = value(schema(tool, name), text);
        if arguments.insert(name.to_owned(), value).is_some() {
            return Err(Failure::Usage(format!("`{name}` is given twice")));
        }
    }
    Ok(arguments)
}

/// A number or a boolean is read as JSON where the schema wants one. All else stays text: a tool
/// reads an object or an array from it.
fn value(schema: Option<Schema>, text: &str) -> Value {
    match schema {
        Some(Schema::Boolean | Schema::Integer | Schema::Number) => serde_json::from_str(text).ok(),
        _ => None,
    }
    .unwrap_or_else(|| Value::from(text))
}

fn schema(tool: &Tool, name: &str) -> Option<Schema> {
    let param = tool.params.iter().find(|param| param.name == name)?;
    Some(*param.schema)
}

#[cfg(test)]
mod tests {
    use super::{Schema, value};
    use serde_json::json;

    #[test]
    fn only_numbers_and_booleans_are_read_as_json() {
        for (schema, text, expected) in [
            (Some(Schema::String), "1234", json!("1234")),
            (Some(Schema::Array(&Schema::String)), "5", json!("5")),
            (Some(Schema::Object), r#"{"a":"b"}"#, json!(r#"{"a":"b"}"#)),
            (Some(Schema::Integer), "20", json!(20)),
            (Some(Schema::Number), "0.5", json!(0.5)),
            (Some(Schema::Boolean), "true", json!(true)),
            (Some(Schema::Boolean), "perhaps", json!("perhaps")),
            (None, "1", json!("1")),
        ] {
            assert_eq!(value(schema, text), expected, "{schema:?}: {text}");
        }
    }
}
