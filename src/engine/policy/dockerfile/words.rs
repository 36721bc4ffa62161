//! Takes the words of an instruction apart as the Engine's builder does: quotes, escapes, variables.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

/// Variables, each with its value where that is known.
pub(super) type Assignments = HashMap<String, Option<String>>;

/// A word with the values of its variables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// Where the first variable stood that is not known, and its name.
    pub(super) unknown: Option<(usize, String)>,
}

/// The words of a text, with their quotes and escapes.
pub(super) fn split(text: &str, escape: char) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut quote = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match quote {
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        word.push(c);
        if c == escape && quote != Some('\'') {
            word.extend(rest.next());
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// A word without its quotes and escapes, and with the values that `lookup` has.
pub(super) fn expand(
    word: &str,
    escape: char,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Expanded {
    let mut expander = Expander {
        rest: word.chars().peekable(),
        escape,
        lookup,
        text: String::new(),
        unknown: None,
    };
    expander.until(None);
    Expanded {
        text: expander.text,
        unknown: expander.unknown,
    }
}

struct Expander<'a> {
    rest: Peekable<Chars<'a>>,
    escape: char,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    text: String,
    unknown: Option<(usize, String)>,
}

impl Expander<'_> {
    /// Goes on to this character, or to the end.
    fn until(&mut self, end: Option<char>) {
        while let Some(c) = self.rest.next() {
            match c {
                _ if Some(c) == end => return,
                '\'' => self.literal(),
                '"' => self.quoted(),
                '$' => self.variable(),
                _ if c == self.escape => self.text.extend(self.rest.next()),
                _ => self.text.push(c),
            }
        }
    }

    fn literal(&mut self) {
        let inside: String = self.rest.by_ref().take_while(|c| *c != '\'').collect();
        self.text.push_str(&inside);
    }

    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            match c {
                '"' => return,
                '$' => self.variable(),
                _ if c == self.escape => {
                    let escaped = self.rest.next();
                    // Before any other character it stands for itself.
                    let escapes = |c: &char| *c == '"' || *c == '$' || *c == self.escape;
                    if !escaped.as_ref().is_some_and(escapes) {
                        self.text.push(c);
                    }
                    self.text.extend(escaped);
                }
                _ => self.text.push(c),
            }
        }
    }

    fn variable(&mut self) {
        if self.rest.next_if_eq(&'{').is_none() {
            let name = self.name();
            match name.is_empty() {
                true => self.text.push('$'),
                false => self.value(&name),
            }
            return;
        }
        let name = self.name();
        let colon = self.rest.next_if_eq(&':').is_some();
        match self.rest.next() {
            Some('}') if !colon => self.value(&name),
            Some(operator @ ('-' | '+')) => self.default(&name, operator, colon),
            // Patterns and demands, and what is none of them.
            other => {
                self.without(&name);
                if other != Some('}') {
                    self.skip();
                }
            }
        }
    }

    /// `${NAME:-word}` and `${NAME:+word}`.
    fn default(&mut self, name: &str, operator: char, colon: bool) {
        let value = (self.lookup)(name);
        let Some(value) = value else {
            self.without(name);
            self.skip();
            return;
        };
        let is_set = !colon || !value.is_empty();
        match (operator, is_set) {
            ('-', true) => {
                self.text.push_str(&value);
                self.skip();
            }
            ('-', false) | ('+', true) => self.until(Some('}')),
            _ => self.skip(),
        }
    }

    /// Passes over the rest of a variable in braces.
    fn skip(&mut self) {
        let mut open = 1;
        for c in self.rest.by_ref() {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self
            .rest
            .next_if(|c| c.is_ascii_alphanumeric() || *c == '_')
        {
            name.push(c);
        }
        name
    }

    fn value(&mut self, name: &str) {
        match (self.lookup)(name) {
            Some(value) => self.text.push_str(&value),
            None => self.without(name),
        }
    }

    /// Takes note of a variable that is not known.
    fn without(&mut self, name: &str) {
        if self.unknown.is_none() {
            self.unknown = Some((self.text.len(), name.to_owned()));
        }
    }
}
