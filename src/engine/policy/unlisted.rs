//! Finds what existing containers mount that a new one would not be given.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::inspected::mounts;
use super::judge::Judge;
use super::remedy::{Remedy, text};
use super::rules::Policy;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;

/// A path of the host that containers mount and the policy would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedBind {
    /// The path.
    pub path: String,
    /// The names of the containers.
    pub containers: Vec<String>,
}

impl Policy {
    /// Those of a list of containers that naming their paths would allow, in the order of their paths.
    ///
    /// # Errors
    /// Those of asking the Engine where its data is.
    pub(crate) async fn unlisted_binds(
        &self,
        containers: &[Value],
        engine: PolicyProbe<'_>,
    ) -> Result<Vec<UnlistedBind>, EngineError> {
        if self.allow_privileged {
            return Ok(Vec::new());
        }
        let mut holders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for container in containers {
            let binds = mounts(container).iter().filter_map(Value::as_object);
            for bind in binds.filter(|mount| text(mount, "Type") == "bind") {
                let holding = holders.entry(text(bind, "Source")).or_default();
                let name = name(container);
                if !holding.contains(&name) {
                    holding.push(name);
                }
            }
        }
        let judge = Judge::new(self, engine);
        let mut unlisted = Vec::new();
        for (path, containers) in holders {
            let exposure = judge.work_exposure(path).await?;
            if exposure.is_some_and(|exposure| exposure.remedy == Remedy::Mount) {
                unlisted.push(UnlistedBind {
                    path: path.to_owned(),
                    containers,
                });
            }
        }
        Ok(unlisted)
    }
}

/// A container as a list calls it, by its id where it has no name.
fn name(container: &Value) -> String {
    let empty = Map::new();
    let container = container.as_object().unwrap_or(&empty);
    let names = container.get("Names").and_then(Value::as_array);
    let first = names.and_then(|names| names.first()?.as_str());
    let name = first.unwrap_or_else(|| text(container, "Id"));
    name.trim_start_matches('/').to_owned()
}
