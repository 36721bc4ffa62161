//! Finds the secrets that a few programs take on their command lines behind a flag that says
//! nothing by its name, in a line of text and in an array of words alike, and those in SQL.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::quoted;
use super::names::Name;
use super::{pattern, values};

/// How the name of a program or of its subcommand begins, and its flags.
type Program = (&'static str, &'static [Flag]);

/// A flag, and where its secret is.
type Flag = (&'static str, Form);

/// Where the secret of a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In the same word.
    Attached,
    /// In the next word.
    Next,
    /// In either.
    Either,
    /// Behind the colon in either.
    BehindColon,
}

const PROGRAMS: &[Program] = &[
    ("sshpass", &[("-p", Form::Either)]),
    ("login", &[("-p", Form::Either)]),
    ("mongo", &[("-p", Form::Either)]),
    ("mysql", &[("-p", Form::Attached)]),
    ("mariadb", &[("-p", Form::Attached)]),
    ("sqlcmd", &[("-P", Form::Either)]),
    ("ldap", &[("-w", Form::Either)]),
    ("redis-", &[("-a", Form::Next), ("--pass", Form::Next)]),
    ("requirepass", &[("requirepass", Form::Next)]),
    ("masterauth", &[("masterauth", Form::Next)]),
    ("openssl", &[("-pass", Form::BehindColon)]),
    ("curl", LOGIN),
    ("wget", LOGIN),
    ("http", LOGIN),
];

const LOGIN: &[Flag] = &[
    ("-u", Form::BehindColon),
    ("-U", Form::BehindColon),
    ("--user", Form::BehindColon),
    ("--proxy-user", Form::BehindColon),
];

/// What one of the programs or statements has in it, for a first look.
pub(super) const PARTS: &str = r"sshpass|mysql|mariadb|mongo|sqlcmd|ldap|login\b|redis-|curl|wget|http |openssl|requirepass|masterauth|chpasswd|(?i:identified\s)";

/// A word of a command, or what ends it; quotes and commas part the words of an array.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?-u)[|;&]|(?u:[^\s"'`\\,\[\]|;&])+"#));

static PROGRAM: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?-u){PARTS}")));

/// What stands before the password of a user of a database, up to its quote.
static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix-u)\b(?:
            identified\s+(?:with\s+(?u:\S)+\s+)?(?:by|as)\s+(?:password\s+)?
          | password(?:\s+for\s+(?u:\S)+\s*=\s*|\s*\(\s*|\s+)
        )(?P<quote>\\*["'])"#,
    )
});

/// What is piped into a program that reads a password there.
static PIPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)\b(?:echo|printf)\s+(?:-n\s+)?\\*["']?(?:[A-Za-z0-9_.-]+:)?
            (?P<secret>(?u:[^\s"'|\\])+)\\*["']?\s*\|\s*(?u:[^|;&]){0,60}?(?:chpasswd|--password-stdin)"#,
    )
});

/// The programs of a command so far.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Which of [`PROGRAMS`], by their bits.
    programs: u32,
    /// Where the secret is that comes with the next word.
    next: Option<Form>,
    /// The next word is a name that somebody gave.
    is_name: bool,
}

impl Command {
    /// Takes the next word; where in it a secret begins, whose end may be the next word's.
    pub(super) fn next(&mut self, word: &str) -> Option<usize> {
        if let Some(form) = self.next.take() {
            return match form {
                Form::BehindColon => word.find(':').map(|colon| colon + 1),
                _ => Some(0),
            };
        }
        if matches!(word, "|" | ";" | "&") {
            *self = Self::default();
            return None;
        }
        let is_name = std::mem::replace(&mut self.is_name, word == "--name");
        let program = word.rsplit('/').next().unwrap_or_default();
        for (bit, (name, _)) in PROGRAMS.iter().enumerate() {
            self.programs |= u32::from(program.starts_with(name) && !is_name) << bit;
        }
        let (flag, form) = self.flag(word)?;
        match form {
            Form::Attached | Form::Either if word.len() > flag.len() => Some(flag.len()),
            Form::BehindColon if word.contains(':') => word.find(':').map(|colon| colon + 1),
            Form::Next | Form::Either | Form::BehindColon => {
                self.next = Some(form);
                None
            }
            Form::Attached => None,
        }
    }

    /// The flag of one of the programs that a word is, or begins with.
    fn flag(&self, word: &str) -> Option<Flag> {
        let programs = PROGRAMS.iter().enumerate();
        let programs = programs.filter(|(bit, _)| self.programs >> bit & 1 == 1);
        programs
            .flat_map(|(_, (_, flags))| *flags)
            .find(|(flag, form)| word == *flag || *form != Form::Next && word.starts_with(flag))
            .copied()
    }

    /// Whether what stands right behind the word belongs to its secret.
    fn takes_more(&self, word: &str) -> bool {
        let takes = [Form::Attached, Form::Either];
        self.flag(word)
            .is_some_and(|(flag, form)| flag == word && takes.contains(&form))
    }
}

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !PROGRAM.is_match(line) {
        return;
    }
    let piped = PIPED.captures_iter(line).filter_map(|it| it.name("secret"));
    let piped = piped.filter(|it| values::is_secret(Name::Secret, it.as_str()));
    spans.extend(piped.map(|it| it.range()));
    let mut command = Command::default();
    let mut done = 0;
    while let Some(word) = WORD.find_at(line, done) {
        done = word.end();
        let before = line
            .get(..word.start())
            .and_then(|it| it.chars().next_back());
        let quote = before.filter(|before| matches!(before, '"' | '\''));
        let more = command
            .takes_more(word.as_str())
            .then(|| attached(line, word.end(), quote));
        let found = more.flatten().or_else(|| {
            let start = word.start() + command.next(word.as_str())?;
            Some(start..start + length(line.get(start..)?, quote))
        });
        if let Some(value) = found.filter(|value| !value.is_empty()) {
            done = done.max(value.end);
            spans.push(value);
        }
    }
}

/// What stands right behind a flag, which the quote may close that it stands in.
fn attached(line: &str, at: usize, quote: Option<char>) -> Option<Range<usize>> {
    let rest = line.get(at..)?;
    let next = rest.trim_start_matches('\\').chars().next()?;
    if next.is_whitespace() || Some(next) == quote || "|;&".contains(next) {
        return None;
    }
    let value = quoted(rest).unwrap_or_else(|| 0..length(rest, quote));
    Some(at + value.start..at + value.end)
}

/// The length of a value: to the quote that it stands in, or to a space.
fn length(rest: &str, quote: Option<char>) -> usize {
    let end = match quote {
        Some(quote) => rest.find(quote),
        None => rest.find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'')),
    };
    end.unwrap_or(rest.len())
}

/// Adds where the passwords of statements are.
pub(super) fn find_in_sql(line: &str, spans: &mut Vec<Range<usize>>) {
    let mut done = 0;
    while let Some(found) = STATEMENT.captures_at(line, done)
        && let Some(quote) = found.name("quote")
        && let Some(inside) = line.get(quote.start()..).and_then(quoted)
    {
        let mut end = quote.start() + inside.end;
        // A quote within quotes is doubled.
        let doubled = quote.as_str().repeat(2);
        while line
            .get(end..)
            .is_some_and(|rest| rest.starts_with(&doubled))
        {
            let inside = line.get(end + quote.len()..).and_then(quoted);
            end += quote.len() + inside.map_or(quote.len(), |inside| inside.end);
        }
        spans.push(quote.start() + inside.start..end);
        done = end.max(quote.end());
    }
}
