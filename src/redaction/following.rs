//! Follows a secret to the line behind the one that names it: a key of YAML or JSON alone on its line, a
//! command that goes on, the next item of a list, the value beside a name.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::forms::{ELSEWHERE, PARTS};
use super::names::{self, Name};
use super::pattern::pattern;
use super::{extent, ordinary, values};

/// How many other lines may stand between a name and its value.
const PATIENCE: u8 = 3;

/// A line that ends behind the sign of a pair, or behind a flag, with what joins it to the next.
static CONTINUED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?:^|[\s"'(:{{$])(?P<name>-{{0,2}}[A-Za-z0-9_.]*(?i:{PARTS})[A-Za-z0-9_.-]*)(?:(?P<sign>\s*(?:=>|[?+:]?=|:)\s*)|\s+)\\*["']?[\\^`]\s*\z"#
    ))
});

/// A key alone on its line, perhaps with a comment.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\A(?P<before>\s*(?:-\s+)*)(?P<open><?)(?P<quote>\\*["']?)(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*|{ELSEWHERE})\\*["']?\s*(?P<sign>=>|:=|[:=>])\s*(?:#(?u:.)*)?\z"#
    ))
});

/// A flag that is an item of a list by itself.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\A(?P<before>\s*(?:-\s+["']?|["']))--?(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)["']?,?\s*\z"#
    ))
});

/// The name of a variable, whose value is another member.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)\A\s*(?:-\s+)?\{{?\s*
            (?:\\*["']?(?i:name|key|parameterkey)\\*["']?\s*[:=]\s*\\*["']?|<(?:name|key)>\s*)
            (?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)
            (?:\\*["']?,?|\s*</(?:name|key)>)\s*\z"#
    ))
});

/// The value beside a name, up to its quote.
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)\A\s*(?:\\*["']?(?i:value|parametervalue)\\*["']?\s*[:=]\s*|<(?:value|string)>)"#,
    )
});

/// A value that may come before its name.
static FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x-u)\A(?P<before>\s*(?:-\s+)?)
            (?:\\*["']?(?i:value|parametervalue)\\*["']?\s*[:=]\s*|<(?:value|string)>)"#,
    )
});

/// A line that gives a name or a value to an entry.
static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)\A\s*(?:-\s+)?(?:\\*["']?(?i:(?:parameter)?(?:name|key|value))\\*["']?\s*[:=]|<(?:name|key|value|string)>)"#,
    )
});

/// Something that a variable gets in a file of them, or a key of YAML with its value.
static OTHER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u)\A["']?[A-Za-z_][A-Za-z0-9_.-]*["']?(?:=|:(?:\s|\z))"#));

/// What the lines before named, if it is still to come.
#[derive(Debug, Default)]
pub(super) struct Following(Option<Awaited>);

/// A secret that is still to come.
#[derive(Debug)]
struct Awaited {
    kind: Name,
    position: Position,
    patience: u8,
}

/// Where it comes.
#[derive(Debug, Clone, Copy)]
enum Position {
    /// It is the first word of the next line.
    Continued,
    /// It is the next line, where that is indented deeper or looks like it.
    Below {
        indentation: usize,
        is_quoted: bool,
        /// A single word of whatever look counts on the same level, too.
        is_certain: bool,
    },
    /// It is the next item.
    Item,
    /// It is the value beside, on one of the next lines.
    Beside,
}

impl Following {
    /// Takes the next line, which may name a secret where it is suspicious; where in it the secret is
    /// that a line before named.
    pub(super) fn next(&mut self, line: &str, is_suspicious: bool) -> Option<Range<usize>> {
        let mut found = None;
        if let Some(mut awaited) = self.0.take() {
            found = awaited.find(line);
            awaited.patience = awaited.patience.saturating_sub(1);
            let goes_on = matches!(awaited.position, Position::Beside) && !is_next_entry(line);
            if found.is_none() && goes_on && awaited.patience > 0 {
                self.0 = Some(awaited);
            }
        }
        if is_suspicious && found.is_none() {
            self.0 = begun(line).or(self.0.take());
        }
        found
    }
}

/// Whether a line is a value whose name may come on the next.
pub(super) fn waits(line: &str) -> bool {
    let text = line.trim_start_matches([' ', '\t', '-', '"', '\'', '\\', '<']);
    text.starts_with(['v', 'V', 'p', 'P', 's']) && FIRST.is_match(line)
}

/// Where in a line the secret is that the next one names, as another member of the same entry.
pub(super) fn before_its_name(line: &str, next: &str) -> Option<Range<usize>> {
    let found = FIRST.captures(line)?;
    let column = next.len() - next.trim_start().len();
    if found.name("before")?.len() != column {
        return None;
    }
    let awaited = begun(next).filter(|awaited| matches!(awaited.position, Position::Beside))?;
    awaited.beside(line, found.get(0)?.end())
}

/// Whether a line begins another entry of a list or ends one.
fn is_next_entry(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty()
        || line.starts_with("- ")
        || line.starts_with(['}', ']', '{'])
        || MEMBER.is_match(line)
}

/// What a line names that comes later.
fn begun(line: &str) -> Option<Awaited> {
    let end = line.trim_end();
    let last = end.bytes().next_back()?;
    let of = |position: Position, found: &Captures<'_>| {
        let kind = names::judge(found.name("name")?.as_str())?;
        Some(Awaited {
            kind,
            position,
            patience: PATIENCE,
        })
    };
    if matches!(last, b'\\' | b'^' | b'`') {
        let found = CONTINUED.captures(line)?;
        let is_flag = found.name("name")?.as_str().starts_with('-');
        return (is_flag || found.name("sign").is_some())
            .then(|| of(Position::Continued, &found))
            .flatten();
    }
    if (matches!(last, b':' | b'=' | b'>') || end.contains(" #"))
        && let Some(found) = KEY.captures(line)
    {
        let (name, sign) = (found.name("name")?.as_str(), found.name("sign")?.as_str());
        let is_element = found.name("open").is_some_and(|open| !open.is_empty());
        if is_element != (sign == ">") {
            return None;
        }
        let position = Position::Below {
            indentation: found.name("before")?.len(),
            is_quoted: found.name("quote").is_some_and(|quote| !quote.is_empty()),
            // A prompt begins with a capital.
            is_certain: sign == ":"
                && (!name.starts_with(|it: char| it.is_ascii_uppercase())
                    || names::is_constant(name)),
        };
        let awaited = of(position, &found)?;
        // What is below a common word is mostly an object.
        let is_open = names::is_common(name)
            && !matches!(
                position,
                Position::Below {
                    is_quoted: true,
                    ..
                }
            );
        return (!is_open || sign == ":").then_some(awaited);
    }
    if let Some(found) = ITEM.captures(line) {
        return of(Position::Item, &found);
    }
    let found = NAME.captures(line)?;
    of(Position::Beside, &found).filter(|awaited| awaited.kind == Name::Secret)
}

impl Awaited {
    /// Where the secret is in this line.
    fn find(&self, line: &str) -> Option<Range<usize>> {
        let start = line.len() - line.trim_start().len();
        match self.position {
            Position::Continued => self.word(line, start),
            Position::Item => {
                let item = line.get(start..)?;
                let item = item.strip_prefix("- ").map_or(item, str::trim_start);
                self.word(line, line.len() - item.len())
            }
            Position::Beside => {
                let value = VALUE.find(line)?;
                self.beside(line, value.end())
            }
            Position::Below { .. } => self.below(line, start),
        }
    }

    fn beside(&self, line: &str, start: usize) -> Option<Range<usize>> {
        let rest = line.get(start..)?;
        let inside = extent::quoted(rest).unwrap_or_else(|| {
            let end = rest.find("</").unwrap_or(rest.len());
            let value = rest.get(..end);
            0..value.map_or(0, |it| it.trim_end_matches([',', ' ']).len())
        });
        self.secret(line, start + inside.start..start + inside.end)
    }

    fn word(&self, line: &str, start: usize) -> Option<Range<usize>> {
        let rest = line.get(start..)?;
        if rest.starts_with('-') {
            return None;
        }
        self.secret(line, extent::word(line, self.kind, start))
    }

    fn below(&self, line: &str, start: usize) -> Option<Range<usize>> {
        let Position::Below {
            indentation,
            is_quoted,
            is_certain,
        } = self.position
        else {
            return None;
        };
        let text = line.get(start..)?.trim_end().trim_end_matches([',', ';']);
        // To the end of the line, and closed there.
        let closes =
            |inside: &Range<usize>| (1..=inside.start).contains(&(text.len() - inside.end));
        let inside = extent::quoted(text).filter(closes);
        if let Some(inside) = inside {
            return self.secret(line, start + inside.start..start + inside.end);
        }
        let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
        let is_other = OTHER.is_match(text)
            || text.starts_with(['{', '[', '<', '(', '}', ']', ')', '#', '-'])
            || ordinary::is_verdict(text)
            || ordinary::is_name(text)
            || ordinary::is_code(text);
        let is_likely = start > indentation || is_certain || ordinary::looks_made(text);
        if !is_word || is_other || is_quoted || !is_likely {
            return None;
        }
        self.secret(line, start..start + text.len())
    }

    fn secret(&self, line: &str, at: Range<usize>) -> Option<Range<usize>> {
        let value = line.get(at.clone())?;
        if ordinary::is_substitution(value) {
            return None;
        }
        values::secret_in(line, self.kind, at)
    }
}
