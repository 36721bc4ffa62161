//! Decides by a `.dockerignore` what is left out of a build, as Docker's own client does.
//!
//! The rules are not those of a `.gitignore`: a pattern is anchored at the context's root, matches
//! whole paths and everything below them, and the last pattern that matches decides. Docker makes
//! a regular expression of each pattern, and so does this.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// The patterns of a `.dockerignore`, in order.
#[derive(Debug, Default)]
pub(crate) struct Dockerignore(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    /// The pattern without `!`, as a clean path.
    text: String,
    /// Matches a path, or one below it.
    regex: Regex,
    /// It started with `!`: what matches stays.
    exception: bool,
}

impl Dockerignore {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The first line that is no pattern; Docker does not build with such a file either.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let mut patterns = Vec::new();
        for (number, line) in text.lines().enumerate() {
            // Only a line that starts so is a comment.
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let line = line.trim();
            let (exception, pattern) = match line.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, line),
            };
            let text = clean(pattern);
            // The line is not quoted: it may be one of a file that is no `.dockerignore` at all.
            let wrong = |why| format!("line {} of `.dockerignore` {why}", number + 1);
            if pattern.is_empty() {
                return Err(wrong("makes an exception of nothing"));
            }
            let regex = regex(&text).ok_or_else(|| wrong("is no pattern that Docker knows"))?;
            // Neither the root itself nor what is outside can be left out.
            if !text.is_empty() {
                patterns.push(Pattern {
                    text,
                    regex,
                    exception,
                });
            }
        }
        Ok(Self(patterns))
    }

    /// Sees to it that a file is sent, whatever the patterns say.
    pub(crate) fn keep(&mut self, path: &str) {
        if self.excludes(path)
            && let Ok(regex) = Regex::new(&format!("^{}$", regex::escape(path)))
        {
            self.0.push(Pattern {
                text: path.to_owned(),
                regex,
                exception: true,
            });
        }
    }

    /// Whether a path, relative to the context and with `/` in it, is left out.
    pub(crate) fn excludes(&self, path: &str) -> bool {
        let mut latest_first = self.0.iter().rev();
        latest_first
            .find(|pattern| pattern.regex.is_match(path))
            .is_some_and(|pattern| !pattern.exception)
    }

    /// Whether a directory that is left out may hold something that is not. As in Docker's client,
    /// only an exception that spells out the directory counts: `!**/keep` brings nothing back.
    pub(crate) fn excepts_below(&self, directory: &str) -> bool {
        let below = format!("{directory}/");
        self.0
            .iter()
            .any(|pattern| pattern.exception && pattern.text.starts_with(&below))
    }
}

/// The path without `.`, `..`, doubled slashes and the one it starts with, so far as its text goes.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The regular expression of a pattern; it also matches what is below a path that the pattern
/// matches. Nothing where the pattern is not well-formed.
fn regex(pattern: &str) -> Option<Regex> {
    let mut regex = String::from("(?s)^(?:");
    let mut rest = pattern.chars().peekable();
    // Docker takes a pattern that is `**` and plain text for an ending of the path.
    if let Some(ending) = pattern.strip_prefix("**")
        && !ending.starts_with('/')
        && !ending.contains(['*', '?', '[', ']', '\\'])
    {
        regex.push_str(".*");
        rest = ending.chars().peekable();
    }
    while let Some(character) = rest.next() {
        match character {
            '*' if rest.next_if_eq(&'*').is_some() => {
                rest.next_if_eq(&'/');
                regex.push_str(if rest.peek().is_none() {
                    ".*"
                } else {
                    "(?:.*/)?"
                });
            }
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '[' => class(&mut rest, &mut regex)?,
            '\\' => literal(rest.next()?, &mut regex),
            plain => literal(plain, &mut regex),
        }
    }
    regex.push_str(")(?:/|$)");
    Regex::new(&regex).ok()
}

/// Reads what follows a `[`: characters and ranges of them, all but these after a `^`.
fn class(rest: &mut Peekable<Chars<'_>>, regex: &mut String) -> Option<()> {
    regex.push('[');
    if rest.next_if_eq(&'^').is_some() {
        regex.push('^');
    }
    let mut empty = true;
    while empty || rest.next_if_eq(&']').is_none() {
        empty = false;
        literal(member(rest)?, regex);
        if rest.next_if_eq(&'-').is_some() {
            regex.push('-');
            literal(member(rest)?, regex);
        }
    }
    regex.push(']');
    Some(())
}

fn member(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    match rest.next()? {
        '-' | ']' => None,
        '\\' => rest.next(),
        plain => Some(plain),
    }
}

fn literal(character: char, regex: &mut String) {
    regex.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept<'a>(patterns: &str, paths: &[&'a str]) -> Vec<&'a str> {
        let ignore = Dockerignore::parse(patterns).unwrap();
        let kept = |path: &&&str| !ignore.excludes(path);
        paths.iter().filter(kept).copied().collect()
    }

    /// The Engine tests compare with Docker itself; these say what each rule is.
    #[test]
    fn patterns_mean_what_they_mean_to_docker() {
        for (pattern, left_out, stays) in [
            ("a", &["a", "a/b", "a/b/c"][..], &["b/a", "ab", "b"][..]),
            ("/a/", &["a", "a/b"], &["b/a"]),
            ("./a/../b", &["b"], &["a"]),
            ("*.log", &["x.log", ".log"], &["a/x.log", "x.logs"]),
            ("*/x", &["a/x", "a/x/y"], &["x", "a/b/x"]),
            ("**/x", &["x", "a/x", "a/b/x", "a/x/y"], &["ax", "a/xy"]),
            ("a/**", &["a/b", "a/b/c"], &["a", "ab"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a", "a/bc"]),
            ("**", &["a", "a/b"], &[]),
            ("**x", &["x", "ax", "a/bx"], &["xa"]),
            ("?", &["a", "ä", "a/b"], &["ab"]),
            ("[a-c]x", &["ax", "cx"], &["dx", "-x"]),
            ("[^a-c]x", &["dx"], &["ax"]),
            ("[!a]x", &["!x", "ax"], &["bx"]),
            ("a.b+(c)|{d}$^", &["a.b+(c)|{d}$^"], &["axb+(c)|{d}$^"]),
            ("\\*a", &["*a"], &["aa"]),
            ("[&~#a]x", &["&x", "~x", "#x", "ax"], &["bx"]),
            (" b # c ", &["b # c"], &["b"]),
            ("# b", &[], &["# b", "b"]),
            (".", &[], &["a"]),
            ("..", &[], &["a", "..a"]),
            ("../a", &[], &["a"]),
            ("/", &[], &["a"]),
        ] {
            let ignore = Dockerignore::parse(pattern).unwrap();
            for path in left_out {
                assert!(ignore.excludes(path), "{pattern} keeps {path}");
            }
            for path in stays {
                assert!(!ignore.excludes(path), "{pattern} leaves out {path}");
            }
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let paths = ["a/keep", "a/b/keep", "a/x", "c.md", "README.md"];
        assert_eq!(
            kept("a\n!a/keep\n*.md\n!README.md", &paths),
            ["a/keep", "README.md"]
        );
        assert_eq!(kept("!a/keep\na", &paths), ["c.md", "README.md"]);
        assert_eq!(kept("*\n! a/b\n", &paths), ["a/b/keep"]);
    }

    #[test]
    fn a_directory_is_searched_only_for_exceptions_that_spell_it_out() {
        let ignore = Dockerignore::parse("a\n!a/b/keep\n!**/all").unwrap();
        assert!(ignore.excepts_below("a") && ignore.excepts_below("a/b"));
        assert!(!ignore.excepts_below("a/c") && !ignore.excepts_below("b"));
    }

    #[test]
    fn what_the_build_needs_is_kept() {
        let mut ignore = Dockerignore::parse("*").unwrap();
        ignore.keep("docker/web [1].Dockerfile");
        assert!(!ignore.excludes("docker/web [1].Dockerfile"));
        assert!(ignore.excludes("docker/web 1.Dockerfile") && ignore.excepts_below("docker"));
    }

    #[test]
    fn a_line_that_is_no_pattern_is_named_by_its_number_alone() {
        for pattern in ["[a", "[]", "[]a]", "[z-a]", "[-a]", "a\\", "!"] {
            let error = Dockerignore::parse(&format!("ok\n{pattern}")).unwrap_err();
            assert!(
                error.contains("line 2") && !error.contains(pattern),
                "{error}"
            );
        }
    }
}
