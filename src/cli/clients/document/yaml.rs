//! Changes YAML by lines: those of a key go, come or stay, and no others are touched.
//!
//! Of the crates that change YAML in place, `yamlpatch` brings a parser in C, and `yaml-edit` is young; neither
//! does more here than the events of the parser that is in the tree already. The text is read again after each
//! step, and a file that is not written in lines of its own is refused.

use serde_json::Value;

use super::error::DocumentError;
use super::lines::Lines;
use super::parts::{Node, plain, read};

/// A text that is YAML.
#[derive(Debug)]
pub(super) struct Yaml {
    text: String,
    lines: Lines,
}

impl Yaml {
    pub(super) fn parse(text: &str) -> Result<Self, DocumentError> {
        let (text, lines) = Lines::of(text)?;
        read(&text)?;
        Ok(Self { text, lines })
    }

    pub(super) fn value(&self) -> Option<Value> {
        Some(self.root()?.value())
    }

    fn root(&self) -> Option<Node> {
        read(&self.text).ok().flatten()
    }

    pub(super) fn names(&self, servers: &str) -> Vec<String> {
        let root = self.root();
        let servers = root.as_ref().and_then(|root| at(root, &[servers]));
        let entries = servers.and_then(|(_, servers)| servers.entries());
        let names = entries.into_iter().flatten();
        names
            .filter_map(|(name, _)| Some(name.word()?.to_owned()))
            .collect()
    }

    pub(super) fn put(&mut self, servers: &str, name: &str, entry: &Value) {
        self.set(&[servers, name], entry);
    }

    pub(super) fn remove(&mut self, servers: &str, name: &str) {
        self.take(&[servers, name]);
    }

    pub(super) fn text(&self) -> String {
        self.lines.written(self.text.clone())
    }

    /// Gives what is there its value, by changing what differs and nothing beside it.
    fn set(&mut self, path: &[&str], value: &Value) {
        let root = self.root();
        let found = root.as_ref().and_then(|root| at(root, path));
        let Some((key, old)) = found else {
            return self.add(path, value);
        };
        let before = old.value();
        if before == *value {
            return;
        }
        let apart = old.entries().is_some() && old.start.line > key.start.line;
        match (value, before) {
            (Value::Object(members), Value::Object(before)) if apart => {
                for (name, value) in members {
                    self.set(&[path, &[name.as_str()]].concat(), value);
                }
                for name in before.keys().filter(|name| !members.contains_key(*name)) {
                    self.take(&[path, &[name.as_str()]].concat());
                }
            }
            _ if old.start.line == key.start.line
                && let Some(to) = self.end_of_word(old)
                && let Some(new) = word(value) =>
            {
                self.change(old.start.line, old.start.column, to, &new);
            }
            _ => {
                let (first, column) = (key.start.line, key.start.column);
                let last = self.last_line(first, column);
                let new = rendered(path.last().copied().unwrap_or_default(), value, column);
                self.replace(first, last + 1, new);
            }
        }
    }

    /// Puts a key where there is none, below what leads to it.
    fn add(&mut self, path: &[&str], value: &Value) {
        let Some((name, above)) = path.split_last() else {
            return;
        };
        let Some(root) = self.root() else {
            let whole = above.iter().rev().fold(
                serde_json::json!({ *name: value }),
                |value, name| serde_json::json!({ *name: value }),
            );
            let new = members(&whole, 0);
            let end = self.text.split('\n').count();
            let end = if self.text.is_empty() || self.text.ends_with('\n') {
                end - 1
            } else {
                end
            };
            return self.replace(end, end, new);
        };
        let outer = match above {
            [] => Some((None, &root)),
            above => at(&root, above).map(|(key, node)| (Some(key), node)),
        };
        let Some((key, outer)) = outer else {
            return self.add(above, &serde_json::json!({ *name: value }));
        };
        let entries = outer.entries().unwrap_or_default();
        match (entries.last(), key) {
            // In lines of their own, not in braces.
            (Some((last, _)), key) if key.is_none_or(|key| key.start.line < outer.start.line) => {
                let (line, column) = (last.start.line, last.start.column);
                let end = self.last_line(line, column) + 1;
                self.replace(end, end, rendered(name, value, column));
            }
            // `{}`
            (None, Some(key)) if outer.start.line == key.start.line => {
                let (line, column) = (key.start.line, key.start.column + 2);
                let braces = self.find(line, outer.start.column, '}');
                let colon = self.find(line, key.end.column, ':');
                if let (Some(colon), Some(end)) = (colon, braces) {
                    self.change(line, colon + 1, end + 1, "");
                    self.replace(line + 1, line + 1, rendered(name, value, column));
                }
            }
            _ => {}
        }
    }

    /// Takes a key out with the lines that are its own; where it was the last, `{}` is left.
    fn take(&mut self, path: &[&str]) {
        let Some(root) = self.root() else {
            return;
        };
        let above = path.split_last().map(|(_, above)| above);
        let (Some((key, _)), Some(above)) = (at(&root, path), above) else {
            return;
        };
        let Some((outer, entries)) = at(&root, above) else {
            return;
        };
        if outer.start.line == key.start.line {
            return;
        }
        let is_last = entries.entries().is_some_and(|entries| entries.len() == 1);
        let (first, column) = (key.start.line, key.start.column);
        let last = self.last_line(first, column);
        self.replace(first, last + 1, Vec::new());
        let colon = self.find(outer.start.line, outer.end.column, ':');
        if is_last && let Some(colon) = colon {
            self.change(outer.start.line, colon + 1, colon + 1, " {}");
        }
    }

    /// The last line of what a key in this line and column has: comments and empty lines behind it are not its
    /// own.
    fn last_line(&self, line: usize, column: usize) -> usize {
        let mut last = line;
        for (number, text) in self.text.split('\n').enumerate().skip(line + 1) {
            let inner = text.trim_start_matches(' ');
            let indent = text.len() - inner.len();
            if inner.trim().is_empty() || inner.starts_with('#') {
                continue;
            }
            let is_item = indent == column && (inner == "-" || inner.starts_with("- "));
            if indent <= column && !is_item {
                break;
            }
            last = number;
        }
        last
    }

    /// Where a word ends that is in one line; the parser goes on to what follows quotes.
    fn end_of_word(&self, word: &Node) -> Option<usize> {
        word.word()?;
        let (line, from) = (word.start.line, word.start.column);
        let signs = self.text.split('\n').nth(line)?.chars().enumerate();
        let mut signs = signs.skip(from);
        let (_, quote) = signs.next()?;
        match quote {
            '"' => {
                let mut is_escaped = false;
                let mut signs = signs.skip_while(|(_, sign)| {
                    let ends = *sign == '"' && !is_escaped;
                    is_escaped = *sign == '\\' && !is_escaped;
                    !ends
                });
                Some(signs.next()?.0 + 1)
            }
            // Two are one within.
            '\'' => {
                let rest: Vec<(usize, char)> = signs.collect();
                let mut quotes = rest.split(|(_, sign)| *sign == '\'');
                let inner = quotes.next()?.len();
                (!quotes.next()?.is_empty() || quotes.next().is_none()).then_some(from + inner + 2)
            }
            '|' | '>' | '&' | '!' | '*' => None,
            _ => (word.end.line == line).then_some(word.end.column),
        }
    }

    /// The column of that sign in a line, from another on.
    fn find(&self, line: usize, from: usize, sign: char) -> Option<usize> {
        let mut signs = self
            .text
            .split('\n')
            .nth(line)?
            .chars()
            .enumerate()
            .skip(from);
        Some(signs.find(|(_, c)| *c == sign)?.0)
    }

    fn replace(&mut self, from: usize, to: usize, new: Vec<String>) {
        let mut lines: Vec<String> = self.text.split('\n').map(str::to_owned).collect();
        let to = to.min(lines.len());
        lines.splice(from.min(to)..to, new);
        self.text = lines.join("\n");
    }

    fn change(&mut self, line: usize, from: usize, to: usize, new: &str) {
        let mut lines: Vec<String> = self.text.split('\n').map(str::to_owned).collect();
        if let Some(text) = lines.get_mut(line) {
            let before: String = text.chars().take(from).collect();
            let after: String = text.chars().skip(to).collect();
            *text = format!("{before}{new}{after}");
        }
        self.text = lines.join("\n");
    }
}

/// The key that a path leads to, and its value.
fn at<'n>(node: &'n Node, path: &[&str]) -> Option<(&'n Node, &'n Node)> {
    let (first, rest) = path.split_first()?;
    let entries = node.entries()?.iter();
    let mut found = entries.filter(|(key, _)| key.word() == Some(first));
    let (key, value) = found.next()?;
    match rest {
        [] => Some((key, value)),
        rest => at(value, rest),
    }
}

/// The lines of a key and its value.
fn rendered(name: &str, value: &Value, column: usize) -> Vec<String> {
    let (space, name) = (" ".repeat(column), quoted(name));
    let one = |text: String| vec![format!("{space}{name}: {text}")];
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut lines = vec![format!("{space}{name}:")];
            lines.extend(members(value, column + 2));
            lines
        }
        Value::Array(items) if !items.is_empty() => {
            let mut lines = vec![format!("{space}{name}:")];
            let items = items
                .iter()
                .map(|item| word(item).unwrap_or_else(|| item.to_string()));
            lines.extend(items.map(|item| format!("{space}  - {item}")));
            lines
        }
        value => one(word(value).unwrap_or_else(|| value.to_string())),
    }
}

fn members(value: &Value, column: usize) -> Vec<String> {
    let members = value.as_object().into_iter().flatten();
    members
        .flat_map(|(name, value)| rendered(name, value, column))
        .collect()
}

/// What has no parts, in one line.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) | Value::Array(_) => None,
        Value::String(text) => Some(quoted(text)),
        value => Some(value.to_string()),
    }
}

/// A text without quotes where every reader takes it for that text; JSON's quotes are YAML's, too.
fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_'))
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./@".contains(c));
    let is_word = |text: &str| {
        let word = text.to_ascii_lowercase();
        let others = ["y", "n", "yes", "no", "on", "off"];
        plain(&word).is_string() && !others.contains(&word.as_str())
    };
    if is_plain && is_word(text) {
        text.to_owned()
    } else {
        Value::String(text.to_owned()).to_string()
    }
}
