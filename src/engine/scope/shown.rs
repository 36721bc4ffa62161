//! Leaves out of replies what an Engine cannot be asked to leave out, where `SAFETY_SCOPE_READS` binds reading.

use std::collections::BTreeSet;

use bytes::BytesMut;
use serde_json::{Map, Value, json};

use super::object_scope::ObjectScope;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;

/// The kinds of what a disk holds, with what newer Engines call their sums.
const HELD: [(&str, &str); 3] = [
    ("Images", "ImageUsage"),
    ("Containers", "ContainerUsage"),
    ("Volumes", "VolumeUsage"),
];

impl ObjectScope {
    /// Whether replies may show less than the Engine sent.
    pub(crate) fn narrows(&self) -> bool {
        self.reads && !self.scope.is_all()
    }

    /// Leaves of a list what is in the scope by all of its labels: an Engine filters by one of them.
    pub(crate) fn narrow_list(&self, path: &str, reply: BytesMut) -> BytesMut {
        let place = match path {
            "/containers/json" | "/images/json" | "/networks" | "/volumes" => "/Labels",
            "/services" | "/secrets" | "/configs" => "/Spec/Labels",
            _ => return reply,
        };
        let Ok(mut list) = serde_json::from_slice::<Value>(&reply) else {
            return reply;
        };
        let items = match list.get_mut("Volumes") {
            Some(volumes) => volumes,
            None => &mut list,
        };
        if let Some(items) = items.as_array_mut() {
            items.retain(|item| {
                let labels = item.pointer(place);
                self.owns(|key| Some(labels?.get(key)?.as_str()?.to_owned()))
            });
        }
        BytesMut::from(list.to_string().as_bytes())
    }

    /// Leaves of a reply what is in the scope.
    ///
    /// # Errors
    /// Those of asking the Engine.
    pub(crate) async fn narrow_reply(
        &self,
        path: &str,
        reply: &mut Value,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match (segments.as_slice(), reply) {
            (["system", "df"], Value::Object(held)) => {
                self.narrow_held(held);
                Ok(())
            }
            (["networks", _], Value::Object(network)) => self.narrow_network(network, engine).await,
            _ => Ok(()),
        }
    }

    /// What layers take together, and what the build cache does, is of all projects.
    fn narrow_held(&self, held: &mut Map<String, Value>) {
        for (kind, sums) in HELD {
            let newer = held.remove(sums);
            let newer = newer.and_then(|mut sums| Some(sums.get_mut("Items")?.take()));
            let items = held.remove(kind).filter(Value::is_array).or(newer);
            let Some(Value::Array(mut items)) = items else {
                continue;
            };
            items.retain(|item| {
                self.owns(|key| Some(item.get("Labels")?.get(key)?.as_str()?.to_owned()))
            });
            held.insert(kind.to_owned(), items.into());
        }
        for whole in ["LayersSize", "BuildCache", "BuildCacheUsage"] {
            held.remove(whole);
        }
        held.insert("BuildCache".to_owned(), json!([]));
    }

    /// On a network of the scope there may be containers that are not in it.
    async fn narrow_network(
        &self,
        network: &mut Map<String, Value>,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let Some(Value::Object(on)) = network.get_mut("Containers") else {
            return Ok(());
        };
        if on.is_empty() {
            return Ok(());
        }
        let mut own = BTreeSet::new();
        for container in engine.containers().await? {
            let label = |key: &str| Some(container.get("Labels")?.get(key)?.as_str()?.to_owned());
            if self.owns(label) {
                let id = container.get("Id").and_then(Value::as_str);
                own.extend(id.map(str::to_owned));
            }
        }
        on.retain(|id, _| own.contains(id));
        Ok(())
    }
}
