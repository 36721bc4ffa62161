//! Runs `mcp-docker install` on copies of clients' files, and looks at what became of them.

mod configuration;
mod entry;
mod files;
mod project;
mod refused;
mod shown;
#[cfg(target_os = "linux")]
mod terminal;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::golden;
use crate::support::client::command;

/// The program that is installed.
const PROGRAM: &str = env!("CARGO_BIN_EXE_mcp-docker");

/// The clients, the file each is known to have, and what its servers are under.
const CLIENTS: [(&str, &str, &str); 14] = [
    ("claude-desktop", "claude_desktop_config.json", "mcpServers"),
    ("claude-code", "claude.json", "mcpServers"),
    ("cursor", "cursor.json", "mcpServers"),
    ("vscode", "vscode.json", "servers"),
    ("windsurf", "windsurf.json", "mcpServers"),
    ("zed", "zed.json", "context_servers"),
    ("gemini-cli", "gemini.json", "mcpServers"),
    ("copilot-cli", "copilot.json", "mcpServers"),
    ("codex", "codex.toml", "mcp_servers"),
    ("goose", "goose.yaml", "extensions"),
    ("opencode", "opencode.json", "mcp"),
    ("cline", "cline.json", "mcpServers"),
    ("junie", "junie.json", "mcpServers"),
    ("lm-studio", "lm_studio.json", "mcpServers"),
];

/// A person with a home of their own.
struct Home(TempDir);

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where this client has its file on the platform that runs the test.
    fn file(&self, client: &str) -> PathBuf {
        let settings = match std::env::consts::OS {
            "macos" => self.path().join("Library/Application Support"),
            "windows" => self.path().join("AppData").join("Roaming"),
            _ => self.path().join(".config"),
        };
        let config = self.path().join(".config");
        let below = |folder: PathBuf, rest: &str| folder.join(rest).components().collect();
        match client {
            "claude-desktop" => settings.join("Claude").join("claude_desktop_config.json"),
            "claude-code" => self.path().join(".claude.json"),
            "cursor" => self.path().join(".cursor").join("mcp.json"),
            "vscode" => settings.join("Code").join("User").join("mcp.json"),
            "windsurf" => below(self.path().join(".codeium"), "windsurf/mcp_config.json"),
            "zed" if cfg!(windows) => below(settings, "Zed/settings.json"),
            "zed" => below(config, "zed/settings.json"),
            "gemini-cli" => below(self.path().join(".gemini"), "settings.json"),
            "copilot-cli" => below(self.path().join(".copilot"), "mcp-config.json"),
            "codex" => below(self.path().join(".codex"), "config.toml"),
            "goose" if cfg!(windows) => below(settings, "Block/goose/config/config.yaml"),
            "goose" => below(config, "goose/config.yaml"),
            "opencode" => below(config, "opencode/opencode.json"),
            "cline" => below(
                self.path().join(".cline"),
                "data/settings/cline_mcp_settings.json",
            ),
            "junie" => below(self.path().join(".junie"), "mcp/mcp.json"),
            "lm-studio" => below(self.path().join(".lmstudio"), "mcp.json"),
            other => panic!("no client {other}"),
        }
    }

    /// Puts a text where the client has its file.
    fn put(&self, client: &str, text: &str) -> PathBuf {
        let file = self.file(client);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        file
    }

    /// A program, in this home and with nothing set.
    fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let clean = command(self.path());
        let mut command = Command::new(program);
        command.current_dir(self.path());
        for (name, value) in clean.as_std().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        for name in [
            "XDG_CONFIG_HOME",
            "APPDATA",
            "LOCALAPPDATA",
            "CLAUDE_CONFIG_DIR",
            "CODEX_HOME",
            "CLINE_MCP_SETTINGS_PATH",
        ] {
            command.env_remove(name);
        }
        command
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.program(PROGRAM);
        command.args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        ended(self.command(words))
    }

    fn run_with(&self, set: &[(&str, &str)], words: &[&str]) -> Ended {
        let mut command = self.command(words);
        command.envs(set.iter().copied());
        ended(command)
    }

    /// What there is below this home.
    fn everything(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() && !path.is_symlink() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found.sort();
        found
    }
}

fn ended(mut command: Command) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"");
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    #[track_caller]
    fn well(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }
}

fn fixture(name: &str) -> String {
    let path = golden::at_root("tests/fixtures/clients").join(name);
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The words that set a client up without a question.
fn words<'w>(client: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    let mut words = vec!["install", client];
    if !more.contains(&"--profile") && !more.contains(&"--remove") {
        words.extend(["--profile", "normal"]);
    }
    words.extend(more);
    words
}

/// The servers of a file that has neither comments nor commas too many.
fn servers(file: &Path) -> Value {
    servers_of(&fs::read_to_string(file).unwrap())
}

/// The same of a text, by a reader of its own for each thing that it may be written in.
fn servers_of(text: &str) -> Value {
    let json = || serde_json::from_str::<Value>(text).ok();
    let toml = || toml::from_str::<Value>(text).ok();
    let yaml = || serde_yaml_ng::from_str::<Value>(text).ok();
    let mut value = json().or_else(toml).or_else(yaml).unwrap();
    let whole = value.as_object_mut().unwrap();
    let keys = CLIENTS.map(|(_, _, key)| key);
    let servers = keys.into_iter().find_map(|key| whole.remove(key));
    servers.unwrap()
}

/// The program that an entry starts, in the words of any client.
fn program(entry: &Value) -> &str {
    let command = entry.get("command").unwrap_or(&entry["cmd"]);
    let first = command.get(0).unwrap_or(command);
    first.as_str().unwrap()
}

/// The variables that an entry sets, in the words of any client.
fn variables(entry: &Value) -> &Value {
    let names = ["env", "environment", "envs"].into_iter();
    let mut found = names.filter_map(|name| entry.get(name));
    found.next().unwrap_or(&Value::Null)
}

/// Where the text is kept that was there before.
fn backup(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap().to_str().unwrap();
    file.with_file_name(format!("{name}.mcp-docker-backup"))
}

#[test]
fn the_clients_that_are_here_are_listed_with_what_they_call_this_program() {
    let home = Home::new();
    assert!(home.run(&["install"]).well().stdout.contains("no client"));

    home.put("claude-code", &fixture("claude.json"));
    home.put("cursor", &fixture("several.json"));
    home.put("vscode", "{\"servers\": [}");
    fs::create_dir_all(home.file("claude-desktop").parent().unwrap()).unwrap();
    let list = home.run(&["install"]).well().stdout;
    for (client, said) in [
        ("claude-desktop", "not set up"),
        ("claude-code", "not set up"),
        ("vscode", "line 1, column 14"),
    ] {
        let row = list.lines().find(|line| line.contains(client)).unwrap();
        assert!(row.contains(said), "{row}");
        assert!(row.contains(home.file(client).to_str().unwrap()), "{row}");
    }
    // A line for each server, with what it is set to and what its client takes.
    let row = |server: &str| list.lines().find(|line| line.contains(server)).unwrap();
    for (server, profile) in [("staging", "normal"), ("live", "read-only")] {
        for part in [
            "cursor",
            profile,
            "default",
            "tools, asks you, prompts, resources, panels, at most 40 tools",
        ] {
            assert!(row(server).contains(part), "no {part}: {}", row(server));
        }
    }
}

#[test]
fn what_a_server_is_set_to_is_listed_whatever_its_client_writes_it_in() {
    let home = Home::new();
    for client in ["codex", "goose", "opencode", "zed"] {
        let more = ["--profile", "full", "--toolsets", "default,insight"];
        home.run(&words(client, &more)).well();
    }
    let list = home.run(&["install"]).well().stdout;
    for client in ["codex", "goose", "opencode", "zed"] {
        let row = list.lines().find(|line| line.starts_with(client)).unwrap();
        for part in ["mcp-docker", "full", "default,insight"] {
            assert!(row.contains(part), "no {part}: {row}");
        }
    }
}
