//! Removes what nothing uses: `docker_system_prune`.
//!
//! Containers first, because one that goes frees its networks, volumes and image. What is freed that
//! way is part of the plan, so that one call is enough. The build cache goes before the images, which
//! would free records of it that nobody was shown.

use bollard::query_parameters::RemoveContainerOptions;
use serde_json::{Value, json};

use super::age::age;
use super::prune_filter::PruneFilter;
use super::prune_lists::{containers, volumes};
use super::prune_removal::Removal;
use super::usage::{EVERYTHING, Usage};
use super::{prune_build_cache, prune_images, prune_networks, prune_volumes};
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::system_prune::Params;
use crate::generated::reply::system_prune::Reply;
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

/// Gives the containers, networks, volumes, images and build cache that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let everything = containers(None, call).await?;
    let (going, staying): (Vec<&Value>, Vec<&Value>) = everything
        .iter()
        .partition(|container| is_stopped(container) && filter.chooses(container));
    let networks = prune_networks::unused(&going, &filter, call).await?;
    let volumes = if params.volumes {
        unused_volumes(&going, &staying, &filter.of_any_age(), call).await?
    } else {
        Vec::new()
    };
    let images = prune_images::candidates(false, &filter, call).await?;
    let now = call.engine.now().await?;
    let usage = Usage::ask(EVERYTHING, call.config.docker.timeout, call).await;

    let unused: Vec<&Value> = images
        .iter()
        .filter(|image| !prune_images::is_used(image, &everything, &going, &usage))
        .collect();
    let of_images = prune_images::space(&unused, &usage, call).await;
    let images: Vec<Value> = unused
        .iter()
        .map(|image| prune_images::planned(image, now, false, false))
        .collect();
    let containers = sorted(
        going
            .iter()
            .map(|it| planned_container(it, now, &usage))
            .collect(),
    );
    let volumes: Vec<Value> = volumes
        .iter()
        .map(|volume| prune_volumes::planned(volume, now, false, &usage))
        .collect();
    let build_cache = prune_build_cache::planned(&filter, now, &usage);
    let others = [&containers, &volumes, &build_cache];
    let sizes = others
        .into_iter()
        .flatten()
        .map(|planned| planned["size"].as_u64());
    let space = of_images.with(sizes.collect());
    Ok(json!({
        "containers": containers,
        "networks": sorted(networks),
        "volumes": sorted(volumes),
        "images": images,
        "images_space": of_images.to_value(),
        "build_cache": build_cache,
        "space": space.to_value(),
        "layers_size": usage.held_by_images(),
    }))
}

/// Removes what was planned; gives what went, part by part, the space it took, and what stayed.
pub(crate) async fn run(
    _params: &Params,
    call: &Call<'_>,
) -> Result<Reply<Value, Value>, CallError> {
    let plan = call.look.get("plan");
    let part = |key: &str| plan[key].as_array().map_or(&[][..], Vec::as_slice);
    let parts = ["containers", "networks", "volumes", "images"];
    let single: usize = parts.iter().map(|key| part(key).len()).sum();
    let cache = usize::from(!part("build_cache").is_empty());
    let mut removal = Removal::of(single + cache, call);

    let containers = remove_containers(part("containers"), &mut removal).await;
    let networks = prune_networks::remove(part("networks"), &mut removal).await;
    let volumes = prune_volumes::remove(part("volumes"), &mut removal).await;
    let build_cache = if part("build_cache").is_empty() {
        Vec::new()
    } else {
        prune_build_cache::remove(part("build_cache"), &mut removal).await
    };
    let layers = plan["layers_size"].as_u64();
    let images = prune_images::remove(part("images"), false, layers, &mut removal).await;

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

pub(super) fn is_stopped(container: &Value) -> bool {
    STOPPED.contains(&text(&container["State"]))
}

fn planned_container(container: &Value, now: Now, usage: &Usage) -> Value {
    let id = text(&container["Id"]);
    let names = container["Names"].as_array().into_iter().flatten();
    let mut names = names.map(|name| text(name).trim_start_matches('/'));
    let name = names.find(|name| !name.contains('/')).unwrap_or(id);
    json!({
        "id": id, "name": name, "size": usage.of_container(id),
        "notes": [container["Image"], container["State"], age(container, now)],
    })
}

/// The anonymous volumes that no other container uses.
async fn unused_volumes(
    going: &[&Value],
    staying: &[&Value],
    filter: &PruneFilter,
    call: &Call<'_>,
) -> Result<Vec<Value>, CallError> {
    let mut unused = volumes(true, call).await?;
    let freed = freed_volumes(going, staying);
    if !freed.is_empty() {
        let all = volumes(false, call).await?;
        let is_known = |volume: &Value| unused.iter().any(|it| it["Name"] == volume["Name"]);
        let freed: Vec<Value> = all
            .into_iter()
            .filter(|volume| freed.contains(&text(&volume["Name"])) && !is_known(volume))
            .collect();
        unused.extend(freed);
    }
    unused.retain(|volume| filter.chooses(volume));
    prune_volumes::prunable(unused, false, call).await
}

fn freed_volumes<'a>(going: &[&'a Value], staying: &[&'a Value]) -> Vec<&'a str> {
    let mounted = |containers: &[&'a Value]| -> Vec<&'a str> {
        containers
            .iter()
            .filter_map(|container| container["Mounts"].as_array())
            .flatten()
            .filter_map(|mount| mount["Name"].as_str())
            .collect()
    };
    let kept = mounted(staying);
    let mut freed = mounted(going);
    freed.retain(|name| !kept.contains(name));
    freed
}

async fn remove_containers(planned: &[Value], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for container in planned {
        let id = text(&container["id"]);
        let removing = async {
            let options = RemoveContainerOptions::default();
            let request =
                record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
            Ok(call.engine.json(request.about("container", id)).await?)
        };
        match removal.attempt(removing).await {
            Ok(Some(_)) => {
                removal.space_reclaimed += container["size"].as_u64().unwrap_or(0);
                deleted.push(id.to_owned());
            }
            Ok(None) => {}
            Err(error) => removal.failed_in("containers", container, &error),
        }
    }
    deleted
}

/// The planned objects by name.
pub(super) fn sorted(mut planned: Vec<Value>) -> Vec<Value> {
    planned.sort_by_cached_key(|object| (object["name"].to_string(), object["id"].to_string()));
    planned
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
