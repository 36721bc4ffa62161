//! `mcp-docker install`: has an MCP client start this program.

mod asking;
mod begin;
mod change;
mod entry;
mod file;
mod overview;
mod present;
mod project;

use std::env;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command};
use mcp_docker::config::Sources;

pub(crate) use self::asking::count;
use self::begin::Named;
use self::change::Change;
use self::entry::Wanted;
use self::file::File;
use self::overview::overview;
use self::present::Present;
use self::project::Kept;
use super::clients::{self, CLIENTS, Client, ClientFolders, SERVER};
use super::profile::PROFILES;
use super::{Failure, checked, flags, print, print_wrapped, say};

pub(super) const NAME: &str = "install";

const EXAMPLES: &str = "\
Examples:
  mcp-docker install                        Show the clients that are here
  mcp-docker install --print                Show the entry of each client
  mcp-docker install claude-desktop         Set one up, asking what it may do
  mcp-docker install cursor --profile read-only --print
  mcp-docker install vscode --profile normal --project
  mcp-docker install cursor --profile normal --project=shop
  mcp-docker install cursor --safety-denied-tools docker_exec_command
  mcp-docker install claude-code --profile normal --toolsets default,insight
  mcp-docker install cursor --profile normal --config ~/mcp-docker.toml
  mcp-docker install cursor --remove

Settings that are given as flags, and what this shell has set of DOCKER_HOST and its like, \
become part of the entry: clients that are started from a desktop have no such variables.";

/// What an entry is for, or that all are wanted.
const TARGET: &str = "target";

/// What a client of Windows has to know.
const WSL: &str = "for a client of Windows, which starts this program through `wsl.exe`: the variables of an entry do \
    not get there, so that its settings are flags";

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
                .requires(TARGET)
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
        .arg(project::argument())
        .arg(
            switch("remove")
                .requires("client")
                .conflicts_with("profile")
                .help("Take the entry out again"),
        )
        .arg(switch("print").help("Show the entry, or that of each client, and change nothing"))
        .arg(
            switch("wsl")
                .conflicts_with("remove")
                .help("Show the entry for a client of Windows that is to start this through WSL"),
        )
        .group(
            ArgGroup::new(TARGET)
                .args(["client", "print", "wsl"])
                .multiple(true),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let places = ClientFolders::of_this_user().ok_or_else(|| {
        Failure::Failed("clients keep their files in your home folder; set `HOME` to it".to_owned())
    })?;
    let client = matches.get_one::<String>("client");
    let Some(client) = client.and_then(|name| clients::find(name)) else {
        return match is_shown(matches) {
            true => show_all(matches, &places),
            false => print(&overview(&places)),
        };
    };
    let path = path(client, project::is_meant(matches), &places)?;
    let named = matches.get_one::<String>("name").map(String::as_str);
    let wanted = if matches.get_flag("remove") {
        None
    } else {
        Some(wanted(
            matches,
            Present::of(&path, client, named),
            Some(client),
        )?)
    };
    if let Some(wanted) = &wanted
        && matches.get_flag("wsl")
    {
        say(WSL);
        let name = named.unwrap_or(SERVER);
        let entry = wanted.through_wsl(client, name);
        return print(&clients::fragment(client, name, &entry));
    }

    let left =
        |reason: String| Failure::Failed(format!("{} was left as it is: {reason}", path.display()));
    // A person took their time to answer; the file is as it is now.
    let file = File::read(&path).map_err(|error| left(error.to_string()))?;
    let change = Change::of(file.text(), client, named, wanted.as_ref()).map_err(left)?;

    let unchanged = change.text == file.text();
    let configuration = match wanted {
        Some(_) => configuration(matches)?,
        None => None,
    };
    let state = match (&wanted, unchanged) {
        (Some(_), true) => "is set up already in",
        (Some(_), false) => "would be set up in",
        (None, true) => "is not in",
        (None, false) => "would be taken out of",
    };
    let (name, shown) = (&change.name, path.display());
    let mut remarks = change.remarks;
    if let Some(wanted) = wanted.as_ref().filter(|_| project::is_meant(matches)) {
        remarks.extend(project::remarks(&wanted.settings));
    }
    if let Some(entry) = &change.entry
        && matches.get_flag("print")
    {
        say(&format!("`{name}` {state} {shown}; nothing was changed"));
        if let Some(Named::New(path)) = &configuration {
            say(&format!("{} would be begun", path.display()));
        }
        remarks.iter().for_each(|remark| say(remark));
        return print(&clients::fragment(client, name, entry));
    }
    // Before the entry, which is to name no file that is not there.
    let begun = configuration.map_or(Ok(None), |it| it.begin())?;
    if unchanged {
        let report = begun.into_iter();
        let report = report.chain([format!("`{name}` {state} {shown}; nothing was changed")]);
        return print_wrapped(&report.collect::<Vec<_>>().join("\n"));
    }
    let backup = file
        .replace(&change.text)
        .map_err(|error| left(error.to_string()))?;
    let done = match wanted {
        Some(_) => "is set up in",
        None => "was taken out of",
    };
    let mut report = vec![format!("`{name}` {done} {shown}")];
    report.extend(begun);
    report.extend(backup.map(|backup| format!("what it held before is in {}", backup.display())));
    report.extend(remarks);
    if wanted.is_some() {
        report.push(format!("now {}", client.afterwards));
    }
    print_wrapped(&report.join("\n"))
}

/// Whether the entry is shown and nothing changed.
fn is_shown(matches: &ArgMatches) -> bool {
    matches.get_flag("print") || matches.get_flag("wsl")
}

/// The entry of each client, as it would be if there were none yet.
fn show_all(matches: &ArgMatches, places: &ClientFolders) -> Result<(), Failure> {
    let wanted = wanted(matches, Present::default(), None)?;
    let name = matches
        .get_one::<String>("name")
        .map_or(SERVER, String::as_str);
    let entries = CLIENTS.iter().map(|client| {
        let (title, file) = (client.title, clients::file(client, places));
        let entry = match matches.get_flag("wsl") {
            true => wanted.through_wsl(client, name),
            false => wanted.entry(client, name, None),
        };
        format!(
            "# {title}: {}\n{}",
            file.display(),
            clients::fragment(client, name, &entry)
        )
    });
    let entries: Vec<String> = entries.collect();
    if matches.get_flag("wsl") {
        say(WSL);
    }
    print(&entries.join("\n\n"))
}

fn path(client: &Client, project: bool, places: &ClientFolders) -> Result<PathBuf, Failure> {
    if !project {
        return Ok(clients::file(client, places));
    }
    let folder = env::current_dir().map_err(Failure::failed)?;
    clients::project_file(client, &folder).ok_or_else(|| {
        let title = client.title;
        Failure::Usage(format!(
            "{title} has no servers of a project; leave `--project` out, and keep calls to one with `--safety-scope \
             project:NAME`"
        ))
    })
}

/// The configuration file that was named.
fn configuration(matches: &ArgMatches) -> Result<Option<Named>, Failure> {
    let settings = flags::settings(matches);
    let named = settings.get("MCP_DOCKER_CONFIG").map(String::as_str);
    let named = named.filter(|path| !path.trim().is_empty());
    named.map(Named::at).transpose()
}

/// What the entry is to say, as flags, the shell and the person at the terminal have it.
fn wanted(
    matches: &ArgMatches,
    present: Present,
    client: Option<&Client>,
) -> Result<Wanted, Failure> {
    if flags::env_file(matches).is_some() {
        return Err(Failure::Usage(
            "`install` writes settings that are given as flags, and does not read `--env-file`"
                .to_owned(),
        ));
    }
    let sources = Sources {
        config: configuration(matches)?.and_then(|named| named.file()),
        flags: flags::settings(matches),
        environment: entry::from_shell(),
        ..Sources::default()
    };
    checked(&sources)?;
    let kept = Kept::of(matches, &sources.flags)?;
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
    let chosen = matches.get_one::<String>("profile");
    let chosen = chosen.and_then(|name| asking::named(name));
    let (profile, is_asked) = match (chosen, present.profile()) {
        (Some(chosen), _) => (chosen, false),
        // Nothing comes of what is only shown.
        (None, Some(default)) if is_shown(matches) => (default, false),
        (None, default) => (asking::profile(default)?, true),
    };
    let chosen = profile.name;
    if let Some((name, value)) = profile.contradicted_by(&sources.flags) {
        let flag = name.to_ascii_lowercase().replace('_', "-");
        return Err(Failure::Usage(format!(
            "`--profile {chosen}` means `{name}={value}`, and `--{flag}` says otherwise; leave the \
             flag out, or take another profile"
        )));
    }
    let toolsets = match client {
        Some(client) if is_asked && !sources.flags.contains_key(asking::TOOLSETS) => {
            asking::toolsets(client, present.toolsets)?
        }
        _ => None,
    };
    let scope = kept.map_or(Ok(None), |kept| kept.agreed(is_asked))?;
    let mut settings = sources.environment;
    settings.extend(sources.flags);
    settings.extend(scope);
    settings.extend(toolsets.map(|it| (asking::TOOLSETS.to_owned(), it.to_string())));
    Ok(Wanted {
        command,
        profile,
        settings: entry::absolute(settings).map_err(Failure::failed)?,
        inherited,
    })
}
