//! Collects the secrets that a call itself brought, which are hidden wherever they come back.
//!
//! However many there are, a text is read once for all of them.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use serde_json::Value;

use super::names::{self, Name};
use super::spellings::spellings;
use super::values::{self, is_ordinary};

/// The least length of a secret that is looked for; shorter ones occur by chance.
const SHORTEST: usize = 6;

/// The longest text that is looked for as a whole; of a longer secret, each of its parts. It bounds how
/// far a search goes back after it found one.
const LONGEST: usize = 128;

/// Secrets that are known by their value.
#[derive(Default)]
pub(super) struct CallSecrets {
    texts: BTreeSet<String>,
    /// Finds the longest of them at each place; none where there is nothing to find.
    finder: Option<AhoCorasick>,
}

impl CallSecrets {
    /// The values of arguments that are secret. They may be given as the text of a JSON object, and
    /// are noted before anything else reads them.
    pub(super) fn of<'a>(secrets: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut known = Self::default();
        for value in secrets {
            match value.as_str().map(serde_json::from_str::<Value>) {
                Some(Ok(value)) => known.collect("", &value),
                _ => known.collect("", value),
            }
        }
        known.prepare();
        known
    }

    fn collect(&mut self, name: &str, value: &Value) {
        match value {
            // The options of a mount, each a value of its own.
            Value::String(text) if name == "o" => {
                for (name, value) in text.split(',').filter_map(|option| option.split_once('=')) {
                    self.note(name, value);
                }
            }
            // `NAME=value`, as the Docker CLI takes variables.
            Value::String(text) if name.is_empty() && text.contains('=') => {
                let (name, value) = text.split_once('=').unwrap_or_default();
                self.collect(name, &Value::from(value));
            }
            Value::String(text) => self.note(name, text),
            Value::Number(number) => self.note(name, &number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(name, item)),
            Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(name, value)| self.collect(name, value));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn note(&mut self, name: &str, value: &str) {
        // What stands for a secret is none.
        if values::is_reference(value) {
            return;
        }
        if names::judge(name) == Some(Name::Secret) || !is_ordinary(value) {
            self.add(value);
        }
    }

    /// Adds one more secret.
    pub(super) fn learn(&mut self, secret: &str) {
        self.add(secret);
        self.prepare();
    }

    /// Adds secrets that are looked for in every spelling, and in texts of many lines too.
    pub(super) fn learn_whole<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        let before = self.texts.len();
        for form in secrets.into_iter().flat_map(spellings) {
            for form in form.lines().map(str::trim).chain([form.as_str()]) {
                self.texts.extend(parts(form).map(str::to_owned));
            }
        }
        if self.texts.len() > before {
            self.prepare();
        }
    }

    /// Adds each line of a secret, because what comes back is looked at line by line.
    fn add(&mut self, secret: &str) {
        for line in secret.lines().map(str::trim) {
            let quoted = Value::from(line).to_string();
            for form in [line, quoted.trim_matches('"')] {
                self.texts.extend(parts(form).map(str::to_owned));
            }
        }
    }

    /// Makes what has been added known to the finder.
    #[expect(
        clippy::expect_used,
        reason = "without the finder, secrets would pass unseen"
    )]
    fn prepare(&mut self) {
        if self.texts.is_empty() {
            return;
        }
        let finder = AhoCorasick::builder()
            // The kind whose size is that of the texts, whatever they have in common.
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&self.texts)
            .expect(
                "the texts of one message, or of all secrets, are far fewer than a finder takes",
            );
        self.finder = Some(finder);
    }

    /// Adds where they are in a line; those that overlap or touch are one.
    pub(super) fn find(&self, line: &str, spans: &mut Vec<Range<usize>>) {
        let Some(finder) = &self.finder else {
            return;
        };
        let longest = finder.max_pattern_len();
        let mut from = 0;
        let mut last: Option<Range<usize>> = None;
        while let Some(found) = finder.find(Input::new(line).range(from..)) {
            match &mut last {
                Some(last) if found.start() <= last.end => last.end = last.end.max(found.end()),
                _ => spans.extend(last.replace(found.range())),
            }
            // Another may begin within this one and end behind it.
            from = (found.start() + 1).max((found.end() + 1).saturating_sub(longest));
        }
        spans.extend(last);
    }
}

impl fmt::Debug for CallSecrets {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSecrets").finish_non_exhaustive()
    }
}

/// A secret in parts of about the same length, each long enough to be looked for and none longer than
/// [`LONGEST`].
fn parts(secret: &str) -> impl Iterator<Item = &str> {
    let count = secret.len().div_ceil(LONGEST);
    let mut rest = secret;
    let mut left = count;
    std::iter::from_fn(move || {
        let length = rest.len().div_ceil(left.max(1));
        let end = (0..=length).rev().find(|end| rest.is_char_boundary(*end))?;
        let (part, behind) = rest.split_at_checked(end)?;
        rest = behind;
        left = left.checked_sub(1)?;
        Some(part)
    })
    // A part may be a line that was drawn, or a gap.
    .filter(move |part| {
        part.len() >= SHORTEST && (count == 1 || part.contains(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(secrets: &[&str]) -> CallSecrets {
        let mut known = CallSecrets::default();
        secrets.iter().for_each(|secret| known.add(secret));
        known.prepare();
        known
    }

    /// The line with a `*` in place of what is found in it.
    fn found(secrets: &[&str], line: &str) -> String {
        let mut spans = Vec::new();
        known(secrets).find(line, &mut spans);
        let mut shown = line.to_owned();
        for span in spans.into_iter().rev() {
            shown.replace_range(span, "*");
        }
        shown
    }

    #[test]
    fn secrets_that_overlap_are_hidden_whole() {
        let secrets = ["abcdef", "defghi", "cdefgh", "ghijkl-and-more"];
        assert_eq!(found(&secrets, "x abcdefghi y"), "x * y");
        assert_eq!(found(&secrets, "abcdefghijkl-and-more abcdef"), "* *");
        assert_eq!(found(&secrets, "abcde fghi"), "abcde fghi");
    }

    #[test]
    fn a_secret_of_any_length_is_hidden_whole() {
        for length in 6..1500 {
            let letter = |at: u32| match at % 7 {
                6 => 'ä',
                _ => char::from_u32(u32::from('a') + at * at % 23).unwrap(),
            };
            let secret: String = (0..length).map(letter).collect();
            let line = format!("- {secret} -");
            assert_eq!(found(&[&secret], &line), "- * -", "{length}");
        }
    }

    /// If the work grew with the number of secrets, or with the square of a length, this would hardly
    /// end.
    #[test]
    fn many_secrets_and_hostile_ones_are_found_in_one_pass() {
        let many: Vec<String> = (0..3000)
            .map(|at| format!("planted-value-{at}-x"))
            .collect();
        let nested: Vec<String> = (6..600).map(|length| "a".repeat(length)).collect();
        for (secrets, line) in [
            (
                &many,
                "planted-value-2999-x and planted-value-7-x, ".repeat(2_000),
            ),
            (&nested, "a".repeat(100_000)),
        ] {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let shown = found(&secrets, &line);
            assert!(
                !shown.contains("value") && !shown.contains("aaa"),
                "{shown}"
            );
        }
    }

    /// However variables are spelt, their values are known, and not the names with them.
    #[test]
    fn a_secret_is_known_from_every_spelling_of_a_variable() {
        for given in [
            json!({"DB_PASSWORD": "correct-horse"}),
            json!("DB_PASSWORD=correct-horse"),
            json!(["A=1", "DB_PASSWORD=correct-horse"]),
            json!(r#"["DB_PASSWORD=correct-horse"]"#),
        ] {
            let known = CallSecrets::of([&given]);
            let mut spans = Vec::new();
            known.find("it is correct-horse", &mut spans);
            assert_eq!(spans.len(), 1, "{given}");
            assert_eq!(spans[0], 6..19, "{given}");
        }
    }
}
