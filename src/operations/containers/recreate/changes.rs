//! Makes the changes that are asked for with the container.

use bollard::models::{ContainerCreateBody, HostConfig};

use super::body::target_of;
use crate::generated::params::recreate_container::Params;
use crate::params::Cpus;

/// Makes the changes that were asked for; what has names is changed name by name.
pub(super) fn change(body: &mut ContainerCreateBody, host: &mut HostConfig, params: &Params) {
    if let Some(command) = &params.command {
        body.cmd = Some(command.words.clone());
    }
    for (name, value) in params.environment.iter().flat_map(|them| &them.0) {
        let variables = body.env.get_or_insert_default();
        variables.retain(|variable| variable.split('=').next() != Some(name));
        variables.push(format!("{name}={value}"));
    }
    for (name, value) in params.labels.iter().flatten() {
        let labels = body.labels.get_or_insert_default();
        labels.insert(name.clone(), value.clone());
    }
    change_ports(body, host, params);
    change_volumes(body, host, params);
    if let Some(limit) = &params.mem_limit {
        let (memory, swap) = (host.memory.unwrap_or(0), host.memory_swap.unwrap_or(0));
        // Twice the memory is what the Engine makes of it by itself.
        if swap == memory.saturating_mul(2) {
            host.memory_swap = None;
        }
        host.memory = Some(limit.0);
    }
    if let Some(cpus) = params.cpus {
        host.nano_cpus = Some(Cpus::billionths(cpus));
        host.cpu_period = None;
        host.cpu_quota = None;
    }
    if let Some(policy) = &params.restart_policy {
        host.restart_policy = Some(policy.into());
    }
}

fn change_ports(body: &mut ContainerCreateBody, host: &mut HostConfig, params: &Params) {
    let Some(ports) = &params.ports else {
        return;
    };
    for port in ports.exposed() {
        if let Some(bound) = &mut host.port_bindings {
            bound.remove(&port);
        }
        add(&mut body.exposed_ports, port);
    }
    for (port, bound) in ports.published() {
        let bindings = host.port_bindings.get_or_insert_default();
        bindings.insert(port, bound);
    }
}

fn change_volumes(body: &mut ContainerCreateBody, host: &mut HostConfig, params: &Params) {
    let Some(volumes) = &params.volumes else {
        return;
    };
    let is_new = |target: &str| volumes.0.iter().any(|it| it.target == target);
    let binds = host.binds.get_or_insert_default();
    binds.retain(|bind| !is_new(target_of(bind)));
    binds.extend(volumes.binds());
    if let Some(mounts) = &mut host.mounts {
        mounts.retain(|mount| !mount.target.as_deref().is_some_and(is_new));
    }
    for target in volumes.nameless() {
        add(&mut body.volumes, target);
    }
}

fn add(items: &mut Option<Vec<String>>, item: String) {
    let items = items.get_or_insert_default();
    if !items.contains(&item) {
        items.push(item);
    }
}
