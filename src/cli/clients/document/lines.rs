//! Keeps how the lines of a text end, so that what changes it need know of one end alone.

use super::error::DocumentError;

/// How the lines of a text end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    windows: bool,
    /// The last of them ends at all.
    ended: bool,
}

impl Lines {
    /// The text with line feeds alone.
    ///
    /// # Errors
    /// Its lines end in two ways.
    pub(super) fn of(text: &str) -> Result<(String, Self), DocumentError> {
        let windows = text.matches("\r\n").count();
        if windows > 0 && windows != text.matches('\n').count() {
            return Err(DocumentError::Unkept);
        }
        let lines = Self {
            windows: windows > 0,
            ended: text.is_empty() || text.ends_with('\n'),
        };
        Ok((text.replace("\r\n", "\n"), lines))
    }

    /// A text that ends as the first one did.
    pub(super) fn ended(self, mut text: String) -> String {
        if !self.ended && text.ends_with('\n') {
            text.pop();
        }
        text
    }

    /// A text with the ends of the first one.
    pub(super) fn written(self, text: String) -> String {
        match self.windows {
            true => text.replace('\n', "\r\n"),
            false => text,
        }
    }
}

/// The line and column of a byte, from 1, in characters.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    (line, column.chars().count() + 1)
}
