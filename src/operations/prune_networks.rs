//! Removes the networks that no container is connected to, for `docker_system_prune`.

use bollard::query_parameters::InspectNetworkOptions;
use serde_json::{Value, json};

use super::age::age;
use super::prune_filter::PruneFilter;
use super::prune_lists::networks;
use super::prune_removal::Removal;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};

/// The networks that every Engine has, and those of a swarm.
const PREDEFINED: [&str; 7] = [
    "bridge", "host", "none", "default", "nat", "ingress", "podman",
];

/// The custom networks that no other container is connected to. Lists do not say who is, and the
/// Engine's own filter `dangling` lets connected ones through, so each is looked at.
pub(super) async fn unused(
    going: &[&Value],
    filter: &PruneFilter,
    call: &Call<'_>,
) -> Result<Vec<Value>, CallError> {
    let mut unused = Vec::new();
    let all = networks(call).await?;
    let now = call.engine.now().await?;
    for network in &all {
        let special = network["Ingress"] == true || network["ConfigOnly"] == true;
        let name = text(&network["Name"]);
        if special || PREDEFINED.contains(&name) || !filter.chooses(network) {
            continue;
        }
        let id = text(&network["Id"]);
        let options = InspectNetworkOptions::default();
        let request =
            record(|docker| async move { docker.inspect_network(id, Some(options)).await })?;
        let inspected = match call.engine.json(request.about("network", id)).await {
            Err(EngineError::NotFound { .. }) => continue,
            inspected => inspected?,
        };
        let endpoints = inspected.get("Containers").and_then(Value::as_object);
        let mut connected = endpoints.into_iter().flat_map(|map| map.keys());
        if connected.all(|id| going.iter().any(|container| container["Id"] == *id)) {
            unused.push(
                json!({ "id": id, "name": name, "notes": [network["Driver"], age(network, now)] }),
            );
        }
    }
    Ok(unused)
}

/// Removes planned networks and gives the names of those that went.
pub(super) async fn remove(planned: &[Value], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for network in planned {
        let id = text(&network["id"]);
        let removing = async {
            let request = record(|docker| async move { docker.remove_network(id).await })?;
            Ok(call.engine.json(request.about("network", id)).await?)
        };
        match removal.attempt(removing).await {
            Ok(Some(_)) => deleted.push(text(&network["name"]).to_owned()),
            Ok(None) => {}
            Err(error) => removal.failed_in("networks", network, &error),
        }
    }
    deleted
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
