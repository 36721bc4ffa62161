//! Knows the MCP clients that can be set up: where each keeps its servers, and what each can do.
//!
//! `install`, `doctor`, the README's tables and the form of the bundle are made from this one table.
//! What a client declares in a session counts more there: see the server's instructions.

/// A program that starts MCP servers, how it is told which, and what it can do.
#[derive(Debug, PartialEq, Eq)]
pub struct Client {
    /// Which one.
    pub kind: ClientKind,
    /// What it is called on our command line.
    pub name: &'static str,
    /// What it calls itself.
    pub title: &'static str,
    /// The key that holds the servers in its file.
    pub servers: &'static str,
    /// An entry says that the server speaks over stdin and stdout.
    pub typed: bool,
    /// Its file may have comments, and commas after the last of a list.
    pub comments: bool,
    /// What makes it read the file again.
    pub afterwards: &'static str,
    /// Its file, as documented for Linux, macOS and Windows.
    pub file: &'static str,
    /// The file of one project, from the project's folder.
    pub project: Option<&'static str>,
    /// It asks a person what the server wants to know: elicitation, by a form.
    pub asks: bool,
    /// It offers prompts to its user.
    pub prompts: bool,
    /// It offers resources to its user or model.
    pub resources: bool,
    /// It shows the panels of MCP Apps.
    pub apps: bool,
    /// The most tools it takes of all its servers together, where it has such a limit.
    pub most_tools: Option<usize>,
}

/// The clients, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// Visual Studio Code.
    VsCode,
}

/// Every client that can be set up. What each can do is as of November 2026: from the clients' own
/// documentation, the matrix of clients in that of MCP Apps, and what users saw them declare:
///
/// - Claude Desktop 2.2553 declares no elicitation, neither in its chat nor in its Code tab
///   (anthropics/claude-code issues 41347 and 96043). It shows panels.
/// - Claude Code has forms from 2.1.76 on, and no panels.
/// - Cursor and VS Code have forms and panels. Cursor takes 40 tools of all servers together.
pub const CLIENTS: &[Client] = &[
    Client {
        kind: ClientKind::ClaudeDesktop,
        name: "claude-desktop",
        title: "Claude Desktop",
        servers: "mcpServers",
        typed: false,
        comments: false,
        afterwards: "quit Claude Desktop and start it again",
        file: "`~/.config`, `~/Library/Application Support`, `%APPDATA%`: `Claude/claude_desktop_config.json`",
        project: None,
        asks: false,
        prompts: true,
        resources: true,
        apps: true,
        most_tools: None,
    },
    Client {
        kind: ClientKind::ClaudeCode,
        name: "claude-code",
        title: "Claude Code",
        servers: "mcpServers",
        typed: true,
        comments: false,
        afterwards: "start a new session; `/mcp` shows it",
        file: "`~/.claude.json`",
        project: Some(".mcp.json"),
        asks: true,
        prompts: true,
        resources: true,
        apps: false,
        most_tools: None,
    },
    Client {
        kind: ClientKind::Cursor,
        name: "cursor",
        title: "Cursor",
        servers: "mcpServers",
        typed: true,
        comments: true,
        afterwards: "switch it on in Cursor's settings, under MCP",
        file: "`~/.cursor/mcp.json`",
        project: Some(".cursor/mcp.json"),
        asks: true,
        prompts: true,
        resources: true,
        apps: true,
        most_tools: Some(40),
    },
    Client {
        kind: ClientKind::VsCode,
        name: "vscode",
        title: "VS Code",
        servers: "servers",
        typed: true,
        comments: true,
        afterwards: "start it with `MCP: List Servers` in the command palette",
        file: "`~/.config`, `~/Library/Application Support`, `%APPDATA%`: `Code/User/mcp.json`",
        project: Some(".vscode/mcp.json"),
        asks: true,
        prompts: true,
        resources: true,
        apps: true,
        most_tools: None,
    },
];

/// The client of that name.
pub fn find(name: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.name == name)
}

impl Client {
    /// What becomes of a call there that would lose something for good, where such calls are allowed and
    /// nothing else is set.
    pub fn on_removal(&self) -> String {
        let title = self.title;
        if self.asks {
            format!("{title} shows you what would go and asks each time")
        } else {
            format!("{title} cannot ask you, so that such a call is refused there")
        }
    }

    /// What else there is for a person whose client cannot ask them.
    pub fn instead(&self) -> String {
        let others = CLIENTS.iter().filter(|client| client.asks);
        let others: Vec<&str> = others.map(|client| client.title).collect();
        format!(
            "{} ask; or set `SAFETY_CONFIRMATION_FALLBACK=plan`, with which the model is shown what would go and \
             confirms it itself",
            others.join(", ")
        )
    }
}
