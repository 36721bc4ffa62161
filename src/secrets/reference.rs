//! Finds the names of secrets in texts, and puts the values in their place.
//!
//! Of an even number of `$` before `{secret:`, each two stand for one, and what follows is a text; with one
//! more, it is a name. So every text can be written.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::error::SecretError;
use super::store::Values;
use crate::vocabulary::is_secret_name;

/// A pattern of this server's own, which tests read.
#[expect(clippy::expect_used, reason = "the pattern is a constant")]
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)(?P<signs>\$+)\{secret:(?P<name>[^{}\s]{0,80})(?P<end>\}?)")
        .expect("a pattern")
});

/// How much of what is no name a message repeats, in characters.
const QUOTED: usize = 40;

/// A document whose texts name secrets.
#[derive(Debug, Clone)]
pub struct Named {
    document: Value,
    /// It is one text, in which a name may be anywhere.
    is_text: bool,
}

/// The names of the secrets in a text.
///
/// # Errors
/// [`SecretError::Name`] for what is none.
pub fn names(text: &str) -> Result<BTreeSet<String>, SecretError> {
    let found = REFERENCE.captures_iter(text);
    found.filter_map(|found| name(&found).transpose()).collect()
}

/// The name that a place has, if it is one.
fn name(found: &Captures<'_>) -> Result<Option<String>, SecretError> {
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    if part("signs").len().is_multiple_of(2) {
        return Ok(None);
    }
    let name = part("name");
    match part("end") == "}" && is_secret_name(name) {
        true => Ok(Some(name.to_owned())),
        false => {
            let shown = name.chars().filter(|c| !c.is_control()).take(QUOTED);
            Err(SecretError::Name(
                shown.chain(part("end").chars()).collect(),
            ))
        }
    }
}

/// The text with the values in the place of their names.
///
/// # Errors
/// [`SecretError::Name`] for what is no name, [`SecretError::Unknown`] for one without a value.
pub fn filled(text: &str, values: &Values) -> Result<String, SecretError> {
    let mut whole = String::with_capacity(text.len());
    let mut done = 0;
    for found in REFERENCE.captures_iter(text) {
        let (Some(all), Some(signs)) = (found.get(0), found.name("signs")) else {
            continue;
        };
        whole.push_str(text.get(done..all.start()).unwrap_or_default());
        whole.extend(std::iter::repeat_n('$', signs.len() / 2));
        match name(&found)? {
            Some(name) => whole.push_str(values.of(&name)?),
            None => whole.push_str(text.get(signs.end()..all.end()).unwrap_or_default()),
        }
        done = all.end();
    }
    whole.push_str(text.get(done..).unwrap_or_default());
    Ok(whole)
}

impl Named {
    /// The value of an argument, which may be the text of a JSON object or array; none where nothing in it
    /// looks like a name.
    pub fn of(argument: &Value) -> Option<Self> {
        let document = match argument.as_str().map(serde_json::from_str::<Value>) {
            Some(Ok(nested @ (Value::Object(_) | Value::Array(_)))) => nested,
            _ => argument.clone(),
        };
        mentions(&document).then_some(Self {
            document,
            is_text: false,
        })
    }

    /// The same of an argument that is a text and nothing else, whatever it looks like.
    pub fn of_text(argument: &Value) -> Option<Self> {
        mentions(argument).then(|| Self {
            document: argument.clone(),
            is_text: argument.is_string(),
        })
    }

    /// The names of the secrets.
    ///
    /// # Errors
    /// [`SecretError::Name`], and [`SecretError::InAName`] where a variable would be called by a value.
    pub fn names(&self) -> Result<BTreeSet<String>, SecretError> {
        let mut all = BTreeSet::new();
        collect(&self.document, self.is_text, &mut all)?;
        Ok(all)
    }

    /// The document with the values in the place of their names.
    ///
    /// # Errors
    /// Those of [`names`](Self::names), and [`SecretError::Unknown`].
    pub fn filled(mut self, values: &Values) -> Result<Value, SecretError> {
        fill(&mut self.document, values)?;
        Ok(self.document)
    }
}

/// Whether any text or key has what a name begins with.
fn mentions(value: &Value) -> bool {
    const BEGINNING: &str = "${secret:";
    match value {
        Value::String(text) => text.contains(BEGINNING),
        Value::Array(items) => items.iter().any(mentions),
        Value::Object(members) => {
            let mut members = members.iter();
            members.any(|(key, value)| key.contains(BEGINNING) || mentions(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn collect(value: &Value, valued: bool, all: &mut BTreeSet<String>) -> Result<(), SecretError> {
    match value {
        Value::String(text) if valued => all.extend(names(text)?),
        // `NAME=value`, as the Docker CLI takes variables.
        Value::String(text) => {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            no_name(name)?;
            all.extend(names(value)?);
        }
        Value::Array(items) => {
            for item in items {
                collect(item, valued, all)?;
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                no_name(key)?;
                collect(value, true, all)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// What a variable is called is told in messages, and in every list.
fn no_name(text: &str) -> Result<(), SecretError> {
    match names(text)?.into_iter().next() {
        Some(name) => Err(SecretError::InAName(name)),
        None => Ok(()),
    }
}

fn fill(value: &mut Value, values: &Values) -> Result<(), SecretError> {
    match value {
        Value::String(text) => *text = filled(text, values)?,
        Value::Array(items) => {
            for item in items {
                fill(item, values)?;
            }
        }
        Value::Object(members) => {
            for value in members.values_mut() {
                fill(value, values)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}
