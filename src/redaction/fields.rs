//! Finds secrets whose name is a value itself: `value: x, name: DB_PASSWORD`, `<entry key="password">x</entry>`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::forms::PARTS;
use super::names::{self, Name};
use super::pattern::pattern;
use super::{ordinary, values};

/// A value in front of its name.
static REVERSED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)\b(?i:parameter)?(?i:value)\\*["']?\s*[:=]\s*
            (?: \\*"(?P<double>(?u:[^"\\])+)\\*" | '(?P<single>(?u:[^'])+)' | (?P<bare>(?u:[^\s,;"'\\{{}}])+) )
            \s*[,;]\s*\\*["']?(?i:parameter)?(?i:name|key)\\*["']?\s*[:=]\s*\\*["']?
            (?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)"#
    ))
});

/// An element whose attribute is the name.
static ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\s(?:key|name|id)=["'](?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)["'](?u:[^<>])*>(?P<bare>(?u:[^<>])+)</"#
    ))
});

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    for form in [&*REVERSED, &*ELEMENT] {
        if !form.is_match(line) {
            continue;
        }
        for found in form.captures_iter(line) {
            let is_secret = found
                .name("name")
                .is_some_and(|name| names::judge(name.as_str()) == Some(Name::Secret));
            let value = ["double", "single", "bare"]
                .iter()
                .find_map(|it| found.name(it));
            if let Some(value) = value.filter(|_| is_secret)
                && !ordinary::is_substitution(value.as_str())
            {
                spans.extend(values::secret_in(line, Name::Secret, value.range()));
            }
        }
    }
}
