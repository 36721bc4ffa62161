//! Which MCP clients are on this machine, and whether the servers they start from this program would
//! run.

use std::path::Path;

use mcp_docker::config::Settings;
use serde_json::{Value, json};

use super::connection::halves;
use super::report::Check;
use crate::cli::clients::{ClientFolders, Entry, Found, SERVER, found};
use crate::cli::install::count;
use crate::cli::profile::{self, Profile};

/// What is not as it should be, and what mends it.
type Trouble = (String, String);

/// A server that a client starts from this program.
struct Server<'a> {
    of: &'a Found,
    entry: &'a Entry,
    /// What it is set to; none where that is not for the entry alone to say. Or why it does not start.
    settings: Result<Option<Settings>, String>,
}

pub(super) fn checks() -> Vec<Check> {
    let found = ClientFolders::of_this_user().map_or_else(Vec::new, |places| found(&places));
    if found.is_empty() {
        let text = "no MCP client was found on this machine";
        return vec![Check::note(
            "clients",
            text,
            "`mcp-docker install --help` names those that can be set up",
        )];
    }
    found.iter().map(check).collect()
}

fn check(found: &Found) -> Check {
    let (name, title) = (found.client.name, found.client.title);
    let shown = found.file.display();
    let id = format!("client:{name}");
    let servers = found.entries.as_ref().map(|entries| {
        let servers = entries.iter().map(|entry| Server {
            of: found,
            entry,
            settings: entry.settings(),
        });
        servers.collect::<Vec<_>>()
    });
    let check = match &servers {
        Err(error) => {
            let text = format!("{title} cannot read `{shown}`: {error}");
            Check::error_or(&id, &text, "correct the file")
        }
        Ok(servers) if servers.is_empty() => Check::note(
            &id,
            format!("{title} is here and does not know mcp-docker"),
            format!("`mcp-docker install {name}` sets it up"),
        ),
        Ok(servers) => {
            let wrong = servers.iter().find_map(Server::wrong);
            let kinds = [
                Server::relative,
                Server::lost,
                Server::refused,
                Server::crowded,
            ];
            let noted = kinds.iter().find_map(|kind| servers.iter().find_map(kind));
            match (wrong, noted) {
                (Some((text, mend)), _) => Check::mend(&id, text, mend),
                (None, Some((text, mend))) => Check::note(&id, text, mend),
                (None, None) => Check::ok(&id, format!("{title} is set up in `{shown}`")),
            }
        }
    };
    let servers = servers.unwrap_or_default();
    servers
        .iter()
        .flat_map(|server| [Some(server.line()), server.panel()])
        .flatten()
        .fold(check, Check::line)
        .with("file", shown.to_string())
        .with("set_up", !servers.is_empty())
        .with(
            "servers",
            servers.iter().map(Server::details).collect::<Value>(),
        )
}

impl Server<'_> {
    /// Why it does not start.
    fn wrong(&self) -> Option<Trouble> {
        let (title, name) = (self.of.client.title, &self.entry.name);
        let command = self.entry.command()?;
        let path = Path::new(command);
        if path.is_absolute() && !path.exists() {
            let text = format!("{title} starts `{command}`, which does not exist");
            let mend = match self.entry.image() {
                Some(_) => "correct the path, or install what it names".to_owned(),
                None => format!("{} puts this program in its place", self.install()),
            };
            return Some((text, mend));
        }
        let (why, mend) = halves(self.settings.as_ref().err()?.clone());
        let hint = if mend.is_empty() { "" } else { "; " };
        let mend = format!("correct it in `{}`{hint}{mend}", self.of.file.display());
        let text = format!("what {title} has as `{name}` does not start: {why}");
        Some((text, mend))
    }

    /// The program is looked for where the client looks, and not where a shell does.
    fn relative(&self) -> Option<Trouble> {
        let command = self.entry.command()?;
        // Of Windows, or filled in by the client.
        if self.entry.in_wsl().is_some() {
            return None;
        }
        if Path::new(command).is_absolute() || command.contains([':', '$']) {
            return None;
        }
        let title = self.of.client.title;
        let text = format!(
            "`{command}` is no absolute path, so {title} looks for it on a `PATH` or in a folder of its own"
        );
        let mend = match self.entry.image() {
            Some(_) => "put its absolute path there".to_owned(),
            None => format!("{} puts the absolute path there", self.install()),
        };
        Some((text, mend))
    }

    /// Variables that do not get from the client's side of Windows to this one.
    fn lost(&self) -> Option<Trouble> {
        self.entry.in_wsl()?;
        let environment = self.entry.environment();
        let names: Vec<String> = environment.keys().map(|name| format!("`{name}`")).collect();
        if names.is_empty() || environment.contains_key("WSLENV") {
            return None;
        }
        let (client, name) = (self.of.client.name, &self.entry.name);
        Some((
            format!(
                "what `{name}` sets does not reach WSL: {}",
                names.join(", ")
            ),
            format!("give it as flags in `args`, as `mcp-docker install {client} --wsl` shows"),
        ))
    }

    /// Removal is allowed, and nobody can be asked there.
    fn refused(&self) -> Option<Trouble> {
        let client = self.of.client;
        let settings = self.settings.as_ref().ok()?.as_ref()?;
        profile::is_refused(client, settings).then(|| (client.on_removal(), client.instead()))
    }

    /// It has more tools than the client takes.
    fn crowded(&self) -> Option<Trouble> {
        let (client, name) = (self.of.client, &self.entry.name);
        let on = profile::toolsets(self.settings.as_ref().ok()?.as_ref()?)?;
        let (most, tools) = (client.most_tools?, count(&on));
        (tools > most).then(|| {
            let title = client.title;
            (
                format!("{title} takes {most} tools of all its servers, and `{name}` has {tools}"),
                "choose fewer with `MCP_DOCKER_TOOLSETS`".to_owned(),
            )
        })
    }

    /// The command that makes its entry anew.
    fn install(&self) -> String {
        let client = self.of.client.name;
        match self.entry.name.as_str() {
            SERVER => format!("`mcp-docker install {client}`"),
            name => format!("`mcp-docker install {client} --name {name}`"),
        }
    }

    fn profile(&self) -> Option<&'static Profile> {
        Profile::of(self.settings.as_ref().ok()?.as_ref()?)
    }

    fn line(&self) -> String {
        let name = &self.entry.name;
        match (self.entry.image(), self.profile(), &self.settings) {
            (Some(image), _, _) => format!("`{name}` runs the image `{image}`"),
            (_, Some(profile), _) => {
                format!("`{name}` is `{}`: {}", profile.name, profile.doc)
            }
            (_, _, Ok(Some(_))) => {
                format!("`{name}` has settings of its own, which are no profile")
            }
            (_, _, Ok(None)) => format!("`{name}` has settings that are not known from here"),
            (_, _, Err(_)) => format!("`{name}` has settings that are no good"),
        }
    }

    /// Who is asked before something is lost, where it is not by the client's own form.
    fn panel(&self) -> Option<String> {
        let client = self.of.client;
        let settings = self.settings.as_ref().ok()?.as_ref()?;
        profile::is_asked_by_panel(client, settings).then(|| client.on_removal())
    }

    fn details(&self) -> Value {
        let profile = self.profile().map(|profile| profile.name);
        json!({ "name": self.entry.name, "image": self.entry.image(), "profile": profile })
    }
}
