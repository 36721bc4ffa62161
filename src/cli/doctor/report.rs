//! What a check found, and how it is written: for a person, or as JSON for a program.

use std::fmt::Write;

use clap::builder::styling::{AnsiColor, Style};
use mcp_docker::untrusted::clean;
use serde_json::{Map, Value, json};

use crate::cli::{render, screen};

/// What one check found.
#[derive(Debug)]
pub(super) struct Check {
    name: String,
    /// The host that it is about, where there are several.
    host: Option<String>,
    status: Status,
    text: String,
    mend: Option<String>,
    /// More for a person, a line each.
    lines: Vec<String>,
    /// More for a program.
    details: Map<String, Value>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// All is well.
    Ok,
    /// Worth knowing; nothing has to be done.
    Note,
    /// Something is wrong.
    Mend,
    /// It could not be looked at, because something else is wrong.
    Unknown,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Mend => "mend",
            Self::Unknown => "unknown",
        }
    }

    fn colour(self) -> AnsiColor {
        match self {
            Self::Ok => AnsiColor::Green,
            Self::Note => AnsiColor::Cyan,
            Self::Mend => AnsiColor::Red,
            Self::Unknown => AnsiColor::Yellow,
        }
    }
}

impl Check {
    /// All is well.
    pub(super) fn ok(name: &str, text: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, text.into(), None)
    }

    /// Worth knowing, and what could be done about it.
    pub(super) fn note(name: &str, text: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(name, Status::Note, text.into(), Some(mend.into()))
    }

    /// Something is wrong, and what mends it.
    pub(super) fn mend(name: &str, text: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(name, Status::Mend, text.into(), Some(mend.into()))
    }

    /// Something is wrong, in the words of an error: what, a semicolon, and what mends it.
    pub(super) fn error(name: &str, error: &str) -> Self {
        Self::error_or(name, error, "correct it")
    }

    /// The same, with what mends an error that does not say it.
    pub(super) fn error_or(name: &str, error: &str, mend: &str) -> Self {
        let (text, mend) = error.split_once("; ").unwrap_or((error, mend));
        Self::mend(name, text, mend)
    }

    /// It could not be looked at.
    pub(super) fn unknown(name: &str, text: impl Into<String>) -> Self {
        Self::new(name, Status::Unknown, text.into(), None)
    }

    /// The same with a line more for a person.
    pub(super) fn line(mut self, line: String) -> Self {
        self.lines.push(line);
        self
    }

    /// The same with a value more for a program.
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// The same of one of several hosts.
    pub(super) fn of(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    fn new(name: &str, status: Status, text: String, mend: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            host: None,
            status,
            text,
            mend,
            lines: Vec::new(),
            details: Map::new(),
        }
    }
}

/// Whether no check found anything wrong.
pub(super) fn is_well(checks: &[Check]) -> bool {
    !checks.iter().any(|check| check.status == Status::Mend)
}

/// One object: `ok`, and for each check its name, status, text, `mend` (or null) and details; of several hosts
/// which.
pub(super) fn json(checks: &[Check]) -> String {
    let all: Vec<Value> = checks
        .iter()
        .map(|check| {
            let mut record = json!({
                "check": check.name,
                "status": check.status.word(),
                "text": check.text,
                "mend": check.mend,
                "details": check.details,
            });
            if let (Some(host), Some(members)) = (&check.host, record.as_object_mut()) {
                members.insert("host".to_owned(), host.as_str().into());
            }
            record
        })
        .collect();
    render::harmless(json!({ "ok": is_well(checks), "checks": all })).to_string()
}

/// A line for each check, what mends it below.
pub(super) fn text(checks: &[Check]) -> String {
    let names = checks.iter().map(|check| check.name.len());
    let name_width = names.max().unwrap_or_default();
    let indent = " ".repeat(9 + name_width);
    let width = screen::stdout().unwrap_or(usize::MAX);
    let mut text = String::new();
    let mut host = None;
    for check in checks {
        if check.host != host {
            host.clone_from(&check.host);
            let of = host.as_ref().map(|host| format!("host {}:\n", clean(host)));
            let of = of.unwrap_or_else(|| "this machine:\n".to_owned());
            let blank = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{blank}{of}"));
        }
        let style = if render::colour() {
            check.status.colour().on_default().bold()
        } else {
            Style::new()
        };
        let (word, name) = (check.status.word(), &check.name);
        let first = screen::fill(&clean(&check.text), width, &indent, &indent);
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{style}{word:<7}{style:#} {name:<name_width$} {}",
            first.trim_start()
        );
        let below = format!("{indent}  ");
        for line in &check.lines {
            let line = screen::fill(&clean(line), width, &indent, &below);
            let _ = writeln!(text, "{line}");
        }
        if let Some(mend) = &check.mend {
            let arrow = format!("{indent}→ ");
            let mend = screen::fill(&clean(mend), width, &arrow, &below);
            let _ = writeln!(text, "{mend}");
        }
    }
    text.push('\n');
    text.push_str(&screen::wrapped(&closing(checks), screen::stdout()));
    text
}

/// How it stands with all of them.
fn closing(checks: &[Check]) -> String {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let (wrong, notes) = (count(Status::Mend), count(Status::Note));
    let mend = match wrong {
        0 => "Nothing is wrong.".to_owned(),
        1 => "One thing is wrong; what mends it is below its `mend`.".to_owned(),
        number => format!("{number} things are wrong; what mends each is below its `mend`."),
    };
    let note = match notes {
        0 => "",
        1 => " One thing is worth knowing: see `note`.",
        _ => " Some things are worth knowing: see each `note`.",
    };
    format!("{mend}{note}")
}
