//! Reads the values of secrets from where the operator keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::error::SecretError;
use super::file::{LONGEST, SHORTEST, Stamp, checked, opened, read, stamps};
use super::limits::Bounds;
use crate::config::{Limits, SecretsConfig};
use crate::files;
use crate::ordered;
use crate::redaction::Redactor;
use crate::vocabulary::is_secret_name;

/// As many names are told.
const TOLD: usize = 50;

/// The secrets that calls may name. Clones share what they know.
#[derive(Debug, Clone)]
pub struct Secrets(Arc<Store>);

struct Store {
    config: SecretsConfig,
    redactor: Redactor,
    /// How the files were when the redactor was told of them.
    seen: Mutex<BTreeMap<String, Stamp>>,
    /// The names of those that may not go everywhere, by the values that they have had.
    limited: Mutex<BTreeMap<String, String>>,
}

/// The values of secrets by their names.
#[derive(Clone, Default)]
pub struct Values(BTreeMap<String, String>);

impl Secrets {
    /// The secrets that the configuration leads to; the redactor is told of each value that is read.
    pub fn new(config: &SecretsConfig, redactor: &Redactor) -> Self {
        let store = Store {
            config: config.clone(),
            redactor: redactor.clone(),
            seen: Mutex::default(),
            limited: Mutex::default(),
        };
        let given = config.variables.iter();
        let given =
            given.filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?.as_str())));
        let usable = given.filter(|(_, value)| (SHORTEST..=LONGEST).contains(&value.len()));
        store.note(&usable.collect::<Vec<_>>());
        Self(Arc::new(store))
    }

    /// Has the redactor know what has changed since it was told last, so that a value is hidden which this
    /// server did not put anywhere.
    pub async fn refresh(&self) {
        let Some(directory) = self.0.config.dir.clone() else {
            return;
        };
        let store = Arc::clone(&self.0);
        // What cannot be read now is said when somebody names it.
        let _ = files::aside(move || store.look_through(&directory)).await;
    }

    /// The values of secrets, as they are now.
    ///
    /// # Errors
    /// [`SecretError::Unknown`] or [`SecretError::Unusable`] for the first.
    pub async fn read(&self, names: &BTreeSet<String>) -> Result<Values, SecretError> {
        let (store, names) = (Arc::clone(&self.0), names.clone());
        let read = files::aside(move || {
            let read = |name: String| Ok((name.clone(), store.value(&name)?));
            Ok(ordered::try_map(names.into_iter().map(read)))
        });
        let values = read.await.unwrap_or_else(|error| {
            Err(SecretError::Unusable {
                name: String::new(),
                why: error.to_string(),
            })
        })?;
        Ok(Values(values))
    }

    /// Whether all may go everywhere.
    pub fn are_free(&self) -> bool {
        self.0.config.limits.is_empty()
    }

    /// Those of the names that may not go everywhere.
    pub fn bounds(&self, names: &BTreeSet<String>) -> Bounds {
        let limits = |name: &String| -> Option<(String, Limits)> {
            Some((name.clone(), self.0.config.limits.get(name)?.clone()))
        };
        Bounds(names.iter().filter_map(limits).collect())
    }

    /// Those that may not go everywhere and whose value a document holds, whoever put it there.
    pub fn held(&self, document: &Value) -> BTreeSet<String> {
        let limited = self
            .0
            .limited
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let held = limited.iter().filter(|(value, _)| holds(document, value));
        held.map(|(_, name)| name.clone()).collect()
    }

    /// The names that there are.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn names(&self) -> io::Result<BTreeSet<String>> {
        self.0.names()
    }
}

impl Store {
    fn value(&self, name: &str) -> Result<String, SecretError> {
        let unusable = |why: String| SecretError::Unusable {
            name: name.to_owned(),
            why,
        };
        if let Some(directory) = &self.config.dir {
            match read(directory, name) {
                Ok((value, _)) => {
                    self.note(&[(name, &value)]);
                    return Ok(value);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unusable(error.to_string())),
            }
        }
        match self.config.variables.get(name) {
            Some(Some(value)) => {
                let value = checked(value.as_str().as_bytes().to_vec());
                let value = value.map_err(|error| unusable(error.to_string()))?;
                self.note(&[(name, &value)]);
                Ok(value)
            }
            Some(None) => Err(unusable("its variable is no UTF-8 text".to_owned())),
            None => Err(SecretError::Unknown {
                name: name.to_owned(),
                there: self.there(),
            }),
        }
    }

    /// Has values hidden, and those that may not go everywhere known again.
    fn note(&self, named: &[(&str, &str)]) {
        if named.is_empty() {
            return;
        }
        self.redactor.keep(named.iter().map(|(_, value)| *value));
        let limits = &self.config.limits;
        let limited = named.iter().filter(|(name, _)| limits.contains_key(*name));
        let limited = limited.map(|(name, value)| ((*value).to_owned(), (*name).to_owned()));
        self.limited
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(limited);
    }

    /// What there is, in words.
    fn there(&self) -> String {
        let names = match self.names() {
            Ok(names) => names,
            Err(error) => return format!(", and the directory of secrets cannot be read: {error}"),
        };
        if names.is_empty() {
            return ", nor any other: the operator puts a file of that name into the directory that \
                    MCP_DOCKER_SECRETS_DIR names"
                .to_owned();
        }
        let more = names.len().saturating_sub(TOLD);
        let named = names.iter().take(TOLD).map(|name| format!("`{name}`"));
        let named = named.collect::<Vec<_>>().join(", ");
        match more {
            0 => format!("; there are {named}"),
            more => format!("; there are {named} and {more} more"),
        }
    }

    fn names(&self) -> io::Result<BTreeSet<String>> {
        let variables = self.config.variables.keys();
        let variables = variables.filter(|name| is_secret_name(name)).cloned();
        let mut names: BTreeSet<String> = variables.collect();
        if let Some(directory) = &self.config.dir {
            names.extend(stamps(&opened(directory)?)?.into_keys());
        }
        Ok(names)
    }

    fn look_through(&self, directory: &Path) -> io::Result<()> {
        let now = stamps(&opened(directory)?)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = now
            .iter()
            .filter(|(name, stamp)| seen.get(*name) != Some(stamp));
        let mut values = Vec::new();
        for (name, _) in changed {
            if let Ok((value, stamp)) = read(directory, name) {
                values.push((name.clone(), value, stamp));
            }
        }
        let texts = values
            .iter()
            .map(|(name, value, _)| (name.as_str(), value.as_str()));
        self.note(&texts.collect::<Vec<_>>());
        let stamps = values.into_iter().map(|(name, _, stamp)| (name, stamp));
        seen.extend(stamps);
        Ok(())
    }
}

impl Values {
    /// The value of that name.
    pub(super) fn of(&self, name: &str) -> Result<&str, SecretError> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| SecretError::Unknown {
            name: name.to_owned(),
            there: String::new(),
        })
    }
}

/// Whether a text of a document has another in it.
fn holds(document: &Value, text: &str) -> bool {
    match document {
        Value::String(whole) => whole.contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl fmt::Debug for Store {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Values {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
