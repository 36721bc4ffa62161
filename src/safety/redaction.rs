//! Makes text and documents fit to leave the server: no secrets, no characters that nobody sees.
//!
//! In place of a secret stands a marker, `[REDACTED:1a2b3c4d]`, the same for the same secret as
//! long as the process lives. What is one is told by its name (`names`), by its own look
//! (`shapes`, `pem`), or because the caller gave it (`known`). Redacting twice changes nothing,
//! which lets it happen twice: on what the Engine sends, before a search, a selection or a budget
//! takes the context of a secret away, and on all that leaves.
//!
//! It does not find a secret that nothing gives away, nor one that a program means to hide.

mod block;
mod commands;
mod document;
mod extent;
mod flags;
mod known;
mod marker;
mod names;
mod ordinary;
mod pairs;
mod pem;
mod shapes;
mod values;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::untrusted;
use crate::catalog::Tool;
use crate::params::InvalidArgument;
use block::Block;
use document::Document;
use known::Known;
use marker::Markers;
use pem::{Part, Pem};

/// Whether a line may hold a secret: a beginning of each of the forms that are looked for.
static SUSPICIOUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?i:(?:{})[A-Za-z0-9_.-]*["'\\\s=:(>])|{}|{}"#,
        names::PARTS,
        commands::PARTS,
        shapes::beginnings(),
    ))
});

/// A pattern of this module; a test of each form proves that it can be read.
#[expect(
    clippy::expect_used,
    reason = "without the pattern, secrets would pass unseen"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of the redaction can be read")
}

/// Whether a variable of that name holds a secret, as far as names tell.
pub(crate) fn names_a_secret(name: &str) -> bool {
    names::judge(name).is_some()
}

/// Takes secrets and hidden characters out; clones share what they know.
#[derive(Clone)]
pub struct Redactor {
    /// Absent where secrets are shown.
    markers: Option<Arc<Markers>>,
    known: Arc<RwLock<Known>>,
}

impl Redactor {
    /// A redactor with a key of its own; with `secrets` off it takes out hidden characters alone.
    pub fn new(secrets: bool) -> Self {
        Self {
            markers: secrets.then(Arc::default),
            known: Arc::default(),
        }
    }

    /// The same redactor for one call, which knows the secrets among the call's arguments.
    #[must_use]
    pub fn for_call(&self, tool: &Tool, arguments: &Map<String, Value>) -> Self {
        Self {
            markers: self.markers.clone(),
            known: Arc::new(RwLock::new(Known::of(tool, arguments))),
        }
    }

    /// Notes a secret that is to be hidden wherever it occurs, such as a password sent along.
    pub fn learn(&self, secret: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.learn(secret);
    }

    /// A document without secrets, in its keys too.
    pub fn value(&self, value: &mut Value) {
        Document::new(self).redact(value);
    }

    /// A text of any number of lines without secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.each_line(text, self.lines())
    }

    fn each_line<'a>(&self, text: &'a str, lines: RedactedLines) -> Cow<'a, str> {
        self.each_clean_line(untrusted::clean(text), lines)
    }

    fn each_clean_line<'a>(&self, clean: Cow<'a, str>, mut lines: RedactedLines) -> Cow<'a, str> {
        if self.markers.is_none() {
            return clean;
        }
        let mut redacted = None;
        let mut done = 0;
        for line in clean.split_inclusive('\n') {
            let content = line.strip_suffix('\n').unwrap_or(line);
            if let Cow::Owned(hidden) = lines.redact(content) {
                let whole = redacted
                    .get_or_insert_with(|| clean.get(..done).unwrap_or_default().to_owned());
                whole.push_str(&hidden);
                whole.push_str(line.get(content.len()..).unwrap_or_default());
            } else if let Some(whole) = &mut redacted {
                whole.push_str(line);
            }
            done += line.len();
        }
        redacted.map_or(clean, Cow::Owned)
    }

    /// What takes the lines of an output one by one.
    pub fn lines(&self) -> RedactedLines {
        RedactedLines {
            redactor: self.clone(),
            pem: Pem::default(),
            block: Block::default(),
            shell: false,
        }
    }

    /// What takes the lines of a log whose beginning may have been cut away.
    pub fn log_lines(&self) -> RedactedLines {
        RedactedLines {
            pem: Pem::cut(),
            ..self.lines()
        }
    }

    /// What takes the lines of a script.
    fn shell_lines(&self) -> RedactedLines {
        RedactedLines {
            shell: true,
            ..self.lines()
        }
    }

    /// Where the secrets of a line are that show without the lines around it.
    fn spans(&self, line: &str, shell: bool) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        if SUSPICIOUS.is_match(line) || shapes::may_hold_base64(line) {
            shapes::find(line, &mut spans);
            commands::find(line, &mut spans);
            commands::find_in_sql(line, &mut spans);
            pairs::find(line, shell, &mut spans);
            flags::find(line, &mut spans);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.find(line, &mut spans);
        spans
    }
}

impl fmt::Debug for Redactor {
    /// Says nothing of what it knows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = if self.markers.is_some() {
            "hidden"
        } else {
            "shown"
        };
        f.debug_struct("Redactor")
            .field("secrets", &secrets)
            .finish()
    }
}

/// Takes secrets out of lines that come one by one, because a private key takes up many.
#[derive(Debug)]
pub struct RedactedLines {
    redactor: Redactor,
    pem: Pem,
    block: Block,
    /// Each is a line that a shell reads.
    shell: bool,
}

impl RedactedLines {
    /// The next line as text, without its newline.
    pub fn line<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        match untrusted::clean_line(raw) {
            Cow::Borrowed(clean) => self.redact(clean),
            Cow::Owned(clean) => match self.redact(&clean) {
                Cow::Borrowed(_) => Cow::Owned(clean),
                Cow::Owned(redacted) => Cow::Owned(redacted),
            },
        }
    }

    /// The next line, which is clean.
    fn redact<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        let Some(markers) = &self.redactor.markers else {
            return Cow::Borrowed(line);
        };
        let part = self.pem.next(line);
        let mut spans = self.redactor.spans(line, self.shell);
        spans.extend(self.block.next(line));
        match part {
            Part::None => {}
            Part::Public(at) => spans.retain(|span| span.end <= at.start),
            Part::Private(keys) => spans.extend(keys),
        }
        hide(markers, line, spans)
    }
}

/// The line with a marker in place of each of its secrets; those that overlap are one. What is a
/// marker already stays.
fn hide<'a>(markers: &Markers, line: &'a str, spans: Vec<Range<usize>>) -> Cow<'a, str> {
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
    let mut markers = marker::all(line).peekable();
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

/// Refuses arguments that hold a marker: the model has seen one where a secret was, and the Engine
/// would take it for the secret.
///
/// # Errors
/// The marker, and what to do.
pub fn check_markers(arguments: &Map<String, Value>) -> Result<(), InvalidArgument> {
    match marker::first(arguments) {
        None => Ok(()),
        Some(found) => Err(InvalidArgument(format!(
            "`{found}` stands for a value that this server hid, and the Engine would take it for the value itself, \
             which breaks what depends on it; ask the person for the value, or leave it out; nothing was done"
        ))),
    }
}

#[cfg(test)]
#[path = "redaction/tests/mod.rs"]
mod tests;
