//! Reads YAML with the places of its parts: what is changed in it is lines of text.

use mcp_docker::ordered::object;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::{Value, json};

use super::error::DocumentError;

/// As deep as parts lie in each other.
const DEEPEST: usize = 64;

/// A line and column, from 0, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A part of a text.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) start: Place,
    pub(super) end: Place,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Keys, which are words, and values, in the order of the text.
    Map(Vec<(Node, Node)>),
    List(Vec<Node>),
    Word {
        text: String,
        plain: bool,
    },
    /// What stands for another part.
    Alias(usize),
}

/// A list or mapping that is not at its end; a mapping has keys and values in turn.
struct Open {
    start: Place,
    is_map: bool,
    parts: Vec<Node>,
}

/// The tree of a text that is one YAML document; none where it has nothing.
pub(super) fn read(text: &str) -> Result<Option<Node>, DocumentError> {
    let mut root = None;
    let mut open: Vec<Open> = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| wrong(place(error.marker()), error.info().to_owned()))?;
        let (start, end) = (place(&span.start), place(&span.end));
        let node = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(wrong(start, "a second document begins here".to_owned()));
                }
                continue;
            }
            Event::Scalar(text, style, ..) => Node {
                start,
                end,
                kind: Kind::Word {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                },
            },
            Event::Alias(of) => Node {
                start,
                end,
                kind: Kind::Alias(of),
            },
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() == DEEPEST {
                    return Err(wrong(start, "it is nested too deeply".to_owned()));
                }
                open.push(Open {
                    start,
                    is_map: matches!(event, Event::MappingStart(..)),
                    parts: Vec::new(),
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(ended) => ended.close(end)?,
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(outer) => outer.parts.push(node),
            None => root = Some(node),
        }
    }
    let is_nothing =
        |node: &Node| matches!(&node.kind, Kind::Word { text, plain: true } if text.is_empty());
    Ok(root.filter(|root| !is_nothing(root)))
}

impl Open {
    fn close(self, end: Place) -> Result<Node, DocumentError> {
        let kind = if self.is_map {
            let mut entries: Vec<(Node, Node)> = Vec::new();
            let mut parts = self.parts.into_iter();
            while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                let Some(name) = key.word() else {
                    return Err(wrong(key.start, "a key that is no word".to_owned()));
                };
                if entries.iter().any(|(other, _)| other.word() == Some(name)) {
                    return Err(wrong(key.start, format!("the key `{name}` is there twice")));
                }
                entries.push((key, value));
            }
            Kind::Map(entries)
        } else {
            Kind::List(self.parts)
        };
        Ok(Node {
            start: self.start,
            end,
            kind,
        })
    }
}

impl Node {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// What a reader of YAML 1.2 makes of it.
    pub(super) fn value(&self) -> Value {
        match &self.kind {
            Kind::Map(entries) => {
                let entries = entries
                    .iter()
                    .filter_map(|(key, value)| Some((key.word()?.to_owned(), value.value())));
                Value::Object(object(entries))
            }
            Kind::List(items) => items.iter().map(Node::value).collect(),
            Kind::Word { text, plain: true } => plain(text),
            Kind::Word { text, .. } => json!(text),
            // Not what it stands for: that may stand for more, and so on.
            Kind::Alias(of) => json!({ "*": of }),
        }
    }
}

/// What a word without quotes is.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return json!(true),
        "false" | "False" | "FALSE" => return json!(false),
        _ => {}
    }
    let number = text.parse::<i64>().ok().map(|number| json!(number));
    let decimal = || {
        let is_one = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        let decimal = text.parse::<f64>().ok().filter(|_| is_one)?;
        decimal.is_finite().then(|| json!(decimal))
    };
    number.or_else(decimal).unwrap_or_else(|| json!(text))
}

fn place(marker: &Marker) -> Place {
    Place {
        line: marker.line().saturating_sub(1),
        column: marker.col(),
    }
}

fn wrong(at: Place, wrong: String) -> DocumentError {
    DocumentError::Syntax {
        line: at.line + 1,
        column: at.column + 1,
        wrong,
    }
}
