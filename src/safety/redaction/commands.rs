//! Finds the secrets that a few programs take on their command lines, in a line of text and in an
//! array of words alike.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// A word of a command, or what ends it; quotes and commas part the words of an array.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?-u)[|;&]|(?u:[^\s"'`\\,\[\]|;&])+"#));

/// Whether there is any such program in a line.
static PROGRAM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u)sshpass|mysql|mariadb|redis-|curl|wget|login|requirepass|masterauth")
});

/// The programs of a command so far.
#[derive(Debug, Default)]
pub(super) struct Command {
    sshpass: bool,
    mysql: bool,
    docker: bool,
    login: bool,
    redis: bool,
    http: bool,
    next: Option<Secret>,
}

/// What part of a value is the secret.
#[derive(Debug, Clone, Copy)]
enum Secret {
    Whole,
    BehindColon,
}

impl Command {
    /// Takes the next word; where in it a secret begins, whose end may be the next word's.
    pub(super) fn next(&mut self, word: &str) -> Option<usize> {
        if let Some(secret) = self.next.take() {
            return match secret {
                Secret::Whole => Some(0),
                Secret::BehindColon => word.find(':').map(|colon| colon + 1),
            };
        }
        if matches!(word, "|" | ";" | "&") {
            *self = Self::default();
            return None;
        }
        let program = word.rsplit('/').next().unwrap_or_default();
        self.sshpass |= program == "sshpass";
        self.mysql |= program.starts_with("mysql") || program.starts_with("mariadb");
        self.docker |= matches!(program, "docker" | "podman" | "helm");
        self.login |= self.docker && word == "login";
        self.redis |= matches!(program, "redis-cli" | "redis-benchmark");
        self.http |= matches!(program, "curl" | "wget" | "http");
        match word {
            "requirepass" | "masterauth" => self.next = Some(Secret::Whole),
            "-p" if self.sshpass || self.login => self.next = Some(Secret::Whole),
            "-a" | "--pass" if self.redis => self.next = Some(Secret::Whole),
            "-u" | "--user" | "-U" | "--proxy-user" if self.http => {
                self.next = Some(Secret::BehindColon);
            }
            "-p" if self.mysql => {}
            _ if self.http && (word.starts_with("-u") || word.starts_with("--user=")) => {
                return word.find(':').map(|colon| colon + 1);
            }
            _ if (self.sshpass || self.mysql || self.login) && word.starts_with("-p") => {
                return Some(2);
            }
            _ => {}
        }
        None
    }
}

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    if !PROGRAM.is_match(line) {
        return;
    }
    let mut command = Command::default();
    let mut done = 0;
    while let Some(word) = WORD.find_at(line, done) {
        done = word.end();
        // A quote right behind `-p` begins the value.
        let quote = line
            .get(done..)
            .and_then(|rest| rest.chars().next())
            .filter(|next| matches!(next, '"' | '\''));
        if let (true, Some(quote)) = (word.as_str() == "-p" && command.takes_attached(), quote)
            && let Some(end) = line.get(done + 1..).and_then(|rest| rest.find(quote))
            && end > 0
            && !line
                .get(done + 1..)
                .is_some_and(|rest| rest.starts_with(','))
        {
            spans.push(done + 1..done + 1 + end);
            done += end + 2;
            continue;
        }
        let Some(at) = command.next(word.as_str()) else {
            continue;
        };
        let start = word.start() + at;
        let before = line
            .get(..word.start())
            .and_then(|it| it.chars().next_back());
        let quote = before.filter(|before| matches!(before, '"' | '\''));
        let rest = line.get(start..).unwrap_or_default();
        // Behind a quote the value goes on to the next; else to a space.
        let length = match quote {
            Some(quote) => rest.find(quote),
            None => rest.find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'')),
        }
        .unwrap_or(rest.len());
        if length > 0 {
            spans.push(start..start + length);
        }
        done = done.max(start + length);
    }
}

impl Command {
    fn takes_attached(&self) -> bool {
        self.sshpass || self.mysql || self.login
    }
}
