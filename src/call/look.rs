//! Keeps the replies of the requests that are made before an operation.

use serde_json::{Value, json};

use super::CallError;
use crate::catalog::Path;

/// The replies of the requests made before an operation, in order, by the names the TOML file
/// gives them.
#[derive(Debug, Clone, Default)]
pub struct Look(Vec<(&'static str, Value)>);

impl Look {
    /// Adds a reply.
    pub fn add(&mut self, name: &'static str, reply: Value) {
        self.0.push((name, reply));
    }

    /// The reply of that look; `null` where there is none.
    pub fn get(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|(look, _)| *look == name);
        found.map_or(&Value::Null, |(_, reply)| reply)
    }

    /// The replies, in order.
    pub fn documents(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(_, reply)| reply)
    }

    /// The text at a path into the looks.
    ///
    /// # Errors
    /// There is none, so that the operation has nothing to act on.
    pub fn text(&self, path: &Path) -> Result<&str, CallError> {
        let mut segments = path.segments.iter();
        let reply = segments.next().map_or(&Value::Null, |name| self.get(name));
        segments
            .fold(reply, |value, key| value.get(key).unwrap_or(&Value::Null))
            .as_str()
            .ok_or_else(|| {
                CallError::Operation(format!(
                    "the Engine's reply has no `{}`, so nothing was done",
                    path.segments.join(".")
                ))
            })
    }

    /// The first look's document, of an object that is gone by now.
    pub(super) fn removed(&self) -> Value {
        let first = self.0.first().and_then(|(_, reply)| reply.as_object());
        let mut document = first.cloned().unwrap_or_default();
        document.insert("State".to_owned(), json!({ "Status": "removed" }));
        Value::Object(document)
    }

    /// The replies by their names.
    pub fn to_value(&self) -> Value {
        self.0
            .iter()
            .map(|(name, reply)| ((*name).to_owned(), reply.clone()))
            .collect()
    }
}
