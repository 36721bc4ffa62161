//! Removes containers that do not run: `docker_prune_containers`, and those of `docker_system_prune`.

use bollard::query_parameters::RemoveContainerOptions;
use serde::Serialize;

use super::age::age;
use super::filter::PruneFilter;
use super::lists::containers;
use super::removal::{Failure, Planned, Removal, sorted};
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::prune_containers::Params;
use crate::generated::reply::prune_containers::Reply;
use crate::operations::objects::Container;
use crate::operations::space::images::Space;
use crate::operations::space::usage::{CONTAINERS, Usage};
use crate::params::Now;

/// The states of a container that a prune takes, Podman's among them.
const STOPPED: [&str; 6] = [
    "created",
    "exited",
    "dead",
    "stopped",
    "configured",
    "initialized",
];

/// The containers that go, and what that frees.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) containers: Vec<Planned>,
    pub(crate) space: Space,
}

/// Gives the containers that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let mut going = containers(None, call).await?;
    going.retain(|container| is_stopped(container) && filter.chooses(container));
    if going.is_empty() {
        return Ok(Plan {
            containers: Vec::new(),
            space: Space::NOTHING,
        });
    }
    let usage = Usage::ask(CONTAINERS, call.config.docker.timeout, call).await;
    let now = call.engine.now().await?;
    let containers = self::planned(going.iter(), now, &usage);
    let space = Space::NOTHING.with(containers.iter().map(|it| it.size).collect());
    Ok(Plan { containers, space })
}

/// Removes the planned containers; gives the ids of those that went, the space they took, and those
/// that stayed.
pub(crate) async fn run(
    _params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let mut removal = Removal::of(plan.containers.len(), call);
    let deleted = remove(&plan.containers, &mut removal).await;
    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        deleted,
        space_reclaimed,
        failed,
    })
}

/// Whether a prune takes a container, whatever its age.
pub(crate) fn is_stopped(container: &Container) -> bool {
    STOPPED.contains(&container.state.text())
}

/// What the plan says of containers, by their names.
pub(crate) fn planned<'c>(
    going: impl Iterator<Item = &'c Container>,
    now: Now,
    usage: &Usage,
) -> Vec<Planned> {
    let planned = going.map(|container| one(container, now, usage)).collect();
    sorted(planned, |it: &Planned| (&it.name, &it.id))
}

fn one(container: &Container, now: Now, usage: &Usage) -> Planned {
    let id = container.id.text();
    let names = container.names.iter();
    let mut names = names.map(|name| name.trim_start_matches('/'));
    let name = names.find(|name| !name.contains('/')).unwrap_or(id);
    let (image, state) = (container.image.text(), container.state.text());
    Planned {
        id: id.to_owned(),
        name: name.to_owned(),
        size: usage.of_container(id),
        notes: vec![image.to_owned(), state.to_owned(), age(container, now)],
    }
}

/// Removes planned containers and gives the ids of those that went.
pub(crate) async fn remove(planned: &[Planned], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for container in planned {
        let id = container.id.as_str();
        let removing = async {
            let options = RemoveContainerOptions::default();
            let request =
                record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
            Ok(call.engine.json(request.about("container", id)).await?)
        };
        match removal.attempt(removing).await {
            Ok(Some(_)) => {
                removal.space_reclaimed += container.size.unwrap_or(0);
                deleted.push(id.to_owned());
            }
            Ok(None) => {}
            Err(error) => removal.failed(Failure {
                part: Some("containers"),
                id: Some(container.id.clone()),
                name: Some(container.name.clone()),
                ..Failure::of(&error)
            }),
        }
    }
    deleted
}
