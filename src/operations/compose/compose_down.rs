//! Removes a Compose project: `docker_compose_down`.
//!
//! Compose goes by its files and passes over what they no longer say, or say of a profile that is off. Here
//! the labels say what is of the project, so that nothing of it is left.

use std::collections::BTreeSet;

use bollard::query_parameters::{RemoveContainerOptions, StopContainerOptions};
use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::images::Around;
use super::labels::{self, Container, project};
use super::selection::levels;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, ObjectKind, record};
use crate::generated::params::compose_down::Params;
use crate::generated::reply::compose_down::Reply;
use crate::operations::objects::{Network, Volume, missing};
use crate::operations::prune::removal::{Failure, Removal};
use crate::operations::prune::{images, lists, networks, volumes};
use crate::operations::space::usage::{PATIENCE, Usage, VOLUMES};
use crate::ordered;

/// How many containers are stopped at once.
const AT_ONCE: usize = 8;

/// What an Engine says of a container that goes by itself once it has ended.
const GOING: &str = "already in progress";

/// What goes of a project.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) containers: Vec<PlannedContainer>,
    pub(crate) networks: Vec<networks::Planned>,
    pub(crate) volumes: Vec<volumes::Planned>,
    pub(crate) images: Vec<images::Planned>,
}

/// What a plan says of a container.
#[derive(Debug, Serialize)]
pub(crate) struct PlannedContainer {
    pub(crate) id: String,
    pub(crate) name: String,
    notes: [String; 3],
    is_up: bool,
    /// All of a lower one go before it.
    level: usize,
}

/// Gives all that has the label of the project, and what its containers have of their own.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let name = params.project_name.as_str();
    call.engine.judge_project(name)?;
    let containers = labels::all(call).await?;
    let networks = lists::networks(call).await?;
    let is_of = |it: &Network| project(&it.labels) == Some(name);
    let is_there = containers.iter().any(|it| it.project() == Some(name));
    let is_there = is_there || networks.iter().any(is_of);
    // It may be that nothing else is left.
    let volumes = if params.volumes || !is_there {
        lists::volumes(false, call).await?
    } else {
        Vec::new()
    };
    let images = if params.images == "local" {
        lists::images(false, call).await?
    } else {
        Vec::new()
    };
    let known: BTreeSet<&str> = containers
        .iter()
        .filter_map(Container::project)
        .chain(networks.iter().filter_map(|it| project(&it.labels)))
        .chain(volumes.iter().filter_map(|it| project(&it.labels)))
        .chain(images.iter().filter_map(|it| project(&it.labels)))
        .collect();
    if !known.contains(name) {
        let missing = missing("project", name, known.into_iter());
        return Err(CallError::Missing(missing));
    }

    let (going, staying): (Vec<&Container>, Vec<&Container>) =
        containers.iter().partition(|it| it.project() == Some(name));
    for container in &going {
        let label = |key: &str| container.label_of(key);
        call.engine
            .judge_planned(ObjectKind::Container, &container.name(), label)?;
    }
    let now = call.engine.now().await?;
    let around = Around {
        project: name,
        going: &going,
        staying: &staying,
    };
    let images = images.iter().filter_map(|it| around.planned(it, now));
    let mut networks: Vec<networks::Planned> = networks
        .iter()
        .filter(|it| is_of(it))
        .map(|it| networks::planned(it, users(it, &staying), now))
        .collect();
    ordered::sort_by(&mut networks, |one, other| {
        (&one.name, &one.id).cmp(&(&other.name, &other.id))
    });
    Ok(Plan {
        volumes: if params.volumes {
            of_volumes(&volumes, &around, call).await?
        } else {
            Vec::new()
        },
        images: images.collect(),
        networks,
        containers: planned(going),
    })
}

/// Its containers, those that depend on others before these.
fn planned(going: Vec<&Container>) -> Vec<PlannedContainer> {
    let mut levels = levels(going);
    levels.reverse();
    let mut planned: Vec<PlannedContainer> = Vec::new();
    for (level, containers) in levels.iter().enumerate() {
        let own = containers.iter().map(|container| PlannedContainer {
            id: container.id.text().to_owned(),
            name: container.name(),
            notes: [
                container.image.text().to_owned(),
                container.state.text().to_owned(),
                if container.is_one_off() {
                    "one-off"
                } else {
                    ""
                }
                .to_owned(),
            ],
            is_up: container.is_up(),
            level,
        });
        let mut own: Vec<PlannedContainer> = own.collect();
        ordered::sort_by(&mut own, |one, other| {
            (&one.name, &one.id).cmp(&(&other.name, &other.id))
        });
        planned.append(&mut own);
    }
    planned
}

/// The project's volumes, and those without a name that nobody else has.
async fn of_volumes(
    all: &[Volume],
    around: &Around<'_>,
    call: &Call<'_>,
) -> Result<Vec<volumes::Planned>, CallError> {
    let now = call.engine.now().await?;
    let has = |containers: &[&Container], volume: &Volume| {
        containers.iter().any(|it| it.mounts(volume.name.text()))
    };
    let is_left_over = |it: &Volume| {
        volumes::has_made_up_name(it) && has(around.going, it) && !has(around.staying, it)
    };
    let goes = |it: &&Volume| project(&it.labels) == Some(around.project) || is_left_over(it);
    let going: Vec<&Volume> = all.iter().filter(goes).collect();
    if going.is_empty() {
        return Ok(Vec::new());
    }
    let usage = Usage::ask(VOLUMES, PATIENCE, call).await;
    let mut planned: Vec<volumes::Planned> = going
        .into_iter()
        .map(|it| volumes::planned(it, now, has(around.staying, it), &usage))
        .collect();
    ordered::sort_by(&mut planned, |one, other| one.id.cmp(&other.id));
    Ok(planned)
}

/// Who else is on a network, as a note.
fn users(network: &Network, staying: &[&Container]) -> String {
    let users = staying.iter().filter(|it| it.is_on(network.id.text()));
    let users: Vec<String> = users.map(|it| it.name()).collect();
    match users.as_slice() {
        [] => String::new(),
        users => format!("used by {}", users.join(", ")),
    }
}

/// Removes what was planned; gives what went by its names, and what stayed.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let all = [
        plan.containers.len(),
        plan.networks.len(),
        plan.volumes.len(),
        plan.images.len(),
    ];
    let mut removal = Removal::of(all.iter().sum(), call);
    let removed_containers = remove(&plan.containers, params.timeout, &mut removal).await;
    let removed_networks = networks::remove(&plan.networks, &mut removal).await;
    let removed_volumes = volumes::remove_unchanged(&plan.volumes, &mut removal).await;
    let entries = images::remove_all(&plan.images, false, &mut removal).await;
    let (_, failed) = removal.conclude()?;
    Ok(Reply {
        removed_containers,
        removed_networks,
        removed_volumes,
        removed_images: images::removed(&plan.images, entries),
        failed,
    })
}

/// Stops the containers of a level at once, and removes them.
async fn remove(
    planned: &[PlannedContainer],
    timeout: i64,
    removal: &mut Removal<'_>,
) -> Vec<String> {
    let call = removal.call;
    let mut removed = Vec::new();
    for level in planned.chunk_by(|one, other| one.level == other.level) {
        let is_lost = removal.is_lost();
        let up = level.iter().map(|it| it.is_up && !is_lost);
        let stops: Vec<_> = level
            .iter()
            .zip(up)
            .map(|(it, is_up)| stop(&it.id, is_up, timeout, call))
            .collect();
        let stopped: Vec<Result<(), CallError>> =
            stream::iter(stops).buffered(AT_ONCE).collect().await;
        for (container, stopped) in level.iter().zip(stopped) {
            let removing = async {
                stopped?;
                remove_one(&container.id, call).await
            };
            match removal.attempt(removing).await {
                Ok(Some(())) => removed.push(container.name.clone()),
                Ok(None) => {}
                Err(error) => removal.failed(Failure {
                    part: Some("containers"),
                    id: Some(container.id.clone()),
                    name: Some(container.name.clone()),
                    ..Failure::of(&error)
                }),
            }
        }
    }
    removed
}

async fn stop(id: &str, is_up: bool, timeout: i64, call: &Call<'_>) -> Result<(), CallError> {
    if !is_up {
        return Ok(());
    }
    let options = StopContainerOptions {
        signal: None,
        t: i32::try_from(timeout).ok(),
    };
    let request = record(|docker| async move { docker.stop_container(id, Some(options)).await })?;
    call.engine.json(request.about("container", id)).await?;
    Ok(())
}

async fn remove_one(id: &str, call: &Call<'_>) -> Result<(), CallError> {
    // One that somebody starts again goes all the same, as was agreed.
    let options = RemoveContainerOptions {
        force: true,
        ..RemoveContainerOptions::default()
    };
    let request = record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
    match call.engine.json(request.about("container", id)).await {
        Err(EngineError::Conflict { message }) if message.contains(GOING) => Ok(()),
        removed => Ok(removed.map(drop)?),
    }
}
