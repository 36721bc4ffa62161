//! Writes the marker that stands in place of a secret, and finds it again.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::pattern::pattern;

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

/// The line with a marker in place of each of its secrets; those that overlap are one. What is a
/// marker already stays.
pub(super) fn hide<'a>(markers: &Markers, line: &'a str, spans: Vec<Range<usize>>) -> Cow<'a, str> {
    let spans = spare(line, merge(spans));
    if spans.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut redacted = String::with_capacity(line.len());
    let mut done = 0;
    for span in spans {
        redacted.push_str(line.get(done..span.start).unwrap_or_default());
        redacted.push_str(&markers.of(line.get(span.clone()).unwrap_or_default()));
        done = span.end;
    }
    redacted.push_str(line.get(done..).unwrap_or_default());
    Cow::Owned(redacted)
}

/// The spans in order, those that overlap as one.
fn merge(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup_by(|next, span| {
        let overlaps = next.start < span.end;
        if overlaps {
            span.end = span.end.max(next.end);
        }
        overlaps
    });
    spans
}

/// The spans without the markers in them; what is left at either side of one is hidden where it
/// says anything.
fn spare(line: &str, spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if spans.is_empty() {
        return spans;
    }
    let says_something = |part: &Range<usize>| {
        line.get(part.clone())
            .is_some_and(|part| part.contains(char::is_alphanumeric))
    };
    let mut markers = all(line).peekable();
    let mut spared = Vec::with_capacity(spans.len());
    for mut span in spans {
        let mut is_cut = false;
        while let Some(marker) = markers.peek().filter(|marker| marker.start < span.end) {
            if marker.end > span.start {
                spared.extend(Some(span.start..marker.start).filter(says_something));
                span.start = marker.end.min(span.end);
                is_cut = true;
            }
            if marker.end > span.end {
                break;
            }
            markers.next();
        }
        if !is_cut || says_something(&span) {
            spared.push(span);
        }
    }
    spared
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
