//! Redacts JSON documents, where keys and neighbours tell what a string is.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use regex::Regex;
use serde_json::{Map, Value};

use super::commands::{self, Command};
use super::lines::Lines;
use super::marker::{self, Markers};
use super::names::{self, Name};
use super::pattern::pattern;
use super::{Redactor, flags, values};
use crate::ordered::object;

/// A variable and its value, or a flag and its value in one word.
static ASSIGNMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s-u)\A-{0,2}(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)="));

/// How the members are called that give a variable its name and its value.
const NAMES: [&str; 6] = ["name", "Name", "key", "Key", "ParameterKey", "parameterKey"];
const VALUES: [&str; 4] = ["value", "Value", "ParameterValue", "parameterValue"];

/// By what a service of a swarm says which secret it is given; what Vault or Consul call the first is one.
const SECRET_ID: &str = "SecretID";
const SECRET_NAME: &str = "SecretName";

/// The longest text that is remembered, in bytes, and how many are.
const REMEMBERED: usize = 128;
const MEMORY: usize = 1024;

/// A document on its way through a redactor.
pub(super) struct Document<'r> {
    redactor: &'r Redactor,
    /// The keys that occurred: all items of a list have the same.
    keys: HashMap<String, Key>,
    /// Texts that came out as they went in, whatever stood around them: the items of a list share
    /// their states, images, networks and commands.
    plain: HashSet<String>,
}

/// What a key is.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    /// What it says of its value.
    says: Option<Name>,
    /// It holds a secret or something hidden itself.
    changes: bool,
}

/// Whether it is an id as a swarm gives them.
fn is_id_of_swarm(value: &Value) -> bool {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z');
    value
        .as_str()
        .is_some_and(|id| id.len() == 25 && id.bytes().all(digit))
}

impl<'r> Document<'r> {
    pub(super) fn new(redactor: &'r Redactor) -> Self {
        Self {
            redactor,
            keys: HashMap::default(),
            plain: HashSet::default(),
        }
    }

    pub(super) fn redact(&mut self, value: &mut Value) {
        self.member("", Key::default(), value);
    }

    fn key(&mut self, name: &str) -> Key {
        if let Some(key) = self.keys.get(name) {
            return *key;
        }
        let key = Key {
            says: names::judge(name),
            changes: matches!(self.redactor.text(name), Cow::Owned(_)),
        };
        self.keys.insert(name.to_owned(), key);
        key
    }

    fn member(&mut self, name: &str, key: Key, value: &mut Value) {
        match value {
            Value::String(text) => {
                let whole = std::mem::take(text);
                *text = self.string(name, key.says, whole);
            }
            Value::Array(items) => self.items(name, key, items),
            Value::Object(members) => {
                let mut keys_change = false;
                let named = self.named(members);
                let refers = members.contains_key(SECRET_NAME);
                for (name, value) in members.iter_mut() {
                    let mut key = self.key(name);
                    if named.is_some() && VALUES.contains(&name.as_str()) {
                        key.says = named;
                    }
                    if refers && name == SECRET_ID && is_id_of_swarm(value) {
                        key.says = None;
                    }
                    keys_change |= key.changes;
                    self.member(name, key, value);
                }
                if keys_change {
                    let old = std::mem::take(members).into_iter();
                    *members = object(
                        old.map(|(name, value)| (self.redactor.text(&name).into_owned(), value)),
                    );
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// What an object says of its value by the name beside it: `{"name": "DB_PASSWORD", "value": "x"}`.
    fn named(&mut self, members: &Map<String, Value>) -> Option<Name> {
        if !members.keys().any(|name| VALUES.contains(&name.as_str())) {
            return None;
        }
        let mut names = NAMES.iter().filter_map(|name| members.get(*name)?.as_str());
        names.find_map(|name| self.key(name).says)
    }

    /// The items of an array, which may be the words of a command.
    fn items(&mut self, name: &str, key: Key, items: &mut [Value]) {
        let mut before = String::new();
        let mut command = Command::default();
        for item in items {
            let Value::String(text) = item else {
                self.member(name, key, item);
                continue;
            };
            let word = std::mem::take(text);
            // What a command says of its words is said of their parts.
            let word = self.redactor.lasting.hide(word.into()).into_owned();
            if let (Some(at), Some(markers)) = (command.next(&word), &self.redactor.markers)
                && let (Some(flag), Some(secret), Some(behind)) = (
                    word.get(..at.start),
                    word.get(at.clone()),
                    word.get(at.end..),
                )
                && !secret.is_empty()
                && !marker::begins(secret)
                && !commands::is_placeholder(secret)
            {
                *text = format!("{flag}{}{behind}", markers.of(secret));
                before = word;
                continue;
            }
            let named = before
                .strip_prefix('-')
                .map(|flag| flag.trim_start_matches('-'))
                .filter(|flag| !flag.contains(['=', ' ']) && !word.starts_with('-'))
                .filter(|_| !flags::is_source(&word));
            *text = match named {
                // What a shell reads is a text, not an assignment.
                Some("c" | "lc" | "ec" | "exc") => self
                    .redactor
                    .each_line(&word, Lines::of_a_shell())
                    .into_owned(),
                Some(flag) => self.string(flag, names::judge(flag), word.clone()),
                None => self.string("", None, word.clone()),
            };
            before = word;
        }
    }

    /// The value of a name that says so much of it.
    fn string(&mut self, name: &str, says: Option<Name>, text: String) -> String {
        if says.is_some() || name == "o" || text.len() > REMEMBERED {
            return self.fresh(name, says, text);
        }
        if self.plain.contains(&text) {
            return text;
        }
        let before = (self.plain.len() < MEMORY).then(|| text.clone());
        let redacted = self.fresh(name, says, text);
        self.plain
            .extend(before.filter(|before| *before == redacted));
        redacted
    }

    /// The value of a name that was not seen before.
    fn fresh(&mut self, name: &str, says: Option<Name>, text: String) -> String {
        let clean = match self.redactor.clean(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => clean,
        };
        let Some(markers) = &self.redactor.markers else {
            return clean;
        };
        if let Some(redacted) = named(markers, says, "", &clean) {
            return redacted;
        }
        if name == "o" {
            let options: Vec<String> = clean
                .split(',')
                .map(|option| self.string("", None, option.to_owned()))
                .collect();
            return options.join(",");
        }
        if clean.contains('=')
            && let Some(found) = ASSIGNMENT.captures(&clean)
            && let (Some(whole), Some(name)) = (found.get(0), found.name("name"))
        {
            let (assigned, value) = clean.split_at(whole.end());
            if let Some(redacted) = named(markers, names::judge(name.as_str()), assigned, value) {
                return redacted;
            }
        }
        let text = Cow::Borrowed(&*clean);
        match self.redactor.each_clean_line(text, Lines::default()) {
            Cow::Borrowed(_) => clean,
            Cow::Owned(redacted) => redacted,
        }
    }
}

/// The value of a name that makes it a secret, with what stands before it.
fn named(markers: &Markers, says: Option<Name>, before: &str, value: &str) -> Option<String> {
    let secret = values::secret_in(value, says?, 0..value.len())?;
    let (scheme, secret) = value.split_at_checked(secret.start)?;
    Some(format!("{before}{scheme}{}", markers.of(secret)))
}
