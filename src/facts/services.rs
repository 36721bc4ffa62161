//! Reads a resolved Compose file as the containers that it would make, so that what is told of containers is
//! told of its services, too.

use serde_json::{Map, Value, json};

use super::{items_at, members_at, text_at};

/// The services of a resolved Compose file, each as the Engine would show its container. A check of health that
/// the image brings is not known here.
pub(super) fn containers(config: &Value) -> Vec<Value> {
    members_at(config, "/services")
        .map(|(name, service)| container(name, service))
        .collect()
}

fn container(name: &str, service: &Value) -> Value {
    let image = match text_at(service, "/image") {
        "" => name,
        image => image,
    };
    json!({
        "Name": format!("/{name}"),
        "Config": {
            "Image": image,
            "User": text_at(service, "/user"),
            "Env": environment(service),
            "Cmd": service.get("command"),
            "Entrypoint": service.get("entrypoint"),
            "Healthcheck": { "Test": health(service) },
        },
        "HostConfig": host_config(service),
        "Mounts": items_at(service, "/volumes").map(mount).collect::<Vec<_>>(),
    })
}

fn environment(service: &Value) -> Vec<String> {
    let variables = members_at(service, "/environment");
    variables.map(|(name, _)| format!("{name}=")).collect()
}

fn health(service: &Value) -> Value {
    match service.pointer("/healthcheck/disable") {
        Some(Value::Bool(true)) => json!(["NONE"]),
        _ => service
            .pointer("/healthcheck/test")
            .cloned()
            .unwrap_or(Value::Null),
    }
}

fn host_config(service: &Value) -> Value {
    let limit = |direct: &str, deployed: &str| {
        let direct = number(service.get(direct));
        let deployed = format!("/deploy/resources/limits/{deployed}");
        direct.or_else(|| number(service.pointer(&deployed)))
    };
    let whole = |number: Option<f64>| number.map(|number| number as i64);
    let network = match text_at(service, "/network_mode") {
        // Compose puts a service that names no network on one of the project.
        "" => "project",
        mode => mode,
    };
    json!({
        "Privileged": service.get("privileged"),
        "CapAdd": service.get("cap_add"),
        "CapDrop": service.get("cap_drop"),
        "SecurityOpt": service.get("security_opt"),
        "ReadonlyRootfs": service.get("read_only"),
        "Memory": whole(limit("mem_limit", "memory")),
        "MemoryReservation": whole(number(service.get("mem_reservation"))),
        "PidsLimit": whole(limit("pids_limit", "pids")),
        "NanoCpus": whole(limit("cpus", "cpus").map(|cpus| cpus * 1e9)),
        "CpuShares": whole(number(service.get("cpu_shares"))),
        "CpuQuota": whole(number(service.get("cpu_quota"))),
        "CpusetCpus": text_at(service, "/cpuset"),
        "NetworkMode": network,
        "PidMode": text_at(service, "/pid"),
        "IpcMode": text_at(service, "/ipc"),
        "UTSMode": text_at(service, "/uts"),
        "UsernsMode": text_at(service, "/userns_mode"),
        "Devices": devices(service),
        "RestartPolicy": restart(service),
        "PortBindings": ports(service),
        "LogConfig": {
            "Type": text_at(service, "/logging/driver"),
            "Config": service.pointer("/logging/options"),
        },
    })
}

/// Compose writes some numbers as text.
fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    }
}

fn restart(service: &Value) -> Value {
    let (name, most) = match text_at(service, "/restart") {
        "" => match text_at(service, "/deploy/restart_policy/condition") {
            "any" => ("always", None),
            "on-failure" => (
                "on-failure",
                number(service.pointer("/deploy/restart_policy/max_attempts")),
            ),
            _ => ("no", None),
        },
        policy => match policy.split_once(':') {
            Some((name, most)) => (name, most.parse().ok()),
            None => (policy, None),
        },
    };
    json!({ "Name": name, "MaximumRetryCount": most.unwrap_or_default() as i64 })
}

/// Older versions of Compose write a device as `host:container:rights`.
fn devices(service: &Value) -> Vec<Value> {
    let source = |device: &Value| match device.as_str() {
        Some(text) => text.split(':').next().unwrap_or_default().to_owned(),
        None => text_at(device, "/source").to_owned(),
    };
    let devices = items_at(service, "/devices");
    devices
        .map(|device| json!({ "PathOnHost": source(device) }))
        .collect()
}

fn ports(service: &Value) -> Value {
    let mut bindings: Map<String, Value> = Map::new();
    for port in items_at(service, "/ports") {
        let protocol = match text_at(port, "/protocol") {
            "" => "tcp",
            protocol => protocol,
        };
        let target = port.get("target").unwrap_or(&Value::Null);
        let binding = json!({
            "HostIp": text_at(port, "/host_ip"),
            "HostPort": text_at(port, "/published"),
        });
        let key = format!("{target}/{protocol}");
        if let Value::Array(all) = bindings.entry(key).or_insert_with(|| json!([])) {
            all.push(binding);
        }
    }
    bindings.into()
}

fn mount(volume: &Value) -> Value {
    let writable = volume.get("read_only") != Some(&Value::Bool(true));
    json!({
        "Type": text_at(volume, "/type"),
        "Source": text_at(volume, "/source"),
        "Destination": text_at(volume, "/target"),
        "RW": writable,
        "Propagation": text_at(volume, "/bind/propagation"),
    })
}
