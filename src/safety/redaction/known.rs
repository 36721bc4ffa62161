//! Collects the secrets that a call itself brought, which are hidden wherever they come back.

use std::ops::Range;

use serde_json::{Map, Value};

use super::names::{self, Name};
use super::values::is_ordinary;
use crate::catalog::Tool;

/// The least length of a secret that is looked for; shorter ones occur by chance.
const SHORTEST: usize = 6;

/// Secrets that are known by their value, the longest first.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<String>);

impl Known {
    /// The values of the arguments that the catalogue calls secret. They may be given as the text
    /// of a JSON object, and are noted before anything else reads them.
    pub(super) fn of(tool: &Tool, arguments: &Map<String, Value>) -> Self {
        let mut known = Self::default();
        let secret = tool.params.iter().filter(|param| param.secret);
        for value in secret.filter_map(|param| arguments.get(param.name)) {
            match value.as_str().map(serde_json::from_str::<Value>) {
                Some(Ok(value)) => known.collect("", &value),
                _ => known.collect("", value),
            }
        }
        known
    }

    fn collect(&mut self, name: &str, value: &Value) {
        match value {
            // The options of a mount, each a value of its own.
            Value::String(text) if name == "o" => {
                for (name, value) in text.split(',').filter_map(|option| option.split_once('=')) {
                    self.note(name, value);
                }
            }
            Value::String(text) => self.note(name, text),
            Value::Number(number) => self.note(name, &number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(name, item)),
            Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(name, value)| self.collect(name, value));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn note(&mut self, name: &str, value: &str) {
        if names::judge(name) == Some(Name::Secret) || !is_ordinary(value) {
            self.add(value);
        }
    }

    /// Adds a secret, and each line of it, because what comes back is looked at line by line.
    pub(super) fn add(&mut self, secret: &str) {
        let lines = secret
            .lines()
            .map(str::trim)
            .filter(|line| line.len() >= SHORTEST);
        for line in lines {
            let quoted = Value::from(line).to_string();
            let escaped = quoted.trim_matches('"');
            for form in [line, escaped] {
                if !self.0.iter().any(|known| known == form) {
                    self.0.push(form.to_owned());
                }
            }
        }
        self.0
            .sort_unstable_by_key(|known| std::cmp::Reverse(known.len()));
    }

    /// Adds where they are in a line.
    pub(super) fn find(&self, line: &str, spans: &mut Vec<Range<usize>>) {
        for secret in &self.0 {
            spans.extend(
                line.match_indices(secret)
                    .map(|(at, found)| at..at + found.len()),
            );
        }
    }
}
