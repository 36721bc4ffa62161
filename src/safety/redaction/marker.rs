//! Writes the marker that stands in place of a secret, and finds it again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::pattern;

/// A marker, or what is left of one that was cut or changed its case.
static MARKER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i-u)\[REDACTED:[0-9a-f]{1,8}\]?"));

/// A marker that a text begins with, which is asked of the rest of a line again and again.
static BEGINNING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i-u)\A\[REDACTED:[0-9a-f]{1,8}\]?"));

/// Makes markers with a key that no other process has: equal values have equal markers, and no
/// marker says what it stands for.
#[derive(Debug, Default)]
pub(super) struct Markers(RandomState);

impl Markers {
    /// What stands for that secret.
    pub(super) fn of(&self, secret: &str) -> String {
        let hash = self.0.hash_one(secret) & 0xffff_ffff;
        format!("[REDACTED:{hash:08x}]")
    }
}

/// Whether a text begins with a marker.
pub(super) fn begins(text: &str) -> bool {
    BEGINNING.is_match(text)
}

/// Where the markers of a text are.
pub(super) fn all(text: &str) -> impl Iterator<Item = Range<usize>> {
    MARKER.find_iter(text).map(|found| found.range())
}

/// The first marker in an object, in its keys or values at any depth.
pub(super) fn first(members: &Map<String, Value>) -> Option<&str> {
    members
        .iter()
        .find_map(|(key, value)| in_text(key).or_else(|| in_value(value)))
}

fn in_value(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter().find_map(in_value),
        Value::Object(members) => first(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn in_text(text: &str) -> Option<&str> {
    MARKER.find(text).map(|found| found.as_str())
}
