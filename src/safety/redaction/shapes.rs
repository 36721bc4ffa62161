//! Finds secrets that show by their own look: tokens of known makers, log-ins in URLs, header
//! values, keys in base64.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use super::values::{is_mixed, looks_random};

/// Addresses that let whoever knows them post a message.
static WEBHOOK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks/[0-9]+)/(?P<secret>[A-Za-z0-9/_-]+)",
    )
});

/// Tokens whose makers gave them a beginning of their own.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)
        \beyJ[A-Za-z0-9_-]{12,}[=+/A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,4}
      | \b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b
      | \bgh[pousr]_[A-Za-z0-9]{16,}
      | \bgithub_pat_[A-Za-z0-9_]{16,}
      | \bgl(?:pat|dt|rt|rtr|ptt|cbt|oas|soat|agent|imt|ft|ffct)-[A-Za-z0-9_.-]{16,}
      | \bxox[a-z]-[A-Za-z0-9-]{10,}
      | \bxapp-[A-Za-z0-9-]{10,}
      | \bAIza[A-Za-z0-9_-]{30,}
      | \bya29\.[A-Za-z0-9_-]{16,}
      | \bGOCSPX-[A-Za-z0-9_-]{16,}
      | \b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}
      | \bwhsec_[A-Za-z0-9+/=]{16,}
      | \bnpm_[A-Za-z0-9]{30,}
      | \bpypi-[A-Za-z0-9_-]{40,}
      | \bdckr_[po]at_[A-Za-z0-9_-]{16,}
      | \bsk-(?:[a-z]{2,8}-)?[A-Za-z0-9_-]{24,}
      | \bhf_[A-Za-z0-9]{30,}
      | \bhv[sbr]\.[A-Za-z0-9_-]{20,}
      | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
      | \bSWM(?:TKN|KEY)-1-[A-Za-z0-9+/-]{20,}
      | \bdo[opr]_v1_[a-f0-9]{40,}
      | \bshp[a-z]{2}_[a-fA-F0-9]{32}
      | \bgl(?:sa|c)_[A-Za-z0-9_=+/-]{20,}
      | \btskey-[a-z]+-[A-Za-z0-9-]{10,}
      | \bAGE-SECRET-KEY-1[A-Z0-9]{40,}
      | \bLS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}
        ",
    )
});

/// A URL up to its end.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>(?u:[^\s"'`<>\\])*)"#)
});

/// Go's log-in to a database: `user:password@tcp(host:3306)/name`, `user:password@/name`.
static DSN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)[A-Za-z0-9_.-]+:(?P<password>(?u:[^\s"'`/])(?u:[^\s"'`])*)@(?:(?:tcp|unix|udp)?\(|/)"#,
    )
});

/// The value of an `Authorization` header where its name is missing.
static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i-u)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/=-]{8,})"));

/// A long word in base64.
static BASE64: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)[A-Za-z0-9+/]{40,}={0,2}"));

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    let tokens = TOKEN.find_iter(line);
    // A name may begin with `sk-` too.
    let tokens = tokens.filter(|it| !it.as_str().starts_with("sk-") || looks_random(it.as_str()));
    spans.extend(tokens.map(|it| it.range()));
    if line.contains("://") {
        for found in URL.captures_iter(line) {
            if let (Some(scheme), Some(rest)) = (found.name("scheme"), found.name("rest")) {
                let secrets = in_url(scheme.as_str(), rest.as_str()).into_iter().flatten();
                spans.extend(secrets.map(|it| rest.start() + it.start..rest.start() + it.end));
            }
        }
    }
    spans.extend(groups(&WEBHOOK, "secret", line));
    spans.extend(groups(&DSN, "password", line));
    spans.extend(
        groups(&SCHEME, "value", line)
            .filter(|it| !is_word(line.get(it.clone()).unwrap_or_default())),
    );
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
    if line.len() < 40 {
        return false;
    }
    let (mut length, mut capitals) = (0, 0);
    line.bytes().any(|byte| {
        let is_digit = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        (length, capitals) = match is_digit {
            true => (length + 1, capitals + u32::from(byte.is_ascii_uppercase())),
            false => (0, 0),
        };
        length >= 40 && capitals >= 5
    })
}

fn groups<'a>(
    regex: &'a Regex,
    group: &'static str,
    line: &'a str,
) -> impl Iterator<Item = Range<usize>> + 'a {
    // To look for a match is cheap, to look for its groups is not.
    let found = regex.is_match(line).then(|| regex.captures_iter(line));
    found
        .into_iter()
        .flatten()
        .filter_map(move |found| Some(found.name(group)?.range()))
}

/// The log-in of a URL, given without its scheme: the password, and a user name that is a token.
fn in_url(scheme: &str, rest: &str) -> [Option<Range<usize>>; 2] {
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // In a database's URL nothing behind the log-in holds an `@`, so it may itself hold anything.
    let is_web = ["http", "https", "ws", "wss", "ssh", "git", "ftp"].contains(&scheme);
    let within = rest
        .get(..authority)
        .and_then(|authority| authority.rfind('@'));
    let end = match within {
        Some(end) if is_web => Some(end),
        _ if !is_web || has_no_port(rest.get(..authority).unwrap_or_default()) => rest.rfind('@'),
        _ => None,
    };
    let Some(login) = end.and_then(|end| rest.get(..end)) else {
        return [None, None];
    };
    if end.and_then(|end| rest.get(end..)).is_some_and(is_digest) {
        return [None, None];
    }
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(user.len() + 1..user.len() + 1 + password.len())),
        None => (login, None),
    };
    [
        looks_random(user).then_some(0..user.len()),
        password.filter(|password| !password.is_empty()),
    ]
}

/// Whether what follows the name of an image is its digest.
fn is_digest(rest: &str) -> bool {
    rest.strip_prefix("@sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether what follows a host is no port, so that it is the beginning of a password.
fn has_no_port(authority: &str) -> bool {
    authority.split_once(':').is_some_and(|(host, port)| {
        !host.starts_with('[')
            && !port.is_empty()
            && !port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether what follows `Basic` or `Bearer` is the next word of a sentence.
fn is_word(value: &str) -> bool {
    let value = value.trim_end_matches(['.', '-', '=', '/']);
    let rest = value.get(1..).unwrap_or_default();
    rest.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'/')
}

/// Whether a long word in base64 is an AWS secret key or a private key on one line.
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
    is_aws || is_private_key(word)
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
