//! Knows the MCP clients: where each keeps its list of servers, and whether this program is in it.
//!
//! The places are those that the clients document; which of them a machine has is decided by
//! [`Places`] alone, so that every platform's can be tested on any.

mod document;
mod places;
mod text;

use std::env;
use std::path::{Path, PathBuf};

use mcp_docker::config::Settings;
use serde_json::Value;

pub(super) use document::Document;
pub(crate) use places::Places;
pub(super) use text::Text;

/// What clients call the server where nobody named it.
pub(super) const SERVER: &str = "mcp-docker";

/// A program that starts MCP servers, and how it is told which.
#[derive(Debug)]
pub(crate) struct Client {
    /// What it is called on our command line.
    pub(crate) name: &'static str,
    /// What it calls itself.
    pub(crate) title: &'static str,
    /// The key that holds the servers in its file.
    pub(crate) servers: &'static str,
    /// An entry says that the server speaks over stdin and stdout.
    pub(super) typed: bool,
    /// Its file may have comments, and commas after the last of a list.
    pub(super) comments: bool,
    /// What makes it read the file again.
    pub(super) afterwards: &'static str,
    /// The file of one project, from the project's folder.
    pub(super) project: Option<&'static str>,
    file: fn(&Places) -> PathBuf,
}

/// Every client that can be set up.
pub(crate) const CLIENTS: &[Client] = &[
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        servers: "mcpServers",
        typed: false,
        comments: false,
        afterwards: "quit Claude Desktop and start it again",
        project: None,
        file: Places::claude_desktop,
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        servers: "mcpServers",
        typed: true,
        comments: false,
        afterwards: "start a new session; `/mcp` shows it",
        project: Some(".mcp.json"),
        file: |places| places.claude_code.join(".claude.json"),
    },
    Client {
        name: "cursor",
        title: "Cursor",
        servers: "mcpServers",
        typed: true,
        comments: true,
        afterwards: "switch it on in Cursor's settings, under MCP",
        project: Some(".cursor/mcp.json"),
        file: |places| places.home.join(".cursor/mcp.json"),
    },
    Client {
        name: "vscode",
        title: "VS Code",
        servers: "servers",
        typed: true,
        comments: true,
        afterwards: "start it with `MCP: List Servers` in the command palette",
        project: Some(".vscode/mcp.json"),
        file: |places| places.settings.join("Code/User/mcp.json"),
    },
];

impl Client {
    /// The file that holds the user's servers, there or not.
    pub(crate) fn file(&self, places: &Places) -> PathBuf {
        // Part by part, so that a person on Windows is not shown both kinds of separators.
        (self.file)(places).components().collect()
    }
}

/// The client of that name.
pub(super) fn find(name: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.name == name)
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
    /// All that the file says about it.
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
        variables
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect()
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
        let engine = self.command()?.rsplit(['/', '\\']).next()?;
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

    /// Whether that is this program, wherever it is installed.
    pub(crate) fn is_ours(&self) -> bool {
        let Some(command) = self.command() else {
            return false;
        };
        let running = env::current_exe().unwrap_or_default();
        match command.rsplit(['/', '\\']).next() {
            Some("mcp-docker" | "mcp-docker.exe") => true,
            // Whoever gave it another name has that in their entries.
            file => running
                .file_name()
                .is_some_and(|name| name.to_str() == file),
        }
    }
}

/// The clients that are on this machine: those that have a file of servers, or a folder for it.
pub(crate) fn found(places: &Places) -> Vec<Found> {
    let clients = CLIENTS.iter().map(|client| Found {
        client,
        file: client.file(places),
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
    let runs_us = |entry: &Entry| entry.is_ours() || entry.image().is_some();
    Ok(entries.filter(runs_us).collect())
}
