//! Finds secrets that show by their own look: tokens of known makers, shapes with a pattern, log-ins in URLs,
//! keys in base64.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::forms::{SHAPES, Shape, TOKENS, Unless};
use super::names::Name;
use super::pattern::pattern;
use super::values::{self, is_mixed, looks_random};

static TOKEN: LazyLock<Regex> = LazyLock::new(|| tokens(false));

/// Those that words begin like, too.
static RANDOM_TOKEN: LazyLock<Regex> = LazyLock::new(|| tokens(true));

fn tokens(random: bool) -> Regex {
    let tokens = TOKENS.iter().filter(|token| token.is_random == random);
    let patterns: Vec<&str> = tokens.map(|token| token.pattern).collect();
    pattern(&format!("(?-u){}", patterns.join("|")))
}

/// The shapes with their patterns.
static FORMS: LazyLock<Vec<(&Shape, Regex)>> = LazyLock::new(|| {
    let shapes = SHAPES.iter();
    shapes
        .map(|shape| (shape, pattern(shape.pattern)))
        .collect()
});

/// A URL up to its end.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>(?u:[^\s"'`<>\\])*)"#)
});

/// A long word in base64.
static BASE64: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)[A-Za-z0-9+/]{40,}={0,2}"));

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    spans.extend(TOKEN.find_iter(line).map(|it| it.range()));
    let random = RANDOM_TOKEN.find_iter(line);
    let random = random.filter(|it| looks_random(it.as_str()));
    spans.extend(random.map(|it| it.range()));
    if line.contains("://") {
        for found in URL.captures_iter(line) {
            if let (Some(scheme), Some(rest)) = (found.name("scheme"), found.name("rest")) {
                let secrets = in_url(scheme.as_str(), rest.as_str()).into_iter().flatten();
                spans.extend(secrets.map(|it| rest.start() + it.start..rest.start() + it.end));
            }
        }
    }
    for (shape, form) in &*FORMS {
        let is_near = shape.near.is_empty() || shape.near.iter().any(|it| line.contains(it));
        // To look for a match is cheap, to look for its groups is not.
        if is_near && form.is_match(line) {
            let found = form.captures_iter(line);
            spans.extend(found.filter_map(|found| shaped(shape, &found, line)));
        }
    }
    if may_hold_base64(line) {
        spans.extend(
            BASE64
                .find_iter(line)
                .map(|it| it.range())
                .filter(|it| is_key(line, it)),
        );
    }
}

/// Whether a line has a word as long as keys are, with as many capitals: digests have none.
pub(super) fn may_hold_base64(line: &str) -> bool {
    const LEAST: usize = 40;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut rest = line.as_bytes();
    // A word that long covers the byte in this place or begins behind it: most others need no look.
    while let Some((head, tail)) = rest.split_at_checked(LEAST - 1) {
        let start = head.iter().rposition(|byte| !is_digit(byte));
        let start = start.map_or(0, |before| before + 1);
        let more = tail.iter().position(|byte| !is_digit(byte));
        let end = head.len() + more.unwrap_or(tail.len());
        let word = rest.get(start..end).unwrap_or_default();
        let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase());
        if word.len() >= LEAST && capitals.count() >= 5 {
            return true;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    false
}

/// Where the secret of a shape is that was found, if it is one.
fn shaped(shape: &Shape, found: &Captures<'_>, line: &str) -> Option<Range<usize>> {
    let secret = found.name("secret").or_else(|| found.get(0))?;
    let is_none = match shape.unless {
        None => false,
        Some(Unless::Word) => is_word(secret.as_str()),
        Some(Unless::BeforeAPath) => is_before_a_path(line, secret.end()),
    };
    match shape.is_value {
        _ if is_none => None,
        true => values::secret_in(line, Name::Secret, secret.range()),
        false => Some(secret.range()),
    }
}

/// The log-in of a URL, given without its scheme: the password, and a user name that is a token.
fn in_url(scheme: &str, rest: &str) -> [Option<Range<usize>>; 2] {
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..authority).unwrap_or_default();
    // In a database's URL nothing behind the log-in holds an `@`, so it may itself hold anything.
    let is_web = ["http", "https", "ws", "wss", "ssh", "git", "ftp"].contains(&scheme);
    let end = match authority.rfind('@') {
        Some(end) if is_web => Some(end),
        None if !begins_a_login(authority) => None,
        _ => rest.rfind('@'),
    };
    let Some(login) = end.and_then(|end| rest.get(..end)) else {
        return [None, None];
    };
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(user.len() + 1..user.len() + 1 + password.len())),
        None => (login, None),
    };
    [
        looks_random(user).then_some(0..user.len()),
        password.filter(|password| !password.is_empty()),
    ]
}

/// Whether what stands before the first slash is no host and port, but a user and the beginning of
/// a password.
fn begins_a_login(authority: &str) -> bool {
    authority.split_once(':').is_some_and(|(host, port)| {
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        !host.starts_with('[') && !port.is_empty() && (host.is_empty() || !is_port)
    })
}

/// Whether what stands behind the `@` there is a path rather than the name of a database.
fn is_before_a_path(line: &str, at: usize) -> bool {
    let roots = "bin dev etc home lib mnt opt proc root run srv sys tmp usr var";
    let path = line.get(at..).and_then(|rest| rest.strip_prefix("@/"));
    path.is_some_and(|path| {
        let end = path.find(|it: char| !it.is_ascii_alphanumeric());
        let root = path.get(..end.unwrap_or(path.len()));
        roots.split(' ').any(|it| root == Some(it))
    })
}

/// Whether what follows `Basic` or `Bearer` is the next word of a sentence.
fn is_word(value: &str) -> bool {
    let value = value.trim_end_matches(['.', '-', '=', '/']);
    let rest = value.get(1..).unwrap_or_default();
    rest.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'/')
}

/// Whether a long word in base64 is a secret key of AWS or Azure, or a private key on one line.
fn is_key(line: &str, at: &Range<usize>) -> bool {
    let word = line.get(at.clone()).unwrap_or_default();
    let before = line
        .get(..at.start)
        .and_then(|before| before.chars().next_back());
    // `sha512-…` and the like.
    if before.is_some_and(|before| matches!(before, '-' | '_' | '.' | '@')) {
        return false;
    }
    // The `n` of a line break that JSON wrote as `\\n`.
    let word = match before {
        Some('\\') => word.trim_start_matches('n'),
        _ => word,
    };
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_aws = word.len() == 40
        && is_mixed(word, 5)
        && (digits >= 4 || word.contains(['+', '/']))
        && !before.is_some_and(|before| before == '~' || before == ':');
    let is_azure = word.len() == 88 && word.ends_with("==") && is_mixed(word, 5);
    is_aws || is_azure || is_private_key(word)
}

/// Whether a word in base64 begins as the DER forms of private keys do, and OpenSSH's own. Those
/// of certificates begin the same way.
pub(super) fn is_private_key(word: &str) -> bool {
    let beginnings = [
        "MII",
        "MIG",
        "MHcCAQEE",
        "MC4CAQAw",
        "MFcCAQAw",
        "b3BlbnNzaC1rZXkt",
    ];
    word.len() >= 40
        && beginnings
            .iter()
            .any(|beginning| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_key_is_found_wherever_it_stands() {
        for length in 0..=90 {
            for before in 0..=90 {
                for (capitals, after) in [(4, ""), (5, ""), (5, " and more"), (9, "-")] {
                    let word = format!("{:A<capitals$}{:a<rest$}", "", "", rest = length);
                    let line = format!("{:.<before$}{word}{after}", "");
                    let expected = word.len() >= 40 && capitals >= 5;
                    assert_eq!(may_hold_base64(&line), expected, "{line}");
                }
            }
        }
    }
}
