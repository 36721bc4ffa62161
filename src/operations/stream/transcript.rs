//! Keeps what a process writes, its beginning and its end where it is too much for a result.

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use super::frames::{Channel, Frames};
use super::head_and_tail::HeadAndTail;
use super::redacted::Redacted;
use crate::computing::compute;
use crate::engine::EngineError;
use crate::output::text;
use crate::redaction::Redactor;

/// What a process wrote: both streams as they came, line by line, and what went to stderr alone.
#[derive(Debug)]
pub(crate) struct Transcript {
    budget: usize,
    stdout: Redacted,
    stderr: Redacted,
    kept: Kept,
}

#[derive(Debug)]
struct Kept {
    both: HeadAndTail,
    stderr: HeadAndTail,
}

/// What there is to show of it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) output: String,
    pub(crate) stderr: String,
    pub(crate) truncated: bool,
}

impl Transcript {
    /// Nothing was written yet; what is kept fits into that budget.
    pub(crate) fn new(budget: usize, redactor: &Redactor) -> Self {
        Self {
            budget,
            stdout: Redacted::new(redactor.lines()),
            stderr: Redacted::new(redactor.lines()),
            kept: Kept {
                both: HeadAndTail::new(budget / 2),
                stderr: HeadAndTail::new(budget / 8),
            },
        }
    }

    /// Takes in what the Engine sends of a process with a terminal (`tty`) or without one.
    ///
    /// # Errors
    /// Those of the stream; what came before is kept.
    pub(crate) async fn read(
        &mut self,
        mut stream: impl Stream<Item = Result<Bytes, EngineError>> + Unpin,
        tty: bool,
    ) -> Result<(), EngineError> {
        let mut frames = Frames::new(tty);
        while let Some(chunk) = stream.try_next().await? {
            let Self {
                stdout,
                stderr,
                kept,
                ..
            } = self;
            let keep = |channel, piece: &[u8]| match channel {
                Channel::Stdout => stdout.feed(piece, |text| kept.push(text)),
                Channel::Stderr | Channel::Engine => {
                    stderr.feed(piece, |text| kept.push_stderr(text));
                }
            };
            compute(chunk.len(), || frames.feed(&chunk, keep));
        }
        Ok(())
    }

    /// What was written, with a note behind it. What went to stderr appears twice, so that by itself it gets
    /// a quarter of the budget at most.
    pub(crate) fn written(self, note: Option<&str>) -> Written {
        let Self {
            budget,
            mut stdout,
            mut stderr,
            mut kept,
        } = self;
        stdout.finish(|text| kept.push(text));
        stderr.finish(|text| kept.push_stderr(text));
        let stderr = kept.stderr.excerpt(budget / 4);
        let left = budget.saturating_sub(text::cost(&stderr.text));
        let mut both = kept.both.excerpt(left);
        if let Some(note) = note {
            if !both.text.is_empty() && !both.text.ends_with('\n') {
                both.text.push('\n');
            }
            both.text.push_str(note);
        }
        Written {
            output: both.text,
            stderr: stderr.text,
            truncated: both.truncated || stderr.truncated,
        }
    }
}

impl Kept {
    fn push(&mut self, text: &str) {
        self.both.push(text.as_bytes());
    }

    fn push_stderr(&mut self, text: &str) {
        self.push(text);
        self.stderr.push(text.as_bytes());
    }
}
