//! Finds the secrets that code hands to a function in quotes: `setPassword("x")`, `put("password", "x")`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::quoted;
use super::names::{self, Name, PARTS};
use super::{ordinary, pattern, values};

/// A function that is named after what it takes, up to the quote.
static FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\b(?P<name>[A-Za-z0-9_]*(?i:{PARTS})[A-Za-z0-9_]*)\(\s*(?P<quote>\\*["'`])"#
    ))
});

/// A function that takes the name of something and its value, up to the quote of the value.
static SETTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\b(?i:put|set|add|append|insert|header|setenv|putenv|setdefault|(?:set|add)(?:header|property|env|string|entry|param|secret))\(\s*\\*["'](?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)\\*["']\s*,\s*(?P<quote>\\*["'])"#
    ))
});

/// How the names of functions begin that take what follows in their names.
const VERBS: [&str; 8] = [
    "set", "with", "use", "add", "put", "change", "reset", "update",
];

/// What a function is called that takes a secret of any look.
const NOUNS: &str = "password passwd passphrase apikey secretkey accesskey clientsecret privatekey";

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !line.contains('(') {
        return;
    }
    for (form, is_setter) in [(&*FUNCTION, false), (&*SETTER, true)] {
        let mut from = 0;
        while let Some(found) = form.captures_at(line, from) {
            let (Some(name), Some(quote)) = (found.name("name"), found.name("quote")) else {
                break;
            };
            from = quote.end();
            let Some(inside) = line.get(quote.start()..).and_then(quoted) else {
                continue;
            };
            let at = quote.start() + inside.start..quote.start() + inside.end;
            let value = line.get(at.clone()).unwrap_or_default();
            let takes = is_setter || takes(name.as_str(), value);
            if takes && names::judge(name.as_str()) == Some(Name::Secret) && !is_said(value) {
                from = from.max(at.end);
                spans.extend(values::secret_in(line, Name::Secret, at));
            }
        }
    }
}

/// Whether a function of that name takes a secret, rather than gives one or asks for it.
fn takes(name: &str, value: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    // Such a secret is an object, and what it takes a name.
    if plain.ends_with("secret") && !plain.ends_with("clientsecret") || plain.ends_with("secrets") {
        return ordinary::looks_made(value);
    }
    VERBS.iter().any(|verb| plain.starts_with(verb))
        || NOUNS.split(' ').any(|noun| plain == noun)
        || plain.ends_with("token")
            && plain.len() <= "accesstoken".len()
            && ordinary::looks_made(value)
}

/// Whether a text is about a secret: a question, a verdict, a rule, another name.
fn is_said(value: &str) -> bool {
    let value = value.trim_end();
    value.ends_with([':', '?', '.'])
        || ordinary::is_verdict(value)
        || value.contains('|')
        || ordinary::is_substitution(value)
}
