//! Finds where in a line a value ends, of which only the beginning is known.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::Name;
use super::pattern::pattern;
use super::{marker, values};

/// Where the next variable or the command behind the variables of a build begins.
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\s+(?: [A-Za-z_][A-Za-z0-9_.-]*= | /bin/ | \./(?u:\S)
                | (?:ansible(?:-[a-z]+)?|aws|bash|cargo|createdb|curl|docker|go|helm|java|kubectl|make|mariadb[a-z-]*|mysql[a-z]*
                    |node|npm|npx|pg_[a-z]+|php|psql|python3?|redis-cli|restic|borg|ruby|sh|sqlcmd|sqlservr|sshpass|terraform|vault
                    |wget|yarn)(?:\s|\z) )",
    )
});

/// Where the next key of a line of `name: value` begins.
static NEXT_KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u),?\s+[A-Za-z_][A-Za-z0-9_.-]*:\s"));

/// Where the next of several options begins.
static NEXT_OPTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)[,;&][A-Za-z_][A-Za-z0-9_.-]*="));

/// What may follow a value and belongs to what it stands in.
pub(super) const CLOSING: [char; 8] = [',', ';', ':', '.', ')', ']', '}', '>'];

/// How much of a line is looked at first for the end of a value.
const WINDOW: usize = 512;

/// What stands around the beginning of a value.
pub(super) struct Around<'a> {
    /// What stands before the name.
    pub(super) before: Option<char>,
    /// What stands between the name and the value.
    pub(super) between: &'a str,
    /// Whether spaces belong to the value, because it was recorded or has its line for itself.
    pub(super) takes_spaces: bool,
}

/// Where the value is that begins there, without its quotes.
pub(super) fn value(line: &str, kind: Name, start: usize, around: &Around<'_>) -> Range<usize> {
    let Around {
        before,
        between,
        takes_spaces,
    } = *around;
    within(line, kind, start, |rest| {
        if let Some(quoted) = quoted(rest) {
            return quoted;
        }
        // The quote stands before the name: `'NAME=value'`.
        if let Some(quote @ ('"' | '\'')) = before
            && between == "="
            && let Some(inside) = rest.split(quote).next().filter(|it| it.len() < rest.len())
            && !marker::begins(rest)
            && inside.contains(char::is_alphanumeric)
        {
            return 0..line_end(inside, between);
        }
        let header = values::scheme(rest);
        0..if marker::begins(rest) {
            0
        } else if header > 0 {
            header + header_end(rest.get(..header), rest.get(header..))
        } else if takes_spaces && !between.contains(['"', '\'']) {
            line_end(rest, between)
        } else {
            option_end(rest, before)
        }
    })
}

/// The next word, without its quotes.
pub(super) fn word(line: &str, kind: Name, start: usize) -> Range<usize> {
    within(line, kind, start, |rest| {
        quoted(rest).unwrap_or_else(|| 0..option_end(rest, None))
    })
}

/// Looks for a value in no more of a text than it takes, so that the time for all values of a line
/// grows as the line does: what is passed over belongs to a secret and is not looked at again.
fn within(
    line: &str,
    kind: Name,
    start: usize,
    find: impl Fn(&str) -> Range<usize>,
) -> Range<usize> {
    let rest = line.get(start..).unwrap_or_default();
    let mut length = WINDOW;
    loop {
        let window = (length..length + 4).find_map(|end| rest.get(..end));
        let window = window.unwrap_or(rest);
        let found = find(window);
        let behind = window.get(found.end..).unwrap_or_default();
        let ends_before = !behind.trim_end().trim_end_matches(CLOSING).is_empty();
        // What may be no key is looked at again, and none is as long.
        if ends_before || kind == Name::Key || window.len() == rest.len() {
            return start + found.start..start + found.end;
        }
        length *= 2;
    }
}

/// The inside of the quotes that a text begins with; to its end where they are not closed.
pub(super) fn quoted(text: &str) -> Option<Range<usize>> {
    let slashes = text.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = text
        .get(..slashes + 1)
        .filter(|quote| quote.ends_with(['"', '\'', '`']))?;
    let inside = text.get(quote.len()..)?;
    // Between three of them it may hold one.
    let tripled = quote.repeat(2);
    if let Some(inside) = inside.strip_prefix(&tripled) {
        let start = quote.len() * 3;
        let end = inside.find(&quote.repeat(3)).unwrap_or(inside.len());
        return Some(start..start + end);
    }
    let is_escaped = |at: usize| {
        let before = inside.bytes().take(at).rev();
        before.take_while(|byte| *byte == b'\\').count() % 2 == 1
    };
    let mut quotes = inside.match_indices(quote).map(|(at, _)| at);
    let end = quotes.find(|at| !is_escaped(*at));
    // A quote that stands before a space and is closed by none closes one before it.
    let is_one = end.is_some() || !inside.starts_with(char::is_whitespace);
    is_one.then(|| quote.len()..quote.len() + end.unwrap_or(inside.len()))
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
    let is_quote = |it: char| matches!(it, '"' | '\'' | '`' | '\\');
    if before_name == Some('<')
        && let Some(end) = rest.find('<')
    {
        return end;
    }
    // In a connection string a semicolon ends a value, and a space does not.
    if before_name == Some(';')
        && let Some(end) = rest.find(|it: char| it == ';' || is_quote(it))
        && rest.get(end..).is_some_and(|end| end.starts_with(';'))
    {
        return end;
    }
    let end = rest
        .find(|it: char| it.is_whitespace() || is_quote(it))
        .unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default();
    let end = match before_name {
        Some(',') => word.find(','),
        Some('?' | '&') => word.find(['&', '#']),
        Some(';') => word.find(';'),
        _ => NEXT_OPTION.find(word).map(|next| next.start()),
    };
    let word = end.and_then(|end| word.get(..end)).unwrap_or(word);
    word.trim_end_matches(CLOSING).len()
}
