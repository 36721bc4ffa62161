//! Makes text and documents fit to leave the server: no secrets, no characters that nobody sees.
//!
//! In place of a secret stands a marker, `[REDACTED:1a2b3c4d]`, the same for the same secret as
//! long as the process lives. What is one is told by its name (`names`), by its own look
//! (`shapes`, `pem`), or because the caller gave it (`call_secrets`). The words, patterns and programs are data,
//! in `catalog/secrets.toml` (`forms`). Redacting twice changes nothing,
//! which lets it happen twice: on what the Engine sends, before a search, a selection or a budget
//! takes the context of a secret away, and on all that leaves.
//!
//! It does not find a secret that nothing gives away, nor one that a program means to hide.

mod block;
mod call_secrets;
mod calls;
mod commands;
mod document;
mod encoded;
mod extent;
mod fields;
mod files;
mod flags;
mod following;
mod forms;
mod gear;
mod lasting;
mod lines;
mod marker;
mod names;
mod ordinary;
mod pairs;
mod pattern;
mod pem;
mod sentences;
mod shapes;
mod spellings;
mod values;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::Regex;
use serde_json::{Map, Value};

use crate::untrusted;
use call_secrets::CallSecrets;
use document::Document;
use lasting::Lasting;
use lines::Lines;
pub use lines::RedactedLines;
use marker::Markers;
use pattern::pattern;

/// Whether a line may hold a secret: a beginning of each of the forms that are looked for.
static SUSPICIOUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        "(?-u)(?i:{})|{}|{ELSEWISE}",
        forms::PARTS,
        forms::FIRST
    ))
});

/// The beginnings of the forms that are code: log-ins in URLs and in calls, passwords of SQL, what a shell hands to
/// a program that reads one.
const ELSEWISE: &str =
    r"://(?u:[^\s])*@|getConnection|(?i:identified\s)|chpasswd|--stdin|secret create|sudo\s";

/// Whether a variable of that name holds a secret, as far as names tell.
pub(crate) fn names_a_secret(name: &str) -> bool {
    names::judge(name).is_some()
}

/// Takes secrets and hidden characters out; clones share what they know.
#[derive(Clone)]
pub struct Redactor {
    /// Absent where secrets are shown.
    markers: Option<Arc<Markers>>,
    secrets: Arc<RwLock<CallSecrets>>,
    /// Those that calls name, hidden even where secrets are shown.
    lasting: Arc<Lasting>,
}

impl Redactor {
    /// A redactor with a key of its own; with `secrets` off it takes out hidden characters alone.
    pub fn new(secrets: bool) -> Self {
        let lasting = Arc::<Lasting>::default();
        Self {
            markers: secrets.then(|| Arc::clone(&lasting.markers)),
            secrets: Arc::default(),
            lasting,
        }
    }

    /// The same redactor for one call, which knows the secrets that were given with it.
    #[must_use]
    pub fn for_call<'a>(&self, secrets: impl IntoIterator<Item = &'a Value>) -> Self {
        Self {
            markers: self.markers.clone(),
            secrets: Arc::new(RwLock::new(CallSecrets::of(secrets))),
            lasting: Arc::clone(&self.lasting),
        }
    }

    /// Notes secrets that are to be hidden from now on in everything, by this redactor and by all that were
    /// made from it, whether or not they hide what only looks like one.
    pub fn keep<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) {
        self.lasting.learn(secrets);
    }

    /// Notes a secret that is to be hidden wherever it occurs, such as a password sent along.
    pub fn learn(&self, secret: &str) {
        let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        secrets.learn(secret);
    }

    /// A document without secrets, in its keys too.
    pub fn value(&self, value: &mut Value) {
        Document::new(self).redact(value);
    }

    /// A text of any number of lines without secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.each_line(text, Lines::default())
    }

    fn each_line<'a>(&self, text: &'a str, lines: Lines) -> Cow<'a, str> {
        self.each_clean_line(self.clean(text), lines)
    }

    /// A text without what no reader sees, and without the secrets that calls name.
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.lasting.hide(untrusted::clean(text))
    }

    fn each_clean_line<'a>(&self, clean: Cow<'a, str>, mut lines: Lines) -> Cow<'a, str> {
        if self.markers.is_none() {
            return clean;
        }
        let mut redacted = None;
        let mut done = 0;
        let mut rest = clean.split_inclusive('\n').peekable();
        while let Some(line) = rest.next() {
            let content = line.strip_suffix('\n').unwrap_or(line);
            let after = rest.peek().map(|it| it.strip_suffix('\n').unwrap_or(it));
            if let Cow::Owned(hidden) = lines.redact(self, content, after) {
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
        RedactedLines::new(self, Lines::default())
    }

    /// What takes the lines of a log whose beginning may have been cut away.
    pub fn log_lines(&self) -> RedactedLines {
        RedactedLines::new(self, Lines::of_a_log())
    }

    /// Adds where the known secrets of a line are.
    fn known(&self, line: &str, spans: &mut Vec<Range<usize>>) {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        secrets.find(line, spans);
    }
}

/// Whether a line has a part of any form that is looked for.
fn is_suspicious(line: &str) -> bool {
    SUSPICIOUS.is_match(line) || shapes::may_hold_base64(line) || names::is_in_another_script(line)
}

/// Adds where the secrets of a line are that show without the lines around it.
fn find(line: &str, shell: bool, spans: &mut Vec<Range<usize>>) {
    shapes::find(line, spans);
    commands::find(line, spans);
    commands::find_in_sql(line, spans);
    pairs::find(line, shell, spans);
    fields::find(line, spans);
    flags::find(line, spans);
    calls::find(line, spans);
    sentences::find(line, spans);
    encoded::find(line, spans);
    gear::find(line, spans);
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

/// Refuses arguments that hold a marker: the model has seen one where a secret was, and the Engine
/// would take it for the secret.
///
/// # Errors
/// The marker, and what to do.
pub fn check_markers(arguments: &Map<String, Value>) -> Result<(), MarkerGiven> {
    marker::first(arguments).map_or(Ok(()), |found| Err(MarkerGiven(found.to_owned())))
}

/// An argument holds a marker in place of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` stands for a value that this server hid, and the Engine would take it for the value itself, \
     which breaks what depends on it; ask the person for the value, or leave it out; nothing was done"
)]
pub struct MarkerGiven(String);

#[cfg(test)]
mod tests;
