//! Finds secrets that show by their own look: tokens of known makers, log-ins in URLs, header
//! values, keys in base64.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use super::values::{is_mixed, looks_random};

/// Tokens whose makers gave them a beginning of their own: the beginning, and the rest.
const TOKENS: &[(&str, &str)] = &[
    (
        "eyJ",
        r"[A-Za-z0-9_-]{12,}[=+/A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,4}",
    ),
    ("(?:AKIA|ASIA|ABIA|ACCA)", r"[A-Z0-9]{16}\b"),
    ("gh[pousr]_", "[A-Za-z0-9]{16,}"),
    ("github_pat_", "[A-Za-z0-9_]{16,}"),
    (
        "gl(?:pat|dt|rt|rtr|ptt|cbt|oas|soat|agent|imt|ft|ffct)-",
        "[A-Za-z0-9_.-]{16,}",
    ),
    ("xox[a-z]-", "[A-Za-z0-9-]{10,}"),
    ("xapp-", "[A-Za-z0-9-]{10,}"),
    ("AIza", "[A-Za-z0-9_-]{30,}"),
    (r"ya29\.", "[A-Za-z0-9_-]{16,}"),
    ("GOCSPX-", "[A-Za-z0-9_-]{16,}"),
    ("[sr]k_(?:live|test)_", "[A-Za-z0-9]{10,}"),
    ("whsec_", "[A-Za-z0-9+/=]{16,}"),
    ("npm_", "[A-Za-z0-9]{30,}"),
    ("pypi-", "[A-Za-z0-9_-]{40,}"),
    ("dckr_[po]at_", "[A-Za-z0-9_-]{16,}"),
    ("sk-", "(?:[a-z]{2,8}-)?[A-Za-z0-9_-]{24,}"),
    ("(?:hf|gsk)_", "[A-Za-z0-9]{30,}"),
    (r"hv[sbr]\.", "[A-Za-z0-9_-]{20,}"),
    (r"SG\.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("SWM(?:TKN|KEY)-1-", "[A-Za-z0-9+/-]{20,}"),
    ("do[opr]_v1_", "[a-f0-9]{40,}"),
    ("dapi", "[a-f0-9]{32}"),
    ("shp[a-z]{2}_", "[a-fA-F0-9]{32}"),
    ("gl(?:sa|c)_", "[A-Za-z0-9_=+/-]{20,}"),
    ("tskey-", "[a-z]+-[A-Za-z0-9-]{10,}"),
    ("AGE-SECRET-KEY-1", "[A-Z0-9]{40,}"),
    ("LS0tLS1CRUdJTi", "[A-Za-z0-9+/]+={0,2}"),
    ("[0-9]{8,10}:AA", "[A-Za-z0-9_-]{33}"),
    ("[A-Za-z0-9_~.-]{3}[0-9]Q~", "[A-Za-z0-9_~.-]{31,34}"),
];

/// The beginnings of all forms, for a first look.
pub(super) fn beginnings() -> String {
    let tokens: Vec<&str> = TOKENS.iter().map(|(beginning, _)| *beginning).collect();
    format!(
        r"(?i:basic|bearer)\s|://(?u:[^\s])*@|@(?:(?:tcp|unix|udp)?\(|/)|hooks\.slack|webhooks/|jdbc:oracle|(?i:conn(?:ect)?\s+[a-z0-9_$#]+/|connect(?:ion)?\([\x22'])|create_pool|getConnection|: EAP|kty|\$\$?[a-z0-9]{{1,8}}(?:-[a-z0-9]+)?\$|\{{[A-Z0-9]{{3,10}}\}}|(?:pbkdf2|scrypt)[:_]|SCRAM-SHA|{}",
        tokens.join("|")
    )
}

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let tokens = TOKENS
        .iter()
        .map(|(beginning, rest)| format!(r"\b{beginning}{rest}"));
    pattern(&format!("(?-u){}", tokens.collect::<Vec<_>>().join("|")))
});

/// Addresses that let whoever knows them post a message.
static WEBHOOK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks/[0-9]+)/(?P<secret>[A-Za-z0-9/_-]+)",
    )
});

/// A URL up to its end.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>(?u:[^\s"'`<>\\])*)"#)
});

/// Go's log-in to a database: `user:password@tcp(host:3306)/name`, `user:password@/name`.
static DSN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)[A-Za-z0-9_.-]+:(?P<password>(?u:[^\s"'`/])(?u:[^\s"'`])*)@(?:(?:tcp|unix|udp)?\(|/[A-Za-z0-9_-]+(?:[\s"'`?]|\z))"#,
    )
});

/// The value of an `Authorization` header where its name is missing.
static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i-u)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/=-]{8,})"));

/// What is kept in place of a password, to tell it by: of `crypt`, LDAP, Django, PostgreSQL.
static HASH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\$\$?argon2(?:id|i|d)\$[A-Za-z0-9$=,+/.]{16,}
            | \$\$?(?:apr1|1|5|6|7|8|9|y|gy|md5|2[abxy]?|scrypt|pbkdf2(?:-sha(?:1|256|512))?)\$[A-Za-z0-9./$=+_-]{16,}
            | \{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2)\}[A-Za-z0-9+/=.$]{16,}
            | \b(?:pbkdf2_sha(?:1|256|512)|bcrypt_sha256)\$[A-Za-z0-9./$=+-]{16,}
            | \b(?:scrypt|pbkdf2):[a-z0-9:]+\$[A-Za-z0-9./$=+-]{16,}
            | \bSCRAM-SHA-(?:1|256)\$[0-9]+:[A-Za-z0-9+/=:$]{16,}",
    )
});

/// Oracle's log-in in front of a database: `jdbc:oracle:thin:user/password@host`, `CONNECT user/password`.
static ORACLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)jdbc:oracle:(?:thin|oci8?|kprb):(?u:[^\s/@:"'])+/\\*["']?(?P<secret>(?u:[^\s"'\\])+)\\*["']?@"#,
    )
});

/// The same as SQL*Plus and programs take it to connect.
static CONNECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)(?:(?:\A|[;>])\s*(?i:conn(?:ect)?)\s+|(?i:connect(?:ion)?|create_pool)\(\s*["'])
            [A-Za-z0-9_$\#]+/(?P<secret>(?u:[^\s"'@/])+)(?:@|["']|\s*(?:;|\z)|\s+(?i:as\s+sys))"#,
    )
});

/// The private members of a key in JSON.
static JWK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?-u)\\*"(?:d|p|q|dp|dq|qi|k)\\*"\s*:\s*\\*"(?P<secret>[A-Za-z0-9_-]{8,})"#)
});

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
    spans.extend(HASH.find_iter(line).map(|it| it.range()));
    spans.extend(groups(&ORACLE, "secret", line));
    if ["onn", "ONN", "create_pool"]
        .iter()
        .any(|it| line.contains(it))
    {
        spans.extend(groups(&CONNECT, "secret", line));
    }
    if line.contains("kty") {
        spans.extend(groups(&JWK, "secret", line));
    }
    let databases = groups(&DSN, "password", line);
    spans.extend(databases.filter(|it| !is_before_a_path(line, it.end)));
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
