//! Removes what nothing uses: `docker_system_prune`.
//!
//! Containers first, because one that goes frees its networks, volumes and image. What is freed that
//! way is part of the plan, so that one call is enough. The build cache goes before the images, which
//! would free records of it that nobody was shown.

use bollard::models::ImageDeleteResponseItem;
use serde::Serialize;

use super::filter::PruneFilter;
use super::lists;
use super::removal::{Failure, Planned, Removal, sorted};
use super::{build_cache, containers, images, networks, volumes};
use crate::call::{Call, CallError};
use crate::generated::params::system_prune::Params;
use crate::generated::reply::system_prune::Reply;
use crate::operations::objects::{Container, Image, Volume};
use crate::operations::space::images::Space;
use crate::operations::space::usage::{EVERYTHING, Usage};

/// What goes, part by part, what that frees, and what the layers take before.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) containers: Vec<Planned>,
    pub(crate) networks: Vec<networks::Planned>,
    pub(crate) volumes: Vec<volumes::Planned>,
    pub(crate) images: Vec<images::Planned>,
    pub(crate) images_space: Space,
    pub(crate) build_cache: Vec<Planned>,
    pub(crate) space: Space,
    layers_size: Option<u64>,
}

/// Gives the containers, networks, volumes, images and build cache that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let everything = lists::containers(None, call).await?;
    let (going, staying): (Vec<&Container>, Vec<&Container>) = everything
        .iter()
        .partition(|container| containers::is_stopped(container) && filter.chooses(*container));
    let networks = networks::unused(&going, &filter, call).await?;
    let volumes = if params.volumes {
        unused_volumes(&going, &staying, &filter.of_any_age(), call).await?
    } else {
        Vec::new()
    };
    let images = images::candidates(false, &filter, call).await?;
    let now = call.engine.now().await?;
    let usage = Usage::ask(EVERYTHING, call.config.docker.timeout, call).await;

    let unused: Vec<&Image> = images
        .iter()
        .filter(|image| !images::is_used(image, &everything, &going, &usage))
        .collect();
    let images_space = images::space(&unused, &usage, call).await;
    let images = unused
        .iter()
        .map(|image| images::planned(image, now, false, false))
        .collect();
    let containers = containers::planned(going.iter().copied(), now, &usage);
    let volumes: Vec<volumes::Planned> = volumes
        .iter()
        .map(|volume| volumes::planned(volume, now, false, &usage))
        .collect();
    // It has no labels by which it could be in a scope.
    let build_cache = match call.engine.is_scoped() {
        true => Vec::new(),
        false => build_cache::planned(&filter, now, &usage),
    };
    let others = containers.iter().chain(&build_cache).map(|it| it.size);
    let sizes = others.chain(volumes.iter().map(|volume| volume.size));
    Ok(Plan {
        networks: sorted(networks, |it| (&it.name, &it.id)),
        images,
        images_space,
        space: images_space.with(sizes.collect()),
        layers_size: usage.held_by_images(),
        volumes: sorted(volumes, |it| (&it.name, &it.id)),
        containers,
        build_cache,
    })
}

/// Removes what was planned; gives what went, part by part, the space it took, and what stayed.
pub(crate) async fn run(
    _params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<ImageDeleteResponseItem, Failure>, CallError> {
    let single = [
        plan.containers.len(),
        plan.networks.len(),
        plan.volumes.len(),
        plan.images.len(),
        usize::from(!plan.build_cache.is_empty()),
    ];
    let mut removal = Removal::of(single.iter().sum(), call);

    let containers = containers::remove(&plan.containers, &mut removal).await;
    let networks = networks::remove(&plan.networks, &mut removal).await;
    let volumes = volumes::remove(&plan.volumes, &mut removal).await;
    let build_cache = if plan.build_cache.is_empty() {
        Vec::new()
    } else {
        build_cache::remove(&plan.build_cache, &mut removal).await
    };
    let layers = plan.layers_size;
    let images = images::remove(&plan.images, false, layers, &mut removal).await;

    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        containers_deleted: containers,
        networks_deleted: networks,
        volumes_deleted: volumes,
        images_deleted: images,
        build_cache_deleted: build_cache,
        space_reclaimed,
        failed,
    })
}

/// The anonymous volumes that no other container uses.
async fn unused_volumes(
    going: &[&Container],
    staying: &[&Container],
    filter: &PruneFilter,
    call: &Call<'_>,
) -> Result<Vec<Volume>, CallError> {
    let mut unused = lists::volumes(true, call).await?;
    let freed = freed_volumes(going, staying);
    if !freed.is_empty() {
        let all = lists::volumes(false, call).await?;
        let is_known = |volume: &Volume| unused.iter().any(|it| it.name == volume.name);
        let freed: Vec<Volume> = all
            .into_iter()
            .filter(|volume| freed.contains(&volume.name.text()) && !is_known(volume))
            .collect();
        unused.extend(freed);
    }
    unused.retain(|volume| filter.chooses(volume));
    volumes::prunable(unused, false, call).await
}

fn freed_volumes<'a>(going: &[&'a Container], staying: &[&'a Container]) -> Vec<&'a str> {
    let mounted = |containers: &[&'a Container]| -> Vec<&'a str> {
        let mounts = containers.iter().flat_map(|it| it.mounts.iter());
        mounts.filter_map(|mount| mount.name.as_deref()).collect()
    };
    let kept = mounted(staying);
    let mut freed = mounted(going);
    freed.retain(|name| !kept.contains(name));
    freed
}
