//! Reads a regular expression.

use regex::{Regex, RegexBuilder};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// The memory that a compiled expression may take, in bytes.
const LARGEST: usize = 1 << 20;

/// A regular expression; matching takes linear time, whatever it says.
#[derive(Debug, Clone)]
pub struct Pattern(pub Regex);

impl Parameter for Pattern {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let text = json::text(value)?;
        RegexBuilder::new(&text)
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .build()
            .map(Self)
            .map_err(|error| Mismatch::Reason(reason(&error)))
    }
}

impl Pattern {
    /// What may have been meant, where it matched nothing and is written as in another tool.
    pub fn hint(&self) -> Option<String> {
        let text = self.0.as_str();
        let slashed = text
            .strip_prefix('/')
            .and_then(|rest| rest.rsplit_once('/'));
        if let Some((inner, flags)) = slashed
            && flags.bytes().all(|flag| b"gimsuy".contains(&flag))
        {
            let kept: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
            let meant = if kept.is_empty() {
                inner.to_owned()
            } else {
                format!("(?{kept}){inner}")
            };
            return Some(format!(
                "nothing matches, and the slashes are a part of the expression: for {text} write {meant}"
            ));
        }
        let quoted = ['"', '\'']
            .iter()
            .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        if let Some(inner) = quoted {
            return Some(format!(
                "nothing matches, and the quotes are a part of the expression: for {text} write {inner}"
            ));
        }
        [r"\|", r"\(", r"\+", r"\?"]
            .iter()
            .any(|escaped| text.contains(escaped))
            .then(|| {
                format!(
                    "nothing matches, and behind a backslash `|`, `(`, `+` and `?` stand for themselves: {text} has one"
                )
            })
    }
}

fn reason(error: &regex::Error) -> String {
    let regex::Error::Syntax(text) = error else {
        return "it is too large".to_owned();
    };
    // The text is for a terminal: the pattern, a line with a caret under it, `error: …`.
    let why = text
        .lines()
        .find_map(|line| line.strip_prefix("error: "))
        .unwrap_or("it is no regular expression");
    let caret = text
        .lines()
        .find(|line| line.trim_start().starts_with('^'))
        .and_then(|line| line.find('^'))
        .and_then(|column| column.checked_sub(INDENT));
    match caret {
        Some(column) => format!("{why}, at character {}", column + 1),
        None => why.to_owned(),
    }
}

/// How far regex moves the pattern to the right in its messages.
const INDENT: usize = 4;

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_as_in_another_tool_has_a_hint() {
        for (pattern, part) in [
            ("/error/i", "write (?i)error"),
            ("/error/", "write error"),
            ("/a/b/gi", "write (?i)a/b"),
            ("\"error\"", "write error"),
            (r"error\|warn", "backslash"),
        ] {
            let hint = Pattern::parse(pattern.into()).unwrap().hint().unwrap();
            assert!(hint.contains(part), "{hint}");
        }
        for pattern in ["error", "/var/log", "a|b", r"\d+"] {
            assert_eq!(Pattern::parse(pattern.into()).unwrap().hint(), None);
        }
    }

    #[test]
    fn a_good_pattern_matches() {
        let pattern = Pattern::parse(json!("(?i)error|warn")).unwrap();
        assert!(pattern.0.is_match("an ERROR"));
        assert_eq!(
            serde_json::to_value(&pattern).unwrap(),
            json!("(?i)error|warn")
        );
    }

    #[test]
    fn a_bad_one_says_what_is_wrong_and_where() {
        for (given, expected) in [
            ("a(b", "unclosed group, at character 2"),
            (
                "[z-a]",
                "invalid character class range, the start must be <= the end, at character 2",
            ),
            (
                "*",
                "repetition operator missing expression, at character 1",
            ),
        ] {
            let Err(Mismatch::Reason(reason)) = Pattern::parse(json!(given)) else {
                panic!("{given}")
            };
            assert_eq!(reason, expected, "{given}");
        }
    }

    #[test]
    fn a_pattern_cannot_take_the_memory() {
        let Err(Mismatch::Reason(reason)) = Pattern::parse(json!("((a{100}){100}){100}")) else {
            panic!("compiled")
        };
        assert_eq!(reason, "it is too large");
    }
}
