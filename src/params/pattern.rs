//! Reads a regular expression.

use regex::{Regex, RegexBuilder};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::json;
use super::{Mismatch, Parameter};

/// The memory that a compiled expression may take, in bytes.
const LARGEST: usize = 1 << 20;

/// A regular expression; matching takes linear time, whatever it says.
#[derive(Debug, Clone)]
pub struct Pattern(pub Regex);

impl Parameter for Pattern {
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
