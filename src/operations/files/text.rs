//! Keeps of a text the lines that are wanted, without the secrets in them, until there is no more room.

use super::content::Wanted;
use super::portion::Portion;
use crate::operations::stream::redacted::Redacted;
use crate::output::text::{cost, head};
use crate::params::Pattern;

/// How many lines before the wanted ones are read for what they tell of these: a key has fewer.
const CONTEXT: u64 = 2000;

/// The longest line that is searched, in bytes; what is longer is for no reader.
const LONGEST: usize = 1 << 20;

/// A text so far.
pub(super) struct Text {
    /// How many lines are passed over without a look at them.
    skipped: u64,
    redacted: Redacted,
    lines: Lines,
}

/// The lines that are wanted so far.
struct Lines {
    portion: Portion,
    grep: Option<Pattern>,
    room: usize,
    /// The number of the present line.
    number: u64,
    line: String,
    kept: String,
    cut: Option<u64>,
    done: bool,
}

impl Text {
    pub(super) fn new(wanted: &mut Wanted) -> Self {
        let portion = wanted.lines;
        let skipped = portion.first.saturating_sub(1 + CONTEXT);
        let lines = match skipped {
            0 => wanted.redactor.lines(),
            _ => wanted.redactor.log_lines(),
        };
        Self {
            skipped,
            redacted: Redacted::new(lines),
            lines: Lines {
                portion,
                grep: wanted.grep.take(),
                room: wanted.room,
                number: skipped + 1,
                line: String::new(),
                kept: String::new(),
                cut: None,
                done: false,
            },
        }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while self.skipped > 0 {
            let Some(end) = memchr::memchr(b'\n', rest) else {
                return;
            };
            rest = rest.get(end + 1..).unwrap_or_default();
            self.skipped -= 1;
        }
        if !self.lines.done {
            let Self {
                redacted, lines, ..
            } = self;
            redacted.feed(rest, |text| lines.take(text));
        }
    }

    pub(super) fn finish(&mut self) {
        if self.skipped > 0 || self.lines.done {
            return;
        }
        let Self {
            redacted, lines, ..
        } = self;
        redacted.finish(|text| lines.take(text));
        if !lines.line.is_empty() {
            lines.complete();
        }
    }

    /// What is kept.
    pub(super) fn kept(&self) -> &str {
        &self.lines.kept
    }

    /// The line that there was no room for, or only for a part of it.
    pub(super) fn cut(&self) -> Option<u64> {
        self.lines.cut
    }
}

impl Lines {
    fn take(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            if self.done {
                return;
            }
            if self.line.len() + part.len() <= LONGEST {
                self.line.push_str(part);
            } else if part.ends_with('\n') {
                self.line.push('\n');
            }
            if part.ends_with('\n') {
                self.complete();
            }
        }
    }

    fn complete(&mut self) {
        let line = std::mem::take(&mut self.line);
        let content = line.trim_end_matches('\n');
        let is_wanted = self.number >= self.portion.first
            && self
                .grep
                .as_ref()
                .is_none_or(|grep| grep.0.is_match(content));
        if is_wanted {
            self.keep(&line);
        }
        self.number += 1;
        self.done |= self.portion.is_over(self.number);
    }

    fn keep(&mut self, line: &str) {
        let cost = cost(line);
        if cost <= self.room {
            self.room -= cost;
            self.kept.push_str(line);
            return;
        }
        if self.kept.is_empty() {
            self.kept.push_str(head(line, self.room));
        }
        self.cut = Some(self.number);
        self.done = true;
    }
}
