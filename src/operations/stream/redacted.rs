//! Takes secrets and hidden characters out of an output that comes in pieces, before anything is
//! cut.

use std::mem;

use crate::redaction::RedactedLines;

/// The longest line that is looked at as a whole, in bytes; of a longer one, parts.
const LONGEST: usize = 1 << 20;

/// The unfinished line of an output, and what redacts it when it is whole.
#[derive(Debug)]
pub(crate) struct Redacted {
    lines: RedactedLines,
    line: Vec<u8>,
    /// The line before, where the unfinished one tells what it is.
    waiting: Option<Vec<u8>>,
}

impl Redacted {
    /// Nothing yet.
    pub(crate) fn new(lines: RedactedLines) -> Self {
        Self {
            lines,
            line: Vec::new(),
            waiting: None,
        }
    }

    /// Takes the next piece and hands on the text of the lines it completes, newlines included.
    pub(crate) fn feed(&mut self, piece: &[u8], mut text: impl FnMut(&str)) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if let Some(end) = part.strip_suffix(b"\n") {
                self.line.extend_from_slice(end);
                self.complete(true, &mut text);
                continue;
            }
            self.line.extend_from_slice(part);
            if self.line.len() >= LONGEST {
                // A word at its end may go on, and may be a secret.
                let blank = self.line.iter().rposition(u8::is_ascii_whitespace);
                let rest = self
                    .line
                    .split_off(blank.map_or(LONGEST, |blank| blank + 1));
                self.complete(false, &mut text);
                self.line = rest;
            }
        }
    }

    /// Hands on what the output ended with where that was no newline.
    pub(crate) fn finish(&mut self, mut text: impl FnMut(&str)) {
        self.complete(false, &mut text);
    }

    fn complete(&mut self, newline: bool, text: &mut impl FnMut(&str)) {
        let mut line = mem::take(&mut self.line);
        if let Some(before) = self.waiting.take() {
            text(&self.lines.line_before(&before, &line));
            text("\n");
        }
        if newline && self.lines.waits(&line) {
            self.waiting = Some(line);
            return;
        }
        if !line.is_empty() {
            text(&self.lines.line(&line));
        }
        if newline {
            text("\n");
        }
        // The next line needs no memory of its own.
        line.clear();
        self.line = line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Redactor;

    fn redacted(pieces: &[&[u8]]) -> String {
        let mut output = Redacted::new(Redactor::new(true).lines());
        let mut text = String::new();
        for piece in pieces {
            output.feed(piece, |part| text.push_str(part));
        }
        output.finish(|part| text.push_str(part));
        text
    }

    #[test]
    fn what_comes_in_pieces_is_redacted_as_a_whole() {
        let text = redacted(&[b"one\nPASS", b"WORD=hun", b"ter2\n\ncaf\xc3", b"\xa9"]);
        assert!(text.starts_with("one\nPASSWORD=[REDACTED:"), "{text}");
        assert!(text.ends_with("]\n\ncaf\u{e9}"), "{text}");
    }

    #[test]
    fn an_escape_sequence_in_pieces_leaves_nothing() {
        assert_eq!(redacted(&[b"a\x1b[3", b"1mb\x1b", b"[0m\n"]), "ab\n");
    }

    #[test]
    fn a_line_without_an_end_takes_bounded_memory_and_loses_nothing() {
        let mut output = Redacted::new(Redactor::new(true).lines());
        let mut length = 0;
        for _ in 0..50 {
            output.feed(&b"some words ".repeat(10_000), |part| length += part.len());
            assert!(output.line.capacity() < 4 * LONGEST);
        }
        output.finish(|part| length += part.len());
        assert_eq!(length, 50 * 110_000);
    }
}
