//! Redacts JSON documents, where keys and neighbours tell what a string is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::commands::Command;
use super::marker::{self, Markers};
use super::{Redactor, names, pattern, values};
use crate::safety::untrusted;

/// A variable and its value, or a flag and its value in one word.
static ASSIGNMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s-u)\A-{0,2}(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)="));

impl Redactor {
    pub(super) fn member(&self, key: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                let whole = std::mem::take(text);
                *text = self.string(key, whole);
            }
            Value::Array(items) => self.items(key, items),
            Value::Object(members) => {
                let keys_change = members
                    .keys()
                    .any(|key| matches!(self.text(key), Cow::Owned(_)));
                members
                    .iter_mut()
                    .for_each(|(key, value)| self.member(key, value));
                if keys_change {
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(key, value)| (self.text(&key).into_owned(), value))
                        .collect();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The items of an array, which may be the words of a command.
    fn items(&self, key: &str, items: &mut [Value]) {
        let mut before = String::new();
        let mut command = Command::default();
        for item in items {
            let Value::String(text) = item else {
                self.member(key, item);
                continue;
            };
            let word = std::mem::take(text);
            if let (Some(at), Some(markers)) = (command.next(&word), &self.markers)
                && let Some((flag, secret)) = word.split_at_checked(at)
                && !secret.is_empty()
                && !marker::begins(secret)
            {
                *text = format!("{flag}{}", markers.of(secret));
                before = word;
                continue;
            }
            let named = before
                .strip_prefix('-')
                .map(|flag| flag.trim_start_matches('-'))
                .filter(|flag| !flag.contains(['=', ' ']) && !word.starts_with('-'));
            *text = match named {
                // What a shell reads is a text, not an assignment.
                Some("c" | "lc" | "ec" | "exc") => {
                    self.each_line(&word, self.shell_lines()).into_owned()
                }
                Some(flag) => self.string(flag, word.clone()),
                None => self.string("", word.clone()),
            };
            before = word;
        }
    }

    /// The value of a key.
    fn string(&self, key: &str, text: String) -> String {
        let clean = match untrusted::clean(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => clean,
        };
        let Some(markers) = &self.markers else {
            return clean;
        };
        if let Some(redacted) = named(markers, key, "", &clean) {
            return redacted;
        }
        if key == "o" {
            let options: Vec<String> = clean
                .split(',')
                .map(|option| self.string("", option.to_owned()))
                .collect();
            return options.join(",");
        }
        if let Some(found) = ASSIGNMENT.captures(&clean)
            && let (Some(whole), Some(name)) = (found.get(0), found.name("name"))
        {
            let (assigned, value) = clean.split_at(whole.end());
            if let Some(redacted) = named(markers, name.as_str(), assigned, value) {
                return redacted;
            }
        }
        match self.text(&clean) {
            Cow::Borrowed(_) => clean,
            Cow::Owned(redacted) => redacted,
        }
    }
}

/// The value of a name that makes it a secret, with what stands before it.
fn named(markers: &Markers, name: &str, before: &str, value: &str) -> Option<String> {
    let secret = values::secret_in(value, names::judge(name)?, 0..value.len())?;
    let (scheme, secret) = value.split_at_checked(secret.start)?;
    Some(format!("{before}{scheme}{}", markers.of(secret)))
}
