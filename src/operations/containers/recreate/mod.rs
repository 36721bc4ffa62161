//! Puts a container in the place of another that is like it but for what is to change:
//! `docker_recreate_container`.
//!
//! The new one is made, and so judged, before anything happens to the old one, which is never removed.

mod body;
mod changes;
mod endpoints;
mod original;
mod switch;

use bollard::models::{ContainerCreateBody, HostConfig, ImageConfig, NetworkConnectRequest};
use bollard::query_parameters::CreateContainerOptions;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::leftover::Leftover;
use crate::call::{Call, CallError};
use crate::engine::labels::{DIRECTORY, FILES, PROJECT, SERVICE};
use crate::engine::{EngineError, record};
use crate::generated::params::recreate_container::Params;
use crate::generated::reply::recreate_container::Reply;
use crate::operations::environment;
use crate::operations::images::pull;
use crate::operations::units;
use crate::params::{ImageRef, InvalidArgument, Parameter};
use body::successor;
use original::Original;
use switch::{Old, Switch};

/// Seconds that the Engine gives a container to stop which does not say how many it needs, and those that are
/// waited for one that may take as long as it likes.
const STOP_TIMEOUT: i64 = 10;
const ENDLESS_STOP: i64 = 600;

/// Gives the new container, or the old one with the reason for which it is back.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    environment::check_environment(params.environment.as_ref())?;
    let old = Original::read(call.look.get("container"))?;
    check(&old)?;
    let (image, of_image) = image(&old, params, call).await?;
    let progress = &call.progress;
    progress.report(1.0, Some(3.0), "making the new container".to_owned());
    let new = made(&old, &image, &of_image, params, call).await?;
    let warnings = new.warnings.clone();

    progress.report(
        2.0,
        Some(3.0),
        "putting it in the place of the old one".to_owned(),
    );
    let patience = units::seconds(params.health_timeout);
    let grace = match old.config().stop_timeout {
        None => STOP_TIMEOUT,
        Some(grace) if grace < 0 => ENDLESS_STOP,
        Some(grace) => grace,
    };
    let engine = call.engine.with_more_time(units::seconds(grace));
    let switch = Switch::new(engine, described(&old), new, patience);
    // A call that is cancelled half-way leaves one of the two running.
    let outcome = tokio::spawn(switch.run()).await;
    let outcome = outcome.map_err(|error| {
        CallError::Operation(format!(
            "what became of the two containers is not known ({error}): look with docker_list_containers"
        ))
    })??;
    Ok(Reply {
        container_id: outcome.container_id,
        previous: outcome.previous,
        rolled_back: outcome.reason.is_some(),
        reason: outcome.reason,
        warnings,
    })
}

fn described(old: &Original) -> Old {
    Old {
        id: old.id.text().to_owned(),
        name: old.name.text().trim_start_matches('/').to_owned(),
        ran: ["running", "restarting"].contains(&old.state.status.text()),
        policy: old.host_config().restart_policy,
    }
}

/// The call that makes anew what a Compose project has.
#[derive(Debug, Serialize)]
struct ComposeUp<'a> {
    project_directory: &'a str,
    files: Vec<&'a str>,
    project_name: &'a str,
    services: [&'a str; 1],
    force_recreate: bool,
}

/// Refuses a container that is somebody else's to make anew, or would not be there to come back.
fn check(old: &Original) -> Result<(), CallError> {
    let refused = |why: String| Err(CallError::Operation(format!("{why}; nothing was done")));
    if old.id.is_none() || old.name.is_none() {
        return refused("the Engine does not say which container this is".to_owned());
    }
    if old.host_config().auto_remove == Some(true) {
        return refused(
            "this container is removed when it stops (`--rm`), so that it could not come back: stop it, and create another"
                .to_owned(),
        );
    }
    if old.state.status.text() == "paused" {
        return refused(
            "this container is paused: let it go on first with docker_unpause_container".to_owned(),
        );
    }
    if let Some(project) = old.label(PROJECT) {
        let label = |name: &str| old.label(name).unwrap_or_default();
        let service = label(SERVICE);
        let files = label(FILES).split(',');
        let call = ComposeUp {
            project_directory: label(DIRECTORY),
            files: files.filter(|file| !file.is_empty()).collect(),
            project_name: project,
            services: [service],
            force_recreate: true,
        };
        let call = serde_json::to_string(&call).unwrap_or_default();
        return refused(format!(
            "this container is of the Compose project `{project}`, whose file says how it is made: change that, then \
             docker_compose_up {call} does it, or `docker compose -p {project} up -d --force-recreate {service}`"
        ));
    }
    if old.label("com.docker.swarm.task.id").is_some() {
        return refused(
            "this container is a task of a swarm, which makes another by itself: change the service instead".to_owned(),
        );
    }
    Ok(())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct OwnImage {
    config: Option<ImageConfig>,
}

/// The image of the new one, and what the old one had from its own.
async fn image(
    old: &Original,
    params: &Params,
    call: &Call<'_>,
) -> Result<(String, ImageConfig), CallError> {
    let named = old.config().image;
    let named = named.and_then(|named| ImageRef::parse(named.into()).ok());
    let id = old.image.clone().0;
    let id = id.and_then(|id| ImageRef::parse(id.into()).ok());
    let own: Option<OwnImage> = match &id {
        Some(id) => inspected(id, call).await?,
        None => None,
    };
    let is_there = own.is_some();
    let of_image = own.and_then(|own| own.config).unwrap_or_default();
    let wanted = params.image.clone().or(named);
    let Some(wanted) = wanted.or_else(|| id.clone()) else {
        let why = "the Engine does not say which image this container is of; name one in `image`";
        return Err(InvalidArgument(why.to_owned()).into());
    };
    let missing = || async {
        let found: Option<IgnoredAny> = inspected(&wanted, call).await?;
        Ok::<_, CallError>(found.is_none())
    };
    let pulls = match params.pull.as_str() {
        "always" => true,
        "missing" => missing().await?,
        _ => false,
    };
    if pulls {
        let version = Some(pull::version(&wanted));
        pull::pull(call, wanted.name(), version, None).await?;
    } else if params.image.is_none() && is_there && missing().await? {
        // Its name is another's by now, or nobody's.
        return Ok((id.map(|id| id.to_string()).unwrap_or_default(), of_image));
    }
    Ok((wanted.to_string(), of_image))
}

async fn inspected<T: DeserializeOwned>(
    image: &ImageRef,
    call: &Call<'_>,
) -> Result<Option<T>, CallError> {
    let name = image.to_string();
    let request = record(|docker| {
        let name = &name;
        async move { docker.inspect_image(name).await }
    })?;
    match call.engine.told(request).await {
        Ok(image) => Ok(Some(image)),
        Err(EngineError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes the new one, under a name that the Engine makes up, on all its networks.
async fn made(
    old: &Original,
    image: &str,
    of_image: &ImageConfig,
    params: &Params,
    call: &Call<'_>,
) -> Result<Leftover, CallError> {
    let mut next = successor(old, of_image, image, params, None);
    let mut new = created(next.body.clone(), call).await?;
    let chosen = settings(&new, call).await?;
    let like_it = successor(old, of_image, image, params, Some(&chosen));
    if like_it != next {
        // Somebody chose what the Engine would not have, so that it is to be judged.
        new.remove().await?;
        next = like_it;
        new = created(next.body, call).await?;
    }
    for (network, endpoint_config) in next.networks {
        let body = NetworkConnectRequest {
            container: new.id(),
            endpoint_config: Some(endpoint_config),
        };
        let request = record(|docker| {
            let network = &network;
            async move { docker.connect_network(network, body).await }
        })?;
        call.engine.json(request.about("network", &network)).await?;
    }
    Ok(new)
}

async fn created(body: ContainerCreateBody, call: &Call<'_>) -> Result<Leftover, CallError> {
    let options = CreateContainerOptions::default();
    let request =
        record(|docker| async move { docker.create_container(Some(options), body).await })?;
    let made = Leftover::made(call.engine.clone(), request).await;
    made.map(Leftover::without_its_volumes)
        .map_err(|error| match error {
            EngineError::NotFound { message, .. } if message.to_lowercase().contains("image") => {
                CallError::Operation(format!(
                    "{message}; pull it with docker_pull_image, or set `pull` to `missing`"
                ))
            }
            error => error.into(),
        })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Settings {
    host_config: Option<HostConfig>,
}

/// The settings of the host that it has, with those that the Engine chose.
async fn settings(new: &Leftover, call: &Call<'_>) -> Result<HostConfig, CallError> {
    let id = new.id();
    let request = record(|docker| {
        let id = &id;
        async move { docker.inspect_container(id, None).await }
    })?;
    let settings: Settings = call.engine.told(request.about("container", &id)).await?;
    Ok(settings.host_config.unwrap_or_default())
}
