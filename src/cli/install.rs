//! `mcp-docker install`: has an MCP client start this program.

mod change;
mod entry;
mod file;

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use mcp_docker::config::Sources;
use serde_json::json;

use self::change::Change;
use self::entry::Wanted;
use self::file::File;
use super::clients::{self, CLIENTS, Client, Places};
use super::profile::PROFILES;
use super::{Failure, checked, flags, print, render, say};

pub(super) const NAME: &str = "install";

const EXAMPLES: &str = "\
Examples:
  mcp-docker install                                  Show the clients that are here
  mcp-docker install claude-desktop                   Set one up, asking what it may do
  mcp-docker install cursor --profile read-only --print
  mcp-docker install vscode --profile normal --project
  mcp-docker install claude-code --profile full --safety-denied-tools 'docker_prune_*'
  mcp-docker install cursor --remove

Settings that are given as flags, and what this shell has set of DOCKER_HOST and its like, become part
of the entry: clients that are started from a desktop have no such variables.";

/// Said of an entry that others may read in the project's repository.
const OF_THIS_MACHINE: &str = "others may get this file with the project, and the entry is for this machine: \
    it has the absolute path of the program, and what this shell has set; look at it before it is committed";

pub(super) fn command() -> Command {
    let clients = CLIENTS
        .iter()
        .map(|client| PossibleValue::new(client.name).help(client.title));
    let profiles = PROFILES
        .iter()
        .map(|profile| PossibleValue::new(profile.name).help(profile.doc));
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new(NAME)
        .about("Have an MCP client start this program, or list the clients that are here")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("client")
                .value_name("CLIENT")
                .value_parser(PossibleValuesParser::new(clients))
                .help("Client to set up"),
        )
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("PROFILE")
                .requires("client")
                .value_parser(PossibleValuesParser::new(profiles))
                .help("What the assistant may do; asked for on a terminal"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .requires("client")
                .value_parser(NonEmptyStringValueParser::new())
                .help("What the client calls the server, where it has several of them"),
        )
        .arg(
            switch("project")
                .requires("client")
                .help("Set it up for the project in the working directory"),
        )
        .arg(
            switch("remove")
                .requires("client")
                .conflicts_with("profile")
                .help("Take the entry out again"),
        )
        .arg(
            switch("print")
                .requires("client")
                .help("Show the entry and change nothing"),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let places = Places::of_this_user().ok_or_else(|| {
        Failure::Failed("clients keep their files in your home folder; set `HOME` to it".to_owned())
    })?;
    let client = matches.get_one::<String>("client");
    let Some(client) = client.and_then(|name| clients::find(name)) else {
        return print(&list(&places));
    };
    let path = path(client, matches.get_flag("project"), &places)?;
    // A person takes their time to answer; the file is read after that.
    let wanted = if matches.get_flag("remove") {
        None
    } else {
        Some(wanted(matches)?)
    };

    let left =
        |reason: String| Failure::Failed(format!("{} was left as it is: {reason}", path.display()));
    let file = File::read(&path).map_err(|error| left(error.to_string()))?;
    let named = matches.get_one::<String>("name").map(String::as_str);
    let change = Change::of(file.text(), client, named, wanted.as_ref()).map_err(left)?;

    let unchanged = change.text == file.text();
    let state = match (&wanted, unchanged) {
        (Some(_), true) => "is set up already in",
        (Some(_), false) => "would be set up in",
        (None, true) => "is not in",
        (None, false) => "would be taken out of",
    };
    let (name, shown) = (&change.name, path.display());
    let mut remarks = change.remarks;
    if wanted.is_some() && matches.get_flag("project") {
        remarks.push(OF_THIS_MACHINE.to_owned());
    }
    if let Some(entry) = &change.entry
        && matches.get_flag("print")
    {
        say(&format!("`{name}` {state} {shown}; nothing was changed"));
        remarks.iter().for_each(|remark| say(remark));
        let fragment = json!({ client.servers: { name: entry } });
        return print(&format!("{fragment:#}"));
    }
    if unchanged {
        return print(&format!("`{name}` {state} {shown}; nothing was changed"));
    }
    let backup = file
        .replace(&change.text)
        .map_err(|error| left(error.to_string()))?;
    let done = match wanted {
        Some(_) => "is set up in",
        None => "was taken out of",
    };
    let mut report = vec![format!("`{name}` {done} {shown}")];
    report.extend(backup.map(|backup| format!("what it held before is in {}", backup.display())));
    report.extend(remarks);
    if wanted.is_some() {
        report.push(format!("now {}", client.afterwards));
    }
    print(&report.join("\n"))
}

/// The clients that are here, and what they call this program.
fn list(places: &Places) -> String {
    let mut table = render::table(["client", "server", "file"]);
    for found in clients::found(places) {
        let servers = match found.entries {
            Ok(entries) if entries.is_empty() => "not set up".to_owned(),
            Ok(entries) => {
                let names: Vec<_> = entries.into_iter().map(|entry| entry.name).collect();
                names.join(", ")
            }
            Err(error) => error,
        };
        let file = found.file.display().to_string();
        table.add_row([found.client.name, &servers, &file]);
    }
    if table.is_empty() {
        "no client is here that this program knows; `mcp-docker install --help` names them"
            .to_owned()
    } else {
        table.text()
    }
}

fn path(client: &Client, project: bool, places: &Places) -> Result<PathBuf, Failure> {
    if !project {
        return Ok(client.file(places));
    }
    let Some(file) = client.project else {
        let title = client.title;
        return Err(Failure::Usage(format!(
            "{title} has no servers of a project; leave `--project` out"
        )));
    };
    std::path::absolute(file).map_err(Failure::failed)
}

/// What the entry is to say, as flags, the shell and the person at the terminal have it.
fn wanted(matches: &ArgMatches) -> Result<Wanted, Failure> {
    if flags::env_file(matches).is_some() {
        return Err(Failure::Usage(
            "`install` writes settings that are given as flags, and does not read `--env-file`"
                .to_owned(),
        ));
    }
    let sources = Sources {
        flags: flags::settings(matches),
        environment: entry::from_shell(),
        file: None,
    };
    checked(&sources)?;
    let inherited = sources.environment.keys();
    let inherited = inherited.filter(|name| !sources.flags.contains_key(*name));
    let inherited = inherited.cloned().collect();
    let command = env::current_exe().map_err(Failure::failed)?;
    let command = command.into_os_string().into_string().map_err(|path| {
        let path = path.display();
        Failure::Failed(format!(
            "a client cannot be told to start {path}, whose name is no Unicode text"
        ))
    })?;
    let chosen = matches.get_one::<String>("profile").cloned();
    let chosen = chosen.map_or_else(ask, Ok)?;
    let profile = PROFILES.iter().find(|profile| profile.name == chosen);
    let profile = profile.ok_or_else(|| no_profile(&format!("`{chosen}` is no profile")))?;
    if let Some((name, value)) = profile.contradicted_by(&sources.flags) {
        let flag = name.to_ascii_lowercase().replace('_', "-");
        return Err(Failure::Usage(format!(
            "`--profile {chosen}` means `{name}={value}`, and `--{flag}` says otherwise; leave the \
             flag out, or take another profile"
        )));
    }
    let mut settings = sources.environment;
    settings.extend(sources.flags);
    Ok(Wanted {
        command,
        profile,
        settings: entry::absolute(settings).map_err(Failure::failed)?,
        inherited,
    })
}

/// The name of the profile that the person at the terminal wants.
fn ask() -> Result<String, Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(no_profile(
            "there is no terminal to ask at what the assistant may do",
        ));
    }
    say("What may the assistant do?");
    for profile in &PROFILES {
        say(&format!("  {:<11}{}", profile.name, profile.doc));
    }
    let mut stderr = io::stderr().lock();
    let mut line = String::new();
    write!(stderr, "Profile [normal]: ")
        .and_then(|()| stderr.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut line))
        .map_err(Failure::failed)?;
    Ok(match line.trim() {
        // A closed terminal agrees to nothing.
        _ if line.is_empty() => return Err(no_profile("nothing was chosen")),
        "" => "normal".to_owned(),
        name => name.to_owned(),
    })
}

fn no_profile(reason: &str) -> Failure {
    let names = PROFILES.map(|profile| profile.name).join("`, `");
    Failure::Usage(format!("{reason}; `--profile` takes one of `{names}`"))
}
