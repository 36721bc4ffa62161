//! Finds secrets in lines of files that have a form of their own: `.pgpass`, `.netrc`, keys of PuTTY.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::Name;
use super::pattern::pattern;
use super::pem::Part;
use super::{ordinary, values};

/// `host:port:database:user:password`. A database of one or two letters counts behind a port that is long.
static PGPASS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A\s*(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9*/][A-Za-z0-9._*/-]*)
            :(?:(?:[0-9]{2,5}|\*):(?:\*|[A-Za-z_][A-Za-z0-9_.-]{2,})|(?:[0-9]{4,5}|\*):[A-Za-z_][A-Za-z0-9_.-]?):(?:\*|[A-Za-z_][A-Za-z0-9_.@-]*):(?P<secret>(?u:\\.|[^\s:\\])+)\s*\z",
    )
});

/// The ports of PostgreSQL and of what stands before it.
static PORT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u):(?:\*|54[0-9]{2}|54[0-9]{3}|6432):"));

/// What `.netrc` says of one machine on a single line.
static NETRC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\b(?:login|user|account)\s+(?u:\S)+\s+(?:password|passwd)\s+(?P<secret>(?u:\S)+)",
    )
});

/// The same on lines of their own: what goes before, and the password.
static NETRC_LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u)\A\s*(?:(?:machine\s+(?u:\S)+\s+)?(?:login|user|account)|machine)\s+(?u:\S)+\s*\z",
    )
});
static NETRC_PASSWORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\s*(?:password|passwd)\s+(?P<secret>(?u:\S)+)\s*\z"));

/// What of these files the lines before were.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The line before gave the user of a machine.
    is_login: bool,
    /// How many more lines of PuTTY's key there are.
    lines: usize,
    is_private: bool,
}

impl Files {
    /// Takes the next line; adds where its secrets are.
    pub(super) fn next(&mut self, line: &str, spans: &mut Vec<Range<usize>>) {
        let was_login = std::mem::take(&mut self.is_login);
        // Most lines are none of them: a look at the first colon and the first word tells.
        if begins_like_pgpass(line) {
            spans.extend(secret(&PGPASS, line).filter(|at| is_of_postgres(line, at)));
        }
        let word = line.trim_start();
        let begins = |beginning: &str| word.starts_with(beginning);
        if was_login && begins("passw") {
            spans.extend(secret(&NETRC_PASSWORD, line));
        }
        if begins("machine")
            || begins("default")
            || begins("login")
            || begins("user")
            || begins("account")
        {
            spans.extend(secret(&NETRC, line));
            self.is_login = NETRC_LOGIN.is_match(line);
        }
    }

    /// Takes the next line; what of PuTTY's key it is, if any.
    pub(super) fn part_of_a_key(&mut self, line: &str) -> Option<Part> {
        if self.lines > 0 {
            self.lines -= 1;
            let start = line
                .trim_end()
                .rfind(char::is_whitespace)
                .map_or(0, |at| at + 1);
            let at = start..line.trim_end().len();
            return Some(match self.is_private {
                true => Part::Private(vec![at]),
                false => Part::Public(at),
            });
        }
        let count = |name: &str| {
            line.find(name)
                .and_then(|at| line.get(at + name.len()..)?.trim().parse().ok())
        };
        if line.contains("-Lines: ") {
            let private: Option<usize> = count("Private-Lines: ");
            self.is_private = private.is_some();
            self.lines = private.or_else(|| count("Public-Lines: ")).unwrap_or(0);
        }
        None
    }
}

fn secret(form: &Regex, line: &str) -> Option<Range<usize>> {
    let secret = form.captures(line)?.name("secret")?;
    values::secret_in(line, Name::Secret, secret.range())
}

/// Whether what looks like a line of `.pgpass` ends in a password: not in what became of something, nor, at
/// another port than PostgreSQL's, in a plain word.
fn is_of_postgres(line: &str, at: &Range<usize>) -> bool {
    let (before, value) = (
        line.get(..at.start),
        line.get(at.clone()).unwrap_or_default(),
    );
    let is_word = value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_')
        || ordinary::is_quantity(value);
    !ordinary::is_verdict(value) && (!is_word || before.is_some_and(|it| PORT.is_match(it)))
}

/// Whether a port stands behind the first colon.
fn begins_like_pgpass(line: &str) -> bool {
    let host = match line.strip_prefix('[') {
        Some(host) => host.find(']').map(|end| end + 2),
        None => memchr::memchr(b':', line.as_bytes()),
    };
    let port = host.and_then(|colon| line.get(colon + 1..));
    port.is_some_and(|port| {
        let length = port
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'*')
            .count();
        (1..=5).contains(&length) && port.as_bytes().get(length) == Some(&b':')
    })
}
