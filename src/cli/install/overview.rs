//! Shows the clients that are on this machine: what each has of this program, and what it can do.

use std::path::Path;

use super::super::clients::{self, ClientFolders, Entry, Found};
use super::super::profile::{self, Profile};
use super::super::{render, screen};

/// What an entry makes of the server: its profile and its toolsets.
struct Made {
    profile: String,
    toolsets: String,
}

/// The clients that are here, a line for each server that they start from this program.
pub(super) fn overview(places: &ClientFolders) -> String {
    let columns = ["client", "server", "profile", "toolsets", "takes", "file"];
    let mut table = render::table(columns);
    for found in clients::found(places) {
        let (name, takes) = (found.client.name, found.client.abilities());
        let file = file(&found, places);
        let mut row = |server: &str, made: Made| {
            table.add_row([name, server, &made.profile, &made.toolsets, &takes, &file]);
        };
        match &found.entries {
            Ok(entries) if entries.is_empty() => row("not set up", Made::nothing()),
            Ok(entries) => entries
                .iter()
                .for_each(|entry| row(&entry.name, Made::of(entry))),
            Err(error) => row(error, Made::nothing()),
        }
    }
    if table.is_empty() {
        "no client is here that this program knows; `mcp-docker install --help` names them"
            .to_owned()
    } else {
        table.text()
    }
}

/// Short for a person; a program gets it whole.
fn file(found: &Found, places: &ClientFolders) -> String {
    let at_home = found.file.strip_prefix(&places.home).ok();
    match at_home.filter(|_| screen::stdout().is_some()) {
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => found.file.display().to_string(),
    }
}

impl Made {
    fn nothing() -> Self {
        Self {
            profile: String::new(),
            toolsets: String::new(),
        }
    }

    fn of(entry: &Entry) -> Self {
        let (profile, toolsets) = match entry.settings() {
            Err(_) => ("does not start", None),
            Ok(None) => ("not known from here", None),
            Ok(Some(settings)) => {
                let profile = Profile::of(&settings);
                let profile = profile.map_or("settings of its own", |profile| profile.name);
                (profile, profile::toolsets(&settings))
            }
        };
        Self {
            profile: profile.to_owned(),
            toolsets: toolsets.map_or_else(String::new, |it| it.to_string()),
        }
    }
}
