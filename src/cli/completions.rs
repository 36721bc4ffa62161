//! `mcp-docker completions`: writes what lets a shell complete this command line.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use mcp_docker::catalog::{PROMPTS, TOOLS};

use super::{Failure, call, print, prompt, tools};

pub(super) const NAME: &str = "completions";

const EXAMPLES: &str = "\
Examples:
  source <(mcp-docker completions bash)       In ~/.bashrc
  mcp-docker completions zsh > ~/.zfunc/_mcp-docker
  mcp-docker completions fish > ~/.config/fish/completions/mcp-docker.fish
  mcp-docker completions powershell | Out-String | Invoke-Expression";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Print what lets a shell complete commands, flags, tools and prompts")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell)),
        )
}

/// Writes the completions of the whole program.
pub(super) fn run(matches: &ArgMatches, program: Command) -> Result<(), Failure> {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        return Ok(());
    };
    let mut program = with_names(program);
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut program, name, &mut script);
    print(String::from_utf8_lossy(&script).trim_end())
}

/// The program as if it accepted nothing but the names there are, so that a shell can offer them.
fn with_names(program: Command) -> Command {
    let tools = PossibleValuesParser::new(TOOLS.iter().map(|tool| tool.name));
    let prompts = PossibleValuesParser::new(PROMPTS.iter().map(|prompt| prompt.name));
    [
        (call::NAME, "tool", tools.clone()),
        (tools::NAME, "name", tools),
        (prompt::NAME, "name", prompts),
    ]
    .into_iter()
    .fold(program, |program, (command, argument, names)| {
        program.mut_subcommand(command, |command| {
            command.mut_args(|arg| match arg.get_id() == argument {
                true => arg.value_parser(names.clone()),
                false => arg,
            })
        })
    })
}
