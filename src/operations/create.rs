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
use crate::params::{InvalidArgument, Ports};

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
            pull::pull(&call.engine, &params.image, params.platform.as_deref()).await?;
            send(params, &body, &call.engine).await?
        }
        sent => sent?,
    };
    let name = match params.name.as_deref() {
        Some(name) => name.to_owned(),
        None => name(&created["Id"], &call.engine).await.unwrap_or_default(),
    };
    Ok(json!({
        "container_id": created["Id"],
        "name": name,
        "warnings": created["Warnings"].as_array().map_or(&[][..], Vec::as_slice),
    }))
}

fn check(params: &Params) -> Result<(), InvalidArgument> {
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
    matches!(error, EngineError::NotFound { message, .. } if message.to_lowercase().contains("image"))
}

/// The name that the Engine made up. Nothing is gained by failing where it does not tell: the
/// container exists.
async fn name(id: &Value, engine: &Engine) -> Option<String> {
    let id = id.as_str()?;
    let request = record(|docker| async move { docker.inspect_container(id, None).await }).ok()?;
    let container = engine.json(request).await.ok()?;
    Some(
        container["Name"]
            .as_str()?
            .trim_start_matches('/')
            .to_owned(),
    )
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
            let bind = |mount: &crate::params::Mount| {
                format!("{}:{}:{}", mount.source, mount.target, mount.mode)
            };
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
    ports
        .0
        .iter()
        .map(|port| format!("{}/{}", port.container, port.protocol))
        .collect()
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
        let key = format!("{}/{}", port.container, port.protocol);
        bindings
            .entry(key)
            .or_default()
            .get_or_insert_default()
            .push(binding);
    }
    bindings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::params::{
        Command, ContainerRef, HostPort, ImageRef, Mount, Mounts, Platform, Port, Protocol, Size,
    };

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn bare() -> Params {
        Params {
            image: ImageRef("busybox:1".into()),
            name: None,
            command: None,
            entrypoint: None,
            environment: None,
            ports: None,
            volumes: None,
            network: None,
            restart_policy: None,
            remove: false,
            mem_limit: None,
            cpus: None,
            cpu_shares: None,
            user: None,
            workdir: None,
            hostname: None,
            labels: None,
            privileged: false,
            cap_add: None,
            cap_drop: None,
            read_only: false,
            tty: false,
            init: false,
            platform: None,
            pull: "never".into(),
        }
    }

    fn port(container: u16, protocol: Protocol, publish: Option<(Option<&str>, u16)>) -> Port {
        let publish = publish.map(|(ip, port)| HostPort {
            ip: ip.map(|ip| ip.parse().unwrap()),
            port,
        });
        Port {
            container,
            protocol,
            publish,
        }
    }

    #[test]
    fn a_bare_container_leaves_everything_to_the_engine() {
        assert_eq!(
            serde_json::to_value(body(&bare())).unwrap(),
            json!({"Image": "busybox:1", "HostConfig": {}}),
        );
    }

    #[test]
    fn every_parameter_reaches_the_body() {
        let params = Params {
            image: ImageRef("registry:5000/app:2".into()),
            name: Some(ContainerRef("web".into())),
            command: Some(Command(words(&["serve", "--all"]))),
            entrypoint: Some(Command(words(&["/init"]))),
            environment: Some(BTreeMap::from([
                ("A".into(), "1=2".into()),
                ("B".into(), String::new()),
            ])),
            ports: Some(Ports(vec![
                port(80, Protocol::Tcp, Some((None, 8080))),
                port(53, Protocol::Udp, Some((Some("127.0.0.1"), 53))),
                port(443, Protocol::Tcp, Some((Some("::1"), 0))),
                port(9000, Protocol::Sctp, None),
            ])),
            volumes: Some(Mounts(vec![
                Mount {
                    source: "data".into(),
                    target: "/data".into(),
                    mode: "rw".into(),
                },
                Mount {
                    source: "/srv/www".into(),
                    target: "/www".into(),
                    mode: "ro".into(),
                },
            ])),
            network: Some("backend".into()),
            restart_policy: Some(crate::params::RestartPolicy {
                name: "on-failure".into(),
                maximum_retry_count: Some(3),
            }),
            remove: true,
            mem_limit: Some(Size(64 << 20)),
            cpus: Some(0.1),
            cpu_shares: Some(512),
            user: Some("1000".into()),
            workdir: Some("/srv".into()),
            hostname: Some("box".into()),
            labels: Some(BTreeMap::from([("team".into(), "blue".into())])),
            privileged: true,
            cap_add: Some(words(&["NET_ADMIN"])),
            cap_drop: Some(words(&["ALL"])),
            read_only: true,
            tty: true,
            init: true,
            platform: Some(Platform("linux/arm64".into())),
            pull: "missing".into(),
        };
        assert_eq!(
            serde_json::to_value(body(&params)).unwrap(),
            json!({
                "Image": "registry:5000/app:2",
                "Cmd": ["serve", "--all"],
                "Entrypoint": ["/init"],
                "Env": ["A=1=2", "B="],
                "ExposedPorts": {"80/tcp": {}, "53/udp": {}, "443/tcp": {}, "9000/sctp": {}},
                "User": "1000",
                "WorkingDir": "/srv",
                "Hostname": "box",
                "Labels": {"team": "blue"},
                "Tty": true,
                "HostConfig": {
                    "Binds": ["data:/data:rw", "/srv/www:/www:ro"],
                    "PortBindings": {
                        "80/tcp": [{"HostPort": "8080"}],
                        "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
                        "443/tcp": [{"HostIp": "::1", "HostPort": ""}],
                    },
                    "NetworkMode": "backend",
                    "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
                    "AutoRemove": true,
                    "Memory": 67_108_864,
                    "NanoCpus": 100_000_000,
                    "CpuShares": 512,
                    "Privileged": true,
                    "CapAdd": ["NET_ADMIN"],
                    "CapDrop": ["ALL"],
                    "ReadonlyRootfs": true,
                    "Init": true,
                },
            }),
        );
    }

    #[test]
    fn removal_and_restart_exclude_each_other() {
        let policy = |name: &str| crate::params::RestartPolicy {
            name: name.into(),
            maximum_retry_count: None,
        };
        let with = |name| Params {
            remove: true,
            restart_policy: Some(policy(name)),
            ..bare()
        };
        assert!(check(&with("no")).is_ok());
        let refusal = check(&with("always")).unwrap_err().to_string();
        assert!(
            refusal.contains("`remove`") && refusal.contains("`always`"),
            "{refusal}"
        );
        assert!(
            check(&Params {
                remove: false,
                ..with("always")
            })
            .is_ok()
        );
    }

    #[test]
    fn only_a_missing_image_is_taken_for_one() {
        let refused = |status, message: &str| EngineError::Refused {
            status,
            message: message.into(),
        };
        assert!(is_missing_image(&refused(404, "No such image: busybox:1")));
        assert!(!is_missing_image(&refused(
            404,
            "network backend not found"
        )));
        assert!(!is_missing_image(&refused(400, "invalid image reference")));
    }
}
