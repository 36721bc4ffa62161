//! Makes a flag of each configuration variable, and reads those that were given.

use clap::{Arg, ArgAction, ArgMatches, ValueHint};
use mcp_docker::config::{Field, Leads, Settings, VARIABLES, Variable};
use mcp_docker::ordered;

const ENV_FILE: &str = "env-file";

/// The flags of all variables, and the one that names a file of them.
pub(super) fn arguments() -> impl Iterator<Item = Arg> {
    let env_file = Arg::new(ENV_FILE)
        .long(ENV_FILE)
        .value_name("PATH")
        .value_hint(ValueHint::FilePath)
        .help("File of settings to read instead of `.env` in the working directory, and to trust with all of them")
        .global(true)
        .hide_short_help(true);
    VARIABLES.iter().map(argument).chain([env_file])
}

fn argument(variable: &'static Variable) -> Arg {
    let help = match variable.default_text() {
        Some(default) => format!("{} [default: {default}]", variable.doc),
        None => variable.doc.to_owned(),
    };
    let argument = Arg::new(variable.name)
        .long(variable.flag())
        .value_name(variable.placeholder)
        .value_hint(hint(variable))
        .help(help)
        .help_heading(variable.section.title())
        .global(true)
        .hide_short_help(true);
    // Whoever knows the variable knows this flag.
    let argument = match variable.whole_flag() == variable.flag() {
        true => argument,
        false => argument.alias(variable.whole_flag()),
    };
    match variable.field {
        // Only with `=`, or a bare flag would swallow the command behind it.
        Field::Switch(_) => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        // The values of one that is given more than once come together.
        Field::Names(_) | Field::Paths(_) | Field::Toolsets(_) | Field::Scopes(_) => {
            argument.action(ArgAction::Append)
        }
        _ => argument,
    }
}

/// What a shell may offer as the value.
fn hint(variable: &Variable) -> ValueHint {
    match variable.field {
        Field::Path(_, Leads::ToFolder) => ValueHint::DirPath,
        Field::Path(..) => ValueHint::FilePath,
        Field::Paths(_) => ValueHint::AnyPath,
        _ if !variable.field.words().is_empty() => ValueHint::Unknown,
        _ => ValueHint::Other,
    }
}

/// The words that the flag of a variable accepts, where there are no others. The parser is not told:
/// it takes them in any case, and nothing for unset.
pub(super) fn words(argument: &Arg) -> &'static [&'static str] {
    let variable = VARIABLES.iter().find(|it| argument.get_id() == it.name);
    variable.map_or(&[], |variable| variable.field.words())
}

/// The variables that were given as flags.
pub(super) fn settings(matches: &ArgMatches) -> Settings {
    let given = VARIABLES.iter().filter_map(|variable| {
        let values = matches.get_many(variable.name)?;
        let values: Vec<&str> = values.map(String::as_str).collect();
        Some((variable.name.to_owned(), values.join(",")))
    });
    ordered::map(given)
}

/// The file of settings that was named.
pub(super) fn env_file(matches: &ArgMatches) -> Option<&str> {
    matches.get_one::<String>(ENV_FILE).map(String::as_str)
}
