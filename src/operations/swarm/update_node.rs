//! Changes what is given of a node and nothing else: `docker_update_node`.
//!
//! The Engine takes a node whole, with the version that it was read at; where somebody changed it meanwhile, it is
//! read and changed once more.

use std::str::FromStr;

use bollard::models::NodeSpec;
use bollard::query_parameters::UpdateNodeOptions;
use serde::Deserialize;

use super::objects::Node;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Part, Request, Told, record};
use crate::generated::params::update_node::Params;
use crate::generated::reply::update_node::Reply;
use crate::output::Hinted;
use crate::params::InvalidArgument;

/// What a change of the role does not do at once.
const LATER: &str = "the node takes on its new role within some seconds: docker_list_nodes shows `reachability` once it manages";

/// A node as it is to be changed; these four members are all that one is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Current {
    #[serde(rename = "ID")]
    id: Told<String>,
    version: Part<Version>,
    spec: Told<NodeSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Version {
    index: Told<i64>,
}

/// Gives how the node is afterwards.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    if params.availability.is_none()
        && params.role.is_none()
        && params.labels.is_none()
        && params.remove_labels.is_none()
    {
        let nothing =
            "nothing is to be changed: give `availability`, `labels`, `remove_labels` or `role`";
        return Err(InvalidArgument(nothing.to_owned()).into());
    }
    let before: Node = call.look.told("node");
    let id = before.id.text();
    match call
        .engine
        .json(update(params, call.look.told("node"))?)
        .await
    {
        Err(EngineError::Conflict { .. }) => {
            let now = call.engine.told(inspect(id)?).await?;
            call.engine.json(update(params, now)?).await?;
        }
        done => drop(done?),
    }
    let after: Node = call.engine.told(inspect(id)?).await?;
    let changes_role = before.spec.role != after.spec.role;
    let reply = Reply {
        node_id: id.to_owned(),
        name: after.name().to_owned(),
        availability: after.spec.availability.text().to_owned(),
        role: after.spec.role.text().to_owned(),
        state: after.status.state.text().to_owned(),
        labels: after.spec.labels.0.clone().unwrap_or_default(),
    };
    Ok(Hinted::from(reply).hinted(changes_role.then(|| LATER.to_owned())))
}

fn inspect(id: &str) -> Result<Request, EngineError> {
    let request = record(|docker| async move { docker.inspect_node(id).await })?;
    Ok(request.about("node", id))
}

/// The node as it is, with what is given in the place of what it has.
fn update(params: &Params, current: Current) -> Result<Request, CallError> {
    let unread = || {
        CallError::Operation(
            "the Engine tells too little of the node to change it, so nothing was done".to_owned(),
        )
    };
    let mut spec = current.spec.0.ok_or_else(unread)?;
    if let Some(availability) = &params.availability {
        spec.availability = Some(word(availability)?);
    }
    if let Some(role) = &params.role {
        spec.role = Some(word(role)?);
    }
    let labels = spec.labels.get_or_insert_default();
    for label in params.remove_labels.iter().flatten() {
        labels.remove(label);
    }
    labels.extend(params.labels.clone().unwrap_or_default());
    let version = current.version.index.ok_or_else(unread)?;
    let options = UpdateNodeOptions { version };
    let id = current.id.text();
    let request = record(|docker| async move { docker.update_node(id, spec, options).await })?;
    Ok(request.about("node", id))
}

/// A word as bollard has it; those that the file lists are all there are.
fn word<T: FromStr<Err = String>>(word: &str) -> Result<T, InvalidArgument> {
    word.parse().map_err(InvalidArgument)
}
