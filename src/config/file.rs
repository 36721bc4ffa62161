//! Reads the configuration file, which says where secrets may go.
//!
//! Nothing in it is passed over: what is not known may have been meant to limit something.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::effective::Limits;
use super::error::ConfigError;
use crate::files;
use crate::vocabulary::{is_secret_name, nearest};

/// Where it is below what programs keep for a user.
const USUAL: &str = "mcp-docker/config.toml";

/// What it may hold, and what a secret may have there.
const SECTIONS: [&str; 1] = ["secrets"];
const LIMITS: [&str; 2] = ["images", "projects"];

/// The configuration file, read or not.
#[derive(Debug)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: io::Result<String>,
}

/// A part of the file, with its place.
type Part<'t> = Spanned<DeValue<'t>>;

/// What is wrong, and where.
struct Fault {
    at: Option<Range<usize>>,
    reason: String,
}

impl ConfigFile {
    pub(super) fn read(path: PathBuf) -> Self {
        Self {
            text: files::read_text(&path, files::SMALL),
            path,
        }
    }

    /// Where secrets may go, by their names.
    ///
    /// # Errors
    /// [`ConfigError::File`] for the first thing that is not known.
    pub(super) fn limits(&self) -> Result<BTreeMap<String, Limits>, ConfigError> {
        let fault = |line, reason| ConfigError::File {
            path: self.path.clone(),
            line,
            reason,
        };
        let text = self.text.as_deref();
        let text = text.map_err(|error| fault(None, format!("cannot be read: {error}")))?;
        limits(text).map_err(|found| {
            let before = found.at.map(|at| text.get(..at.start).unwrap_or_default());
            let line = before.map(|before| before.matches('\n').count() + 1);
            fault(line, found.reason)
        })
    }
}

/// The file at its usual place, where it is there.
pub(super) fn usual() -> Option<ConfigFile> {
    let path = files::settings_of_this_user()?.join(USUAL);
    path.exists().then(|| ConfigFile::read(path))
}

fn limits(text: &str) -> Result<BTreeMap<String, Limits>, Fault> {
    let file = DeTable::parse(text).map_err(|error| Fault {
        at: error.span(),
        reason: error.message().to_owned(),
    })?;
    let mut limits = BTreeMap::new();
    for (key, value) in file.get_ref() {
        known(key, "the file", &SECTIONS)?;
        for (name, secret) in table(key, value)? {
            if !is_secret_name(name.get_ref()) {
                let reason = format!("`{}` is no name of a secret", name.get_ref());
                let at = Some(name.span());
                return Err(Fault { at, reason });
            }
            limits.insert(name.get_ref().to_string(), of_secret(name, secret)?);
        }
    }
    Ok(limits)
}

fn of_secret(name: &Key<'_>, secret: &Part<'_>) -> Result<Limits, Fault> {
    let mut limits = Limits::default();
    for (key, value) in table(name, secret)? {
        known(key, &format!("`[secrets.{}]`", name.get_ref()), &LIMITS)?;
        let list = match key.get_ref().as_ref() {
            "images" => &mut limits.images,
            _ => &mut limits.projects,
        };
        *list = Some(strings(key, value)?);
    }
    Ok(limits)
}

type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;

fn known(key: &Key<'_>, of: &str, known: &[&'static str]) -> Result<(), Fault> {
    let word = key.get_ref().as_ref();
    if known.contains(&word) {
        return Ok(());
    }
    let near = match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes `{}`", known.join("`, `")),
    };
    Err(Fault {
        at: Some(key.span()),
        reason: format!("{of} has no key `{word}`; {near}"),
    })
}

fn table<'p, 't>(key: &Key<'_>, value: &'p Part<'t>) -> Result<&'p DeTable<'t>, Fault> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => Err(Fault {
            at: Some(value.span()),
            reason: format!("`{}` must be a table", key.get_ref()),
        }),
    }
}

fn strings(key: &Key<'_>, value: &Part<'_>) -> Result<Vec<String>, Fault> {
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| match item.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => None,
        }),
        _ => return Err(no_strings(key, value)),
    };
    items
        .collect::<Option<_>>()
        .ok_or_else(|| no_strings(key, value))
}

fn no_strings(key: &Key<'_>, value: &Part<'_>) -> Fault {
    Fault {
        at: Some(value.span()),
        reason: format!("`{}` must be an array of strings", key.get_ref()),
    }
}
