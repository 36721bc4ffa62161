//! What the fake Engine can answer with: a document, chunks with pauses, silence, death.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

/// What the fake Engine answers with.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    /// What the head tells of a file.
    pub(super) path_stat: Option<String>,
    pub(super) chunks: Vec<Bytes>,
    pub(super) delay: Duration,
    pub(super) pause: Duration,
    pub(super) end: End,
}

/// What comes after the last chunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    Complete,
    Hang,
    Die,
    /// Not even a status line is sent.
    DieBeforeReply,
    HangBeforeReply,
    /// The connection is no longer HTTP.
    Echo,
}

impl Reply {
    /// A JSON document.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::chunks([body.to_string()]).status(status)
    }

    /// The document that it is, if it is one.
    pub fn document(&self) -> Option<Value> {
        serde_json::from_slice(&self.chunks.concat()).ok()
    }

    /// An error in the Engine's form.
    pub fn error(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self::chunks::<Bytes>([]).status(status)
    }

    /// These bytes, each chunk by itself.
    pub fn chunks<B: Into<Bytes>>(chunks: impl IntoIterator<Item = B>) -> Self {
        Self {
            status: 200,
            kind: "application/json",
            path_stat: None,
            chunks: chunks.into_iter().map(Into::into).collect(),
            delay: Duration::ZERO,
            pause: Duration::ZERO,
            end: End::Complete,
        }
    }

    /// What is at a path of a container, with no body: Go's mode, and where a link leads.
    pub fn path_stat(name: &str, mode: u32, size: u64, target: &str) -> Self {
        let stat = json!({
            "name": name, "size": size, "mode": mode, "mtime": "2026-01-01T10:00:00.5+01:00", "linkTarget": target,
        });
        Self {
            path_stat: Some(BASE64_STANDARD.encode(stat.to_string())),
            ..Self::empty(200)
        }
    }

    /// The same with another text in place of one that is as long.
    pub(super) fn renamed(mut self, text: &str, instead: &str) -> Self {
        for chunk in &mut self.chunks {
            if let Ok(all) = std::str::from_utf8(chunk) {
                *chunk = all.replace(text, instead).into();
            }
        }
        self
    }

    /// No answer, ever.
    pub fn hang() -> Self {
        Self {
            end: End::HangBeforeReply,
            ..Self::empty(200)
        }
    }

    /// The connection closes without an answer.
    pub fn die() -> Self {
        Self {
            end: End::DieBeforeReply,
            ..Self::empty(200)
        }
    }

    /// The connection itself, as for attach and exec: `ready`, then whatever comes, and `end` at its end.
    pub fn echo() -> Self {
        Self {
            end: End::Echo,
            ..Self::empty(101)
        }
    }

    /// Another status.
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Another content type.
    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// A time before the answer begins.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// A pause before each chunk.
    pub fn every(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// The body stays open after the last chunk.
    pub fn then_hang(self) -> Self {
        Self {
            end: End::Hang,
            ..self
        }
    }

    /// The connection breaks after the last chunk.
    pub fn then_die(self) -> Self {
        Self {
            end: End::Die,
            ..self
        }
    }
}

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        Self::json(200, &body)
    }
}
