//! Tells whether the value of a name that sounds secret is one, and what random text looks like.

use std::sync::LazyLock;

use regex::Regex;

use super::names::Name;
use super::{marker, pattern};

/// Values that say whether or how there is a secret, and never what it is.
const PLAIN: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "undefined",
    "enabled",
    "disabled",
    "unset",
    "empty",
    "0",
    "1",
];

/// What a sentence says of a secret rather than what it is, as in `token: expired`.
const VERDICTS: &[&str] = &[
    "denied",
    "expired",
    "failed",
    "incorrect",
    "invalid",
    "mismatch",
    "missing",
    "refused",
    "rejected",
    "required",
    "wrong",
];

/// What stands for a value: `${NAME}`, `<name>`, `{{ name }}`, `****`.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\A(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Z_][A-Z0-9_]*|<[A-Za-z_. -]+>|\{\{(?u:[^{}])*\}\}|[*x.?]+|X{4,}|\[(?:FILTERED|REDACTED|MASKED|HIDDEN)\]|\(sensitive\)|\$\{\{(?u:[^{}])*\}\})\z",
    )
});

/// A path by what paths begin or end with; a secret in base64 may begin with a slash too.
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A(?:
            /(?:run|etc|var|usr|opt|home|root|mnt|tmp|data|app|srv|secrets|certs|config|dev|proc|workspace)
                (?:/[A-Za-z0-9._@-]+)+/?
          | [A-Za-z0-9._~@-]*/[A-Za-z0-9._/@-]*\.(?:json|pem|key|crt|cert|txt|ya?ml|conf|p12|jks|env|sock)
        )\z",
    )
});

/// Whether the value of such a name is a secret.
pub(super) fn is_secret(name: Name, value: &str) -> bool {
    let value = value.trim();
    if !value
        .bytes()
        .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
    {
        return value.len() >= 4 && !PLACEHOLDER.is_match(value);
    }
    if PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(value))
        || marker::begins(value)
        || PLACEHOLDER.is_match(value)
        || PATH.is_match(value)
    {
        return false;
    }
    match name {
        Name::Secret => true,
        Name::Auth => {
            value.len() > 12
                || !value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        }
        Name::Key => looks_random(value),
    }
}

/// Whether a word is a verdict on a secret, with whatever ends its sentence.
pub(super) fn is_verdict(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', ')']);
    VERDICTS
        .iter()
        .any(|verdict| verdict.eq_ignore_ascii_case(word))
}

/// Whether a value is one long word with letters and digits, as keys are and names are not.
pub(super) fn looks_random(value: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_.:~-".contains(&byte);
    value.len() >= 16
        && !value.starts_with('/')
        && !value.contains("://")
        && value.bytes().all(allowed)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a word holds letters of both cases and digits in the share that base64 of random bytes
/// has, unlike hexadecimal digests and names.
pub(super) fn is_mixed(word: &str, of_each_case: usize) -> bool {
    let count = |is: fn(&u8) -> bool| word.as_bytes().iter().filter(|byte| is(byte)).count();
    count(u8::is_ascii_uppercase) >= of_each_case
        && count(u8::is_ascii_lowercase) >= of_each_case
        && count(u8::is_ascii_digit) >= 1
}

/// Whether a value that the caller gave is too ordinary to be hidden wherever it occurs.
pub(super) fn is_ordinary(value: &str) -> bool {
    let value = value.trim();
    value.len() < 6
        || PLAIN.contains(&value)
        || value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        || value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_lowercase())
        || PLACEHOLDER.is_match(value)
        || value.trim_start_matches(':').starts_with('/')
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte))
}
