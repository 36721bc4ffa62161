//! Knows the MCP clients that can be set up: where each keeps its servers, and what each can do.
//!
//! `install`, `doctor`, the documentation of the clients and the form of the bundle are made from one table: a
//! client that is not there yet is one entry more. What a client declares in a session counts more there: see the
//! server's instructions.

mod table;

pub use table::CLIENTS;

/// A program that starts MCP servers, how it is told which, and what it can do.
#[derive(Debug, PartialEq, Eq)]
pub struct Client {
    /// What it is called on our command line.
    pub name: &'static str,
    /// What it calls itself.
    pub title: &'static str,
    /// Its file.
    pub place: Place,
    /// The files of one project, from the project's folder: the first that is there, or the first.
    pub project: &'static [&'static str],
    /// What its file is written in.
    pub format: Format,
    /// The key that holds the servers in its file.
    pub servers: &'static str,
    /// How it writes what a server is started with.
    pub form: Form,
    /// What makes it read the file again.
    pub afterwards: &'static str,
    /// It asks a person what the server wants to know: elicitation, by a form.
    pub asks: Can,
    /// It offers prompts to its user.
    pub prompts: Can,
    /// It offers resources to its user or model.
    pub resources: Can,
    /// It shows the panels of MCP Apps.
    pub apps: Can,
    /// The most tools it takes of all its servers together, where it has such a limit.
    pub most_tools: Option<usize>,
    /// The page that says so, and when it was read.
    pub source: (&'static str, &'static str),
}

/// Whether a client can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Can {
    /// It is documented, or was seen.
    Yes,
    /// It is documented that it cannot, or was seen to fail.
    No,
    /// Its documentation does not say.
    Unsaid,
}

/// Where a client has its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The folder on Linux and macOS, and the files in it: the first that is there, or the first.
    pub unix: (Folder, &'static [&'static str]),
    /// The same on Windows, where it is another.
    pub windows: Option<(Folder, &'static [&'static str])>,
    /// The variable that says otherwise, and what is below the path that it has: nothing where that is the
    /// file itself.
    pub variable: Option<(&'static str, &'static str)>,
    /// How the folder begins that Windows keeps for it where it comes as a package.
    pub package: Option<&'static str>,
}

/// The folders that clients have their files in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// The user's home.
    Home,
    /// What the platform has for settings: `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    Settings,
    /// `~/.config`, or what `XDG_CONFIG_HOME` says, on every platform.
    Config,
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON as its standard has it.
    Json,
    /// JSON that may have comments.
    CommentedJson,
    /// JSON that may have comments, and commas after the last of a list.
    LooseJson,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

/// How a client writes what a server is started with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The program and what is passed to it.
    pub command: CommandForm,
    /// The key of the variables.
    pub environment: &'static str,
    /// What an entry has to say besides.
    pub always: &'static [(&'static str, Member)],
    /// What is said where the entry does not say it yet: a person may have changed it.
    pub at_first: &'static [(&'static str, Member)],
}

/// How a client writes a program and what is passed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandForm {
    /// The program under this key, and what is passed to it in a list, `args`.
    Apart(&'static str),
    /// Both in one list.
    Together(&'static str),
}

/// What an entry says besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// This word.
    Text(&'static str),
    /// A list of these words.
    List(&'static [&'static str]),
    /// `true`.
    On,
    /// This number.
    Number(u32),
    /// The name of the server.
    Name,
}

/// The client of that name.
pub fn find(name: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.name == name)
}

impl Can {
    /// Whether it is known that it can.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// The word of a table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsaid => "not documented",
        }
    }
}

impl Place {
    /// Where it is, for a person to read.
    pub fn shown(&self) -> String {
        let of = |folder: Folder, files: &[&str], windows: bool| {
            let files = files.join("` or `");
            match (folder, windows) {
                (Folder::Home, _) => format!("`~/{files}`"),
                (Folder::Config, _) => format!("`~/.config/{files}`"),
                (Folder::Settings, true) => format!("`%APPDATA%/{files}`"),
                (Folder::Settings, false) => {
                    format!("`~/.config`, `~/Library/Application Support`, `%APPDATA%`: `{files}`")
                }
            }
        };
        let (folder, files) = self.unix;
        let unix = of(folder, files, false);
        match self.windows {
            Some((folder, files)) => format!("{unix}; on Windows {}", of(folder, files, true)),
            None => unix,
        }
    }
}

impl Client {
    /// How a person agrees there to what is lost, in words for them; none where it is not known that they can.
    pub fn asks_by(&self) -> Option<&'static str> {
        match (self.asks, self.apps) {
            (Can::Yes, _) => Some("asks you"),
            (_, Can::Yes) => Some("asks you by a panel"),
            _ => None,
        }
    }

    /// Whether a person agrees there to what is lost: they are asked, by a form or by a panel.
    pub fn has_consent(&self) -> bool {
        self.asks_by().is_some()
    }

    /// Whether it is a panel alone by which they do.
    pub fn has_panel_alone(&self) -> bool {
        self.has_consent() && !self.asks.is_yes()
    }

    /// What becomes of a call there that would lose something for good, where such calls are allowed and
    /// nothing else is set.
    pub fn on_removal(&self) -> String {
        let title = self.title;
        match (self.asks, self.apps) {
            (Can::Yes, _) => format!("{title} shows you what would go and asks each time"),
            (_, Can::Yes) => {
                format!("{title} asks you by a panel, which shows what would go")
            }
            (Can::No, _) => {
                format!("{title} cannot ask you, so that such a call is refused there")
            }
            (Can::Unsaid, _) => format!(
                "{title} does not say whether it can ask you; where it cannot, such a call is refused there"
            ),
        }
    }

    /// What else there is for a person whose client cannot ask them.
    pub fn instead(&self) -> String {
        let others = CLIENTS.iter().filter(|client| client.has_consent());
        let others: Vec<&str> = others.map(|client| client.title).collect();
        format!(
            "{} do; or set `SAFETY_CONFIRMATION_FALLBACK=plan`, with which the model is shown what would go and \
             confirms it itself",
            others.join(", ")
        )
    }

    /// What it can do of what this server has, for a person to read.
    pub fn abilities(&self) -> String {
        let all = [
            ("prompts", self.prompts),
            ("resources", self.resources),
            ("panels", self.apps),
        ];
        let can = all.iter().filter(|(_, can)| can.is_yes());
        let can = self.asks_by().into_iter().chain(can.map(|(name, _)| *name));
        let can: Vec<&str> = can.collect();
        let most = self.most_tools.map(|most| format!("at most {most} tools"));
        let words = can.into_iter().map(str::to_owned).chain(most);
        let words: Vec<String> = words.collect();
        match words.is_empty() {
            true => "tools".to_owned(),
            false => format!("tools, {}", words.join(", ")),
        }
    }
}
