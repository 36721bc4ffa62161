//! Follows private keys in PEM through the lines of a text.
//!
//! A log gives such a key line by line, `tail` or `since` may have cut its BEGIN line away, and
//! other lines may stand between its own. So lines of a key are known by their look as well, and
//! what makes short last lines part of it is that there was a key before them.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::shapes::is_private_key;
use super::values::is_mixed;

/// How many other lines a key may be interrupted by.
const PATIENCE: u8 = 8;

/// Looked for in every line of every log, so it is made once.
static DASHES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----"));

/// The least length of a line by which a key shows where nothing was before it.
const SHORTEST: usize = 40;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Where in a key the lines are.
#[derive(Debug, Default)]
pub(super) struct Pem {
    /// How many more lines may pass before a key that was begun counts as over.
    open: u8,
    /// Within a certificate or a public key, which is shown.
    public: bool,
    /// The line before was part of a key.
    follows: bool,
    /// The line before, if there was one, is not known.
    cut: bool,
    /// How many words stood before the key on its lines, such as a time.
    words_before: usize,
}

/// What a line is to a key.
pub(super) enum Part {
    /// Nothing.
    None,
    /// A part of what is public.
    Public(Range<usize>),
    /// Parts of private keys.
    Private(Vec<Range<usize>>),
}

impl Pem {
    /// Lines whose beginning may have been cut away.
    pub(super) fn cut() -> Self {
        Self {
            open: 1,
            cut: true,
            ..Self::default()
        }
    }

    /// Takes the next line.
    pub(super) fn next(&mut self, line: &str) -> Part {
        // Most lines are none of a key.
        if self.open == 0 && !self.public && !may_begin(line) {
            return Part::None;
        }
        if line.contains(BEGIN) {
            return Part::Private(self.blocks(line));
        }
        if let Some(end) = line.find(END) {
            let rest = rest_of_a_key(line, end);
            *self = Self::default();
            return rest.map_or(Part::None, |rest| Part::Private(vec![rest]));
        }
        let word = last_word(line);
        if self.public {
            self.public = is_base64(line.get(word.clone()).unwrap_or_default());
            if self.public {
                return Part::Public(word);
            }
        }
        self.body(line, word)
    }

    /// The private keys among all that begins on one line, as in a document that writes its line
    /// breaks as `\n`.
    fn blocks(&mut self, line: &str) -> Vec<Range<usize>> {
        let mut begins = line.match_indices(BEGIN).map(|(at, _)| at).peekable();
        let first = begins.peek().copied().unwrap_or_default();
        let end_of_another = line.get(..first).and_then(|before| before.find(END));
        let mut private: Vec<_> = end_of_another
            .and_then(|end| rest_of_a_key(line, end))
            .into_iter()
            .collect();
        *self = Self::default();
        let mut last = first;
        let mut done = 0;
        for begin in begins {
            if begin < done {
                continue;
            }
            last = begin;
            if !is_private(line, begin) {
                continue;
            }
            let rest = line.get(begin..).unwrap_or_default();
            done = match rest.find(END) {
                Some(end) => {
                    let label = rest.get(end + 5..).unwrap_or_default();
                    let dashes = label.find("-----");
                    begin + end + 5 + dashes.map_or(label.len(), |dashes| dashes + 5)
                }
                None => {
                    self.words_before = words(line.get(..begin).unwrap_or_default());
                    self.open = PATIENCE;
                    self.follows = true;
                    line.len()
                }
            };
            private.push(begin..done);
        }
        self.public = self.open == 0 && line.rfind(END).is_none_or(|end| end < last);
        private
    }

    fn body(&mut self, line: &str, at: Range<usize>) -> Part {
        let word = line.get(at.clone()).unwrap_or_default();
        let before = words(line.get(..at.start).unwrap_or_default());
        let is_full = is_base64(word)
            && (is_private_key(word) || (60..=76).contains(&word.len()) && is_mixed(word, 8));
        let is_rest = self.open > 0
            && (self.cut || before == self.words_before)
            && !is_hex(word)
            && (self.follows && is_word(word) || is_base64(word) && may_end(word));
        self.cut = false;
        if is_full || is_rest {
            self.words_before = before;
            self.open = PATIENCE;
            self.follows = true;
            return Part::Private(vec![at]);
        }
        self.open = self.open.saturating_sub(1);
        // Between the BEGIN line and the body may stand headers and an empty line.
        self.follows &= line.trim().is_empty() || line.contains(": ");
        Part::None
    }
}

/// Whether a line can be the first of a key: a quick look at all that others are made of.
fn may_begin(line: &str) -> bool {
    DASHES.find(line.as_bytes()).is_some()
        || line.len() >= SHORTEST && {
            let word = line.get(last_word(line)).unwrap_or_default();
            // Digests are frequent, and no key.
            word.len() >= SHORTEST && !is_hex(word) && is_base64(word)
        }
}

/// What stands before the END of a private key on its line.
fn rest_of_a_key(line: &str, end: usize) -> Option<Range<usize>> {
    let before = line.get(..end)?;
    let start = before
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + 1);
    (is_private(line, end) && start < end).then_some(start..end)
}

/// Whether the label that begins there is that of a private key.
fn is_private(line: &str, at: usize) -> bool {
    let label = line.get(at + 5..).unwrap_or_default();
    let label = label.split("-----").next().unwrap_or_default();
    label.contains("PRIVATE KEY")
}

/// Whether a word can be the last of a key, which is shorter than the others.
fn may_end(word: &str) -> bool {
    word.ends_with('=') || word.len() >= 16 && is_mixed(word, 1)
}

/// The last word of a line, without what a program may have put around it.
fn last_word(line: &str) -> Range<usize> {
    let bytes = line.as_bytes();
    let is_around = |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b',' | b'\\');
    let end = bytes.iter().rposition(|byte| !is_around(*byte));
    let end = end.map_or(0, |last| last + 1);
    let before = bytes.get(..end).unwrap_or_default();
    let start = memchr::memrchr3(b' ', b'\t', b'"', before)
        .max(memchr::memrchr(b'\'', before))
        .map_or(0, |blank| blank + 1);
    start..end
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether what follows a line of a key may belong to it: a single word in whatever alphabet.
fn is_word(word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    !word.is_empty() && word.bytes().all(is_letter)
}

fn is_base64(word: &str) -> bool {
    let digits = word.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    !digits.is_empty() && word.len() - digits.len() <= 2 && digits.bytes().all(is_digit)
}

fn is_hex(word: &str) -> bool {
    word.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
