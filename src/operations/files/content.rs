//! Takes the content of a file as it comes: a digest of all of it, and no more kept than a result has room for.

use ring::digest::{Context, SHA256};

use super::portion::Portion;
use super::text::Text;
use crate::params::Pattern;
use crate::redaction::Redactor;

/// How many bytes tell a text from anything else, as Git does it: by a byte that is zero.
const BEGINNING: usize = 8000;

/// What is wanted of a content.
pub(super) struct Wanted {
    pub(super) lines: Portion,
    pub(super) grep: Option<Pattern>,
    /// The bytes, whatever they are.
    pub(super) bytes: bool,
    /// How many bytes of a result there are for it.
    pub(super) room: usize,
    pub(super) redactor: Redactor,
}

/// The content of a file so far.
pub(super) struct Content {
    wanted: Wanted,
    digest: Context,
    length: u64,
    kept: Kept,
}

/// What of it a result gets.
pub(super) enum Kept {
    /// The first bytes, which do not tell yet what it is.
    Beginning(Vec<u8>),
    Text(Box<Text>),
    /// The bytes for which there is room.
    Bytes(Vec<u8>),
    /// It is no text.
    Nothing,
}

impl Content {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            kept: match wanted.bytes {
                true => Kept::Bytes(Vec::new()),
                false => Kept::Beginning(Vec::new()),
            },
            wanted,
            digest: Context::new(&SHA256),
            length: 0,
        }
    }

    /// How many bytes came.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        self.digest.update(piece);
        self.length += u64::try_from(piece.len()).unwrap_or(0);
        match &mut self.kept {
            Kept::Nothing => {}
            Kept::Text(text) => text.feed(piece),
            Kept::Bytes(bytes) => {
                // Four signs of base64 for three bytes.
                let room = self.wanted.room / 4 * 3;
                let room = room.saturating_sub(bytes.len());
                bytes.extend(piece.iter().take(room));
            }
            Kept::Beginning(bytes) => {
                bytes.extend_from_slice(piece);
                if bytes.len() >= BEGINNING {
                    self.decide();
                }
            }
        }
    }

    /// What came of it, once all of it came: the digest in hexadecimal digits, and what is kept.
    pub(super) fn finish(mut self) -> (String, Kept) {
        self.decide();
        if let Kept::Text(text) = &mut self.kept {
            text.finish();
        }
        let digest = hexadecimal(self.digest.finish().as_ref());
        (digest, self.kept)
    }

    fn decide(&mut self) {
        let Kept::Beginning(bytes) = &mut self.kept else {
            return;
        };
        let bytes = std::mem::take(bytes);
        let beginning = bytes.get(..BEGINNING).unwrap_or(&bytes);
        self.kept = if memchr::memchr(0, beginning).is_some() {
            Kept::Nothing
        } else {
            let mut text = Text::new(&mut self.wanted);
            text.feed(&bytes);
            Kept::Text(Box::new(text))
        };
    }
}

/// A digest as it is written.
pub(crate) fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
