//! Follows a value that YAML gives on lines of its own: `password: |`, and it stands on all that are
//! indented deeper.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names;
use super::pattern;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)\A(?P<before>[\ \t]*(?:-\ +)*)["']?(?P<name>[A-Za-z0-9_.-]+)["']?:
            \s+(?:!(?u:\S)*\s+)?[|>][0-9+-]{0,2}\s*(?:\#(?u:.)*)?\z"#,
    )
});

/// The indentation of the key whose value the lines are.
#[derive(Debug, Default)]
pub(super) struct Block(Option<usize>);

impl Block {
    /// Takes the next line; where it is part of a secret.
    pub(super) fn next(&mut self, line: &str) -> Option<Range<usize>> {
        if let Some(indentation) = self.0 {
            let start = line.len() - line.trim_start().len();
            let is_empty = start == line.len();
            if is_empty || start > indentation {
                return (!is_empty).then_some(start..line.len());
            }
            self.0 = None;
        }
        if memchr::memchr2(b'|', b'>', line.as_bytes()).is_some()
            && let Some(found) = HEADER.captures(line)
        {
            let (before, name) = (found.name("before")?, found.name("name")?);
            self.0 = names::judge(name.as_str()).map(|_| before.len());
        }
        None
    }
}
