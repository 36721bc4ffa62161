//! Puts a container in the place of another that is like it but for what is to change:
//! `docker_recreate_container`.
//!
//! The new one is made, and so judged, before anything happens to the old one, which is never removed.

mod body;
mod switch;

use std::time::Duration;

use bollard::models::{ContainerCreateBody, NetworkConnectRequest, RestartPolicy};
use bollard::query_parameters::CreateContainerOptions;
use serde_json::{Value, json};

use super::leftover::Leftover;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};
use crate::generated::params::recreate_container::Params;
use crate::generated::reply::recreate_container::Reply;
use crate::operations::environment;
use crate::operations::images::pull;
use crate::operations::units;
use crate::params::{ImageRef, InvalidArgument, Parameter};
use body::{CHOSEN_BY_THE_ENGINE, successor};
use switch::{Old, Switch};

/// Gives the new container, or the old one with the reason for which it is back.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    environment::check_environment(params.environment.as_ref())?;
    let old = call.look.get("container").clone();
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
    let engine = call.engine.with_more_time(Duration::from_secs(10));
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

fn described(old: &Value) -> Old {
    let text = |pointer: &str| old.pointer(pointer).and_then(Value::as_str);
    let policy = old.pointer("/HostConfig/RestartPolicy").cloned();
    let policy: Option<RestartPolicy> = policy.and_then(|it| serde_json::from_value(it).ok());
    Old {
        id: text("/Id").unwrap_or_default().to_owned(),
        name: text("/Name")
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned(),
        ran: ["running", "restarting"].contains(&text("/State/Status").unwrap_or_default()),
        policy,
    }
}

/// Refuses a container that is somebody else's to make anew, or would not be there to come back.
fn check(old: &Value) -> Result<(), CallError> {
    let text = |pointer: &str| old.pointer(pointer).and_then(Value::as_str);
    let label = |name: &str| old.get("Config")?.get("Labels")?.get(name)?.as_str();
    let refused = |why: String| Err(CallError::Operation(format!("{why}; nothing was done")));
    if text("/Id").is_none() || text("/Name").is_none() {
        return refused("the Engine does not say which container this is".to_owned());
    }
    if old.pointer("/HostConfig/AutoRemove") == Some(&Value::Bool(true)) {
        return refused(
            "this container is removed when it stops (`--rm`), so that it could not come back: stop it, and create another"
                .to_owned(),
        );
    }
    if text("/State/Status") == Some("paused") {
        return refused(
            "this container is paused: let it go on first with docker_unpause_container".to_owned(),
        );
    }
    if let Some(project) = label("com.docker.compose.project") {
        let service = label("com.docker.compose.service").unwrap_or_default();
        let directory = label("com.docker.compose.project.working_dir").unwrap_or_default();
        let files = label("com.docker.compose.project.config_files").unwrap_or_default();
        let files: Vec<&str> = files.split(',').filter(|file| !file.is_empty()).collect();
        let call = json!({
            "project_directory": directory, "files": files, "project_name": project, "services": [service],
            "force_recreate": true,
        });
        return refused(format!(
            "this container is of the Compose project `{project}`, whose file says how it is made: change that, then \
             docker_compose_up {call} does it, or `docker compose -p {project} up -d --force-recreate {service}`"
        ));
    }
    if label("com.docker.swarm.task.id").is_some() {
        return refused(
            "this container is a task of a swarm, which makes another by itself: change the service instead".to_owned(),
        );
    }
    Ok(())
}

/// The image of the new one, and what the old one had from its own.
async fn image(
    old: &Value,
    params: &Params,
    call: &Call<'_>,
) -> Result<(String, Value), CallError> {
    let text = |pointer: &str| old.pointer(pointer).and_then(Value::as_str);
    let (named, id) = (text("/Config/Image"), text("/Image"));
    let id = id.and_then(|id| ImageRef::parse(json!(id)).ok());
    let own = match &id {
        Some(id) => inspected(id, call).await?,
        None => None,
    };
    let of_image = own
        .as_ref()
        .map_or(Value::Null, |own| own["Config"].clone());
    let named = named.and_then(|named| ImageRef::parse(json!(named)).ok());
    let wanted = params.image.clone().or(named);
    let Some(wanted) = wanted.or_else(|| id.clone()) else {
        let why = "the Engine does not say which image this container is of; name one in `image`";
        return Err(InvalidArgument(why.to_owned()).into());
    };
    let missing = || async { Ok::<_, CallError>(inspected(&wanted, call).await?.is_none()) };
    let pulls = match params.pull.as_str() {
        "always" => true,
        "missing" => missing().await?,
        _ => false,
    };
    if pulls {
        let version = Some(pull::version(&wanted));
        pull::pull(call, wanted.name(), version, None).await?;
    } else if params.image.is_none() && own.is_some() && missing().await? {
        // Its name is another's by now, or nobody's.
        return Ok((id.map(|id| id.to_string()).unwrap_or_default(), of_image));
    }
    Ok((wanted.to_string(), of_image))
}

async fn inspected(image: &ImageRef, call: &Call<'_>) -> Result<Option<Value>, CallError> {
    let name = image.to_string();
    let request = record(|docker| {
        let name = &name;
        async move { docker.inspect_image(name).await }
    })?;
    match call.engine.json(request).await {
        Ok(image) => Ok(Some(image)),
        Err(EngineError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes the new one, under a name that the Engine makes up, on all its networks.
async fn made(
    old: &Value,
    image: &str,
    of_image: &Value,
    params: &Params,
    call: &Call<'_>,
) -> Result<Leftover, CallError> {
    let mut next = successor(old, of_image, image, params, &[])?;
    let mut new = created(next.body, call).await?;
    let document = document(&new, call).await?;
    let chosen = CHOSEN_BY_THE_ENGINE.into_iter().filter(|key| {
        let of = |it: &Value| it.pointer(&format!("/HostConfig/{key}")).cloned();
        of(old) != of(&document)
    });
    let chosen: Vec<&str> = chosen.collect();
    if !chosen.is_empty() {
        // Somebody chose them, so that they are to be judged.
        new.remove().await?;
        next = successor(old, of_image, image, params, &chosen)?;
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

async fn document(new: &Leftover, call: &Call<'_>) -> Result<Value, CallError> {
    let id = new.id();
    let request = record(|docker| {
        let id = &id;
        async move { docker.inspect_container(id, None).await }
    })?;
    Ok(call.engine.json(request.about("container", &id)).await?)
}
