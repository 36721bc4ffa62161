//! Changes one server in the text of a client's file, and leaves everything else as it was written.
//!
//! What a file is written in is the business of its module; what is promised of every file is kept here: the
//! changed text is read again, and says what was wanted and all that it said before.

mod error;
mod json;
mod lines;
mod parts;
mod toml;
mod yaml;

use mcp_docker::clients::Format;
use serde_json::{Map, Value, json};

pub(crate) use self::error::DocumentError;
use self::json::Json;
use self::toml::Toml;
use self::yaml::Yaml;
use super::{Client, Entry, form};

/// What editors on Windows put in front of a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of a client's file, with comments, order and spaces.
#[derive(Debug)]
pub(crate) struct Document {
    marked: bool,
    tree: Tree,
    client: &'static Client,
}

/// The text as what it is written in.
#[derive(Debug)]
enum Tree {
    Json(Json),
    Toml(Toml),
    Yaml(Yaml),
}

impl Tree {
    fn parse(text: &str, format: Format) -> Result<Self, DocumentError> {
        match format {
            Format::Json | Format::CommentedJson | Format::LooseJson => {
                Ok(Self::Json(Json::parse(text, format)?))
            }
            Format::Toml => Ok(Self::Toml(Toml::parse(text)?)),
            Format::Yaml => Ok(Self::Yaml(Yaml::parse(text)?)),
        }
    }

    /// What the text says; nothing where it is empty.
    fn value(&self) -> Option<Value> {
        match self {
            Self::Json(json) => json.value(),
            Self::Toml(toml) => Some(toml.value()),
            Self::Yaml(yaml) => yaml.value(),
        }
    }

    /// The names of the servers, in the order of the file.
    fn names(&self, servers: &str) -> Vec<String> {
        match self {
            Self::Json(json) => json.names(servers),
            Self::Toml(toml) => toml.names(servers),
            Self::Yaml(yaml) => yaml.names(servers),
        }
    }

    fn put(&mut self, servers: &str, name: &str, entry: &Value) {
        match self {
            Self::Json(json) => json.put(servers, name, entry),
            Self::Toml(toml) => toml.put(servers, name, entry),
            Self::Yaml(yaml) => yaml.put(servers, name, entry),
        }
    }

    fn remove(&mut self, servers: &str, name: &str) {
        match self {
            Self::Json(json) => json.remove(servers, name),
            Self::Toml(toml) => toml.remove(servers, name),
            Self::Yaml(yaml) => yaml.remove(servers, name),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Json(json) => json.text(),
            Self::Toml(toml) => toml.text(),
            Self::Yaml(yaml) => yaml.text(),
        }
    }

    /// What a person calls that which holds keys and values.
    fn object(&self) -> &'static str {
        match self {
            Self::Json(_) => "a JSON object",
            Self::Toml(_) => "a table",
            Self::Yaml(_) => "a mapping",
        }
    }
}

impl Document {
    /// Reads a text as the client would; an empty one has no servers.
    pub(crate) fn parse(text: &str, client: &'static Client) -> Result<Self, DocumentError> {
        let plain = text.strip_prefix(BYTE_ORDER_MARK);
        let document = Self {
            marked: plain.is_some(),
            tree: Tree::parse(plain.unwrap_or(text), client.format)?,
            client,
        };
        document.check()?;
        Ok(document)
    }

    fn check(&self) -> Result<(), DocumentError> {
        let key = self.client.servers;
        let shape = |what: String| Err(DocumentError::Shape(what, self.tree.object()));
        let root = match self.tree.value() {
            None => return Ok(()),
            Some(Value::Object(root)) => root,
            Some(_) => return shape("it".to_owned()),
        };
        match root.get(key) {
            None => Ok(()),
            Some(Value::Object(servers)) => {
                let other = servers.get("servers").and_then(Value::as_object);
                // A server would have a word among its members, its command or its address.
                match other.is_some_and(|other| other.values().all(Value::is_object)) {
                    true => Err(DocumentError::Elsewhere(key)),
                    false => Ok(()),
                }
            }
            Some(_) => shape(format!("`{key}`")),
        }
    }

    /// The servers, in the order of the file.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut whole = self.whole();
        let mut servers = match whole.remove(self.client.servers) {
            Some(Value::Object(servers)) => servers,
            _ => Map::new(),
        };
        let names = self.tree.names(self.client.servers).into_iter();
        let entries = names.filter_map(|name| {
            let value = servers.remove(&name)?;
            let value = form::inward(&self.client.form, value);
            Some(Entry { name, value })
        });
        entries.collect()
    }

    /// Makes the server of that name say this, by changing no more than what differs.
    pub(crate) fn put(&mut self, name: &str, entry: &Value) -> Result<(), DocumentError> {
        let entry = form::outward(&self.client.form, entry);
        let expected = self.with(name, Some(&entry));
        self.tree.put(self.client.servers, name, &entry);
        self.expect(&expected)
    }

    /// Takes the server of that name out.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), DocumentError> {
        let entries = self.entries();
        if !entries.iter().any(|entry| entry.name == name) {
            return Ok(());
        }
        let expected = self.with(name, None);
        self.tree.remove(self.client.servers, name);
        self.expect(&expected)
    }

    /// The text as it is now.
    pub(crate) fn text(&self) -> String {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{}", self.tree.text())
    }

    fn whole(&self) -> Map<String, Value> {
        match self.tree.value() {
            Some(Value::Object(whole)) => whole,
            _ => Map::new(),
        }
    }

    /// All that a client reads from the text, with this server and without the one it had. Of a key
    /// that is there twice it takes the last.
    fn with(&self, name: &str, entry: Option<&Value>) -> Map<String, Value> {
        let mut whole = self.whole();
        let servers = whole
            .entry(self.client.servers)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(servers) = servers {
            servers.remove(name);
            servers.extend(entry.map(|entry| (name.to_owned(), entry.clone())));
        }
        without_nothing(whole, self.client.servers)
    }

    /// Reads the text again: other people's settings are in it, and a key that is there twice is
    /// not the one that was changed.
    fn expect(&self, expected: &Map<String, Value>) -> Result<(), DocumentError> {
        // Of JSON it is known why it can differ.
        let unkept = |error| match self.tree {
            Tree::Json(_) => error,
            _ => DocumentError::Unkept,
        };
        let again = Tree::parse(&self.tree.text(), self.client.format).map_err(unkept)?;
        let again = match again.value() {
            Some(Value::Object(again)) => again,
            _ => Map::new(),
        };
        if without_nothing(again, self.client.servers) == *expected {
            Ok(())
        } else {
            Err(unkept(DocumentError::Ambiguous(self.client.servers)))
        }
    }
}

/// An entry as it stands in the client's file.
pub(crate) fn fragment(client: &'static Client, name: &str, entry: &Value) -> String {
    let written = || {
        let mut document = Document::parse("", client).ok()?;
        document.put(name, entry).ok()?;
        Some(document.text().trim_end().to_owned())
    };
    let in_json = || {
        let entry = form::outward(&client.form, entry);
        format!("{:#}", json!({ client.servers: { name: entry } }))
    };
    match client.format {
        Format::Toml | Format::Yaml => written().unwrap_or_else(in_json),
        _ => in_json(),
    }
}

/// No servers are none, whether a file has a place for them or not.
fn without_nothing(mut whole: Map<String, Value>, servers: &str) -> Map<String, Value> {
    let none = |servers: &Value| servers.as_object().is_some_and(Map::is_empty);
    if whole.get(servers).is_some_and(none) {
        whole.remove(servers);
    }
    whole
}
