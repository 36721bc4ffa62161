//! Creates a container, pulling its image first where that was asked for:
//! `docker_create_container`.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, DeviceRequest, EndpointSettings, HealthConfig, HostConfig,
    NetworkingConfig, PortBinding, PortMap, ResourcesUlimits, RestartPolicy,
};
use bollard::query_parameters::CreateContainerOptions;
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, Items, Told, record};
use crate::generated::params::create_container::Params;
use crate::generated::reply::create_container::Reply;
use crate::operations::environment;
use crate::operations::images::pull;
use crate::params::{
    Command, Entrypoint, Gpus, HealthCheck, HostPort, InvalidArgument, Mount, Mounts, Port, Ports,
    Ulimit,
};

/// What the Engine says of a container that it made.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Created {
    id: Told<String>,
    warnings: Items<String>,
}

/// Of a container what it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Named {
    name: Told<String>,
}

/// Gives the id and the name of the new container, which is not started.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    check(params)?;
    let body = body(params);
    let created = match send(params, &body, &call.engine).await {
        Err(error) if is_missing_image(&error) => {
            if params.pull != "missing" {
                return Err(CallError::Operation(format!(
                    "{error}; pull it with docker_pull_image, or set `pull` to `missing`",
                )));
            }
            let version = Some(pull::version(&params.image));
            let platform = params.platform.as_deref();
            pull::pull(call, params.image.name(), version, platform).await?;
            send(params, &body, &call.engine).await?
        }
        sent => sent?,
    };
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

async fn send(
    params: &Params,
    body: &ContainerCreateBody,
    engine: &Engine,
) -> Result<Created, EngineError> {
    let options = CreateContainerOptions {
        name: params.name.as_deref().map(str::to_owned),
        platform: params.platform.as_deref().unwrap_or_default().to_owned(),
    };
    let body = body.clone();
    let request =
        record(|docker| async move { docker.create_container(Some(options), body).await })?;
    engine.told(request).await
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
        entrypoint: params.entrypoint.as_ref().map(entrypoint),
        env: params.environment.as_ref().map(|environment| {
            let variables = environment.0.iter();
            variables
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        }),
        exposed_ports: params.ports.as_ref().map(exposed),
        user: params.user.clone(),
        working_dir: params.workdir.clone(),
        hostname: params.hostname.clone(),
        labels: params.labels.clone().map(HashMap::from_iter),
        tty: params.tty.then_some(true),
        healthcheck: params.healthcheck.as_ref().map(health),
        stop_signal: params.stop_signal.clone(),
        volumes: params.volumes.as_ref().and_then(nameless),
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
        binds: params.volumes.as_ref().map(|mounts| {
            let named = mounts.0.iter().filter(|mount| !mount.source.is_empty());
            let bind = |mount: &Mount| format!("{}:{}:{}", mount.source, mount.target, mount.mode);
            named.map(bind).collect()
        }),
        port_bindings: params.ports.as_ref().map(published),
        network_mode: params.network.as_deref().map(str::to_owned),
        restart_policy: params.restart_policy.as_ref().map(|policy| RestartPolicy {
            name: policy.name.parse().ok(),
            maximum_retry_count: policy.maximum_retry_count,
        }),
        auto_remove: params.remove.then_some(true),
        memory: params.mem_limit.as_ref().map(|limit| limit.0),
        nano_cpus: params.cpus.map(|cpus| (cpus * 1e9).round() as i64),
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
            .map(|limits| limits.0.iter().map(ulimit).collect()),
        extra_hosts: params.extra_hosts.clone().map(|hosts| hosts.0),
        dns: params
            .dns
            .as_ref()
            .map(|servers| servers.iter().map(ToString::to_string).collect()),
        device_requests: params.gpus.as_ref().map(|gpus| vec![cards(gpus)]),
        ..HostConfig::default()
    }
}

/// One empty word takes the image's entrypoint away; no word at all would keep it.
fn entrypoint(entrypoint: &Entrypoint) -> Vec<String> {
    match entrypoint.0.as_slice() {
        [] => vec![String::new()],
        words => words.to_vec(),
    }
}

fn health(check: &HealthCheck) -> HealthConfig {
    HealthConfig {
        test: check.test.clone(),
        interval: HealthCheck::nanoseconds(check.interval),
        timeout: HealthCheck::nanoseconds(check.timeout),
        retries: check.retries,
        start_period: HealthCheck::nanoseconds(check.start_period),
        ..HealthConfig::default()
    }
}

/// The targets of volumes without a name.
fn nameless(mounts: &Mounts) -> Option<Vec<String>> {
    let mounts = mounts.0.iter().filter(|mount| mount.source.is_empty());
    let targets: Vec<String> = mounts.map(|mount| mount.target.clone()).collect();
    (!targets.is_empty()).then_some(targets)
}

fn ulimit(limit: &Ulimit) -> ResourcesUlimits {
    ResourcesUlimits {
        name: Some(limit.name.clone()),
        soft: Some(limit.soft),
        hard: Some(limit.hard),
    }
}

/// The request that the Docker CLI's `--gpus` makes.
fn cards(gpus: &Gpus) -> DeviceRequest {
    let (count, devices) = match gpus {
        Gpus::All => (Some(-1), None),
        Gpus::Count(count) => (Some(*count), None),
        Gpus::Devices(ids) => (None, Some(ids.clone())),
    };
    DeviceRequest {
        count,
        device_ids: devices,
        capabilities: Some(vec![vec!["gpu".to_owned()]]),
        ..DeviceRequest::default()
    }
}

fn exposed(ports: &Ports) -> Vec<String> {
    ports.0.iter().map(Port::key).collect()
}

fn published(ports: &Ports) -> PortMap {
    let mut bindings = PortMap::new();
    for port in &ports.0 {
        if port.publish.is_empty() {
            continue;
        }
        let binding = |place: &HostPort| PortBinding {
            host_ip: place.ip.map(|ip| ip.to_string()),
            host_port: Some(place.text()),
        };
        let places = port.publish.iter().map(binding).collect();
        bindings.insert(port.key(), Some(places));
    }
    bindings
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
