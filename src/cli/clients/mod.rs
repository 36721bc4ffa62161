//! Finds the MCP clients of this machine: the file of each, and whether this program is in it.
//!
//! The places are those that the clients document; which of them a machine has is decided by
//! [`ClientFolders`] alone, so that every platform's can be tested on any.

mod document;
mod form;
mod places;
mod settings;
mod text;

use std::env;
use std::path::{Path, PathBuf};

pub(super) use mcp_docker::clients::{CLIENTS, Client, find};
use mcp_docker::config::Settings;
use mcp_docker::ordered;
use serde_json::Value;

pub(super) use document::{Document, fragment};
pub(super) use form::with_members;
pub(crate) use places::ClientFolders;
pub(super) use text::Text;

/// What clients call the server where nobody named it.
pub(super) const SERVER: &str = "mcp-docker";

/// The file that holds the user's servers, there or not.
pub(crate) fn file(client: &Client, places: &ClientFolders) -> PathBuf {
    // Part by part, so that a person on Windows is not shown both kinds of separators.
    places.file(&client.place).components().collect()
}

/// The file that holds the servers of the project in that folder; none where the client has no such file.
pub(super) fn project_file(client: &Client, folder: &Path) -> Option<PathBuf> {
    let file = (!client.project.is_empty()).then(|| places::first(folder, client.project));
    file.map(|file| file.components().collect())
}

/// A client that is on this machine.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which one.
    pub(crate) client: &'static Client,
    /// The file of its servers, there or not.
    pub(crate) file: PathBuf,
    /// The entries of that file that start this program or its image, or why it cannot be read.
    pub(crate) entries: Result<Vec<Entry>, String>,
}

/// One server in a client's file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// What the client calls it.
    pub(crate) name: String,
    /// All that the file says about it, with what it starts as `command`, `args` and `env`, whatever its client
    /// calls them.
    pub(crate) value: Value,
}

impl Entry {
    /// The program it starts.
    pub(crate) fn command(&self) -> Option<&str> {
        self.value.get("command")?.as_str()
    }

    /// What it passes to the program.
    pub(crate) fn arguments(&self) -> Vec<&str> {
        let arguments = self.value.get("args").and_then(Value::as_array);
        let arguments = arguments.into_iter().flatten();
        arguments.filter_map(Value::as_str).collect()
    }

    /// The variables it sets for the program.
    pub(crate) fn environment(&self) -> Settings {
        let variables = self.value.get("env").and_then(Value::as_object);
        let variables = variables.into_iter().flatten();
        let texts =
            variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        ordered::map(texts)
    }

    /// The image of this program that it has a container engine run, if it does that.
    pub(crate) fn image(&self) -> Option<&str> {
        /// What is before a name that is no image.
        const NAMING: &[&str] = &[
            "--name",
            "--hostname",
            "-h",
            "--network",
            "--net",
            "-l",
            "--label",
        ];
        let engine = base(self.command()?);
        let engine = engine.strip_suffix(".exe").unwrap_or(engine);
        if !["docker", "podman", "nerdctl"].contains(&engine) {
            return None;
        }
        let arguments = self.arguments();
        if !arguments.contains(&"run") {
            return None;
        }
        let mut words = arguments.iter().zip(arguments.iter().skip(1));
        let is_ours = |(before, word): &(&&str, &&str)| {
            let name = word.rsplit('/').next().unwrap_or_default();
            let name = name.split([':', '@']).next();
            name == Some(SERVER) && !word.starts_with('-') && !NAMING.contains(before)
        };
        words.find(is_ours).map(|(_, image)| *image)
    }

    /// Where among its arguments this program is, if `wsl.exe` is to start it.
    pub(crate) fn in_wsl(&self) -> Option<usize> {
        let program = base(self.command()?);
        if !["wsl", "wsl.exe"].contains(&program) {
            return None;
        }
        let arguments = self.arguments();
        arguments
            .iter()
            .position(|argument| base(argument) == SERVER)
    }

    /// Whether that is this program, wherever it is installed.
    pub(crate) fn is_ours(&self) -> bool {
        let Some(command) = self.command() else {
            return false;
        };
        let running = env::current_exe().unwrap_or_default();
        match base(command) {
            "mcp-docker" | "mcp-docker.exe" => true,
            // Whoever gave it another name has that in their entries.
            file => running
                .file_name()
                .is_some_and(|name| name.to_str() == Some(file)),
        }
    }
}

/// The last part of a path of any system.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The clients that are on this machine: those that have a file of servers, or a folder for it.
pub(crate) fn found(places: &ClientFolders) -> Vec<Found> {
    let clients = CLIENTS.iter().map(|client| Found {
        client,
        file: file(client, places),
        entries: Ok(Vec::new()),
    });
    clients
        .filter(|found| {
            let folder = found.file.parent().filter(|folder| *folder != places.home);
            found.file.exists() || folder.is_some_and(|folder| folder.is_dir())
        })
        .map(|found| Found {
            entries: entries(found.client, &found.file),
            ..found
        })
        .collect()
}

fn entries(client: &'static Client, file: &Path) -> Result<Vec<Entry>, String> {
    let Some(found) = Text::read(file).map_err(|error| error.to_string())? else {
        return Ok(Vec::new());
    };
    let document = Document::parse(&found.text, client).map_err(|error| error.to_string())?;
    let entries = document.entries().into_iter();
    let runs_us =
        |entry: &Entry| entry.is_ours() || entry.image().is_some() || entry.in_wsl().is_some();
    Ok(entries.filter(runs_us).collect())
}
