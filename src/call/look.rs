//! Keeps the replies of the requests that are made before an operation.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::CallError;
use crate::catalog::Path;
use crate::engine::{ObjectKind, known};
use crate::ordered::object;

/// The replies of the requests made before an operation, in order, by the names the TOML file
/// gives them.
#[derive(Debug, Clone, Default)]
pub struct Look(Vec<Looked>);

#[derive(Debug, Clone)]
struct Looked {
    /// What an operation by hand has planned, as it made it.
    plan: Option<Arc<dyn Any + Send + Sync>>,
    name: &'static str,
    /// What is shown, as the Engine calls it; none where it is for the keys of the reply to say.
    kind: Option<ObjectKind>,
    reply: Value,
}

impl Look {
    /// Adds a reply about `container`, `images` or the like.
    pub fn add(&mut self, name: &'static str, about: &str, reply: Value) {
        let kind = ObjectKind::named(about);
        self.0.push(Looked {
            plan: None,
            name,
            kind,
            reply,
        });
    }

    /// Adds what an operation has planned: what is shown of it, and itself for the act. The types of
    /// plans are plain, so that it can be shown.
    pub(crate) fn plan<P: Serialize + Send + Sync + 'static>(
        &mut self,
        name: &'static str,
        plan: P,
    ) {
        self.0.push(Looked {
            name,
            kind: None,
            reply: serde_json::to_value(&plan).unwrap_or_default(),
            plan: Some(Arc::new(plan)),
        });
    }

    /// The plan of that type, which the look before the act has made.
    ///
    /// # Errors
    /// There is none, so that the operation has nothing to act on.
    pub(crate) fn planned<P: 'static>(&self) -> Result<&P, CallError> {
        let mut plans = self.0.iter().filter_map(|looked| looked.plan.as_deref());
        plans.find_map(|plan| plan.downcast_ref()).ok_or_else(|| {
            CallError::Operation("nothing was planned, so nothing was done".to_owned())
        })
    }

    /// The reply of that look; `null` where there is none.
    pub fn get(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|looked| looked.name == name);
        found.map_or(&Value::Null, |looked| &looked.reply)
    }

    /// Of the reply of that look what that type has of it.
    pub(crate) fn told<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        // A copy: to read it where it is would take the code of each type once more.
        known(self.get(name).clone()).unwrap_or_default()
    }

    /// The replies, in order.
    pub fn documents(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|looked| &looked.reply)
    }

    /// The objects that the looks show. A plan has them under the names of their kinds.
    pub(super) fn objects(&self) -> impl Iterator<Item = (ObjectKind, &Value)> {
        self.0.iter().flat_map(|Looked { kind, reply, .. }| {
            let parts = reply.as_object().filter(|_| kind.is_none());
            let parts = parts.into_iter().flatten();
            let parts = parts.filter_map(|(key, part)| Some((ObjectKind::named(key)?, part)));
            kind.map(|kind| (kind, reply)).into_iter().chain(parts)
        })
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
        let first = self.0.first().and_then(|looked| looked.reply.as_object());
        let mut document = first.cloned().unwrap_or_default();
        document.insert("State".to_owned(), json!({ "Status": "removed" }));
        Value::Object(document)
    }

    /// The replies of some of the looks by their names.
    pub(super) fn of(&self, names: impl Iterator<Item = &'static str>) -> Value {
        object(names.map(|name| (name.to_owned(), self.get(name).clone()))).into()
    }

    /// The replies by their names.
    pub fn to_value(&self) -> Value {
        let looked = self.0.iter();
        object(looked.map(|looked| (looked.name.to_owned(), looked.reply.clone()))).into()
    }
}
