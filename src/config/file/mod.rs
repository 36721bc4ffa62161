//! Reads the configuration file: settings by the names of their variables, hosts, and where secrets may go.
//!
//! Nothing in it is passed over: what is not known may have been meant to limit something.

mod hosts;
mod part;
mod secrets;
mod settings;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use self::part::{Fault, table};
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

/// The file at its usual place, where it is there.
pub(super) fn usual() -> Option<ConfigFile> {
    let path = files::settings_of_this_user()?.join(USUAL);
    path.exists().then(|| ConfigFile::read(path))
}

fn document(text: &str, folder: &Path, line: impl Fn(usize) -> usize) -> Result<Document, Fault> {
    let file = DeTable::parse(text).map_err(|error| Fault {
        at: error.span(),
        reason: error.message().to_owned(),
    })?;
    let mut document = Document::default();
    let mut chooses = None;
    for (key, value) in file.get_ref() {
        let word = key.get_ref().as_ref();
        if word == HOSTS {
            document.hosts = hosts::hosts(table(key, value)?, folder, &line)?;
            continue;
        }
        if word == SECRETS {
            document.limits = secrets::limits(table(key, value)?)?;
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
