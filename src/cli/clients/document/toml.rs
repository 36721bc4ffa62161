//! Changes TOML: tables stay tables, and values that stand in one line stay there.

use mcp_docker::ordered::object;
use serde_json::{Value, json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, TomlError};

use super::error::DocumentError;
use super::lines::{Lines, position};

/// A text that is TOML.
#[derive(Debug)]
pub(super) struct Toml {
    document: DocumentMut,
    lines: Lines,
}

impl Toml {
    pub(super) fn parse(text: &str) -> Result<Self, DocumentError> {
        let (text, lines) = Lines::of(text)?;
        let document = text.parse().map_err(|error| syntax(&text, &error))?;
        let toml = Self { document, lines };
        // What would not be written again as it was would be changed.
        if toml.plain() == text {
            Ok(toml)
        } else {
            Err(DocumentError::Unkept)
        }
    }

    pub(super) fn value(&self) -> Value {
        of_table(self.document.as_table())
    }

    pub(super) fn names(&self, servers: &str) -> Vec<String> {
        let servers = self.document.get(servers).and_then(Item::as_table_like);
        let servers = servers.into_iter().flat_map(TableLike::iter);
        servers.map(|(name, _)| name.to_owned()).collect()
    }

    pub(super) fn put(&mut self, servers: &str, name: &str, entry: &Value) {
        let root = self.document.as_table_mut();
        let is_first = root.is_empty();
        let servers = root.entry(servers).or_insert_with(|| {
            let mut servers = Table::new();
            servers.set_implicit(true);
            Item::Table(servers)
        });
        let is_in_line = servers.is_inline_table();
        let Some(servers) = servers.as_table_like_mut() else {
            return;
        };
        reconcile(servers, is_in_line, name, entry);
        if is_first && let Some(entry) = servers.get_mut(name).and_then(Item::as_table_mut) {
            entry.decor_mut().set_prefix("");
        }
    }

    pub(super) fn remove(&mut self, servers: &str, name: &str) {
        let servers = self.document.get_mut(servers);
        if let Some(servers) = servers.and_then(Item::as_table_like_mut) {
            servers.remove(name);
        }
    }

    pub(super) fn text(&self) -> String {
        self.lines.written(self.plain())
    }

    fn plain(&self) -> String {
        self.lines.ended(self.document.to_string())
    }
}

fn syntax(text: &str, error: &TomlError) -> DocumentError {
    let at = error.span().map_or(0, |span| span.start);
    let (line, column) = position(text, at);
    DocumentError::Syntax {
        line,
        column,
        wrong: error.message().trim().replace('\n', ", "),
    }
}

/// Gives a key its value, by changing what differs and nothing beside it.
fn reconcile(table: &mut dyn TableLike, is_in_line: bool, key: &str, value: &Value) {
    let Some(old) = table.get_mut(key) else {
        add(table, is_in_line, key, value);
        return;
    };
    let is_in_line = old.is_inline_table();
    if of_item(old) == *value {
        return;
    }
    match (old.as_table_like_mut(), value) {
        (Some(old), Value::Object(members)) => {
            let names: Vec<String> = old.iter().map(|(name, _)| name.to_owned()).collect();
            for name in names.iter().filter(|name| !members.contains_key(*name)) {
                old.remove(name);
            }
            for (name, value) in members {
                reconcile(old, is_in_line, name, value);
            }
        }
        _ => {
            let decor = old.as_value().map(|old| old.decor().clone());
            let mut new = item(value);
            if let (Some(decor), Some(new)) = (decor, new.as_value_mut()) {
                *new.decor_mut() = decor;
            }
            *old = new;
        }
    }
}

fn add(table: &mut dyn TableLike, is_in_line: bool, key: &str, value: &Value) {
    let last = table.iter_mut().last();
    let last = last.filter(|_| is_in_line);
    let mut new = item(value);
    if let Some((_, last)) = last
        && let Some(last) = last.as_value_mut()
        && let Some(behind) = last.decor_mut().suffix().cloned()
    {
        // The space before the brace.
        last.decor_mut().set_suffix("");
        new.make_value();
        if let Some(new) = new.as_value_mut() {
            new.decor_mut().set_prefix(" ");
            new.decor_mut().set_suffix(behind);
        }
    }
    table.insert(key, new);
}

/// A table of its own for what has members, as people write it.
fn item(value: &Value) -> Item {
    let Value::Object(members) = value else {
        return in_line(value).map_or(Item::None, Item::Value);
    };
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    for (name, value) in members {
        table.insert(name, item(value));
    }
    Item::Table(table)
}

/// TOML has no word for nothing.
fn in_line(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64()?.into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().filter_map(in_line).collect::<Array>().into(),
        Value::Object(members) => {
            let mut table = InlineTable::new();
            for (name, value) in members {
                table.extend(in_line(value).map(|value| (name.clone(), value)));
            }
            table.into()
        }
    })
}

fn of_table(table: &dyn TableLike) -> Value {
    let members = table.iter();
    let members = members.map(|(name, item)| (name.to_owned(), of_item(item)));
    Value::Object(object(members))
}

fn of_item(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Value(value) => of_value(value),
        Item::Table(table) => of_table(table),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| of_table(table)).collect(),
    }
}

fn of_value(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(number) => json!(number.value()),
        toml_edit::Value::Float(number) if number.value().is_finite() => json!(number.value()),
        toml_edit::Value::Float(number) => json!(number.value().to_string()),
        toml_edit::Value::Boolean(truth) => json!(truth.value()),
        toml_edit::Value::Datetime(time) => json!(time.value().to_string()),
        toml_edit::Value::Array(items) => items.iter().map(of_value).collect(),
        toml_edit::Value::InlineTable(table) => of_table(table),
    }
}
