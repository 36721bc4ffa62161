//! Finds the values of names that sound secret: `NAME=value`, `name: value`, `"name": "value"`, in
//! whatever a line is made of.
//!
//! How a pair is written tells how much its name says. An entry, such as a variable, a flag or a
//! member of JSON, is one for sure: its name alone decides. What is assigned may be code instead,
//! and what stands behind a colon may be the rest of a sentence.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::{self, Place};
use super::names::{self, Name, PARTS};
use super::{ordinary, pattern, values};

/// A name that may be one of a secret, and what parts it from its value. Quotes may stand behind
/// the name, escaped as often as the document that holds them was put into another.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)
        (?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)
        (?P<between>\\*["']?,?\s*\\*["']?[Vv]alue\\*["']?\s*[:=]\s*
            |\\*["']\s*(?:=>|[:=,])\s*|:[-?+]|\s*(?:=>|:=|=|:)[\ \t]*|>)"#
    ))
});

/// What a sentence says before a secret, with or without a sign between them.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix-u)(?:^|[\s"'(])
            (?: (?P<password>password|passphrase)
              | token | (?:access|api|encryption|license|private|recovery|secret|unseal)\ key(?:\ [0-9]+)? )
            (?: (?:\ is\ generated)?\ for\ (?u:[^\s:])+: | \ (?:is|was|set\ to):? | \ ?[:=] )?
            \s(?P<value>(?u:[^\s"'`])+)"#,
    )
});

/// A Dockerfile's older form, `ENV NAME value`.
static ENV: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|\s)ENV\s+(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s+"));

/// What an image's history and a build's log put before variables, whose quotes they leave out.
static INSTRUCTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|\s)(?:ENV|ARG|LABEL)\s|\|[0-9]+\s"));

/// What stands before a variable that has its line for itself.
static LINE_START: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\s*(?:(?:export|declare -x|set|-)\s+)?"));

/// The version of an image, or its variant, or the commit that it was built from.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A (?: v?[0-9][0-9a-z]{0,3} | [0-9]+ | [A-Za-z]+ | [0-9a-f]{7,} | rc[0-9]+ )
            (?: [._-] (?: v?[0-9][0-9a-z]{0,3} | [0-9]+ | [A-Za-z]+[0-9.]* | [0-9a-f]{7,} ) )* (?: @ | \z)",
    )
});

/// How much the name of a pair says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Everything.
    AsEntry,
    /// Much, unless the value is code.
    AsAssignment,
    /// Something, unless the value is code or a part of a sentence.
    InPassing,
}

/// Adds where the secrets of a line are; in a line for a `shell` a space ends a value, wherever it
/// stands.
pub(super) fn find(line: &str, shell: bool, spans: &mut Vec<Range<usize>>) {
    // What is true of the whole line is looked for once: a line may hold a pair every few bytes.
    let recorded_from = INSTRUCTION.find(line).map(|instruction| instruction.end());
    let line_start = LINE_START.find(line).map_or(0, |start| start.end());
    let mut from = 0;
    while let Some(found) = PAIR.captures_at(line, from) {
        let (Some(whole), Some(name), Some(between)) =
            (found.get(0), found.name("name"), found.name("between"))
        else {
            break;
        };
        from = whole.end();
        let pair = Pair {
            line,
            name: name.as_str(),
            before: before(line, name.start()),
            between: between.as_str(),
            start: whole.end(),
            head: ordinary::head(line.get(whole.end()..).unwrap_or_default()),
            is_recorded: recorded_from.is_some_and(|from| from <= name.start()),
            has_the_line: !shell && name.start() == line_start && !name.as_str().starts_with('-'),
        };
        if let Some(secret) = pair.secret() {
            from = from.max(secret.end);
            spans.push(secret);
        }
    }
    sentences(line, spans);
    if line.contains("ENV")
        && let Some(found) = ENV.captures(line)
        && let (Some(whole), Some(name)) = (found.get(0), found.name("name"))
        && let Some(kind) = names::judge(name.as_str())
    {
        spans.extend(values::secret_in(line, kind, whole.end()..line.len()));
    }
}

/// Adds the secrets of sentences, which only their own look tells from other words.
fn sentences(line: &str, spans: &mut Vec<Range<usize>>) {
    if !SENTENCE.is_match(line) {
        return;
    }
    for found in SENTENCE.captures_iter(line) {
        let Some(value) = found.name("value") else {
            continue;
        };
        let word = value.as_str().trim_end_matches(extent::CLOSING);
        let kind = match found.name("password") {
            Some(_) if ordinary::looks_made(word) && !ordinary::is_code(word) => Name::Secret,
            _ => Name::Key,
        };
        spans.extend(values::secret_in(
            line,
            kind,
            value.start()..value.start() + word.len(),
        ));
    }
}

/// What stands before a name, but for the space behind a semicolon.
fn before(line: &str, at: usize) -> Option<char> {
    let before = line.get(..at)?;
    let last = before.chars().next_back()?;
    match before.strip_suffix("; ") {
        Some(_) => Some(';'),
        None => Some(last),
    }
}

/// A name and what it may be the name of.
struct Pair<'a> {
    line: &'a str,
    name: &'a str,
    before: Option<char>,
    between: &'a str,
    /// Where the value begins, or its quote.
    start: usize,
    /// As much of it as tells whether it is ordinary.
    head: &'a str,
    /// It stands in an instruction of a build, which has lost its quotes.
    is_recorded: bool,
    /// Nothing stands before it.
    has_the_line: bool,
}

impl Pair<'_> {
    /// Where the secret is.
    fn secret(&self) -> Option<Range<usize>> {
        let kind = self.kind()?;
        let is_ordinary = match self.written() {
            Written::AsEntry => false,
            Written::AsAssignment => {
                ordinary::is_code(self.head)
                    || ordinary::is_path_of_names(self.head)
                    || ordinary::is_verdict(self.first_word())
            }
            Written::InPassing => ordinary::is_code(self.head) || self.is_said(kind),
        };
        let is_filled_in = !self.is_recorded && ordinary::is_substitution(self.head);
        if is_ordinary || is_filled_in || self.is_reference() || self.is_result() {
            return None;
        }
        let place = Place {
            before: self.before,
            between: self.between,
            takes_spaces: self.is_recorded || self.has_the_line && kind == Name::Secret,
        };
        let value = extent::value(self.line, kind, self.start, &place);
        values::secret_in(self.line, kind, value)
    }

    /// What the name says, given what stands before it.
    fn kind(&self) -> Option<Name> {
        // The signature of a URL is what lets its holder in.
        let signs = ["sig", "X-Amz-Signature", "X-Goog-Signature"];
        if self.is_query() && signs.contains(&self.name) {
            return Some(Name::Secret);
        }
        // A `>` is a sign only in XML, and a comma only in PHP's `define('DB_PASSWORD', 'value')`.
        let is_sign = match self.between.trim_matches(['\\', '"', '\'', ' ']) {
            ">" => self.before == Some('<'),
            "," => names::is_constant(self.name) && self.is_quoted(),
            _ => true,
        };
        names::judge(self.name).filter(|_| is_sign)
    }

    fn written(&self) -> Written {
        let is_member = self.between.contains(['"', '\'']) && self.is_quoted();
        let is_variable = self.between == "=" && names::is_constant(self.name);
        let is_flag = self.name.starts_with('-');
        let is_header = self.name.to_ascii_lowercase().ends_with("authorization")
            && values::scheme(self.head) > 0;
        if self.is_recorded || is_member || is_variable || is_flag || is_header || self.is_query() {
            Written::AsEntry
        } else if self.between == "=" {
            Written::AsAssignment
        } else {
            Written::InPassing
        }
    }

    fn is_quoted(&self) -> bool {
        self.head.trim_start_matches('\\').starts_with(['"', '\''])
    }

    fn is_query(&self) -> bool {
        matches!(self.before, Some('?' | '&'))
    }

    fn first_word(&self) -> &str {
        let ends = |it: char| it.is_whitespace() || "\"'`,;)]}".contains(it);
        self.head.split(ends).next().unwrap_or_default()
    }

    /// Whether a sentence or a program says something of the secret, and not what it is.
    fn is_said(&self, kind: Name) -> bool {
        let is_default = matches!(self.between, ":-" | ":?" | ":+");
        if is_default || kind != Name::Secret || names::is_common(self.name) {
            let value = self.head.trim_start_matches(['\\', '"', '\'']);
            return !ordinary::looks_made(value);
        }
        // A constant with a colon is a variable in a list of them.
        let is_variable = names::is_constant(self.name) && !self.between.contains('=');
        !self.is_quoted() && ordinary::is_sentence(self.head)
            || !is_variable && ordinary::is_name(self.head)
    }

    /// Whether it is an image and its tag, a volume and its path, or a log-in of a URL.
    fn is_reference(&self) -> bool {
        if self.between != ":" {
            return false;
        }
        let word = self.first_word();
        let is_image =
            !self.name.contains(|it: char| it.is_ascii_uppercase()) && TAG.is_match(word);
        let is_lone = self.before != Some('/')
            && ["password", "passwd", "passphrase", "pwd"].contains(&self.name);
        // What is in front of a host is for those who read URLs.
        let is_login = self.before == Some('/') && word.contains('@');
        word.starts_with('/') || is_login || is_image && (!is_lone || word.contains('.'))
    }

    /// Whether it is what became of a test, or a number too short for what a machine made.
    fn is_result(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let word = self.first_word();
        self.name == "PASS" && self.between.trim() == ":"
            || (name.ends_with("pass") || name.ends_with("token"))
                && word.len() < 6
                && ordinary::is_quantity(word)
    }
}
