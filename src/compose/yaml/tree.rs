//! Holds what a YAML file says, with the places.

use std::fmt;

/// Where something stands in a file; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Option<Place>,
    pub(crate) text: String,
}

/// A part of a file, its aliases and merges put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// None for what comes from no file.
    pub(crate) place: Option<Place>,
    pub(crate) kind: Kind,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A scalar; `plain` where it stands without quotes, so that it may mean a number, a boolean or
    /// nothing.
    Text {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Option<Place>,
    pub(crate) value: Node,
    /// It came by `<<`. It stays even where the mapping says the same key itself: which of the two
    /// wins is the loader's choice, so that both are judged.
    pub(crate) merged: bool,
}

impl Node {
    /// A scalar's text; none for null and for what is no scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        let Kind::Text { text, plain: true } = &self.kind else {
            return false;
        };
        matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Whether nothing but false is meant, in any of the spellings that a version of Compose takes.
    pub(crate) fn is_false(&self) -> bool {
        let text = self.text().unwrap_or_default().to_ascii_lowercase();
        self.is_null() || matches!(text.as_str(), "false" | "no" | "off" | "n" | "0")
    }

    /// The members; none where it is no mapping.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, or the one that stands for a list of one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Text { .. } if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The value of a key, the mapping's own before those that were merged.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.entries().iter();
        entries
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }
}

impl Fault {
    pub(crate) fn new(place: Option<Place>, text: impl fmt::Display) -> Self {
        Self {
            place,
            text: text.to_string(),
        }
    }
}

/// A text of the file as a message repeats it.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().map(plain).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
