//! Follows a value that stands on lines of its own: what YAML gives below `password: |`, a here-document, a text
//! between three quotes.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use regex::Regex;

use super::forms::{ELSEWHERE, PARTS};
use super::names::{self, Name};
use super::pattern::pattern;

/// How many lines a value may have whose end does not come.
const LONGEST: usize = 100;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)\A(?P<before>[\ \t]*(?:-\ +)*)["']?(?P<name>[A-Za-z0-9_.-]+|{ELSEWHERE})["']?:
            \s+(?:!(?u:\S)*\s+)?[|>][0-9+-]{{0,2}}\s*(?:\#(?u:.)*)?\z"#,
    ))
});

/// The beginning of a here-document, with its last line.
static HERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)<<[<~-]?\s*\\?(?:["'](?P<quoted>[A-Za-z_]\w*)["']|(?P<bare>[A-Za-z_]\w*))"#)
});

/// What may stand behind one that is a value.
static BEHIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A[\s;,)]*(?:\.[a-z_.]+[\s;,)]*)?\z"));

/// A name, and what parts it from a here-document that is its value.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)["']?\]?\s*(?:=>|[:+?]?=|:)\s*(?:["']?\$\(\s*cat\s*)?\z"#
    ))
});

/// A file that a here-document is written to.
static FILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)(?:>|\btee\s(?:-\w+\s+)*)\s*["']?(?:(?u:[^\s"'<>|;&])*/)?(?P<name>[A-Za-z0-9_.-]+)"#,
    )
});

/// What reads a secret from its standard input.
static READER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\b(?:chpasswd|passwd\s+--stdin|secret\s+create|sudo\s+(?:-\w+\s+)*-\w*S)\b|--(?:password-stdin|passphrase-fd)\b",
    )
});

/// A name, and a text between three quotes that goes on.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)\s*[:=]\s*[bru]?(?P<quotes>"""|''')(?P<first>(?u:.)*)\z"#
    ))
});

static TRIPLE_DOUBLE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"\"\""));
static TRIPLE_SINGLE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("'''"));

/// The value that the lines belong to, if they do to any.
#[derive(Debug, Default)]
pub(super) struct Block(Option<Value>);

#[derive(Debug)]
enum Value {
    /// All that is indented deeper than this.
    Indented(usize),
    /// All up to a line that is this, within so many.
    Here(String, usize),
    /// All up to these quotes, within so many.
    Quoted(String, usize),
}

impl Block {
    /// Takes the next line, which may name a secret where it is suspicious; where it is part of one.
    pub(super) fn next(&mut self, line: &str, is_suspicious: bool) -> Option<Range<usize>> {
        if self.0.is_none() {
            self.0 = is_suspicious.then(|| begun(line)).flatten();
            return None;
        }
        let start = line.len() - line.trim_start().len();
        let end = line.trim_end().len();
        let whole = (start < end).then_some(start..end);
        match &mut self.0 {
            Some(Value::Indented(indentation)) if whole.is_none() || start > *indentation => {
                return whole;
            }
            Some(Value::Here(last, left)) => {
                let is_last = line.trim_matches([' ', '\t', ';', ',', ')', '\r']) == last;
                *left = left.saturating_sub(1);
                if is_last || *left == 0 {
                    self.0 = None;
                }
                return whole.filter(|_| !is_last);
            }
            Some(Value::Quoted(quotes, left)) => {
                let last = line.find(&**quotes);
                *left = left.saturating_sub(1);
                if last.is_some() || *left == 0 {
                    self.0 = None;
                }
                let end = last.unwrap_or(end);
                return (start < end).then_some(start..end);
            }
            Some(Value::Indented(_)) | None => {}
        }
        self.0 = is_suspicious.then(|| begun(line)).flatten();
        None
    }
}

/// The value that a line names and that stands on the next.
fn begun(line: &str) -> Option<Value> {
    let bytes = line.as_bytes();
    if memchr::memchr(b'<', bytes).is_some()
        && line.contains("<<")
        && let Some(last) = here(line)
    {
        return Some(Value::Here(last, LONGEST));
    }
    if [&*TRIPLE_DOUBLE, &*TRIPLE_SINGLE]
        .iter()
        .any(|it| it.find(bytes).is_some())
        && let Some(found) = QUOTED.captures(line)
        && let (Some(name), Some(quotes)) = (found.name("name"), found.name("quotes"))
        && !found.name("first")?.as_str().contains(quotes.as_str())
        && names::judge(name.as_str()) == Some(Name::Secret)
    {
        return Some(Value::Quoted(quotes.as_str().to_owned(), LONGEST));
    }
    memchr::memchr2(b'|', b'>', bytes)?;
    let found = HEADER.captures(line)?;
    let (before, name) = (found.name("before")?, found.name("name")?);
    names::judge(name.as_str()).map(|_| Value::Indented(before.len()))
}

/// The last line of a here-document that is a secret.
fn here(line: &str) -> Option<String> {
    let found = HERE.captures(line)?;
    let (whole, last) = (found.get(0)?, found.name("quoted").or(found.name("bare"))?);
    let (before, behind) = (line.get(..whole.start())?, line.get(whole.end()..)?);
    let is_secret = |name: &str| names::judge(name).is_some();
    let is_value = || {
        let name = NAMED.captures(before).and_then(|it| it.name("name"));
        BEHIND.is_match(behind) && name.is_some_and(|it| is_secret(it.as_str()))
    };
    let is_file = || {
        let mut files = FILE.captures_iter(line);
        files.any(|it| it.name("name").is_some_and(|it| is_secret(it.as_str())))
    };
    // With three signs a shell reads no more than the next word.
    let is_document = !whole.as_str().starts_with("<<<");
    (is_value() || is_document && (is_file() || READER.is_match(before)))
        .then(|| last.as_str().to_owned())
}

/// Whether a value is a here-document, whose lines come below.
pub(super) fn is_here(value: &str) -> bool {
    if !value.starts_with("<<") {
        return false;
    }
    let found = HERE.find(value).filter(|it| it.start() == 0);
    let behind = found.and_then(|it| value.get(it.end()..));
    behind.is_some_and(|behind| BEHIND.is_match(behind))
}
