//! Writes what is asked of a container, a volume or a network into a Compose file, so that whatever the policy
//! refuses there is refused here, too.

use std::fs;

use serde_json::{Map, Value, json};

use super::{Client, Verdict};
use crate::support::workplace::workplace;

/// Judges the Compose files that come to the same as a call, and holds that against what the call comes to.
pub(super) async fn hold(client: &Client, tool: &str, arguments: &Value, verdict: Verdict) {
    let files = files(tool, arguments).unwrap_or_default();
    let is_refused = matches!(verdict, Verdict::Refused(_));
    let is_made = tool.starts_with("docker_create_");
    assert!(
        !is_made || !is_refused || !files.is_empty(),
        "{tool} {arguments}"
    );
    for file in &files {
        let judged = judged(client, file).await;
        let refused = judged["refused"] != json!([]) || judged["errors"] != json!([]);
        assert_eq!(refused, is_refused, "{arguments}: {file}: {judged}");
    }
}

async fn judged(client: &Client, file: &Value) -> Value {
    let project = workplace();
    fs::write(project.path().join("compose.yaml"), file.to_string()).unwrap();
    let arguments = json!({ "project_directory": project.path() });
    let result = client.call("docker_compose_validate", arguments).await;
    result
        .structured_content
        .unwrap_or_else(|| panic!("{file}: {:?}", result.content))
}

/// The files; none where Compose has no words for it.
fn files(tool: &str, arguments: &Value) -> Option<Vec<Value>> {
    let arguments = arguments.as_object()?;
    match tool {
        "docker_create_container" => of_container(arguments),
        "docker_create_volume" => of_volume(arguments),
        "docker_create_network" => of_network(arguments),
        _ => None,
    }
}

fn of_container(arguments: &Map<String, Value>) -> Option<Vec<Value>> {
    let mut service = json!({ "image": "web:1" });
    let mut forms: Vec<(Vec<Value>, Value)> = Vec::new();
    for (name, value) in arguments {
        match name.as_str() {
            "image" | "name" => {}
            "privileged" | "cap_drop" | "read_only" | "init" | "tty" | "user" => {
                service[name] = escaped(value);
            }
            "cap_add" => {
                let text = value
                    .as_str()
                    .and_then(|text| serde_json::from_str(text).ok());
                service[name] = text.unwrap_or_else(|| escaped(value));
            }
            "restart_policy" => service["restart"] = escaped(value),
            "network" => service["network_mode"] = escaped(value),
            "volumes" => forms = mounts(value.as_object()?)?,
            _ => return None,
        }
    }
    if forms.is_empty() {
        return Some(vec![json!({ "services": { "web": service } })]);
    }
    let files = forms.into_iter().map(|(mounts, volumes)| {
        let mut service = service.clone();
        service["volumes"] = mounts.into();
        json!({ "services": { "web": service }, "volumes": volumes })
    });
    Some(files.collect())
}

/// The mounts in the short form and in the long one, each with the volumes that it names.
fn mounts(asked: &Map<String, Value>) -> Option<Vec<(Vec<Value>, Value)>> {
    let (mut short, mut long, mut volumes) = (Vec::new(), Vec::new(), json!({}));
    let mut is_short = true;
    for (source, mount) in asked {
        let mount = mount.as_object()?;
        let target = mount.get("bind")?.as_str()?;
        let mode = mount.get("mode").and_then(Value::as_str).unwrap_or("rw");
        let named = !source.contains(['/', '\\', ':']) && !source.starts_with('.');
        // A path that is not absolute is one of the project, which there is not for a container.
        if !named && !source.starts_with('/') {
            return None;
        }
        if named {
            volumes[source] = json!({ "external": true, "name": source });
        }
        is_short &= !source.contains(':') && ["ro", "rw"].contains(&mode);
        short.push(escaped(&json!(format!("{source}:{target}:{mode}"))));
        long.push(escaped(&json!({
            "type": if named { "volume" } else { "bind" },
            "source": source,
            "target": target,
            "read_only": mode == "ro",
        })));
    }
    let mut forms = vec![(long, volumes.clone())];
    if is_short {
        forms.push((short, volumes));
    }
    Some(forms)
}

fn of_volume(arguments: &Map<String, Value>) -> Option<Vec<Value>> {
    let mut volume = json!({});
    for (name, value) in arguments {
        match name.as_str() {
            "name" => {}
            "driver" | "driver_opts" => volume[name] = escaped(value),
            _ => return None,
        }
    }
    let service = json!({ "image": "web:1", "volumes": ["data:/data"] });
    Some(vec![
        json!({ "services": { "web": service }, "volumes": { "data": volume } }),
    ])
}

fn of_network(arguments: &Map<String, Value>) -> Option<Vec<Value>> {
    let mut network = json!({});
    for (name, value) in arguments {
        match name.as_str() {
            "name" | "driver" | "internal" | "attachable" | "enable_ipv6" => {
                network[name] = escaped(value)
            }
            "options" => network["driver_opts"] = escaped(value),
            "ipam" => network["ipam"] = ipam(value)?,
            _ => return None,
        }
    }
    let service = json!({ "image": "web:1", "networks": ["lab"] });
    Some(vec![
        json!({ "services": { "web": service }, "networks": { "lab": network } }),
    ])
}

fn ipam(asked: &Value) -> Option<Value> {
    let mut ipam = json!({});
    for (name, value) in asked.as_object()? {
        match name.as_str() {
            "Driver" => ipam["driver"] = escaped(value),
            "Config" => {
                let pools = value.as_array()?.iter().map(|pool| {
                    let keys = pool.as_object()?.iter().map(|(name, value)| {
                        let name = match name.as_str() {
                            "Subnet" => "subnet",
                            "Gateway" => "gateway",
                            "IPRange" => "ip_range",
                            "AuxiliaryAddresses" => "aux_addresses",
                            _ => return None,
                        };
                        Some((name.to_owned(), value.clone()))
                    });
                    keys.collect::<Option<Map<_, _>>>().map(Value::from)
                });
                ipam["config"] = pools.collect::<Option<Vec<_>>>()?.into();
            }
            _ => return None,
        }
    }
    Some(ipam)
}

/// A value in which nothing stands for a variable.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace('$', "$$").into(),
        Value::Array(items) => items.iter().map(escaped).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), escaped(value)))
                .collect()
        }
        value => value.clone(),
    }
}
