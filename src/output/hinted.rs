//! Holds what an operation gives beside its reply.

use serde::Serialize;
use serde_json::Value;

/// The key under which a result that is not whole says why and how to get the rest: a list and an
/// operation of what they left out themselves, [`fit`](super::fit) of what it cut.
pub(super) const HINT: &str = "hint";

/// What an operation gives, with what it says of what it left out.
#[derive(Debug)]
pub struct Hinted<R> {
    reply: R,
    hint: Option<String>,
}

impl<R> From<R> for Hinted<R> {
    fn from(reply: R) -> Self {
        Self { reply, hint: None }
    }
}

impl<R> Hinted<R> {
    /// The same hint to what is made of the reply.
    pub(crate) fn map<T>(self, make: impl FnOnce(R) -> T) -> Hinted<T> {
        Hinted {
            reply: make(self.reply),
            hint: self.hint,
        }
    }

    /// What it is about.
    pub(crate) fn into_reply(self) -> R {
        self.reply
    }

    /// The same with a hint; what it says already stays.
    #[must_use]
    pub(crate) fn hinted(mut self, hint: Option<String>) -> Self {
        self.hint = self.hint.or(hint);
        self
    }

    /// The same with a note, behind what it says already.
    #[must_use]
    pub(crate) fn noted(mut self, note: Option<String>) -> Self {
        self.hint = match (self.hint, note) {
            (Some(said), Some(note)) => Some(format!("{said}; {note}")),
            (said, note) => said.or(note),
        };
        self
    }
}

impl<R: Serialize> Hinted<R> {
    /// All of it as one document. The types of replies are plain, so that this cannot fail.
    pub(crate) fn into_value(self) -> Value {
        let mut value = serde_json::to_value(self.reply).unwrap_or_default();
        if let (Some(keys), Some(hint)) = (value.as_object_mut(), self.hint) {
            keys.insert(HINT.to_owned(), hint.into());
        }
        value
    }
}

/// A result, with what it says of what it left out; what it says already stays.
pub(crate) fn hinted(mut result: Value, hint: String) -> Value {
    if let Some(keys) = result.as_object_mut() {
        keys.entry(HINT).or_insert_with(|| hint.into());
    }
    result
}
