//! Creates a container, pulling its image first where that was asked for:
//! `docker_create_container`.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding, PortMap, RestartPolicy};
use bollard::query_parameters::CreateContainerOptions;
use serde_json::{Value, json};

use super::pull;
use crate::call::{Call, CallError};
use crate::catalog::generated::create_container::Params;
use crate::engine::{Engine, EngineError, record};
use crate::params::{InvalidArgument, Mount, Port, Ports};

/// Gives the id and the name of the new container, which is not started.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
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
    let id = created
        .get("Id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let warnings = created.get("Warnings").and_then(Value::as_array);
    let name = match params.name.as_deref() {
        Some(name) => name.to_owned(),
        None => name(id, &call.engine).await.unwrap_or_default(),
    };
    Ok(json!({
        "container_id": id,
        "name": name,
        "warnings": warnings.map_or(&[][..], Vec::as_slice),
    }))
}

fn check(params: &Params) -> Result<(), InvalidArgument> {
    super::check_environment(params.environment.as_ref())?;
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
    Ok(())
}

async fn send(
    params: &Params,
    body: &ContainerCreateBody,
    engine: &Engine,
) -> Result<Value, EngineError> {
    let options = CreateContainerOptions {
        name: params.name.as_deref().map(str::to_owned),
        platform: params.platform.as_deref().unwrap_or_default().to_owned(),
    };
    let body = body.clone();
    let request =
        record(|docker| async move { docker.create_container(Some(options), body).await })?;
    engine.json(request).await
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
    let container = engine.json(request).await.ok()?;
    let name = container.get("Name")?.as_str()?;
    Some(name.trim_start_matches('/').to_owned())
}

/// The request's body. What was not asked for is left out, so that the Engine's own defaults hold.
fn body(params: &Params) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(params.image.to_string()),
        cmd: params.command.as_ref().map(|command| command.0.clone()),
        entrypoint: params.entrypoint.as_ref().map(|command| command.0.clone()),
        env: params.environment.as_ref().map(|environment| {
            environment
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        }),
        exposed_ports: params.ports.as_ref().map(exposed),
        user: params.user.clone(),
        working_dir: params.workdir.clone(),
        hostname: params.hostname.clone(),
        labels: params.labels.clone().map(HashMap::from_iter),
        tty: params.tty.then_some(true),
        host_config: Some(host_config(params)),
        ..ContainerCreateBody::default()
    }
}

fn host_config(params: &Params) -> HostConfig {
    HostConfig {
        binds: params.volumes.as_ref().map(|mounts| {
            let bind = |mount: &Mount| format!("{}:{}:{}", mount.source, mount.target, mount.mode);
            mounts.0.iter().map(bind).collect()
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
        ..HostConfig::default()
    }
}

fn exposed(ports: &Ports) -> Vec<String> {
    ports.0.iter().map(Port::key).collect()
}

fn published(ports: &Ports) -> PortMap {
    let mut bindings = PortMap::new();
    for port in &ports.0 {
        let Some(publish) = &port.publish else {
            continue;
        };
        let binding = PortBinding {
            host_ip: publish.ip.map(|ip| ip.to_string()),
            // The Engine chooses a free port where none is named.
            host_port: Some(if publish.port == 0 {
                String::new()
            } else {
                publish.port.to_string()
            }),
        };
        bindings
            .entry(port.key())
            .or_default()
            .get_or_insert_default()
            .push(binding);
    }
    bindings
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
