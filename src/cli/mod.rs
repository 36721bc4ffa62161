//! The command line: one command for MCP clients, and the same tools for a person at a terminal.

mod bar;
mod call;
mod clients;
mod completions;
mod config;
mod doctor;
mod engine;
mod flags;
mod install;
mod person;
mod profile;
mod prompt;
mod render;
mod resource;
mod screen;
mod serve;
mod tools;
mod top;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind as UsageKind;
use clap::{ArgMatches, Command};
use mcp_docker::call::gate;
use mcp_docker::call::{CallError, ErrorKind};
use mcp_docker::catalog::{self, Tool};
use mcp_docker::config::{Config, ConfigError, Setting, Sources};
use mcp_docker::engine::Engine;
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::untrusted;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::logging;

/// Why a command did not do what it was asked for, in words for the person who typed it.
#[derive(Debug)]
enum Failure {
    /// The command was understood and failed.
    Failed(String),
    /// The command line or a setting is wrong.
    Usage(String),
    /// The person who was asked does not want it.
    Unagreed(String),
    /// What is wrong was said already.
    Said,
}

impl Failure {
    fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unconfirmed(question) => Self::Failed(question.in_two_steps()),
            CallError::Unagreed(answer) => Self::Unagreed(person::unagreed(&answer)),
            error if error.kind() == ErrorKind::Argument => Self::Usage(error.to_string()),
            error => Self::failed(error),
        }
    }
}

const ABOUT: &str = "An MCP server that lets an AI assistant manage Docker.";

const SETTINGS: &str = "\
Each flag under Docker, Safety, Server and Network is a setting: `--docker-timeout 30` is `DOCKER_TIMEOUT=30` \
in the environment, and those under Network begin with `MCP_DOCKER_` there. One that is true or false needs no value: `--safety-hide-refused` is true, \
`--safety-hide-refused=false` false. Flags come first, then the environment, then the configuration file (`--config`), then `.env` in the working \
directory (or the file that `--env-file` names), then the default. A `.env` is plain text: nothing in it stands for a \
variable. `mcp-docker config` shows what is in force.";

const EXAMPLES: &str = "\
Examples:
  mcp-docker                                Serve a client over stdin and stdout
  mcp-docker --transport http --port 8000   Serve many, over HTTP
  mcp-docker doctor                         Check connection, settings, clients
  mcp-docker config                         Show the settings in force
  mcp-docker tools                          List the tools
  mcp-docker tools stop_container           Describe one
  mcp-docker call list_containers all=true  Call one
  mcp-docker prompt troubleshoot_container container_id=web
  mcp-docker resource container://logs/web  Print a resource
  mcp-docker top --toolsets default,insight Watch containers
  mcp-docker install claude-desktop         Have a client start it
  mcp-docker call container_logs '{\"container_id\": \"web\", \"tail\": 20}'

Exit status:
  0  Success
  1  The command failed, and stderr says why; or `doctor` found what is wrong
  2  The command line or a setting is wrong";

const SECRETS_SHOWN: &str = "SAFETY_REDACT_SECRETS is off: passwords, tokens and keys that the Engine \
    or a container shows reach the client as they are";

fn command() -> Command {
    Command::new("mcp-docker")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .long_about(format!("{ABOUT}\n\n{SETTINGS}"))
        .after_help(EXAMPLES)
        // A wider text is hard to read; what is no terminal breaks no lines.
        .term_width(screen::stdout().map_or(0, |width| width.min(120)))
        .args(serve::arguments())
        .args(flags::arguments())
        .subcommand(serve::command())
        .subcommand(tools::command())
        .subcommand(call::command())
        .subcommand(prompt::command())
        .subcommand(resource::command())
        .subcommand(top::command())
        .subcommand(doctor::command())
        .subcommand(config::command())
        .subcommand(install::command())
        .subcommand(completions::command())
}

/// Does what the process was started for.
pub(crate) async fn run() -> ExitCode {
    let mut command = self::command();
    let words: Vec<OsString> = std::env::args_os().collect();
    let matches = match command.try_get_matches_from_mut(&words) {
        Ok(matches) => matches,
        Err(error) if error.kind() == UsageKind::DisplayHelp => {
            return match call::own_help(self::command(), &words) {
                Some(help) => ended(help.and_then(|help| print(&help))),
                None => report(&error),
            };
        }
        Err(error) => {
            return match call::explained(error, self::command(), &words) {
                Ok(error) => report(&error),
                Err(failure) => ended(Err(failure)),
            };
        }
    };
    if matches.subcommand().is_some()
        && let Some(argument) = serve::given(&matches)
    {
        let text = format!("`--{argument}` belongs to `serve`: `mcp-docker serve --{argument} …`");
        return report(&command.error(UsageKind::ArgumentConflict, text));
    }
    ended(dispatch(&matches).await)
}

/// Says why a command failed, if it did; the status that the process ends with.
fn ended(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(text)) => fail(&text),
        Err(Failure::Unagreed(text)) => {
            say(&text);
            ExitCode::FAILURE
        }
        Err(Failure::Said) => ExitCode::FAILURE,
        Err(Failure::Usage(text)) => {
            say(&format!("error: {text}"));
            ExitCode::from(2)
        }
    }
}

async fn dispatch(matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        // What runs in a shell's start-up files or sets up other programs has no settings here.
        Some((completions::NAME, matches)) => return completions::run(matches, command()),
        Some((install::NAME, matches)) => return install::run(matches),
        // It judges the settings itself.
        Some((doctor::NAME, matches)) => return doctor::run(matches).await,
        Some((config::NAME, matches)) if config::is_for_schema(matches) => return config::schema(),
        _ => {}
    }
    let sources = Sources::gather(flags::settings(matches), flags::env_file(matches))?;
    let config = checked(&sources)?;
    // A person sees the result; that a call was made they know.
    let terminal = match matches.subcommand_name() {
        Some(call::NAME | prompt::NAME | resource::NAME)
            if config.server.log_level == Level::INFO =>
        {
            LevelFilter::WARN
        }
        // It would be written across the screen.
        Some(top::NAME) => LevelFilter::OFF,
        _ => LevelFilter::TRACE,
    };
    let warning = logging::start(&config.server, terminal);
    let open = (!config.safety.redact_secrets).then(|| SECRETS_SHOWN.to_owned());
    // The file of the log is opened, and what is wrong with it said, already.
    let astray = config.astray().into_iter();
    let astray = astray.filter(|it| it.variable != "MCP_DOCKER_LOG_PATH");
    let astray: Vec<String> = astray
        .map(|it| format!("{}; {}", it.text, it.mend))
        .collect();
    let notices = config.notices.iter().chain(&warning).chain(&open);
    for notice in notices.chain(&astray) {
        say(&format!("warning: {notice}"));
    }
    match matches.subcommand() {
        Some((config::NAME, matches)) => config::run(matches, &sources, &config),
        Some((tools::NAME, matches)) => tools::run(matches, &config),
        Some((call::NAME, matches)) => call::run(matches, config).await,
        Some((prompt::NAME, matches)) => prompt::run(matches, config).await,
        Some((resource::NAME, matches)) => resource::run(matches, config).await,
        Some((top::NAME, matches)) => top::run(matches, config).await,
        Some((_, serve)) => serve::run(serve, config).await,
        None => serve::run(matches, config).await,
    }
}

/// What makes calls with that configuration; what it hides is hidden in the log, too.
fn fleet(config: Config) -> Fleet {
    let fleet = Fleet::new(config, table::parse);
    logging::redact_by(fleet.redactor());
    fleet
}

/// The configuration that these sources make, where it can be served with.
fn checked(sources: &Sources) -> Result<Config, Failure> {
    let config = Config::from_sources(sources)?;
    config.check()?;
    if let Err(text) = gate::check_filters(&config) {
        let settings = sources.in_force(&mut Vec::new())?;
        return Err(Failure::Usage(placed(text, &settings)));
    }
    let docker = config.hosts.iter().map(|host| &host.docker);
    for docker in docker.chain(config.hosts.is_empty().then_some(&config.docker)) {
        Engine::check(docker).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    Ok(config)
}

/// What is said of a variable, behind the line of the configuration file that sets it, where one does.
fn placed(text: String, settings: &[Setting]) -> String {
    let setting = settings
        .iter()
        .find(|setting| text.starts_with(setting.variable.name));
    match setting.and_then(Setting::place) {
        Some(place) => format!("{place}: {text}"),
        None => text,
    }
}

/// Prints help and version to stdout, mistakes to stderr.
fn report(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && screen::stderr().is_some() {
        say(error.render().to_string().trim_end());
    } else {
        // Nobody is left to read it where this fails.
        let _ = error.print();
    }
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// Says on stderr why the command failed.
pub(crate) fn fail(text: &str) -> ExitCode {
    say(&format!("error: {text}"));
    ExitCode::FAILURE
}

/// Writes a line to stderr, as long as anyone reads it. Names of files and Engines are other people's.
fn say(text: &str) {
    let text = untrusted::clean(text);
    let _ = writeln!(
        io::stderr().lock(),
        "{}",
        screen::wrapped(&text, screen::stderr())
    );
}

/// Writes text for a person to stdout, in lines that fit where it is a terminal.
fn print_wrapped(text: &str) -> Result<(), Failure> {
    print(&screen::wrapped(text, screen::stdout()))
}

/// Writes text and a line end to stdout. A reader that closed the pipe, as `head` does, has what it
/// wanted.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// The tool of that name, with or without its `docker_`.
fn find_tool(name: &str) -> Result<&'static Tool, Failure> {
    let full_name = format!("docker_{name}");
    if let Some(tool) = catalog::find(name).or_else(|| catalog::find(&full_name)) {
        return Ok(tool);
    }
    let advice =
        catalog::nearest(name).map_or(String::new(), |near| format!("did you mean `{near}`? "));
    Err(Failure::Usage(format!(
        "there is no tool `{name}`; {advice}`mcp-docker tools` lists all"
    )))
}
