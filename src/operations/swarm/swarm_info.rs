//! Tells how the swarm is that an Engine is in, if it is in one: `docker_swarm_info`.
//!
//! It answers wherever an Engine does: outside a swarm, on a worker, on a manager that is locked or has lost the
//! others. All of it comes from `/info` and the list of nodes, which have neither token nor key.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::objects::{Node, nodes};
use crate::call::{Call, CallError};
use crate::engine::swarm::{LEADERLESS, LOCKED, NONE, WORKER, own_words};
use crate::engine::{EngineError, Items, Part, Told, record};
use crate::generated::params::swarm_info::Params;
use crate::generated::reply::swarm_info::Reply;

/// How long managers may take to tell of the nodes; those that have lost each other take 20 s.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Info {
    name: Told<String>,
    swarm: Part<Swarm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Swarm {
    #[serde(rename = "NodeID")]
    node_id: Told<String>,
    node_addr: Told<String>,
    local_node_state: Told<String>,
    control_available: Told<bool>,
    error: Told<String>,
    remote_managers: Items<Peer>,
    cluster: Part<Cluster>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Peer {
    addr: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Cluster {
    #[serde(rename = "ID")]
    id: Told<String>,
    spec: Part<ClusterSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct ClusterSpec {
    encryption_config: Part<Encryption>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Encryption {
    auto_lock_managers: Told<bool>,
}

/// Gives what the Engine says of itself, and where it is a manager what the nodes say.
pub(crate) async fn run(
    _params: &Params,
    call: &Call<'_>,
) -> Result<Reply<BTreeMap<String, i64>>, CallError> {
    let info = record(|docker| async move { docker.info().await })?;
    let info: Info = call.engine.told(info).await?;
    let swarm = &*info.swarm;
    let manages = swarm.control_available.unwrap_or_default();
    let nodes = match manages {
        true => Some(ask(call).await),
        false => None,
    };
    let state = match swarm.local_node_state.text() {
        "" => "inactive",
        state => state,
    };
    let failed = nodes.as_ref().and_then(|nodes| nodes.as_ref().err());
    let said = Some(own_words(swarm.error.text())).filter(|error| !error.is_empty());
    let said = said.map(str::to_owned);
    let next = match (state, failed) {
        ("inactive", _) => Some(NONE.to_owned()),
        ("locked", _) => Some(LOCKED.to_owned()),
        ("active", None) if !manages => Some(WORKER.to_owned()),
        ("active", Some(EngineError::TimedOut { .. })) => Some(LEADERLESS.to_owned()),
        (_, failed) => failed.map(ToString::to_string),
    };
    let role = match (state, manages) {
        ("active", false) => "worker",
        (_, true) => "manager",
        _ => "",
    };
    let known = nodes.and_then(Result::ok).map(|nodes| nodes.0);
    let count = |role| {
        let nodes = known.as_ref()?.iter();
        let count = nodes.filter(|node| node.spec.role.text() == role).count();
        i64::try_from(count).ok()
    };
    let nodes = known.as_deref().unwrap_or_default();
    let mut leaders = nodes.iter().filter(|node| {
        let manager = node.manager_status.as_ref();
        manager.is_some_and(|manager| manager.leader.unwrap_or_default())
    });
    let mut versions = BTreeMap::new();
    for node in nodes {
        let version = node.description.engine.engine_version.text();
        *versions.entry(version.to_owned()).or_default() += 1;
    }
    let not_ready = nodes.iter().filter(|it| it.status.state.text() != "ready");
    let cluster = &*swarm.cluster;
    let addresses = swarm.remote_managers.iter();
    let mut reachable: Vec<String> = addresses.map(|it| it.addr.text().to_owned()).collect();
    reachable.sort();
    Ok(Reply {
        state: state.to_owned(),
        role: role.to_owned(),
        node_id: swarm.node_id.text().to_owned(),
        node: info.name.text().to_owned(),
        address: swarm.node_addr.text().to_owned(),
        cluster_id: cluster.id.text().to_owned(),
        autolock: *cluster.spec.encryption_config.auto_lock_managers,
        managers: count("manager"),
        workers: count("worker"),
        leader: leaders.next().map(|node| node.name().to_owned()),
        not_ready: not_ready.map(|node| node.name().to_owned()).collect(),
        versions,
        managers_at: reachable,
        error: said,
        next,
    })
}

async fn ask(call: &Call<'_>) -> Result<Items<Node>, EngineError> {
    let patience = call.engine.deadline().min(PATIENCE);
    call.engine.with_deadline(patience).told(nodes()?).await
}
