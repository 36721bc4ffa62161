//! Finds the secrets that a few programs take on their command lines behind a flag that says
//! nothing by its name, in a line of text and in an array of words alike, and those in SQL.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::quoted;
use super::names::{self, Name};
use super::programs::{Flag, Form, OPERANDS, ORACLE, PARTS, PROGRAMS};
use super::{marker, ordinary, pattern, values};

/// A word of a command, or what ends it; quotes and commas part the words of an array.
static WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u)""|''|[|;&]|(?u:[^\s"'`\\,\[\]|;&])+"#));

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
        r#"(?x-u)\b(?:echo|printf)\s+(?:-[ne]+\s+)?(?:\\*["']%s(?:\\+n)?\\*["']\s+)?\\*["']?(?:[A-Za-z0-9_.-]+:)?
            (?P<secret>(?u:[^\s"'|\\])+)\\*["']?\s*\|\s*(?u:[^|;&]){0,60}?
            (?:chpasswd|--password-stdin|passwd\s+--stdin|sudo\s+(?:-[A-Za-z]+\s+)*-[A-Za-z]*S|secret\s+create|--passphrase-fd)"#,
    )
});

/// The same as a shell gives it in one word.
static HANDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)(?:\b(?:chpasswd|passwd\s+--stdin|secret\s+create|sudo\s+(?:-[A-Za-z]+\s+)*-[A-Za-z]*S)|--password-stdin|--passphrase-fd)\b
            (?u:[^|;&<]){0,60}?<<<\s*\\*["']?(?:[A-Za-z0-9_.-]+:)?(?P<secret>(?u:[^\s"'|\\])+)"#,
    )
});

/// What is put in the place of a value, or says that one belongs there.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A(?:\$[A-Z_][A-Z0-9_]*|<[A-Za-z_. -]+>|[A-Z_]{4,})\z"));

/// A help text.
static USAGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\s*(?i:usage)\b|\[-[A-Za-z]|\s-[A-Za-z]\[[A-Za-z0-9]+\]"));

/// What takes a secret in a place of its own.
static PLACES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)--from-literal[=\s]\\*["']?(?u:[^\s="'])+=\\*["']?(?P<literal>(?u:[^\s"'\\])+)
            | \b(?i:net)\s+use\s+(?:[A-Za-z*]:?\s+)?\\\\(?u:\S)+\s+(?P<share>(?u:[^\s/])(?u:\S)*)\s+/
            | \b(?i:net)\s+user\s+(?u:\S)+\s+(?P<account>(?u:[^\s/*])(?u:\S)*)\s+/(?i:add|domain|active|expires|y)
            | \blftp\s+(?:-[A-Za-z]+\s+)*-u\s+(?u:[^\s,])+,(?P<lftp>(?u:\S)+)
            | (?i:ConvertTo-SecureString)\s+(?:-String\s+)?["'](?P<string>(?u:[^"'])+)["']"#,
    )
});

/// The programs of a command so far.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Which of [`PROGRAMS`], by their bits.
    programs: u64,
    /// Which of the first words of [`OPERANDS`].
    seen: u32,
    /// How many words come before the one that is a secret.
    operands: Option<usize>,
    /// One of Oracle's, which take a log-in by itself.
    is_oracle: bool,
    /// Where the secret is that comes with the next word.
    next: Option<Form>,
    /// The next word is a name that somebody gave.
    is_name: bool,
}

impl Command {
    /// Takes the next word; where in it a secret is. One to the word's end may go on behind it.
    pub(super) fn next(&mut self, word: &str) -> Option<Range<usize>> {
        if let Some(form) = self.next.take() {
            return within(form, word);
        }
        if matches!(word, "|" | ";" | "&") {
            *self = Self::default();
            return None;
        }
        let is_name = std::mem::replace(&mut self.is_name, word == "--name");
        let program = word.rsplit('/').next().unwrap_or_default();
        for (bit, (name, _)) in PROGRAMS.iter().enumerate() {
            self.programs |= u64::from(program.starts_with(name) && !is_name) << bit;
        }
        if let Some((flag, form)) = self.flag(word) {
            return match form {
                Form::Attached | Form::Either if word.len() > flag.len() => {
                    Some(flag.len()..word.len())
                }
                Form::Behind(sign) if word.contains(sign) => within(form, word),
                Form::Attached => None,
                Form::Next | Form::Either | Form::Behind(_) | Form::Source => {
                    self.next = Some(form);
                    None
                }
            };
        }
        if self.is_oracle
            && let Some((user, _)) = word.split_once('/')
            && !user.is_empty()
            && !user.starts_with(['@', '-', '.'])
            && !word.ends_with(".sql")
        {
            self.is_oracle = false;
            let start = user.len() + 1;
            let end = word.get(start..)?.rfind('@');
            return Some(start..end.map_or(word.len(), |end| start + end));
        }
        self.is_oracle |= ORACLE.contains(&program);
        self.operand(program, word)
    }

    /// Counts the words behind a program down to the one that is a secret.
    fn operand(&mut self, program: &str, word: &str) -> Option<Range<usize>> {
        if let Some(left) = self.operands
            && !word.starts_with('-')
        {
            self.operands = left.checked_sub(1);
            let is_pair = word.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            });
            return (left == 0 && !is_pair).then_some(0..word.len());
        }
        for (bit, (first, second, before)) in OPERANDS.iter().enumerate() {
            let was_seen = self.seen >> bit & 1 == 1;
            if was_seen && (word == *second || *second == "-b" && is_batch(word)) {
                let one = |letter| usize::from(*second == "-b" && word.contains(letter));
                // Its result goes to standard output, not to a file; a cost comes first.
                self.operands = (before + one('C')).checked_sub(one('n'));
            } else if second.is_empty() && program == *first {
                self.operands = Some(*before);
            }
            self.seen |= u32::from(program == *first) << bit;
        }
        None
    }

    /// The flag of one of the programs that a word is, or begins with.
    fn flag(&self, word: &str) -> Option<Flag> {
        let programs = PROGRAMS.iter().enumerate();
        let programs = programs.filter(|(bit, _)| self.programs >> bit & 1 == 1);
        programs
            .flat_map(|(_, (_, flags))| *flags)
            .find(|(flag, form)| {
                let is_whole = matches!(form, Form::Next | Form::Source);
                word == *flag || !is_whole && word.starts_with(flag)
            })
            .copied()
    }

    /// Whether what stands right behind the word belongs to its secret.
    fn takes_more(&self, word: &str) -> bool {
        let takes = [Form::Attached, Form::Either];
        self.flag(word)
            .is_some_and(|(flag, form)| flag == word && takes.contains(&form))
    }
}

/// Whether something else is put in the place of a value.
pub(super) fn is_placeholder(value: &str) -> bool {
    let variable = value.strip_prefix('$').unwrap_or_default();
    PLACEHOLDER.is_match(value) && (value.starts_with(['$', '<']) || names::judge(value).is_some())
        || ordinary::is_substitution(value)
        || names::judge(variable).is_some()
            && variable
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it == b'_')
}

/// Several flags in one word, of which one says that the password is given with the command.
fn is_batch(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains('b')
}

/// Where in a word the secret of that form is.
fn within(form: Form, word: &str) -> Option<Range<usize>> {
    match form {
        Form::Behind(sign) => word.find(sign).map(|at| at + 1..word.len()),
        Form::Source => word
            .starts_with("pass:")
            .then_some("pass:".len()..word.len()),
        Form::Attached | Form::Next | Form::Either => Some(0..word.len()),
    }
}

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !PROGRAM.is_match(line) {
        return;
    }
    for (sign, form) in [("|", &*PIPED), ("<<<", &*HANDED)] {
        if !line.contains(sign) {
            continue;
        }
        let given = form.captures_iter(line).filter_map(|it| it.name("secret"));
        let given = given.filter(|it| values::is_secret(Name::Secret, it.as_str()));
        spans.extend(given.map(|it| it.range()));
    }
    for found in PLACES.captures_iter(line) {
        let places = ["literal", "share", "account", "lftp", "string"];
        let value = places.iter().find_map(|place| found.name(place));
        spans.extend(value.and_then(|it| values::secret_in(line, Name::Secret, it.range())));
    }
    if USAGE.is_match(line) {
        return;
    }
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
            let value = command.next(word.as_str())?;
            let (start, end) = (word.start() + value.start, word.start() + value.end);
            let goes_on = end == word.end();
            Some(
                start..if goes_on {
                    start + length(line.get(start..)?, quote)
                } else {
                    end
                },
            )
        });
        let is_empty = matches!(word.as_str(), "\"\"" | "''");
        // `[options]`
        let is_optional = before == Some('[');
        let is_none = |value: &Range<usize>| {
            let rest = line.get(value.start..).unwrap_or_default();
            let is_whole = value.start == word.start();
            marker::begins(rest)
                || is_optional && is_whole
                || line.get(value.clone()).is_some_and(is_placeholder)
        };
        if let Some(value) = found.filter(|it| !it.is_empty() && !is_empty && !is_none(it)) {
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
