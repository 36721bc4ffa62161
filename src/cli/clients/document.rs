//! Changes one server in the text of a client's file, and leaves everything else as it was written.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use jsonc_parser::errors::ParseError;
use serde_json::{Map, Value};

use super::{Client, Entry};

/// What editors on Windows put in front of a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of a client's file, with comments, order and spaces.
#[derive(Debug)]
pub(crate) struct Document {
    marked: bool,
    root: CstRootNode,
    client: &'static Client,
}

/// Why a file is left alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// Not what the client could read.
    #[error("line {line}, column {column}: {wrong}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        wrong: String,
    },
    /// JSON, but not the object that the client expects.
    #[error("{0} is not a JSON object")]
    Shape(String),
    /// The change would not be what the client reads.
    #[error("`{0}`, or a server in it, is there more than once")]
    Ambiguous(&'static str),
}

impl From<ParseError> for DocumentError {
    fn from(error: ParseError) -> Self {
        Self::Syntax {
            line: error.line_display(),
            column: error.column_display(),
            wrong: error.kind().to_string().to_lowercase(),
        }
    }
}

impl Document {
    /// Reads a text as the client would; an empty one has no servers.
    pub(crate) fn parse(text: &str, client: &'static Client) -> Result<Self, DocumentError> {
        let plain = text.strip_prefix(BYTE_ORDER_MARK);
        let document = Self {
            marked: plain.is_some(),
            root: parse(plain.unwrap_or(text), client)?,
            client,
        };
        document.check()?;
        Ok(document)
    }

    fn check(&self) -> Result<(), DocumentError> {
        if self.root.value().is_none() {
            return Ok(());
        }
        let Some(root) = self.root.object_value() else {
            return Err(DocumentError::Shape("it".to_owned()));
        };
        let servers = root
            .get(self.client.servers)
            .map(|servers| servers.object_value());
        if servers.is_some_and(|servers| servers.is_none()) {
            return Err(DocumentError::Shape(format!("`{}`", self.client.servers)));
        }
        Ok(())
    }

    fn object(&self) -> Option<CstObject> {
        self.root.object_value()?.object_value(self.client.servers)
    }

    /// The servers, in the order of the file.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entries = self
            .object()
            .map_or(Vec::new(), |servers| servers.properties());
        let entries = entries.into_iter().filter_map(|entry| {
            Some(Entry {
                name: entry.decoded_name()?,
                value: entry.to_serde_value()?,
            })
        });
        entries.collect()
    }

    /// Makes the server of that name say this, by changing no more than what differs.
    pub(crate) fn put(&self, name: &str, entry: &Value) -> Result<(), DocumentError> {
        let expected = self.with(name, Some(entry));
        let root = self.root.object_value_or_set();
        let servers = root.object_value_or_set(self.client.servers);
        reconcile(&servers, name, entry);
        self.expect(&expected)
    }

    /// Takes the server of that name out.
    pub(crate) fn remove(&self, name: &str) -> Result<(), DocumentError> {
        let Some(entry) = self.object().and_then(|servers| servers.get(name)) else {
            return Ok(());
        };
        let expected = self.with(name, None);
        entry.remove();
        self.expect(&expected)
    }

    /// The text as it is now.
    pub(crate) fn text(&self) -> String {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{}", self.root)
    }

    /// All that a client reads from the text, with this server and without the one it had. Of a key
    /// that is there twice it takes the last.
    fn with(&self, name: &str, entry: Option<&Value>) -> Value {
        let mut whole = match self.root.to_serde_value() {
            Some(Value::Object(whole)) => whole,
            _ => Map::new(),
        };
        let servers = whole
            .entry(self.client.servers)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(servers) = servers {
            servers.remove(name);
            servers.extend(entry.map(|entry| (name.to_owned(), entry.clone())));
        }
        Value::Object(whole)
    }

    /// Reads the text again: other people's settings are in it, and a key that is there twice is
    /// not the one that was changed.
    fn expect(&self, expected: &Value) -> Result<(), DocumentError> {
        let again = parse(&self.root.to_string(), self.client)?;
        if again.to_serde_value().as_ref() == Some(expected) {
            Ok(())
        } else {
            Err(DocumentError::Ambiguous(self.client.servers))
        }
    }
}

fn parse(text: &str, client: &Client) -> Result<CstRootNode, ParseError> {
    let options = ParseOptions {
        allow_comments: client.comments,
        allow_trailing_commas: client.comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    // The tree takes comments whatever the options say.
    jsonc_parser::parse_to_value(text, &options)?;
    CstRootNode::parse(text, &options)
}

/// Gives a key its value, by changing what differs and nothing beside it.
fn reconcile(object: &CstObject, key: &str, value: &Value) {
    match (object.get(key), value) {
        (None, value) => {
            object.append(key, input(value));
        }
        (Some(old), _) if old.to_serde_value().as_ref() == Some(value) => {}
        (Some(old), Value::Object(members)) => {
            let object = old.object_value_or_set();
            for member in object.properties() {
                let name = member.decoded_name();
                if !name.is_some_and(|name| members.contains_key(&name)) {
                    member.remove();
                }
            }
            for (key, value) in members {
                reconcile(&object, key, value);
            }
        }
        (Some(old), value) => old.set_value(input(value)),
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(*truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            let members = members.iter();
            CstInputValue::Object(
                members
                    .map(|(key, value)| (key.clone(), input(value)))
                    .collect(),
            )
        }
    }
}
