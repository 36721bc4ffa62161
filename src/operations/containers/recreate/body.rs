//! Makes the body of a container that is to be as another one is, but for what is to change.
//!
//! What the other has from its image is left to the new one's. What the Engine filled in by itself is left to
//! the Engine.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, EndpointSettings, NetworkingConfig};
use serde_json::{Map, Value, json};

use crate::call::CallError;
use crate::generated::params::recreate_container::Params;
use crate::params::Cpus;

/// Settings that an inspect shows as the Engine chose them where nobody did. Asked for, they would count as
/// chosen.
pub(super) const CHOSEN_BY_THE_ENGINE: [&str; 4] =
    ["CgroupnsMode", "MaskedPaths", "ReadonlyPaths", "Runtime"];

/// What is to be made.
#[derive(Debug, Clone)]
pub(super) struct Successor {
    pub(super) body: ContainerCreateBody,
    /// The networks that it joins besides.
    pub(super) networks: Vec<(String, EndpointSettings)>,
}

/// The container as it is in an inspect, on that image.
///
/// `of_image` is the `Config` of the image that it was made from, and `kept` are settings of the host that are
/// asked for although the Engine may have chosen them.
///
/// # Errors
/// The inspect is in a form that is not known.
pub(super) fn successor(
    old: &Value,
    of_image: &Value,
    image: &str,
    params: &Params,
    kept: &[&str],
) -> Result<Successor, CallError> {
    let mut config = object(old, "Config");
    let mut host = object(old, "HostConfig");
    leave_to_the_image(&mut config, of_image);
    config.insert("Image".to_owned(), json!(image));
    // The Engine calls a container by its id where nobody names it.
    let id = text(old, "Id");
    let hostname = config.get("Hostname").and_then(Value::as_str);
    let mode = host.get("NetworkMode").and_then(Value::as_str);
    let mode = mode.unwrap_or("default").to_owned();
    let is_shared = mode.starts_with("container:");
    if is_shared || hostname.is_some_and(|name| !name.is_empty() && id.starts_with(name)) {
        config.remove("Hostname");
    }
    for key in CHOSEN_BY_THE_ENGINE {
        if !kept.contains(&key) {
            host.remove(key);
        }
    }
    host.remove("ContainerIDFile");
    keep_volumes(&mut host, old);
    links(&mut host, &text(old, "Name"));
    change(&mut config, &mut host, params);

    let (main, networks) = endpoints(old, &mode, &mut host);
    config.insert("HostConfig".to_owned(), host.into());
    let body = serde_json::from_value(config.into()).map_err(|error| unreadable(&error))?;
    let mut body: ContainerCreateBody = body;
    body.networking_config = main.map(|(name, endpoint)| NetworkingConfig {
        endpoints_config: Some(HashMap::from([(name, endpoint)])),
    });
    Ok(Successor { body, networks })
}

fn unreadable(error: &serde_json::Error) -> CallError {
    CallError::Operation(format!(
        "the Engine describes this container in a form that is not known ({error}), so that nothing was done"
    ))
}

fn object(of: &Value, key: &str) -> Map<String, Value> {
    let object = of.get(key).and_then(Value::as_object);
    object.cloned().unwrap_or_default()
}

fn text(of: &Value, key: &str) -> String {
    let text = of.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// Takes out what the container has from its image.
fn leave_to_the_image(config: &mut Map<String, Value>, of_image: &Value) {
    let same = |config: &Map<String, Value>, key: &str| {
        let (own, its) = (config.get(key), of_image.get(key));
        own.is_some_and(|own| Some(own) == its)
    };
    let plain = [
        "User",
        "WorkingDir",
        "StopSignal",
        "Healthcheck",
        "Shell",
        "OnBuild",
        "ArgsEscaped",
    ];
    for key in plain {
        if same(config, key) {
            config.remove(key);
        }
    }
    // With an entrypoint of its own a container takes no command from its image.
    let nothing = |value: Option<&Value>| value.is_none_or(|it| it.is_null() || it == &json!([]));
    let unset = nothing(config.get("Entrypoint")) && nothing(of_image.get("Entrypoint"));
    if unset || same(config, "Entrypoint") {
        config.remove("Entrypoint");
        if same(config, "Cmd") {
            config.remove("Cmd");
        }
    } else if nothing(config.get("Entrypoint")) && of_image.is_object() {
        // One empty word takes the image's away.
        config.insert("Entrypoint".to_owned(), json!([""]));
    }
    for key in ["ExposedPorts", "Volumes", "Labels"] {
        let its = object(of_image, key);
        if let Some(own) = config.get_mut(key).and_then(Value::as_object_mut) {
            own.retain(|name, value| its.get(name) != Some(value));
        }
    }
    let its = of_image.get("Env").and_then(Value::as_array);
    let its = its.map_or(&[][..], Vec::as_slice);
    if let Some(own) = config.get_mut("Env").and_then(Value::as_array_mut) {
        own.retain(|variable| !its.contains(variable));
    }
}

/// Names the volumes that the Engine made for it, so that the new one has the same.
fn keep_volumes(host: &mut Map<String, Value>, old: &Value) {
    let mounts = old.get("Mounts").and_then(Value::as_array);
    for mount in mounts.into_iter().flatten() {
        if text(mount, "Type") != "volume" {
            continue;
        }
        let (name, target) = (text(mount, "Name"), text(mount, "Destination"));
        let binds = strings(host, "Binds");
        if name.is_empty() || binds.iter().any(|bind| target_of(bind) == target) {
            continue;
        }
        let asked = host.get_mut("Mounts").and_then(Value::as_array_mut);
        let mut asked = asked.into_iter().flatten();
        match asked.find(|asked| text(asked, "Target") == target) {
            Some(asked) => {
                if text(asked, "Source").is_empty() {
                    asked["Source"] = json!(name);
                }
            }
            None => {
                let writable = mount.get("RW") != Some(&Value::Bool(false));
                let mode = if writable { "" } else { ":ro" };
                push(host, "Binds", format!("{name}:{target}{mode}"));
            }
        }
    }
}

/// The path in the container that a bind is for.
fn target_of(bind: &str) -> &str {
    bind.split(':').nth(1).unwrap_or_default()
}

fn strings(of: &Map<String, Value>, key: &str) -> Vec<String> {
    let items = of.get(key).and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn push(of: &mut Map<String, Value>, key: &str, item: String) {
    let mut items = strings(of, key);
    items.push(item);
    of.insert(key.to_owned(), json!(items));
}

/// The Engine shows `/db:/web/alias` for what was asked for as `db:alias`.
fn links(host: &mut Map<String, Value>, name: &str) {
    let shown = strings(host, "Links");
    if shown.is_empty() {
        return;
    }
    let asked = shown.iter().map(|link| {
        let (other, alias) = link.split_once(':').unwrap_or((link, ""));
        let alias = alias.strip_prefix(name).unwrap_or(alias);
        let alias = alias.trim_start_matches('/');
        format!("{}:{alias}", other.trim_start_matches('/'))
    });
    let asked: Vec<String> = asked.collect();
    host.insert("Links".to_owned(), json!(asked));
}

/// Makes the changes that were asked for; what has names is changed name by name.
fn change(config: &mut Map<String, Value>, host: &mut Map<String, Value>, params: &Params) {
    if let Some(command) = &params.command {
        config.insert("Cmd".to_owned(), json!(command.words));
    }
    for (name, value) in params.environment.iter().flat_map(|them| &them.0) {
        let mut variables = strings(config, "Env");
        variables.retain(|variable| variable.split('=').next() != Some(name));
        variables.push(format!("{name}={value}"));
        config.insert("Env".to_owned(), json!(variables));
    }
    for (name, value) in params.labels.iter().flatten() {
        add(config, "Labels", name, json!(value));
    }
    if let Some(ports) = &params.ports {
        for port in ports.exposed() {
            add(config, "ExposedPorts", &port, json!({}));
            if let Some(bound) = host.get_mut("PortBindings").and_then(Value::as_object_mut) {
                bound.remove(&port);
            }
        }
        for (port, bound) in ports.published() {
            add(host, "PortBindings", &port, json!(bound));
        }
    }
    if let Some(volumes) = &params.volumes {
        let targets: Vec<&str> = volumes.0.iter().map(|it| it.target.as_str()).collect();
        let mut binds = strings(host, "Binds");
        binds.retain(|bind| !targets.contains(&target_of(bind)));
        binds.extend(volumes.binds());
        host.insert("Binds".to_owned(), json!(binds));
        if let Some(mounts) = host.get_mut("Mounts").and_then(Value::as_array_mut) {
            mounts.retain(|mount| !targets.contains(&&*text(mount, "Target")));
        }
        for target in volumes.nameless() {
            add(config, "Volumes", &target, json!({}));
        }
    }
    if let Some(limit) = &params.mem_limit {
        let number = |key: &str| host.get(key).and_then(Value::as_i64).unwrap_or(0);
        // Twice the memory is what the Engine makes of it by itself.
        if number("MemorySwap") == number("Memory").saturating_mul(2) {
            host.remove("MemorySwap");
        }
        host.insert("Memory".to_owned(), json!(limit.0));
    }
    if let Some(cpus) = params.cpus {
        host.insert("NanoCpus".to_owned(), json!(Cpus::billionths(cpus)));
        host.remove("CpuPeriod");
        host.remove("CpuQuota");
    }
    if let Some(policy) = &params.restart_policy {
        let policy: bollard::models::RestartPolicy = policy.into();
        host.insert("RestartPolicy".to_owned(), json!(policy));
    }
}

fn add(of: &mut Map<String, Value>, key: &str, name: &str, value: Value) {
    let members = of.entry(key).or_insert_with(|| json!({}));
    if members.is_null() {
        *members = json!({});
    }
    if let Some(members) = members.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

type Endpoint = (String, EndpointSettings);

/// The network that it is created on, and the others.
fn endpoints(
    old: &Value,
    mode: &str,
    host: &mut Map<String, Value>,
) -> (Option<Endpoint>, Vec<Endpoint>) {
    if mode == "host" || mode == "none" || mode.starts_with("container:") {
        return (None, Vec::new());
    }
    let id = text(old, "Id");
    let networks = old.pointer("/NetworkSettings/Networks");
    let networks = networks.and_then(Value::as_object);
    let (mut main, mut others) = (None, Vec::new());
    for (name, endpoint) in networks.into_iter().flatten() {
        let settings = asked_of(endpoint, &id);
        let is_default = mode == "default" && ["bridge", "nat", "podman"].contains(&name.as_str());
        if is_default || name == mode || text(endpoint, "NetworkID").starts_with(mode) {
            main = Some((name.clone(), settings));
        } else {
            others.push((name.clone(), settings));
        }
    }
    if main.is_none() {
        // It was taken off the network that it was created on.
        main = others.pop();
        let mode = main.as_ref().map_or("none", |(name, _)| name);
        host.insert("NetworkMode".to_owned(), json!(mode));
    }
    // The default one takes no settings, and needs none.
    let main = main.filter(|(_, settings)| *settings != EndpointSettings::default());
    (main, others)
}

/// What was asked of the network for a container, without what came of it.
fn asked_of(endpoint: &Value, id: &str) -> EndpointSettings {
    let mut asked = Map::new();
    for key in ["IPAMConfig", "Links", "DriverOpts", "GwPriority"] {
        let value = endpoint.get(key).cloned().unwrap_or_default();
        let is_set = !(value.is_null() || value == json!(0) || value == json!({}));
        if is_set {
            asked.insert(key.to_owned(), value);
        }
    }
    let aliases = endpoint.get("Aliases").and_then(Value::as_array);
    let aliases = aliases.into_iter().flatten().filter_map(Value::as_str);
    // Older Engines add the id.
    let aliases: Vec<&str> = aliases.filter(|alias| !id.starts_with(alias)).collect();
    if !aliases.is_empty() {
        asked.insert("Aliases".to_owned(), json!(aliases));
    }
    serde_json::from_value(asked.into()).unwrap_or_default()
}
