//! Finds the values of flags that are words of their own: `--name value`, and the same as an array.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::forms::PARTS;
use super::pattern::pattern;
use super::{extent, names, ordinary, values};

/// A flag whose value is the next word, or the next of an array.
static FLAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?:^|[\s"'=\[])--?(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)(?:\s+|\\*["']\s*,\s*)"#
    ))
});

/// A line of a help text: a flag, perhaps what it takes, and in a column of its own what it means.
static HELP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\A\s*(?:-[A-Za-z0-9],?\s+)?--?[A-Za-z0-9-]+(?:[ =][A-Za-z<>_-]+)?\s{2,}[A-Za-z(](?u:\S)*\s+[A-Za-z(]",
    )
});

/// A line that says how something is called.
static USAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i-u)\A\s*(?:usage|syntax):"));

/// Adds the values of flags.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !FLAG.is_match(line) {
        return;
    }
    let is_usage = USAGE.is_match(line);
    let mut from = HELP.find(line).map_or(0, |help| help.end());
    while let Some(found) = FLAG.captures_at(line, from) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else {
            break;
        };
        // The space behind one flag is the one before the next.
        from = name.end();
        let rest = line.get(whole.end()..).unwrap_or_default();
        if let Some(kind) = names::judge(name.as_str())
            && !rest.starts_with('-')
            && (!whole.as_str().contains(',')
                || rest.trim_start_matches('\\').starts_with(['"', '\'']))
            && !is_metavariable(name.as_str(), rest, is_usage)
            && !ordinary::is_substitution(rest)
            && !rest.starts_with("id=")
            && !is_source(rest.trim_start_matches(['"', '\'']))
        {
            let value = extent::word(line, kind, whole.end());
            // What openssl puts before a password that is given there.
            let is_given = line
                .get(value.clone())
                .is_some_and(|it| it.starts_with("pass:"));
            let value = value.start + if is_given { "pass:".len() } else { 0 }..value.end;
            if !ordinary::is_verdict(line.get(value.clone()).unwrap_or_default()) {
                spans.extend(values::secret_in(line, kind, value));
            }
        }
    }
}

/// Whether a value says where the secret is to be read from, as openssl takes it.
pub(super) fn is_source(value: &str) -> bool {
    let sources = ["file:", "env:", "fd:", "stdin"];
    sources.iter().any(|source| value.starts_with(source))
}

/// Whether a value is the flag's own name in capitals, as in `[--password PASSWORD]`; in a usage line, in whatever
/// letters.
fn is_metavariable(flag: &str, rest: &str, is_usage: bool) -> bool {
    let is_part =
        |it: char| it.is_ascii_uppercase() || it == '_' || is_usage && it.is_ascii_lowercase();
    let end = rest.find(|it: char| !is_part(it));
    let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
    let ends = |it: char| it.is_whitespace() || "])|>,.".contains(it);
    let is_whole = !is_usage || behind.is_empty() || behind.starts_with(ends);
    let flag = flag.trim_start_matches('-').replace('-', "_");
    let flag = flag.to_ascii_uppercase();
    !word.is_empty() && is_whole && flag.ends_with(&word.to_ascii_uppercase())
}
