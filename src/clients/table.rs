//! The clients, one entry each, from their own documentation; what it does not say is not guessed.
//!
//! What is said of asking, prompts, resources and panels is from the same pages, from the clients' issue
//! trackers where an entry names one, and from the matrix of clients in the documentation of MCP Apps.

use super::{Can, Client, CommandForm, Folder, Form, Format, Member, Place};

/// `command`, `args` and `env`, as most have it.
const USUAL: Form = Form {
    command: CommandForm::Apart("command"),
    environment: "env",
    always: &[],
    at_first: &[],
};

/// The same, where an entry says that the server speaks over stdin and stdout.
const TYPED: Form = Form {
    always: &[("type", Member::Text("stdio"))],
    ..USUAL
};

/// A file below the user's home, on every platform.
const fn at_home(files: &'static [&'static str]) -> Place {
    in_folder(Folder::Home, files)
}

const fn in_folder(folder: Folder, files: &'static [&'static str]) -> Place {
    Place {
        unix: (folder, files),
        windows: None,
        variable: None,
        package: None,
    }
}

/// Every client that can be set up.
pub const CLIENTS: &[Client] = &[
    // 2.2553 declares no elicitation, neither in its chat nor in its Code tab (anthropics/claude-code issues
    // 41347 and 96043).
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        place: Place {
            package: Some("Claude_"),
            ..in_folder(Folder::Settings, &["Claude/claude_desktop_config.json"])
        },
        project: &[],
        format: Format::Json,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "quit Claude Desktop and start it again",
        asks: Can::No,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::Yes,
        most_tools: None,
        source: (
            "https://modelcontextprotocol.io/docs/develop/connect-local-servers",
            "2026-11",
        ),
    },
    // It has forms from 2.1.76 on.
    Client {
        name: "claude-code",
        title: "Claude Code",
        place: Place {
            variable: Some(("CLAUDE_CONFIG_DIR", ".claude.json")),
            ..at_home(&[".claude.json"])
        },
        project: &[".mcp.json"],
        format: Format::Json,
        servers: "mcpServers",
        form: TYPED,
        afterwards: "start a new session; `/mcp` shows it",
        asks: Can::Yes,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::No,
        most_tools: None,
        source: ("https://code.claude.com/docs/en/mcp", "2026-11"),
    },
    Client {
        name: "cursor",
        title: "Cursor",
        place: at_home(&[".cursor/mcp.json"]),
        project: &[".cursor/mcp.json"],
        format: Format::LooseJson,
        servers: "mcpServers",
        form: TYPED,
        afterwards: "switch it on in Cursor's settings, under MCP",
        asks: Can::Yes,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::Yes,
        most_tools: Some(40),
        source: ("https://cursor.com/docs/context/mcp", "2026-11"),
    },
    Client {
        name: "vscode",
        title: "VS Code",
        place: in_folder(Folder::Settings, &["Code/User/mcp.json"]),
        project: &[".vscode/mcp.json"],
        format: Format::LooseJson,
        servers: "servers",
        form: TYPED,
        afterwards: "start it with `MCP: List Servers` in the command palette",
        asks: Can::Yes,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::Yes,
        most_tools: None,
        source: (
            "https://code.visualstudio.com/docs/copilot/chat/mcp-servers",
            "2026-11",
        ),
    },
    // The file of its agent Cascade. Its newer agent, Devin Local, has files of its own (docs.devin.ai, read in
    // November 2026), which are not written. The editors of JetBrains with its plugin have
    // `~/.codeium/mcp_config.json`. Whether it takes comments is not said.
    Client {
        name: "windsurf",
        title: "Windsurf",
        place: at_home(&[".codeium/windsurf/mcp_config.json"]),
        project: &[],
        format: Format::Json,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "press Refresh in Cascade's MCP settings",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Unsaid,
        apps: Can::Unsaid,
        most_tools: Some(100),
        source: ("https://docs.windsurf.com/windsurf/cascade/mcp", "2026-11"),
    },
    // "Zed currently supports MCP's Tools and Prompts features"; elicitation is named among what is missing.
    // Projects: https://zed.dev/docs/worktree-trust.
    Client {
        name: "zed",
        title: "Zed",
        place: Place {
            windows: Some((Folder::Settings, &["Zed/settings.json"])),
            ..in_folder(Folder::Config, &["zed/settings.json"])
        },
        project: &[".zed/settings.json"],
        format: Format::LooseJson,
        servers: "context_servers",
        form: USUAL,
        afterwards: "look for the green dot beside it in the settings of the Agent Panel",
        asks: Can::No,
        prompts: Can::Yes,
        resources: Can::No,
        apps: Can::No,
        most_tools: None,
        source: ("https://zed.dev/docs/ai/mcp", "2026-11"),
    },
    // Comments: google-gemini/gemini-cli pull request 422, commas after the last not. It declares no elicitation:
    // issue 28074, closed in 2026 for want of interest.
    Client {
        name: "gemini-cli",
        title: "Gemini CLI",
        place: at_home(&[".gemini/settings.json"]),
        project: &[".gemini/settings.json"],
        format: Format::CommentedJson,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "start it again; `/mcp` shows it",
        asks: Can::No,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::Unsaid,
        most_tools: None,
        source: (
            "https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md",
            "2026-11",
        ),
    },
    // Resources and prompts: github/copilot-cli issues 1518 and 505, open in July 2026. `.mcp.json` is also Claude
    // Code's: an entry serves both.
    Client {
        name: "copilot-cli",
        title: "Copilot CLI",
        place: at_home(&[".copilot/mcp-config.json"]),
        project: &[".mcp.json"],
        format: Format::Json,
        servers: "mcpServers",
        form: Form {
            at_first: &[("tools", Member::List(&["*"]))],
            ..TYPED
        },
        afterwards: "start it again; `/mcp show` shows it",
        asks: Can::Unsaid,
        prompts: Can::No,
        resources: Can::No,
        apps: Can::Unsaid,
        most_tools: None,
        source: (
            "https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers",
            "2026-11",
        ),
    },
    // Projects: trusted ones alone. Its command line hands a server's questions on (openai/codex pull requests 13425
    // and 17164), but whether it shows every form is not said, and issue 13405 asks for it.
    Client {
        name: "codex",
        title: "Codex",
        place: Place {
            variable: Some(("CODEX_HOME", "config.toml")),
            ..at_home(&[".codex/config.toml"])
        },
        project: &[".codex/config.toml"],
        format: Format::Toml,
        servers: "mcp_servers",
        form: USUAL,
        afterwards: "start it again; `/mcp` shows it",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Unsaid,
        apps: Can::Unsaid,
        most_tools: None,
        source: ("https://developers.openai.com/codex/mcp", "2026-11"),
    },
    // Questions: https://block.github.io/goose/docs/guides/mcp-elicitation, from 1.17 on; they wait five minutes.
    // Panels: https://block.github.io/goose/docs/guides/interactive-chat/mcp-ui, in its desktop program.
    Client {
        name: "goose",
        title: "Goose",
        place: Place {
            windows: Some((Folder::Settings, &["Block/goose/config/config.yaml"])),
            ..in_folder(Folder::Config, &["goose/config.yaml"])
        },
        project: &[],
        format: Format::Yaml,
        servers: "extensions",
        form: Form {
            command: CommandForm::Apart("cmd"),
            environment: "envs",
            always: &[("type", Member::Text("stdio")), ("name", Member::Name)],
            at_first: &[("enabled", Member::On), ("timeout", Member::Number(300))],
        },
        afterwards: "start a new session",
        asks: Can::Yes,
        prompts: Can::Yes,
        resources: Can::Yes,
        apps: Can::Yes,
        most_tools: None,
        source: (
            "https://block.github.io/goose/docs/guides/config-files",
            "2026-11",
        ),
    },
    // The form of opencode 1, which opencode 2 reads too (https://opencode.ai/docs/migrate-v1). A file in the form
    // of opencode 2, with `mcp.servers`, is refused: what its entries say of variables was not found.
    Client {
        name: "opencode",
        title: "opencode",
        place: in_folder(
            Folder::Config,
            &["opencode/opencode.json", "opencode/opencode.jsonc"],
        ),
        project: &["opencode.json", "opencode.jsonc"],
        format: Format::LooseJson,
        servers: "mcp",
        form: Form {
            command: CommandForm::Together("command"),
            environment: "environment",
            always: &[("type", Member::Text("local"))],
            at_first: &[],
        },
        afterwards: "start it again; `opencode mcp list` shows it",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Unsaid,
        apps: Can::Unsaid,
        most_tools: None,
        source: ("https://opencode.ai/docs/mcp-servers", "2026-11"),
    },
    // The file of its command line and of its plugin for JetBrains (cline/cline issue 7081, where a maintainer says
    // so; the page has `~/.cline/mcp.json`, which issue 11671 calls wrong). That of its extension for VS Code has no
    // documented path: its panel opens it, by `Configure MCP Servers`, and takes what `--print` shows.
    Client {
        name: "cline",
        title: "Cline",
        place: Place {
            variable: Some(("CLINE_MCP_SETTINGS_PATH", "")),
            ..at_home(&[".cline/data/settings/cline_mcp_settings.json"])
        },
        project: &[],
        format: Format::Json,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "start it again",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Yes,
        apps: Can::Unsaid,
        most_tools: None,
        source: ("https://docs.cline.bot/mcp/mcp-overview", "2026-11"),
    },
    // JetBrains' agent. AI Assistant has no documented file: its settings take what `--print` shows.
    Client {
        name: "junie",
        title: "Junie",
        place: at_home(&[".junie/mcp/mcp.json"]),
        project: &[".junie/mcp/mcp.json"],
        format: Format::Json,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "start it again",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Unsaid,
        apps: Can::Unsaid,
        most_tools: None,
        source: (
            "https://junie.jetbrains.com/docs/junie-cli-mcp-configuration.html",
            "2026-11",
        ),
    },
    // "LM Studio currently follows Cursor's `mcp.json` notation"; whether with its comments is not said.
    Client {
        name: "lm-studio",
        title: "LM Studio",
        place: at_home(&[".lmstudio/mcp.json"]),
        project: &[],
        format: Format::Json,
        servers: "mcpServers",
        form: USUAL,
        afterwards: "switch it on in the Program tab",
        asks: Can::Unsaid,
        prompts: Can::Unsaid,
        resources: Can::Unsaid,
        apps: Can::Unsaid,
        most_tools: None,
        source: ("https://lmstudio.ai/docs/app/mcp", "2026-11"),
    },
];
