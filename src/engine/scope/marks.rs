//! Knows the labels by which an object is in the scope, and whose an object is that is not.

use serde_json::{Map, Value};

use super::own;
use crate::config::Scope;
use crate::engine::labels::PROJECT;
use crate::engine::objects::ObjectKind;

/// The label of what the servers of a user made.
pub(super) const SERVER: &str = "io.mcp-docker.server";

/// The label by which a stack has what belongs to it.
pub(super) const STACK: &str = "com.docker.stack.namespace";

/// A label with its value.
type Label = (String, String);

/// The labels of the scope.
#[derive(Debug)]
pub(super) struct Marks {
    /// What an object of this Engine gets that is made.
    of_engine: Label,
    /// What an object of a swarm gets.
    of_swarm: Label,
}

impl Marks {
    pub(super) fn of(scope: &Scope) -> Result<Self, String> {
        let one = |key: &str, value: &str| Self {
            of_engine: (key.to_owned(), value.to_owned()),
            of_swarm: (key.to_owned(), value.to_owned()),
        };
        Ok(match scope {
            Scope::All | Scope::Mine => one(SERVER, &own::id()?),
            Scope::Label { key, value } => one(key, value),
            Scope::Project(name) => Self {
                of_engine: (PROJECT.to_owned(), name.clone()),
                of_swarm: (STACK.to_owned(), name.clone()),
            },
        })
    }

    /// What an object gets that is made.
    pub(super) fn of_made(&self, of_swarm: bool) -> &Label {
        match of_swarm {
            true => &self.of_swarm,
            false => &self.of_engine,
        }
    }

    /// Each label once.
    fn all(&self) -> impl Iterator<Item = &Label> {
        let is_same = self.of_engine == self.of_swarm;
        let more = (!is_same).then_some(&self.of_swarm);
        [&self.of_engine].into_iter().chain(more)
    }

    /// Whether an object with these labels is in the scope: it has one of them, and none with another value.
    pub(super) fn are_on(&self, label: impl Fn(&str) -> Option<String>) -> bool {
        let mut is_in = false;
        for (key, value) in self.all() {
            match label(key) {
                Some(found) if found == *value => is_in = true,
                Some(_) => return false,
                None => {}
            }
        }
        is_in
    }

    /// One of the labels with another value than that of the scope.
    pub(super) fn another(&self, labels: Option<&Map<String, Value>>) -> Option<(&str, String)> {
        self.all().find_map(|(key, value)| {
            let found = labels?.get(key)?;
            let is_it = found.as_str() == Some(value);
            let shown = found
                .as_str()
                .map_or_else(|| found.to_string(), str::to_owned);
            (!is_it).then_some((key.as_str(), shown))
        })
    }

    /// Whose an object is that is not in the scope, to follow its name.
    pub(super) fn owner(&self, label: impl Fn(&str) -> Option<String>) -> String {
        let label = |key: &str| {
            let value = label(key).filter(|value| !value.is_empty())?;
            Some(crate::untrusted::clean(&value).into_owned())
        };
        let project = label(PROJECT).map(|project| format!("belongs to project `{project}`"));
        let stack = || Some(format!("belongs to stack `{}`", label(STACK)?));
        let whole = project.or_else(stack);
        let (key, _) = &self.of_engine;
        // Of one project there may be what the scope has, and what it has not.
        let own = match label(key) {
            Some(_) if key == SERVER => Some("was made by the servers of another user".to_owned()),
            None if key == SERVER => Some("was not made by this server".to_owned()),
            Some(value) if key != PROJECT => Some(format!("has the label `{key}={value}`")),
            _ => None,
        };
        match (whole, own) {
            (Some(whole), Some(own)) => format!("{whole} and {own}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => "belongs to nobody".to_owned(),
        }
    }
}

/// The labels of an object, where the document of its kind has a place for them.
pub(super) fn labels_of(kind: ObjectKind, document: &Value) -> Option<&Map<String, Value>> {
    let place = match kind {
        ObjectKind::Container | ObjectKind::Image => "/Config/Labels",
        ObjectKind::Network | ObjectKind::Volume => "/Labels",
        ObjectKind::Service | ObjectKind::Node | ObjectKind::Secret | ObjectKind::Config => {
            "/Spec/Labels"
        }
    };
    document.pointer(place)?.as_object()
}
