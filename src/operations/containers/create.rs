//! Creates a container, pulling its image first where that was asked for:
//! `docker_create_container`.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, EndpointSettings, HostConfig, NetworkingConfig};
use bollard::query_parameters::CreateContainerOptions;
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, Items, Request, Told, record};
use crate::generated::params::create_container::Params;
use crate::generated::reply::create_container::Reply;
use crate::operations::environment;
use crate::operations::images::pull;
use crate::params::{Command, Cpus, InvalidArgument, Mounts, Ports};

/// What the Engine says of a container that it made.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Created {
    pub(super) id: Told<String>,
    pub(super) warnings: Items<String>,
}

/// Of a container what it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Named {
    name: Told<String>,
}

/// Gives the id and the name of the new container, which is not started.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let created: Created = create(params, call, |request| call.engine.told(request)).await?;
    let container_id = created.id.0.unwrap_or_default();
    let name = match params.name.as_deref() {
        Some(name) => name.to_owned(),
        None => name(&container_id, &call.engine).await.unwrap_or_default(),
    };
    let mut warnings = created.warnings.0;
    warnings.extend(params.command.as_ref().and_then(Command::hint));
    Ok(Reply {
        container_id,
        name,
        warnings,
    })
}

/// Has the request sent that makes the container, and once more after its image was pulled.
pub(super) async fn create<T, S>(
    params: &Params,
    call: &Call<'_>,
    send: impl Fn(Request) -> S,
) -> Result<T, CallError>
where
    S: Future<Output = Result<T, EngineError>>,
{
    check(params)?;
    let body = body(params);
    match send(request(params, &body)?).await {
        Err(error) if is_missing_image(&error) => {
            if params.pull != "missing" {
                return Err(CallError::Operation(format!(
                    "{error}; pull it with docker_pull_image, or set `pull` to `missing`",
                )));
            }
            let version = Some(pull::version(&params.image));
            let platform = params.platform.as_deref();
            pull::pull(call, params.image.name(), version, platform).await?;
            Ok(send(request(params, &body)?).await?)
        }
        sent => Ok(sent?),
    }
}

fn check(params: &Params) -> Result<(), InvalidArgument> {
    environment::check_environment(params.environment.as_ref())?;
    let policy = params
        .restart_policy
        .as_ref()
        .map_or("no", |policy| policy.name);
    if params.remove && policy != "no" {
        return Err(InvalidArgument(format!(
            "`remove` and `restart_policy` exclude each other: a container that is removed when it \
             stops cannot be restarted; leave out `remove`, or `restart_policy` (got `{policy}`)",
        )));
    }
    // Elsewhere the Engine would drop them, or refuse to start the container.
    let network = params.network.as_deref().unwrap_or("default");
    let has_no_names = ["default", "bridge", "host", "none", "nat"].contains(&network);
    if params.network_aliases.is_some() && (has_no_names || network.starts_with("container:")) {
        return Err(InvalidArgument(format!(
            "`network_aliases` are for a network that was created: name it in `network` (got \
             `{network}`); docker_create_network makes one",
        )));
    }
    Ok(())
}

fn request(params: &Params, body: &ContainerCreateBody) -> Result<Request, EngineError> {
    let options = CreateContainerOptions {
        name: params.name.as_deref().map(str::to_owned),
        platform: params.platform.as_deref().unwrap_or_default().to_owned(),
    };
    let body = body.clone();
    record(|docker| async move { docker.create_container(Some(options), body).await })
}

/// Whether the Engine lacks the image, and not something else that the body names.
fn is_missing_image(error: &EngineError) -> bool {
    match error {
        EngineError::NotFound { message, .. } => message.to_lowercase().contains("image"),
        _ => false,
    }
}

/// The name that the Engine made up. Nothing is gained by failing where it does not tell: the
/// container exists.
async fn name(id: &str, engine: &Engine) -> Option<String> {
    let request = record(|docker| async move { docker.inspect_container(id, None).await }).ok()?;
    let container: Named = engine.told(request).await.ok()?;
    Some(container.name.0?.trim_start_matches('/').to_owned())
}

/// The request's body. What was not asked for is left out, so that the Engine's own defaults hold.
fn body(params: &Params) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(params.image.to_string()),
        cmd: params.command.as_ref().map(|command| command.words.clone()),
        entrypoint: params.entrypoint.as_ref().map(Into::into),
        env: params.environment.as_ref().map(|environment| {
            let variables = environment.0.iter();
            variables
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        }),
        exposed_ports: params.ports.as_ref().map(Ports::exposed),
        user: params.user.clone(),
        working_dir: params.workdir.clone(),
        hostname: params.hostname.clone(),
        labels: params.labels.clone().map(HashMap::from_iter),
        tty: params.tty.then_some(true),
        healthcheck: params.healthcheck.as_ref().map(Into::into),
        stop_signal: params.stop_signal.clone(),
        volumes: params
            .volumes
            .as_ref()
            .map(Mounts::nameless)
            .filter(|them| !them.is_empty()),
        networking_config: params
            .network_aliases
            .as_ref()
            .map(|aliases| NetworkingConfig {
                endpoints_config: Some(HashMap::from([(
                    params.network.clone().unwrap_or_default(),
                    EndpointSettings {
                        aliases: Some(aliases.clone()),
                        ..EndpointSettings::default()
                    },
                )])),
            }),
        host_config: Some(host_config(params)),
        ..ContainerCreateBody::default()
    }
}

fn host_config(params: &Params) -> HostConfig {
    HostConfig {
        binds: params.volumes.as_ref().map(Mounts::binds),
        port_bindings: params.ports.as_ref().map(Ports::published),
        network_mode: params.network.as_deref().map(str::to_owned),
        restart_policy: params.restart_policy.as_ref().map(Into::into),
        auto_remove: params.remove.then_some(true),
        memory: params.mem_limit.as_ref().map(|limit| limit.0),
        nano_cpus: params.cpus.map(Cpus::billionths),
        cpu_shares: params.cpu_shares,
        privileged: params.privileged.then_some(true),
        cap_add: params.cap_add.clone(),
        cap_drop: params.cap_drop.clone(),
        readonly_rootfs: params.read_only.then_some(true),
        init: params.init.then_some(true),
        shm_size: params.shm_size.as_ref().map(|size| size.0),
        tmpfs: params
            .tmpfs
            .clone()
            .map(|mounts| HashMap::from_iter(mounts.0)),
        ulimits: params
            .ulimits
            .as_ref()
            .map(|limits| limits.0.iter().map(Into::into).collect()),
        extra_hosts: params.extra_hosts.clone().map(|hosts| hosts.0),
        dns: params
            .dns
            .as_ref()
            .map(|servers| servers.iter().map(ToString::to_string).collect()),
        device_requests: params.gpus.as_ref().map(|gpus| vec![gpus.into()]),
        ..HostConfig::default()
    }
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
