//! Which MCP clients are on this machine, and whether they start this program.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::report::Check;

/// A client that is on this machine.
struct Found {
    name: &'static str,
    title: &'static str,
    file: PathBuf,
    /// What its entries for this program start, or why its file cannot be read.
    commands: Result<Vec<String>, String>,
}

pub(super) fn checks() -> Vec<Check> {
    let found = clients();
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
    let Found {
        name,
        title,
        file,
        commands,
    } = found;
    let shown = file.display();
    let id = format!("client:{name}");
    let check = match commands {
        Err(error) => Check::mend(
            &id,
            format!("{title} cannot read `{shown}`: {error}"),
            "correct the file",
        ),
        Ok(commands) => match commands.iter().find(|command| !runs(command)) {
            Some(gone) => Check::mend(
                &id,
                format!("{title} starts `{gone}`, which does not exist"),
                format!("`mcp-docker install {name}` puts this program in its place"),
            ),
            None if commands.is_empty() => Check::note(
                &id,
                format!("{title} is here and does not know mcp-docker"),
                format!("`mcp-docker install {name}` sets it up"),
            ),
            None => Check::ok(&id, format!("{title} is set up in `{shown}`")),
        },
    };
    check.with("file", shown.to_string()).with(
        "set_up",
        commands.as_ref().is_ok_and(|commands| !commands.is_empty()),
    )
}

/// A bare name is looked for on a `PATH` that is the client's own.
fn runs(command: &str) -> bool {
    let path = Path::new(command);
    !path.is_absolute() || path.exists()
}

/// The clients that have a file of servers, or a folder for it.
fn clients() -> Vec<Found> {
    let Some(home) = env::home_dir() else {
        return Vec::new();
    };
    let settings = if cfg!(target_os = "macos") {
        home.join("Library/Application Support")
    } else if cfg!(windows) {
        env::var_os("APPDATA").map_or_else(|| home.join("AppData/Roaming"), PathBuf::from)
    } else {
        env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from)
    };
    [
        (
            "claude-desktop",
            "Claude Desktop",
            settings.join("Claude/claude_desktop_config.json"),
            "mcpServers",
        ),
        (
            "claude-code",
            "Claude Code",
            home.join(".claude.json"),
            "mcpServers",
        ),
        (
            "cursor",
            "Cursor",
            home.join(".cursor/mcp.json"),
            "mcpServers",
        ),
        (
            "vscode",
            "VS Code",
            settings.join("Code/User/mcp.json"),
            "servers",
        ),
    ]
    .into_iter()
    .filter(|(_, _, file, _)| {
        let folder = file.parent().filter(|folder| *folder != home);
        file.exists() || folder.is_some_and(Path::is_dir)
    })
    .map(|(name, title, file, key)| Found {
        name,
        title,
        commands: commands(&file, key),
        file,
    })
    .collect()
}

fn commands(file: &Path, key: &str) -> Result<Vec<String>, String> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
    };
    let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let servers = document.get(key).and_then(Value::as_object);
    let commands = servers.into_iter().flatten().filter_map(|(_, server)| {
        let command = server.get("command")?.as_str()?;
        let program = command.rsplit(['/', '\\']).next();
        matches!(program, Some("mcp-docker" | "mcp-docker.exe")).then(|| command.to_owned())
    });
    Ok(commands.collect())
}
