//! `mcp-docker completions`: writes what lets a shell complete this command line.
//!
//! The scripts are data and ask nobody. They know no container and no argument of a tool, and bash,
//! which does not count what was typed before, offers the tools once more behind a tool.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use mcp_docker::catalog::{PROMPTS, TOOLS};

use super::{Failure, call, flags, print, prompt, tools};

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
    let mut program = with_words(program);
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut program, name, &mut script);
    print(String::from_utf8_lossy(&script).trim_end())
}

/// The program as if it accepted nothing but the words there are, so that a shell can offer them. An
/// argument with words of its own, such as `KEY=VALUE`, has none to offer.
fn with_words(program: Command) -> Command {
    let program = program.mut_args(|arg| match flags::words(&arg) {
        [] => arg,
        words => arg.value_parser(PossibleValuesParser::new(words)),
    });
    program.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| {
            if arg.is_positional() && arg.get_possible_values().is_empty() {
                let words = words(&name, arg.get_id().as_str());
                arg.value_parser(PossibleValuesParser::new(words))
            } else {
                arg
            }
        })
    })
}

fn words(command: &str, argument: &str) -> Vec<&'static str> {
    match (command, argument) {
        (call::NAME, "tool") | (tools::NAME, "name") => {
            let names = TOOLS.iter().map(|tool| tool.name);
            let short = names
                .clone()
                .filter_map(|name| name.strip_prefix("docker_"));
            short.chain(names).collect()
        }
        (prompt::NAME, "name") => PROMPTS.iter().map(|prompt| prompt.name).collect(),
        _ => Vec::new(),
    }
}
