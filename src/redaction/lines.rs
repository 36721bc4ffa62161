//! Follows the lines of a text, because some secrets take up many and some stand behind the line that names them.

use std::borrow::Cow;

use super::block::Block;
use super::files::Files;
use super::following::{self, Following};
use super::pem::{Part, Pem};
use super::{Redactor, find, is_suspicious, marker};
use crate::untrusted;

/// What the lines so far say of the next one.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pem: Pem,
    block: Block,
    files: Files,
    following: Following,
    /// Each is a line that a shell reads.
    shell: bool,
}

impl Lines {
    /// Those of a log whose beginning may have been cut away.
    pub(super) fn of_a_log() -> Self {
        Self {
            pem: Pem::cut(),
            ..Self::default()
        }
    }

    /// Those of a script.
    pub(super) fn of_a_shell() -> Self {
        Self {
            shell: true,
            ..Self::default()
        }
    }

    /// The next line, which is clean, and the one behind it, where it is known.
    pub(super) fn redact<'a>(
        &mut self,
        redactor: &Redactor,
        line: &'a str,
        after: Option<&str>,
    ) -> Cow<'a, str> {
        let Some(markers) = &redactor.markers else {
            return Cow::Borrowed(line);
        };
        let part = self.files.part_of_a_key(line);
        let part = part.unwrap_or_else(|| self.pem.next(line));
        let mut spans = Vec::new();
        let is_suspicious = is_suspicious(line);
        if is_suspicious {
            find(line, self.shell, &mut spans);
        }
        redactor.known(line, &mut spans);
        self.files.next(line, &mut spans);
        spans.extend(self.block.next(line, is_suspicious));
        spans.extend(self.following.next(line, is_suspicious));
        if let Some(after) = after.filter(|_| following::waits(line)) {
            spans.extend(following::before_its_name(line, after));
        }
        match part {
            Part::None => {}
            Part::Public(at) => spans.retain(|span| span.end <= at.start),
            Part::Private(keys) => spans.extend(keys),
        }
        marker::hide(markers, line, spans)
    }
}

/// Takes secrets out of lines that come one by one.
#[derive(Debug)]
pub struct RedactedLines {
    redactor: Redactor,
    lines: Lines,
}

impl RedactedLines {
    pub(super) fn new(redactor: &Redactor, lines: Lines) -> Self {
        Self {
            redactor: redactor.clone(),
            lines,
        }
    }

    /// The next line as text, without its newline.
    pub fn line<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        self.line_before(raw, &[])
    }

    /// Whether the line behind this one may tell that it holds a secret.
    pub fn waits(&self, raw: &[u8]) -> bool {
        self.redactor.markers.is_some() && str::from_utf8(raw).is_ok_and(following::waits)
    }

    /// The next line as text, where the one behind it is there already.
    pub fn line_before<'a>(&mut self, raw: &'a [u8], after: &[u8]) -> Cow<'a, str> {
        let Self { redactor, lines } = self;
        let after = (!after.is_empty()).then(|| untrusted::clean_line(after));
        let after = after.as_deref();
        match redactor.lasting.hide(untrusted::clean_line(raw)) {
            Cow::Borrowed(clean) => lines.redact(redactor, clean, after),
            Cow::Owned(clean) => match lines.redact(redactor, &clean, after) {
                Cow::Borrowed(_) => Cow::Owned(clean),
                Cow::Owned(redacted) => Cow::Owned(redacted),
            },
        }
    }
}
