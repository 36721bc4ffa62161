//! Tells whether the value of a name that sounds secret is one, and what random text looks like.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::forms::PLAIN;
use super::marker;
use super::names::Name;
use super::pattern::pattern;

/// What stands for a value: `${NAME:-default}`, `$(command)`, `<name>`, `{{ name }}`, `****`, a digest.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A(?:
            \$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-?+=](?u:[^{}])*)?\} | \$[A-Z_][A-Z0-9_]* | \$\((?u:[^()])*\)
          | <[A-Za-z_.\ -]+> | \$?\{\{(?u:[^{}])*\}\} | [*x.?]+ | X{4,}
          | %(?:\([A-Za-z_]+\))?[sdrvq] | \{[A-Za-z0-9_.!:]*\} | \[(?:FILTERED|REDACTED|MASKED|HIDDEN)\]? | \(sensitive\)? | sha(?:256|384|512):[0-9a-f]+
        )\z",
    )
});

/// What stands for a secret that a call or a Compose file names.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\$+\{secret:[A-Za-z0-9_.-]{1,64}\}\z"));

/// A path by what paths begin or end with; a secret in base64 may begin with a slash too.
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A(?:
            /(?:run|etc|var|usr|opt|home|root|mnt|tmp|data|app|srv|secrets|certs|config|dev|proc|workspace)
                (?:/[A-Za-z0-9._@-]+)*/?
          | [A-Za-z0-9._~@-]*/[A-Za-z0-9._/@-]*\.(?:json|pem|key|crt|cert|txt|ya?ml|conf|p12|jks|env|sock)
        )\z",
    )
});

/// The scheme of an `Authorization` header, which is no secret.
static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i-u)\A(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s+")
});

/// The length of the scheme that a header's value begins with.
pub(super) fn scheme(value: &str) -> usize {
    SCHEME.find(value).map_or(0, |scheme| scheme.end())
}

/// Where in a line the secret is among the value there of such a name: it may begin with the scheme of
/// a header.
pub(super) fn secret_in(line: &str, name: Name, at: Range<usize>) -> Option<Range<usize>> {
    let value = line.get(at.clone())?;
    let scheme = scheme(value);
    let secret = value.get(scheme..).filter(|secret| is_secret(name, secret));
    secret.map(|_| at.start + scheme..at.end)
}

/// Whether a value stands for a secret, by its name.
pub(super) fn is_reference(value: &str) -> bool {
    value.starts_with('$') && REFERENCE.is_match(value)
}

/// Whether the value of such a name is a secret.
pub(super) fn is_secret(name: Name, value: &str) -> bool {
    let value = value.trim();
    if !value
        .bytes()
        .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
    {
        return value.len() >= 4 && !PLACEHOLDER.is_match(value);
    }
    let word = value.trim_end_matches([',', ';']);
    if PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(word))
        || marker::begins(value)
        || PLACEHOLDER.is_match(value)
        || is_reference(value)
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
