//! Tells what sentences and programs say of a secret from the secret itself.
//!
//! `password: field required` and `token = get_token()` name a secret and do not hold it. Only
//! texts have such, and what is looked at there is the beginning of what stands behind the name.

use std::sync::LazyLock;

use regex::Regex;

use super::forms::{self, Words, set};
use super::names;
use super::pattern::pattern;

/// How much of a text is looked at: what is ordinary shows soon.
const HEAD: usize = 128;

/// What is said of a secret, and the types that it is declared with.
static VERDICTS: Words = Words::new(|| set(forms::VERDICTS));

/// Code by its beginning: a call, an index, an object, a substitution, a tag of YAML, a comparison.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)\A(?:
            [&*!]?(?:(?:await|new|not)\ )?[A-Za-z_$][A-Za-z0-9_]*(?:(?:\.|::|->|\?\.)[A-Za-z_][A-Za-z0-9_]*)*
                (?:\(|\[[\x22':\]A-Za-z0-9])
          | \[?\{\s*['\x22]?[A-Za-z_]*['\x22]?:
          | \(\s*['\x22]?[A-Za-z_.]+['\x22]?\s*,
          | ![A-Za-z]+\s
          | [=~]
        )"#,
    )
});

/// What a shell or a template puts a value in the place of.
static SUBSTITUTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u)\A["']?(?:\$[({]|`[a-z./-]+\s|\{\{|<%|%\()"#));

/// A variable, or the way to one.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\A[&*!]*(?P<path>\$?[A-Za-z_]+(?:(?:\.|::|->|\?\.)[A-Za-z_]+)*)(?:[\s;,)}\]]|\z)",
    )
});

/// A number, and what it counts or measures.
static QUANTITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i-u)\Av?[0-9.,:/]+(?:[nmu]?s|min|m|h|d|%|[kmgt]i?b?|x)?\z"));

/// Whether a text begins with code that gives a value.
pub(super) fn is_code(text: &str) -> bool {
    CODE.is_match(text)
}

/// Whether a text begins with what something else is put in the place of.
pub(super) fn is_substitution(text: &str) -> bool {
    SUBSTITUTION.is_match(text)
}

/// Whether a text begins with a variable that is named after the secret it holds: `db_password`.
pub(super) fn is_name(text: &str) -> bool {
    let path = reference(text);
    names::judge(path).is_some() && !names::is_word(path)
}

/// Whether a text begins with the way to such a variable: `self.password`, `$token`.
pub(super) fn is_path_of_names(text: &str) -> bool {
    let path = reference(text);
    path.contains(['.', ':', '>', '$']) && names::judge(path).is_some()
}

/// The variable, without what stands before and behind it, that a text begins with.
fn reference(text: &str) -> &str {
    let found = REFERENCE.captures(text).and_then(|it| it.name("path"));
    found.map_or("", |path| path.as_str())
}

/// Whether a text begins as a sentence goes on: with a verdict, or with two words.
pub(super) fn is_sentence(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let goes_on = second.is_some_and(|it| is_word(it.trim_matches(['"', '\''])));
    is_verdict(first) || is_word(first) && !first.ends_with([',', ';']) && goes_on
}

/// Whether a word says what is the matter with a secret, with whatever ends its sentence.
pub(super) fn is_verdict(word: &str) -> bool {
    let word = word.trim_end_matches(|it: char| !it.is_alphanumeric());
    // The longest has as many bytes.
    word.len() <= 24 && VERDICTS.contains(&*word.to_lowercase())
}

/// Whether a value looks like one that a machine made, rather than like a word or a number.
pub(super) fn looks_made(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches([',', ';', '.', ':']);
    word.len() >= 6
        && !is_word(word)
        && !is_quantity(word)
        && !word.contains("://")
        && word.contains(|it: char| it.is_ascii_digit() || it == '=')
}

/// Whether a word is a number, and what it counts or measures.
pub(super) fn is_quantity(word: &str) -> bool {
    QUANTITY.is_match(word)
}

/// Whether a text is a single word of a language, with what may stand around one in a sentence.
fn is_word(text: &str) -> bool {
    let text = text.trim_start_matches('(');
    let text = text.trim_end_matches([',', ';', '.', ':', '!', '?', ')']);
    let is_letter = |it: char| it.is_alphabetic() || matches!(it, '-' | '\'' | '’' | '/' | '_');
    !text.is_empty() && text.chars().all(is_letter)
}

/// Whether a text begins with a sign of a script that no password is written in.
pub(super) fn is_of_signs(text: &str) -> bool {
    text.starts_with(|it: char| it >= '\u{2e80}')
}

/// As much of a text as is looked at.
pub(super) fn head(text: &str) -> &str {
    let ends = (0..=HEAD.min(text.len())).rev();
    ends.filter_map(|end| text.get(..end))
        .next()
        .unwrap_or_default()
}
