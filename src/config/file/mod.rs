//! Reads the configuration file: settings by the names of their variables, hosts, and where secrets may go.
//!
//! Nothing in it is passed over: what is not known may have been meant to limit something.

mod hosts;
mod part;
mod secrets;
mod settings;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use self::part::{Fault, named};
use super::effective::Limits;
use super::error::ConfigError;
use super::host::HostEntry;
use super::keys::{CONFIG, HOSTS, SECRETS};
use super::variable::Variable;
use super::variables::VARIABLES;
use crate::files;
use crate::vocabulary::nearest;

/// Where it is below what programs keep for a user.
const USUAL: &str = "mcp-docker/config.toml";

/// The configuration file, read or not.
#[derive(Debug)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: io::Result<String>,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Where it is, as messages say it.
    pub(super) path: String,
    /// Its settings, by the names of their variables.
    pub(super) settings: BTreeMap<String, String>,
    /// The line of each.
    pub(super) lines: BTreeMap<String, usize>,
    /// Its hosts, by name.
    pub(super) hosts: Vec<HostEntry>,
    /// Where secrets may go, by their names.
    pub(super) limits: BTreeMap<String, Limits>,
}

impl ConfigFile {
    /// The file at that path.
    pub fn read(path: PathBuf) -> Self {
        Self {
            text: files::read_text(&path, files::SMALL),
            path,
        }
    }

    /// The same of a file that the operator named, as they did it: such as "the environment".
    pub(super) fn named(path: PathBuf, origin: &str) -> Self {
        let file = Self::read(path);
        Self {
            text: file.text.map_err(|error| {
                let mend = mended(&error, &file.path);
                let text = format!("{error}; `{CONFIG}` from {origin} names it: {mend}");
                io::Error::new(error.kind(), text)
            }),
            path: file.path,
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// [`ConfigError::File`] for the first thing that is not known or not accepted.
    pub(super) fn document(&self) -> Result<Document, ConfigError> {
        let fault = |line, reason| ConfigError::File {
            path: self.path.clone(),
            line,
            reason,
        };
        let text = self.text.as_deref();
        let text = text.map_err(|error| fault(None, format!("cannot be read: {error}")))?;
        let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let folder = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = folder.parent().unwrap_or(Path::new(""));
        let document = document(text, folder, line);
        let document =
            document.map_err(|found| fault(found.at.map(|at| line(at.start)), found.reason))?;
        Ok(Document {
            path: self.path.display().to_string(),
            ..document
        })
    }
}

/// The file at its usual place, where it is there. One that cannot be seen may limit something, too, as may
/// what a link leads to that leads nowhere.
pub(super) fn usual() -> Option<ConfigFile> {
    let path = files::settings_of_this_user()?.join(USUAL);
    let is_absent = std::fs::symlink_metadata(&path)
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory));
    (!is_absent).then(|| {
        let file = ConfigFile::read(path);
        ConfigFile {
            text: file.text.map_err(|error| {
                let text = format!(
                    "{error}; it is read because it is there: mend it, or take it away, or name another with \
                     `{CONFIG}`"
                );
                io::Error::new(error.kind(), text)
            }),
            path: file.path,
        }
    })
}

/// What helps where a file that was named cannot be read.
fn mended(error: &io::Error, path: &Path) -> String {
    if let Some(whole) = at_home(path) {
        return format!(
            "`~` stands for no folder there, write `{}`",
            whole.display()
        );
    }
    match error.kind() {
        ErrorKind::NotFound => {
            "correct the path, or have `mcp-docker install CLIENT --config PATH` write the file"
                .to_owned()
        }
        ErrorKind::PermissionDenied => "let the user who runs the server read it".to_owned(),
        _ => "name a file of TOML in UTF-8".to_owned(),
    }
}

/// What a shell makes of a path that begins with the home folder's sign, which stands for nothing here.
pub(super) fn at_home(path: &Path) -> Option<PathBuf> {
    let below = path.strip_prefix("~").ok()?;
    Some(std::env::home_dir()?.join(below))
}

fn document(text: &str, folder: &Path, line: impl Fn(usize) -> usize) -> Result<Document, Fault> {
    let file = DeTable::parse(text).map_err(|error| unread(text, &error))?;
    let mut document = Document::default();
    let mut chooses = None;
    for (key, value) in file.get_ref() {
        let word = key.get_ref().as_ref();
        if word == HOSTS {
            document.hosts = hosts::hosts(named(key, value)?, folder, &line)?;
            continue;
        }
        if word == SECRETS {
            document.limits = secrets::limits(named(key, value)?)?;
            continue;
        }
        let Some(variable) = settable().find(|variable| variable.name == word) else {
            return Err(Fault::at(key.span(), unknown(word)));
        };
        let text = settings::text(word, variable, value, folder)?;
        if variable.chooses_engine() {
            chooses = Some((word, key.span()));
        }
        document
            .lines
            .insert(word.to_owned(), line(key.span().start));
        document.settings.insert(word.to_owned(), text);
    }
    match chooses {
        Some((word, place)) if !document.hosts.is_empty() => Err(Fault::at(
            place,
            format!(
                "`{word}` beside `[hosts]` names one more Engine; make it a host of its own, such as `[hosts.main]`"
            ),
        )),
        _ => Ok(document),
    }
}

/// Why a text is no TOML. What stands there is repeated where it is a key: a value may be a secret.
fn unread(text: &str, error: &toml::de::Error) -> Fault {
    const TWICE: &str = "duplicate key";
    let at = error.span();
    let word = at.clone().and_then(|at| text.get(at));
    let reason = match (error.message(), word) {
        (TWICE, Some(word)) => format!("{TWICE} `{}`; it may stand there once", word.trim()),
        // So a text begins that has no quotes, and a `t` or an `f`.
        (message, _) if message.starts_with("invalid boolean") => {
            "a value that is neither true nor false, nor a number, stands in quotes".to_owned()
        }
        (message, _) => message.to_owned(),
    };
    // Where nothing follows that should, nothing is pointed at.
    let at = at.or(Some(text.len()..text.len()));
    Fault { at, reason }
}

/// What is said of a key that the file does not have.
fn unknown(word: &str) -> String {
    if word == CONFIG {
        return format!("`{CONFIG}` names this file, and cannot name another from within it");
    }
    let names = settable().map(|variable| variable.name);
    let spelled = word.to_ascii_uppercase().replace('-', "_");
    let near = nearest(&spelled, names).or_else(|| nearest(word, [HOSTS, SECRETS]));
    let advice = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "it takes settings by the names of their variables, `[{HOSTS}.NAME]` and `[{SECRETS}.NAME]`"
        ),
    };
    format!("the file has no key `{word}`; {advice}")
}

/// The variables that the file may set.
pub(super) fn settable() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().filter(|variable| variable.name != CONFIG)
}
