//! Finds the secrets that code hands to a function in quotes: `setPassword("x")`, `put("password", "x")`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::quoted;
use super::forms::PARTS;
use super::names::{self, Name};
use super::pattern::pattern;
use super::{ordinary, values};

/// What some languages put before a quote.
const PREFIX: &str = "(?:@|[bBrRuUfFL]{1,2})?";

/// A function that is named after what it takes, up to the quote.
static FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\b(?P<name>[A-Za-z0-9_]*(?i:{PARTS})[A-Za-z0-9_]*)(?:\(\s*{PREFIX}|:@)(?P<quote>\\*["'`])"#
    ))
});

/// A function that takes the name of something and its value, up to the quote of the value.
static SETTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\b(?i:put|set|add|append|insert|header|setenv|putenv|setdefault|(?:set|add)(?:header|property|env|string|entry|param|secret))\(\s*\\*["'](?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)\\*["']\s*,\s*(?P<quote>\\*["'])"#
    ))
});

/// A function that takes a user and a password, up to the quote of the latter.
static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)(?:\b(?i:(?:[a-z]*basic_?auth|[a-z]*usernamepassword|passwordauthentication|networkcredential)[a-z_]*|(?:basic|plain)auth)
                |\b(?i:auth|cred(?:ential)?s)\s*=\s*|\.(?i:login|authenticate|basic_?auth)
                |(?i:getconnection)\((?u:[^,()])+,)
            \(?\s*{PREFIX}(?:\\*["'](?u:[^"'\\])*\\*["']|[A-Za-z_.]+)\s*,\s*{PREFIX}(?P<quote>\\*["'])"#
    ))
});

/// Another argument in quotes.
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\A\\*["'`]\s*,\s*{PREFIX}(?P<quote>\\*["'`])"#
    ))
});

/// How the names of functions begin that take what follows in their names.
const VERBS: [&str; 8] = [
    "set", "with", "use", "add", "put", "change", "reset", "update",
];

/// What a function is called that takes a secret of any look.
const NOUNS: &str = "password passwd passphrase apikey secretkey accesskey clientsecret privatekey";

/// What is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callee {
    Function,
    Setter,
    Login,
}

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !line.contains('(') && !line.contains(":@") {
        return;
    }
    for (form, callee) in [
        (&*FUNCTION, Callee::Function),
        (&*SETTER, Callee::Setter),
        (&*LOGIN, Callee::Login),
    ] {
        // Which is all that most functions take.
        if callee != Callee::Function && !line.contains(',') {
            continue;
        }
        let mut from = 0;
        while let Some(found) = form.captures_at(line, from) {
            let Some(quote) = found.name("quote") else {
                break;
            };
            from = quote.end();
            let name = found.name("name").map_or("", |name| name.as_str());
            let Some(at) = argument(line, quote.start()) else {
                continue;
            };
            let value = line.get(at.clone()).unwrap_or_default();
            let takes = match callee {
                Callee::Function => takes(name, value),
                Callee::Setter | Callee::Login => true,
            };
            let is_secret = callee == Callee::Login || names::judge(name) == Some(Name::Secret);
            if !takes || !is_secret || is_said(value) {
                continue;
            }
            from = from.max(at.end);
            spans.extend(values::secret_in(line, Name::Secret, at.clone()));
            // A user may come first, or the password of before.
            while callee == Callee::Function
                && let Some(next) = NEXT.captures(line.get(from..).unwrap_or_default())
                && let Some(at) = next
                    .name("quote")
                    .and_then(|it| argument(line, from + it.start()))
            {
                from = at.end;
                spans.extend(values::secret_in(line, Name::Secret, at));
            }
        }
    }
}

/// The inside of the quotes that begin there.
fn argument(line: &str, at: usize) -> Option<Range<usize>> {
    let inside = line.get(at..).and_then(quoted)?;
    Some(at + inside.start..at + inside.end)
}

/// Whether a function of that name takes a secret, rather than gives one or asks for it.
fn takes(name: &str, value: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    // Such a secret is an object, and what it takes a name.
    if plain.ends_with("secret") && !plain.ends_with("clientsecret") || plain.ends_with("secrets") {
        return ordinary::looks_made(value);
    }
    VERBS.iter().any(|verb| plain.starts_with(verb)) && !plain.starts_with("username")
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
