//! Finds the values of names in what was encoded for a URL: `password%3Dx`, `%22password%22%3A%22x%22`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::forms::PARTS;
use super::names::{self, Name};
use super::pattern::pattern;
use super::values;

/// A name and its sign, each encoded as often as it was put into another; quotes and spaces may stand between.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x-u)(?P<before>%(?:25)*[0-9A-Fa-f]{{2}})?(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)
            (?:%(?:25)*(?:2[027]|5[Cc])|\+)*%(?:25)*3[DdAa](?:%(?:25)*(?:2[027]|5[Cc])|\+)*"
    ))
});

/// Where a value ends.
static END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)%(?:25)*(?:2[0267CcBb]|3[BbEe]|5[CcDd]|7[Dd]|0[AaDd])|[&+;#]|(?u:[\s"'`<>\\])"#)
});

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if memchr::memchr(b'%', line.as_bytes()).is_none() {
        return;
    }
    let mut from = 0;
    while let Some(found) = PAIR.captures_at(line, from) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else {
            break;
        };
        from = whole.end();
        let is_signature = name.as_str() == "sig" && found.name("before").is_some();
        let Some(kind) = (match is_signature {
            true => Some(Name::Secret),
            false => names::judge(name.as_str()),
        }) else {
            continue;
        };
        let rest = line.get(from..).unwrap_or_default();
        // `${NAME}` and `{{ name }}`.
        let filled_in = ["%24%7B", "%7B%7B", "%24("];
        if filled_in.iter().any(|it| rest.starts_with(it)) {
            continue;
        }
        let length = END.find(rest).map_or(rest.len(), |end| end.start());
        spans.extend(values::secret_in(line, kind, from..from + length));
        from += length;
    }
}
