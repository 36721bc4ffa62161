//! Finds the values of names that sound secret: `NAME=value`, `name: value`, `"name": "value"`,
//! `--name value`, in whatever a line is made of.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::{self, Name, PARTS};
use super::{marker, pattern, values};

/// A name that may be one of a secret, and what parts it from its value. Quotes may stand behind
/// the name, escaped as often as the document that holds them was put into another.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)
        (?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)
        (?P<between>\\*["']\s*(?:=>|[:=])\s*|\s*(?:=>|:=|=|:)[\ \t]*)"#
    ))
});

/// A flag whose value is the next word.
static FLAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?:^|[\s"'=])--?(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)\s+"#
    ))
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

/// Where the next variable or the command behind the variables of a build begins.
static NEXT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\s+(?:[A-Za-z_][A-Za-z0-9_.-]*=|/bin/)"));

/// Where the next key of a line of `name: value` begins.
static NEXT_KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u),?\s+[A-Za-z_][A-Za-z0-9_.-]*:\s"));

/// Where the next of several options begins.
static NEXT_OPTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)[,;&][A-Za-z_][A-Za-z0-9_.-]*="));

/// The scheme of an `Authorization` header, which is no secret.
static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i-u)\A(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s+")
});

/// What may follow a value and belongs to what it stands in.
const CLOSING: [char; 8] = [',', ';', ':', '.', ')', ']', '}', '>'];

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
        let Some(kind) = kind(line, name.range(), between.as_str()) else {
            continue;
        };
        let is_recorded = recorded_from.is_some_and(|from| from <= name.start());
        let has_the_line = kind == Name::Secret && !shell && name.start() == line_start;
        let value = Value {
            line,
            start: whole.end(),
            kind,
            before: line
                .get(..name.start())
                .and_then(|before| before.chars().next_back()),
            between: between.as_str(),
            takes_spaces: is_recorded || has_the_line,
        };
        let value = value.extent();
        if name.as_str().eq_ignore_ascii_case("pass") && is_count(line, &value) {
            continue;
        }
        if add(line, kind, value.clone(), spans) {
            from = from.max(value.end);
        }
    }
    let mut from = if FLAG.is_match(line) { 0 } else { line.len() };
    while let Some(found) = FLAG.captures_at(line, from) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else {
            break;
        };
        // The space behind one flag is the one before the next.
        from = name.end();
        let is_flag = line
            .get(whole.end()..)
            .is_some_and(|rest| rest.starts_with('-'));
        if let Some(kind) = names::judge(name.as_str())
            && !is_flag
        {
            add(line, kind, word(line, kind, whole.end()), spans);
        }
    }
    if line.contains("ENV")
        && let Some(found) = ENV.captures(line)
        && let (Some(whole), Some(name)) = (found.get(0), found.name("name"))
        && let Some(kind) = names::judge(name.as_str())
    {
        add(line, kind, whole.end()..line.len(), spans);
    }
}

/// Adds the value, without the scheme of a header, where it is a secret.
fn add(line: &str, kind: Name, at: Range<usize>, spans: &mut Vec<Range<usize>>) -> bool {
    let value = line.get(at.clone()).unwrap_or_default();
    let (scheme, secret) = value.split_at(scheme(value));
    let is_secret = values::is_secret(kind, secret);
    if is_secret {
        spans.push(at.start + scheme.len()..at.end);
    }
    is_secret
}

/// The length of the scheme that a header's value begins with.
pub(super) fn scheme(value: &str) -> usize {
    SCHEME.find(value).map_or(0, |scheme| scheme.end())
}

/// What the name says, given what stands around it.
fn kind(line: &str, at: Range<usize>, between: &str) -> Option<Name> {
    let name = line.get(at.clone())?;
    let before = line.get(..at.start)?.chars().next_back();
    // The signature of a URL is what lets its holder in.
    if matches!(before, Some('?' | '&'))
        && matches!(name, "sig" | "X-Amz-Signature" | "X-Goog-Signature")
    {
        return Some(Name::Secret);
    }
    let kind = names::judge(name)?;
    let is_colon = between == ":";
    // A test's result, an image and its tag, a volume and its path.
    let is_verdict = between.trim() == ":" && name == "PASS";
    let is_image = is_colon && !name.contains('_') && !is_spelt_out(name);
    let after = line.get(at.end + between.len()..).unwrap_or_default();
    let is_mount = is_colon && after.starts_with('/');
    (!is_verdict && !is_image && !is_mount).then_some(kind)
}

/// Whether a value is how many tests passed.
fn is_count(line: &str, at: &Range<usize>) -> bool {
    let value = line.get(at.clone()).unwrap_or_default();
    value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a name is none that an image would have.
fn is_spelt_out(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "apikey",
        "authorization",
    ]
    .iter()
    .any(|word| name.ends_with(word))
}

/// The value of a pair.
struct Value<'a> {
    line: &'a str,
    /// Where it begins, or its quote.
    start: usize,
    kind: Name,
    /// What stands before the name.
    before: Option<char>,
    between: &'a str,
    /// Whether spaces belong to it, because it was recorded or has its line for itself.
    takes_spaces: bool,
}

impl Value<'_> {
    /// Where the value is.
    fn extent(&self) -> Range<usize> {
        let rest = self.line.get(self.start..).unwrap_or_default();
        let at = within(rest, self.kind, |rest| self.extent_in(rest));
        self.start + at.start..self.start + at.end
    }

    fn extent_in(&self, rest: &str) -> Range<usize> {
        if let Some(quoted) = quoted(rest) {
            return quoted;
        }
        let header = scheme(rest);
        let is_quoted_name = self.between.contains(['"', '\'']);
        let length = if marker::begins(rest) {
            0
        } else if header > 0 {
            header + header_end(rest.get(..header), rest.get(header..))
        } else if self.takes_spaces && !is_quoted_name {
            line_end(rest, self.between)
        } else {
            option_end(rest, self.before)
        };
        0..length
    }
}

/// How much of a line is looked at first for the end of a value.
const WINDOW: usize = 256;

/// The longest value that may be a key and need not be one.
const LONGEST_KEY: usize = 1024;

/// Looks for a value in no more of a text than it takes, so that the time for all values of a line
/// grows as the line does: what is passed over belongs to a secret and is not looked at again.
fn within(rest: &str, kind: Name, find: impl Fn(&str) -> Range<usize>) -> Range<usize> {
    let mut length = WINDOW;
    loop {
        let window = (length..length + 4)
            .find_map(|end| rest.get(..end))
            .unwrap_or(rest);
        let found = find(window);
        let behind = window.get(found.end..).unwrap_or_default();
        let ends_before = !behind.trim_end().trim_end_matches(CLOSING).is_empty();
        let is_too_long = kind == Name::Key && length >= LONGEST_KEY;
        if ends_before || is_too_long || window.len() == rest.len() {
            return found;
        }
        length *= 2;
    }
}

/// The inside of the quotes that a text begins with; to its end where they are not closed.
fn quoted(text: &str) -> Option<Range<usize>> {
    let slashes = text.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = text
        .get(..slashes + 1)
        .filter(|quote| quote.ends_with(['"', '\'']))?;
    let inside = text.get(quote.len()..)?;
    let end = inside
        .match_indices(quote)
        .find(|(at, _)| {
            let before = inside.get(..*at).unwrap_or_default();
            let escapes = before
                .bytes()
                .rev()
                .take_while(|byte| *byte == b'\\')
                .count();
            escapes % 2 == 0
        })
        .map_or(inside.len(), |(at, _)| at);
    Some(quote.len()..quote.len() + end)
}

/// The length of a header's value behind its scheme. Two schemes have several values in a row.
fn header_end(scheme: Option<&str>, value: Option<&str>) -> usize {
    let (scheme, value) = (scheme.unwrap_or_default(), value.unwrap_or_default());
    match scheme.as_bytes().first() {
        Some(b'd' | b'D') => value.len(),
        _ if scheme.len() > "negotiate ".len() => value.find('\'').unwrap_or(value.len()),
        _ => option_end(value, None),
    }
}

/// The length of a value that its line holds little else beside.
fn line_end(rest: &str, between: &str) -> usize {
    let is_sentence = between.contains(':')
        && rest
            .split_whitespace()
            .next()
            .is_some_and(values::is_verdict);
    if is_sentence {
        return 0;
    }
    let next = if between.contains('=') {
        &NEXT
    } else {
        &NEXT_KEY
    };
    let end = next.find(rest).map_or(rest.len(), |next| next.start());
    rest.get(..end).map_or(end, |value| value.trim_end().len())
}

/// The length of a value among others.
fn option_end(rest: &str, before_name: Option<char>) -> usize {
    let end = rest
        .find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '`' | '\\'))
        .unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default();
    let end = match before_name {
        Some(',') => word.find(','),
        Some('?' | '&') => word.find(['&', '#']),
        Some(';') => word.find(';'),
        _ => NEXT_OPTION.find(word).map(|next| next.start()),
    };
    let word = end.and_then(|end| word.get(..end)).unwrap_or(word);
    if values::is_verdict(word) {
        return 0;
    }
    word.trim_end_matches(CLOSING).len()
}

/// The next word, without its quotes.
fn word(line: &str, kind: Name, start: usize) -> Range<usize> {
    let rest = line.get(start..).unwrap_or_default();
    let at = within(rest, kind, |rest| {
        quoted(rest).unwrap_or_else(|| 0..option_end(rest, None))
    });
    start + at.start..start + at.end
}
