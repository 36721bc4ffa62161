//! Says what a service of a stack makes `docker stack` ask of the Engine, key by key, in the Engine's own words,
//! so that the policy for services judges it by the rules that the request will meet.

use serde_json::{Map, Value, json};

use crate::compose::paths::join;
use crate::compose::places::At;
use crate::compose::service::{Around, Ask, body, name, pairs, plain, unescaped, words};
use crate::compose::yaml::Node;
use crate::engine::policy::Prospect;

/// What a service comes to; `file` is the model that it is of.
pub(super) fn asks(service: &Node, at: &At, file: &Node, around: &Around<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    let mut ask = |node: &Node, at: At, spec: Map<String, Value>| {
        asks.push(Ask {
            place: node.place,
            at,
            prospect: Ok(Prospect::Service(spec)),
        });
    };
    for entry in service.entries() {
        let (value, at) = (&entry.value, at.key(&entry.key));
        match entry.key.as_str() {
            "volumes" => {
                for (number, mount) in value.items().iter().enumerate() {
                    let mounts = json!([self::mount(mount, file, around)]);
                    ask(mount, at.item(number), container("Mounts", mounts));
                }
            }
            "networks" => {
                let names = value.items().iter().filter_map(Node::text);
                let names = names.map(|key| (key, None));
                let members = value.entries().iter();
                let members = members.map(|it| (it.key.as_str(), it.value.get("driver_opts")));
                for (key, options) in names.chain(members) {
                    let target = of_section("networks", key, file, around);
                    let network = json!([{ "Target": target, "DriverOpts": options.map(plain) }]);
                    ask(value, at.key(key), task("Networks", network));
                }
            }
            key => {
                if let Some(spec) = setting(key, value) {
                    ask(value, at, spec);
                }
            }
        }
    }
    asks
}

/// The part of a service that a key becomes, where the policy has a say in it.
fn setting(key: &str, value: &Node) -> Option<Map<String, Value>> {
    let part = |key| value.get(key).map(plain);
    Some(match key {
        "cap_add" => container("CapabilityAdd", words(value)),
        "sysctls" => container("Sysctls", pairs(value)),
        "isolation" => container("Isolation", plain(value)),
        "credential_spec" => {
            let spec = json!({ "Config": part("config"), "File": part("file"), "Registry": part("registry") });
            container("Privileges", json!({ "CredentialSpec": spec }))
        }
        "logging" => task(
            "LogDriver",
            json!({ "Name": part("driver"), "Options": part("options") }),
        ),
        "deploy" => {
            let reserved = value.get("resources")?.get("reservations")?;
            let generic = reserved.get("generic_resources").map(plain)?;
            let resources = json!({ "Reservations": { "GenericResources": generic } });
            task("Resources", resources)
        }
        _ => return None,
    })
}

fn mount(mount: &Node, file: &Node, around: &Around<'_>) -> Value {
    let text = |key| mount.get(key).and_then(Node::text).map(unescaped);
    let kind = text("type").unwrap_or_else(|| "bind".to_owned());
    let source = text("source");
    let (source, volume) = match (kind.as_str(), source) {
        ("bind", Some(path)) => {
            let path = join(around.base, &path);
            (Some(path.to_string_lossy().into_owned()), None)
        }
        ("volume", Some(key)) => (
            Some(of_section("volumes", &key, file, around)),
            file.get("volumes").and_then(|all| all.get(&key)),
        ),
        (_, source) => (source, None),
    };
    let driver = volume.map(|volume| {
        let part = |key| volume.get(key).map(plain);
        json!({ "Name": part("driver"), "Options": part("driver_opts") })
    });
    let propagation = mount.get("bind").and_then(|bind| bind.get("propagation"));
    let propagation = propagation.map(|it| json!({ "Propagation": plain(it) }));
    json!({
        "Type": kind,
        "Source": source,
        "Target": text("target"),
        "ReadOnly": mount.get("read_only").is_some_and(|it| !it.is_false()),
        "BindOptions": propagation,
        "VolumeOptions": driver.map(|driver| json!({ "DriverConfig": driver })),
    })
}

/// The name that the Engine knows one of the volumes or networks of a stack by.
fn of_section(section: &str, key: &str, file: &Node, around: &Around<'_>) -> String {
    let node = file.get(section).and_then(|all| all.get(key));
    match node {
        Some(node) => name(key, node, around),
        None => format!("{}_{key}", around.project),
    }
}

fn container(key: &str, value: Value) -> Map<String, Value> {
    task("ContainerSpec", Value::Object(body(key, value)))
}

fn task(key: &str, value: Value) -> Map<String, Value> {
    body("TaskTemplate", Value::Object(body(key, value)))
}
