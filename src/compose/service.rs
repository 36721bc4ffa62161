//! Says what a service, volume or network makes Compose ask of the Engine, key by key, in the Engine's
//! own words, so that the create policy judges it by the rules that the request will meet.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::mounts::{mounted, restarting};
use super::paths::{is_remote, join};
use super::places::At;
use super::yaml::{Entry, Kind, Node, Place};
use crate::engine::policy::Prospect;
use crate::ordered::object;

/// What is to be judged, and where it is said.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) place: Option<Place>,
    pub(super) at: At,
    pub(super) prospect: Result<Prospect, &'static str>,
}

/// What paths are relative to, and how objects are named.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) base: &'a Path,
    pub(super) project: &'a str,
}

const REMOTE_CONTEXT: &str =
    "is fetched from elsewhere, and this server builds from directories of its host alone";
const HOST_BUILD: &str =
    "gives the build the network of the host, which this server does not allow";

/// What a service comes to.
pub(super) fn service(service: &Node, at: &At, around: &Around<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    for entry in service.entries() {
        let (key, value, at) = (entry.key.as_str(), &entry.value, at.key(&entry.key));
        let mut ask = |place, at: &At, prospect| {
            asks.push(Ask {
                place,
                at: at.clone(),
                prospect,
            });
        };
        match key {
            "volumes" => {
                for (number, mount) in value.items().iter().enumerate() {
                    if !varies(mount)
                        && let Some(host) = mounted(mount, around)
                    {
                        ask(mount.place, &at.item(number), Ok(container(host)));
                    }
                }
            }
            "build" => {
                for (place, at, prospect) in build(value, &at, around) {
                    ask(place, &at, prospect);
                }
            }
            "post_start" | "pre_start" | "pre_stop" => {
                for (number, hook) in value.items().iter().enumerate() {
                    for entry in hook.entries() {
                        if entry.key == "privileged" && !varies(&entry.value) {
                            let exec = body("Privileged", json!(!entry.value.is_false()));
                            let at = at.item(number).key("privileged");
                            ask(entry.place, &at, Ok(Prospect::Exec(exec)));
                        }
                    }
                }
            }
            _ if varies(value) => {}
            "networks" => {
                for network in value.entries() {
                    let options = network.value.get("driver_opts").map(plain);
                    let endpoint = body(&network.key, json!({"DriverOpts": options}));
                    let networking = body("EndpointsConfig", Value::Object(endpoint));
                    let whole = body("NetworkingConfig", Value::Object(networking));
                    ask(
                        network.place,
                        &at.key(&network.key),
                        Ok(Prospect::Container(whole)),
                    );
                }
            }
            key => {
                if let Some((field, setting)) = setting(key, value) {
                    ask(entry.place, &at, Ok(container(body(field, setting))));
                }
            }
        }
    }
    if let Some(host) = restarting(service, around) {
        asks.push(Ask {
            place: service.get("restart").and_then(|policy| policy.place),
            at: at.key("restart"),
            prospect: Ok(container(host)),
        });
    }
    asks
}

/// The field of `HostConfig` that a key becomes, where the policy has a say in it.
fn setting(key: &str, value: &Node) -> Option<(&'static str, Value)> {
    let same = |field| Some((field, plain(value)));
    match key {
        "privileged" => Some(("Privileged", json!(!value.is_false()))),
        "cap_add" => Some(("CapAdd", words(value))),
        "security_opt" => Some(("SecurityOpt", words(value))),
        "credential_spec" => Some((
            "SecurityOpt",
            json!([format!("credentialspec={}", plain(value))]),
        )),
        "devices" => Some(("Devices", plain(value))),
        "device_cgroup_rules" => same("DeviceCgroupRules"),
        "cgroup_parent" => same("CgroupParent"),
        "cgroup" => same("CgroupnsMode"),
        "annotations" => same("Annotations"),
        "runtime" => same("Runtime"),
        "isolation" => same("Isolation"),
        "pid" => same("PidMode"),
        "ipc" => same("IpcMode"),
        "uts" => same("UTSMode"),
        "userns_mode" => same("UsernsMode"),
        "network_mode" => same("NetworkMode"),
        "oom_score_adj" => same("OomScoreAdj"),
        "sysctls" => Some(("Sysctls", pairs(value))),
        "logging" => Some((
            "LogConfig",
            json!({"Type": value.get("driver").map(plain), "Config": value.get("options").map(plain)}),
        )),
        "gpus" => Some(("DeviceRequests", requests(value))),
        "deploy" => {
            let devices = value
                .get("resources")?
                .get("reservations")?
                .get("devices")?;
            Some(("DeviceRequests", requests(devices)))
        }
        "volumes_from" => {
            let others = value.items().iter().filter_map(Node::text);
            let others = others.filter_map(|from| from.strip_prefix("container:"));
            Some(("VolumesFrom", others.collect()))
        }
        _ => None,
    }
}

/// The requests for devices, by name or as `gpus` abbreviates them.
fn requests(devices: &Node) -> Value {
    let request = |device: &Node| {
        let part = |key| device.get(key).map(plain).unwrap_or_default();
        let named = device.get("capabilities").map(words);
        let only_gpu = |named: &Value| {
            let mut all = named.as_array().into_iter().flatten();
            all.all(|one| one == "gpu")
        };
        let capabilities = named.filter(|named| !only_gpu(named));
        json!({
            "Driver": part("driver"),
            "Capabilities": [capabilities.unwrap_or_else(|| json!(["gpu"]))],
            "DeviceIDs": part("device_ids"),
            "Options": part("options"),
        })
    };
    devices.items().iter().map(request).collect()
}

type Found = (Option<Place>, At, Result<Prospect, &'static str>);

fn build(value: &Node, at: &At, around: &Around<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut context = |node: &Node, at: At| {
        if let Some(text) = node.text().filter(|_| !varies(node)) {
            let prospect = match is_remote(text) {
                true => Err(REMOTE_CONTEXT),
                false => Ok(Prospect::Context(join(around.base, &unescaped(text)))),
            };
            found.push((node.place, at, prospect));
        }
    };
    context(value, at.clone());
    for entry in value
        .entries()
        .iter()
        .filter(|entry| entry.key == "context")
    {
        context(&entry.value, at.key("context"));
    }
    for entry in value
        .entries()
        .iter()
        .filter(|entry| entry.key == "network")
    {
        let mode = entry.value.text().unwrap_or_default();
        if !varies(&entry.value) && !matches!(mode, "" | "none" | "default") {
            let prospect = match mode.trim().eq_ignore_ascii_case("host") {
                true => Err(HOST_BUILD),
                false => Ok(container(body("NetworkMode", json!(mode)))),
            };
            found.push((entry.place, at.key("network"), prospect));
        }
    }
    found
}

/// What one of the volumes of a file comes to: the volume itself, and the one that is there already.
pub(super) fn volume(key: &str, volume: &Node, at: &At, around: &Around<'_>) -> Vec<Ask> {
    if varies(volume) {
        return Vec::new();
    }
    let part = |key| volume.get(key).map(plain).unwrap_or_default();
    let mount = json!([{"Type": "volume", "Source": name(key, volume, around), "Target": "/x"}]);
    let create = json!({"Driver": part("driver"), "DriverOpts": driver_options(volume, around)});
    let prospects = [
        Prospect::Volume(create.as_object().cloned().unwrap_or_default()),
        container(body("Mounts", mount)),
    ];
    asked(volume.place, at, prospects)
}

/// The options of a volume's driver; a bind mount may be relative.
fn driver_options(volume: &Node, around: &Around<'_>) -> Value {
    let mut options = volume.get("driver_opts").map(plain).unwrap_or_default();
    if let Some(device) = options.get_mut("device")
        && let Some(path) = device.as_str().filter(|path| path.starts_with('.'))
    {
        *device = json!(join(around.base, path).to_string_lossy());
    }
    options
}

/// What one of the networks of a file comes to.
pub(super) fn network(key: &str, network: &Node, at: &At, around: &Around<'_>) -> Vec<Ask> {
    if varies(network) {
        return Vec::new();
    }
    let part = |key| network.get(key).map(plain).unwrap_or_default();
    let name = name(key, network, around);
    let subnets = network.get("ipam").and_then(|ipam| ipam.get("config"));
    let subnets = subnets.map(|all| all.items().iter().map(subnet).collect::<Vec<_>>());
    let ipam = network.get("ipam").map(|ipam| {
        let part = |key| ipam.get(key).map(plain).unwrap_or_default();
        json!({"Driver": part("driver"), "Options": part("options"), "Config": subnets})
    });
    let create = json!({"Name": name, "Driver": part("driver"), "Options": part("driver_opts"), "IPAM": ipam});
    let prospects = [
        Prospect::Network(create.as_object().cloned().unwrap_or_default()),
        container(body("NetworkMode", json!(name))),
    ];
    asked(network.place, at, prospects)
}

fn subnet(config: &Node) -> Value {
    let part = |key| config.get(key).map(plain);
    json!({
        "Subnet": part("subnet"), "IPRange": part("ip_range"), "Gateway": part("gateway"),
        "AuxiliaryAddresses": part("aux_addresses"),
    })
}

/// What a secret or a config that is a file comes to: a bind mount of it.
pub(super) fn source(file: &Node, at: &At, path: &Path) -> Ask {
    let mount = json!([{"Type": "bind", "Source": path.to_string_lossy(), "Target": "/x", "ReadOnly": true}]);
    Ask {
        place: file.place,
        at: at.clone(),
        prospect: Ok(container(body("Mounts", mount))),
    }
}

fn asked<const N: usize>(place: Option<Place>, at: &At, prospects: [Prospect; N]) -> Vec<Ask> {
    let ask = |prospect| Ask {
        place,
        at: at.clone(),
        prospect: Ok(prospect),
    };
    prospects.map(ask).into()
}

/// The name that the Engine knows a volume or network of the file by.
pub(super) fn name(key: &str, node: &Node, around: &Around<'_>) -> String {
    let external = node.get("external");
    let named = external
        .and_then(|external| external.get("name"))
        .or_else(|| node.get("name"));
    match named.and_then(Node::text) {
        Some(name) => unescaped(name),
        None if external.is_some_and(|external| !external.is_false()) => key.to_owned(),
        None => format!("{}_{key}", around.project),
    }
}

fn container(host: Map<String, Value>) -> Prospect {
    Prospect::Container(body("HostConfig", Value::Object(host)))
}

pub(super) fn body(key: &str, value: Value) -> Map<String, Value> {
    object([(key.to_owned(), value)])
}

/// Whether Compose puts something else in the place of a part of it.
pub(super) fn varies(node: &Node) -> bool {
    match &node.kind {
        Kind::Text { text, .. } => text.replace("$$", "").contains('$'),
        Kind::List(items) => items.iter().any(varies),
        Kind::Map(entries) => entries.iter().any(|entry| varies(&entry.value)),
    }
}

pub(super) fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}

/// A part as JSON.
pub(super) fn plain(node: &Node) -> Value {
    match &node.kind {
        Kind::Text { .. } if node.is_null() => Value::Null,
        Kind::Text { text, plain: true } => match text.as_str() {
            "true" => json!(true),
            "false" => json!(false),
            text => text
                .parse::<i64>()
                .map_or_else(|_| json!(unescaped(text)), |number| json!(number)),
        },
        Kind::Text { text, .. } => json!(unescaped(text)),
        Kind::List(items) => items.iter().map(plain).collect(),
        Kind::Map(entries) => {
            let entries = entries.iter().rev();
            object(entries.map(|entry| (entry.key.clone(), plain(&entry.value)))).into()
        }
    }
}

/// A list of words, whatever each looks like.
pub(super) fn words(node: &Node) -> Value {
    let items = node.items().iter();
    items
        .map(|item| {
            item.text()
                .map_or_else(|| plain(item), |text| json!(unescaped(text)))
        })
        .collect()
}

/// A mapping, which may be written as a list of `KEY=VALUE`.
pub(super) fn pairs(node: &Node) -> Value {
    if matches!(node.kind, Kind::Map(_)) {
        let pair = |entry: &Entry| {
            let value = entry.value.text().map(unescaped).unwrap_or_default();
            (entry.key.clone(), json!(value))
        };
        return object(node.entries().iter().rev().map(pair)).into();
    }
    let pair = |item: &Node| {
        let text = unescaped(item.text().unwrap_or_default());
        let (key, value) = text.split_once('=').unwrap_or((&text, ""));
        (key.to_owned(), json!(value))
    };
    object(node.items().iter().map(pair)).into()
}
