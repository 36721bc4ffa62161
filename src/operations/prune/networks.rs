//! Removes the networks that no container is connected to: `docker_prune_networks`, and those of
//! `docker_system_prune`.

use std::collections::HashMap;

use bollard::query_parameters::InspectNetworkOptions;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::age::age;
use super::filter::PruneFilter;
use super::lists::networks;
use super::removal::{Failure, Removal, sorted};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Part, record};
use crate::generated::params::prune_networks::Params;
use crate::generated::reply::prune_networks::Reply;
use crate::operations::objects::{Container, Network};
use crate::params::Now;

/// The networks that every Engine has, and those of a swarm.
const PREDEFINED: [&str; 7] = [
    "bridge", "host", "none", "default", "nat", "ingress", "podman",
];

/// The networks that go.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) networks: Vec<Planned>,
}

/// What a plan says of a network.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    pub(crate) name: String,
    notes: [String; 3],
}

/// Of a network who is connected to it, by their ids.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Connected {
    containers: Part<HashMap<String, IgnoredAny>>,
}

/// Gives the networks that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let networks = unused(&[], &filter, call).await?;
    Ok(Plan {
        networks: sorted(networks, |it| (&it.name, &it.id)),
    })
}

/// Removes the planned networks; gives the names of those that went, and those that stayed.
pub(crate) async fn run(
    _params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let mut removal = Removal::of(plan.networks.len(), call);
    let deleted = remove(&plan.networks, &mut removal).await;
    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        deleted,
        space_reclaimed,
        failed,
    })
}

/// The custom networks that no other container is connected to. Lists do not say who is, and the
/// Engine's own filter `dangling` lets connected ones through, so each is looked at.
pub(crate) async fn unused(
    going: &[&Container],
    filter: &PruneFilter,
    call: &Call<'_>,
) -> Result<Vec<Planned>, CallError> {
    let mut unused = Vec::new();
    let all = networks(call).await?;
    let now = call.engine.now().await?;
    for network in &all {
        let special = *network.ingress == Some(true) || *network.config_only == Some(true);
        let name = network.name.text();
        if special || PREDEFINED.contains(&name) || !filter.chooses(network) {
            continue;
        }
        let id = network.id.text();
        let options = InspectNetworkOptions::default();
        let request =
            record(|docker| async move { docker.inspect_network(id, Some(options)).await })?;
        let request = request.about("network", id);
        let connected = match call.engine.told::<Connected>(request).await {
            Err(EngineError::NotFound { .. }) => continue,
            connected => connected?,
        };
        let mut connected = connected.containers.keys();
        if connected.all(|id| going.iter().any(|container| container.id.text() == id)) {
            unused.push(planned(network, String::new(), now));
        }
    }
    Ok(unused)
}

/// What the plan says of a network.
pub(crate) fn planned(network: &Network, users: String, now: Now) -> Planned {
    Planned {
        id: network.id.text().to_owned(),
        name: network.name.text().to_owned(),
        notes: [network.driver.text().to_owned(), users, age(network, now)],
    }
}

/// Removes planned networks and gives the names of those that went.
pub(crate) async fn remove(planned: &[Planned], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for network in planned {
        let id = network.id.as_str();
        let removing = async {
            let request = record(|docker| async move { docker.remove_network(id).await })?;
            Ok(call.engine.json(request.about("network", id)).await?)
        };
        match removal.attempt(removing).await {
            Ok(Some(_)) => deleted.push(network.name.clone()),
            Ok(None) => {}
            Err(error) => removal.failed(Failure {
                part: Some("networks"),
                id: Some(network.id.clone()),
                name: Some(network.name.clone()),
                ..Failure::of(&error)
            }),
        }
    }
    deleted
}
