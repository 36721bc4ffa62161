//! Finds the secrets that a few programs take on their command lines behind a flag that says
//! nothing by its name, in a line of text and in an array of words alike, and those in SQL.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::quoted;
use super::forms::{COMMAND, Flag, Form, LOGINS, METAVARIABLES, OPERANDS, PROGRAMS};
use super::names;
use super::pattern::pattern;
use super::{marker, ordinary};

/// A word of a command, or what ends it; quotes and commas part the words of an array.
static WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u)""|''|[|;&]|(?u:[^\s"'`\\,\[\]|;&])+"#));

static PROGRAM: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?-u){COMMAND}")));

/// What stands before the password of a user of a database, up to its quote.
static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix-u)\b(?:
            identified\s+(?:with\s+(?u:\S)+\s+)?(?:by|as)\s+(?:password\s+)?
          | password(?:\s+for\s+(?u:\S)+\s*=\s*|\s*\(\s*|\s+)
        )(?P<quote>\\*["'])"#,
    )
});

/// What is put in the place of a value, or says that one belongs there.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u)\A(?:\$[A-Z_][A-Z0-9_]*|<[A-Za-z_. -]+>|\{[A-Za-z_.]+\}|[A-Z_]{4,})\z")
});

/// A help text.
static USAGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\s*(?i:usage)\b|\[-[A-Za-z]|\s-[A-Za-z]\[[A-Za-z0-9]+\]"));

/// Which entries of a table a command has, each once, in the order of the table.
#[derive(Debug, Default)]
struct Seen(Vec<usize>);

impl Seen {
    fn add(&mut self, at: usize) {
        if let Err(place) = self.0.binary_search(&at) {
            self.0.insert(place, at);
        }
    }

    fn of<T>(&self, table: &'static [T]) -> impl Iterator<Item = &'static T> {
        self.0.iter().filter_map(|at| table.get(*at))
    }
}

/// The programs of a command so far.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Which of [`PROGRAMS`].
    programs: Seen,
    /// Which of [`OPERANDS`].
    seen: Seen,
    /// How many words come before the one that is a secret.
    operands: Option<usize>,
    /// Whether those that came are what a usage line has in their place.
    is_usage: Option<bool>,
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
        if !is_name {
            for (at, entry) in PROGRAMS.iter().enumerate() {
                if entry.names.iter().any(|name| program.starts_with(name)) {
                    self.programs.add(at);
                }
            }
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
            let secret = start..end.map_or(word.len(), |end| start + end);
            return Some(secret).filter(|it| !is_metavariable(user, word.get(it.clone())));
        }
        self.is_oracle |= LOGINS.contains(&program);
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
            if left > 0 {
                let was = self.is_usage.unwrap_or(true);
                self.is_usage = Some(was && METAVARIABLES.contains(&word));
                return None;
            }
            let is_usage = self.is_usage.take() == Some(true) && names::is_password(word);
            return (!is_pair && !is_usage).then_some(0..word.len());
        }
        for operand in self.seen.of(OPERANDS) {
            let is_given = |it: &&str| *it == word || *it == "-b" && is_batch(word);
            if operand.words.iter().any(is_given) {
                let is_batched = operand.words.contains(&"-b");
                let one = |letter| usize::from(is_batched && word.contains(letter));
                // Its result goes to standard output, not to a file; a cost comes first.
                self.operands = (operand.skip + one('C')).checked_sub(one('n'));
                self.is_usage = None;
            }
        }
        for (at, operand) in OPERANDS.iter().enumerate() {
            if operand.programs.contains(&program) {
                self.seen.add(at);
                if operand.words.is_empty() {
                    self.operands = Some(operand.skip);
                    self.is_usage = None;
                }
            }
        }
        None
    }

    /// The flag of one of the programs that a word is, or begins with.
    fn flag(&self, word: &str) -> Option<Flag> {
        let programs = self.programs.of(PROGRAMS);
        programs
            .flat_map(|program| program.flags)
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
    PLACEHOLDER.is_match(value)
        && (value.starts_with(['$', '<', '{']) || names::judge(value).is_some())
        || ordinary::is_substitution(value)
        || names::judge(variable).is_some()
            && variable
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it == b'_')
}

/// Whether a user and a password are what a usage line has in the place of them.
fn is_metavariable(user: &str, password: Option<&str>) -> bool {
    METAVARIABLES.contains(&user) && password.is_some_and(names::is_password)
}

/// Several flags in one word, of which one says that the password is given with the command.
fn is_batch(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains('b')
}

/// Where in a word the secret of that form is.
fn within(form: Form, word: &str) -> Option<Range<usize>> {
    match form {
        Form::Behind(sign) => {
            let (user, secret) = word.split_once(sign)?;
            let user = user.rsplit('=').next().unwrap_or_default();
            let at = word.len() - secret.len()..word.len();
            Some(at).filter(|_| !is_metavariable(user, Some(secret)))
        }
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
