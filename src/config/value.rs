//! Parses the text of a setting into the field it sets, and writes a field as text.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use tracing::Level;

use super::effective::{Config, ConfirmationFallback, Token};
use super::scope::Scope;
use super::sign_in::{self, Scopes};
use super::toolset::{self, Toolsets};
use crate::vocabulary::nearest;

/// The field of a [`Config`] that a variable sets, and by its kind the values that are accepted.
#[derive(Debug, Clone)]
pub enum Field {
    /// True or false.
    Switch(fn(&mut Config) -> &mut bool),
    /// A whole number within limits.
    Number(fn(&mut Config) -> &mut usize, RangeInclusive<usize>),
    /// A whole number of seconds within limits.
    Seconds(fn(&mut Config) -> &mut Duration, RangeInclusive<u64>),
    /// Any text, with a default.
    Text(fn(&mut Config) -> &mut String),
    /// Any text.
    Name(fn(&mut Config) -> &mut Option<String>),
    /// The address of an issuer, or of this server.
    Url(fn(&mut Config) -> &mut Option<String>),
    /// Scopes of access tokens, and what each opens.
    Scopes(fn(&mut Config) -> &mut Scopes),
    /// The address of an Engine.
    Address(fn(&mut Config) -> &mut Option<String>),
    /// A file or a directory.
    Path(fn(&mut Config) -> &mut Option<PathBuf>, Leads),
    /// A bearer token.
    Token(fn(&mut Config) -> &mut Option<Token>),
    /// A list of names or globs.
    Names(fn(&mut Config) -> &mut Vec<String>),
    /// A choice of toolsets.
    Toolsets(fn(&mut Config) -> &mut Toolsets),
    /// A list of absolute paths.
    Paths(fn(&mut Config) -> &mut Vec<PathBuf>),
    /// A severity.
    Level(fn(&mut Config) -> &mut Level),
    /// What happens where nobody can be asked.
    Fallback(fn(&mut Config) -> &mut ConfirmationFallback),
    /// The objects that calls may change.
    Scope(fn(&mut Config) -> &mut Scope),
}

/// What a path is to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// A file to read.
    ToFile,
    /// A file to write, which is made where it is not there.
    ToNewFile,
    /// A directory.
    ToFolder,
}

/// The schemes an Engine is reached by.
const SCHEMES: [&str; 6] = [
    "unix://", "npipe://", "tcp://", "http://", "https://", "ssh://",
];

impl Field {
    /// Sets the field; `None`, and nothing set, where the text is not accepted.
    pub(super) fn set(&self, config: &mut Config, text: &str) -> Option<()> {
        match self {
            Self::Switch(field) => *field(config) = switch(text)?,
            Self::Number(field, range) => {
                *field(config) = text.parse().ok().filter(|number| range.contains(number))?;
            }
            Self::Seconds(field, range) => {
                let seconds = text.parse().ok().filter(|number| range.contains(number))?;
                *field(config) = Duration::from_secs(seconds);
            }
            Self::Text(field) => *field(config) = shown(text)?,
            Self::Name(field) => *field(config) = Some(text.to_owned()),
            Self::Address(field) => *field(config) = Some(address(text)?),
            Self::Url(field) => {
                *field(config) = sign_in::is_safe_url(text).then(|| Some(text.to_owned()))?;
            }
            Self::Scopes(field) => *field(config) = Scopes::named(&list(text)?)?,
            Self::Path(field, _) => *field(config) = Some(PathBuf::from(text)),
            Self::Token(field) => *field(config) = Some(token(text)?),
            Self::Names(field) => *field(config) = list(text)?,
            Self::Toolsets(field) => {
                let words = list(text)?;
                *field(config) = Toolsets::named(words.iter().map(String::as_str))?;
            }
            Self::Paths(field) => {
                *field(config) = list(text)?
                    .into_iter()
                    .map(|path| is_absolute(&path).then(|| PathBuf::from(path)))
                    .collect::<Option<_>>()?;
            }
            Self::Level(field) => *field(config) = level(text)?,
            Self::Fallback(field) => *field(config) = fallback(text)?,
            Self::Scope(field) => *field(config) = Scope::named(text)?,
        }
        Some(())
    }

    /// The only words that are accepted, in any case, where that is so; of a list, its entries.
    pub fn words(&self) -> &'static [&'static str] {
        match self {
            Self::Level(_) => &["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
            Self::Fallback(_) => &["refuse", "plan"],
            Self::Toolsets(_) => toolset::words(),
            _ => &[],
        }
    }

    /// What is accepted, to follow "must be".
    pub fn accepted(&self) -> String {
        match self {
            Self::Switch(_) => "true or false (also 1/0, yes/no, on/off)".to_owned(),
            Self::Number(_, range) => {
                format!("a whole number from {} to {}", range.start(), range.end())
            }
            Self::Seconds(_, range) => format!(
                "a whole number of seconds from {} to {}",
                range.start(),
                range.end()
            ),
            Self::Text(_) => "text that can be seen".to_owned(),
            Self::Name(_) => "text".to_owned(),
            Self::Address(_) => format!("an address that starts with {}", SCHEMES.join(", ")),
            Self::Url(_) => {
                "an `https://` address (or an `http://` one of this machine) without a query"
                    .to_owned()
            }
            Self::Scopes(_) => Scopes::ACCEPTED.to_owned(),
            Self::Path(..) => "a path".to_owned(),
            Self::Token(_) => "visible ASCII characters without a space".to_owned(),
            Self::Names(_) => {
                "names or globs, comma-separated or as a JSON array of strings".to_owned()
            }
            Self::Paths(_) => {
                "absolute paths, comma-separated or as a JSON array of strings".to_owned()
            }
            Self::Toolsets(_) => {
                format!("one or more of {}, comma-separated", one_of(self.words()))
            }
            Self::Level(_) | Self::Fallback(_) => one_of(self.words()),
            Self::Scope(_) => Scope::ACCEPTED.to_owned(),
        }
    }

    /// Which entry of a text is not accepted and what was most likely meant, where that can be said.
    pub(super) fn advice(&self, text: &str) -> Option<String> {
        if let Self::Level(_) | Self::Fallback(_) = self {
            let words = self.words().iter().copied();
            return nearest(text, words).map(|near| format!("did you mean `{near}`?"));
        }
        let Self::Toolsets(_) = self else { return None };
        let words = list(text)?;
        let (astray, near) = toolset::astray(words.iter().map(String::as_str))?;
        let near = near?;
        Some(format!("`{astray}` is none, did you mean `{near}`?"))
    }

    /// The default as [`set`](Self::set) reads it, for the kinds that have one.
    pub(super) fn default_text(&self) -> Option<String> {
        let config = &mut Config::default();
        match self {
            Self::Switch(field) => Some(field(config).to_string()),
            Self::Number(field, _) => Some(field(config).to_string()),
            Self::Seconds(field, _) => Some(field(config).as_secs().to_string()),
            Self::Text(field) => Some(field(config).clone()),
            Self::Level(field) => Some(field(config).to_string()),
            Self::Toolsets(field) => Some(field(config).to_string()),
            Self::Scope(field) => Some(field(config).to_string()),
            Self::Fallback(field) => Some(
                match field(config) {
                    ConfirmationFallback::Refuse => "refuse",
                    ConfirmationFallback::Plan => "plan",
                }
                .to_owned(),
            ),
            Self::Name(_)
            | Self::Address(_)
            | Self::Url(_)
            | Self::Scopes(_)
            | Self::Path(..)
            | Self::Token(_)
            | Self::Names(_)
            | Self::Paths(_) => None,
        }
    }

    /// How the field's values in two configurations compare, where they have an order.
    pub(super) fn compare(&self, one: &mut Config, other: &mut Config) -> Option<Ordering> {
        match self {
            Self::Switch(field) => Some(field(one).cmp(&field(other))),
            Self::Number(field, _) => Some(field(one).cmp(&field(other))),
            Self::Seconds(field, _) => Some(field(one).cmp(&field(other))),
            Self::Fallback(field) => Some(field(one).cmp(&field(other))),
            Self::Toolsets(field) => field(one).compare(field(other)),
            Self::Scope(field) => match (field(one), field(other)) {
                (one, other) if one == other => Some(Ordering::Equal),
                (_, Scope::All) => Some(Ordering::Less),
                (Scope::All, _) => Some(Ordering::Greater),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a message may quote the text.
    pub fn may_show(&self, text: &str) -> bool {
        match self {
            Self::Token(_) => false,
            // What stands before the host may be a password; for ssh it is a user.
            Self::Address(_) => text.rsplit_once('@').is_none_or(|(before, _)| {
                let user = before.strip_prefix("ssh://");
                user.is_some_and(|user| !user.contains(':'))
            }),
            Self::Url(_) => !text.contains('@'),
            _ => true,
        }
    }
}

fn one_of(words: &[&str]) -> String {
    match words {
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
        [] => String::new(),
    }
}

/// Whether an address leads to a socket or pipe of this machine; a pipe's may name another host.
pub(super) fn is_local_socket(address: &str) -> bool {
    address.starts_with("unix:///") || address.starts_with("npipe:////./pipe/")
}

fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn address(text: &str) -> Option<String> {
    let rest = SCHEMES
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))?;
    (!rest.is_empty() && !text.contains(|c: char| c.is_control())).then(|| text.to_owned())
}

/// Text for clients and terminals, without what these would obey or not show, and not without end.
fn shown(text: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let clean = crate::untrusted::clean(text).replace(['\n', '\t'], " ");
    let clean: String = clean.trim().chars().take(LONGEST).collect();
    (!clean.is_empty()).then_some(clean)
}

fn token(text: &str) -> Option<Token> {
    text.chars()
        .all(|c| c.is_ascii_graphic())
        .then(|| Token(text.to_owned()))
}

fn list(text: &str) -> Option<Vec<String>> {
    let items: Vec<String> = if text.starts_with('[') {
        serde_json::from_str(text).ok()?
    } else {
        text.split(',').map(str::to_owned).collect()
    };
    let trimmed = items.iter().map(|item| item.trim());
    Some(
        trimmed
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

/// Absolute on any system: the Engine's host need not run the system that the server runs on.
fn is_absolute(path: &str) -> bool {
    let mut characters = path.chars();
    match characters.next() {
        Some('/' | '\\') => true,
        Some(drive) if drive.is_ascii_alphabetic() => {
            characters.next() == Some(':') && matches!(characters.next(), Some('/' | '\\'))
        }
        _ => false,
    }
}

fn level(text: &str) -> Option<Level> {
    match text.to_ascii_uppercase().as_str() {
        "DEBUG" => Some(Level::DEBUG),
        "INFO" => Some(Level::INFO),
        "WARNING" => Some(Level::WARN),
        // There is nothing above `ERROR` to tell critical events by.
        "ERROR" | "CRITICAL" => Some(Level::ERROR),
        _ => None,
    }
}

fn fallback(text: &str) -> Option<ConfirmationFallback> {
    match text.to_ascii_lowercase().as_str() {
        "refuse" => Some(ConfirmationFallback::Refuse),
        "plan" => Some(ConfirmationFallback::Plan),
        _ => None,
    }
}
