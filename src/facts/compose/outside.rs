//! Writes down what a container has from outside: ports, volumes, networks.

use serde_json::{Map, Value, json};

use super::super::{is_true, items_at, members_at, text_at, texts_at};
use super::{filled, host_config};

pub(super) fn ports(container: &Value) -> Value {
    let mut ports = Vec::new();
    for (port, bindings) in members_at(container, "/HostConfig/PortBindings") {
        for binding in items_at(bindings, "") {
            let (ip, host) = (text_at(binding, "/HostIp"), text_at(binding, "/HostPort"));
            ports.push(json!(match (ip, host) {
                ("", "" | "0") => port.clone(),
                ("", host) => format!("{host}:{port}"),
                (ip, host) if ip.contains(':') => format!("[{ip}]:{host}:{port}"),
                (ip, host) => format!("{ip}:{host}:{port}"),
            }));
        }
    }
    ports.into()
}

pub(super) fn exposed(container: &Value, image: &Value) -> Value {
    let is_known = |port: &String| {
        ["/HostConfig/PortBindings", "/Config/ExposedPorts"]
            .iter()
            .zip([container, image])
            .any(|(place, document)| members_at(document, place).any(|(known, _)| known == port))
    };
    let ports = members_at(container, "/Config/ExposedPorts").map(|(port, _)| port);
    ports
        .filter(|port| !is_known(port))
        .map(|port| json!(port))
        .collect()
}

pub(super) fn volumes(container: &Value) -> Value {
    let volume = |mount: &Value| {
        let kind = text_at(mount, "/Type");
        let asked = asked(container, mount);
        if kind == "bind" && asked.is_none() {
            return bound(mount);
        }
        let source = if kind == "volume" {
            text_at(mount, "/Name")
        } else {
            text_at(mount, "/Source")
        };
        let source = (kind != "tmpfs" && !is_anonymous(source)).then_some(source);
        let is_read_only = kind != "tmpfs" && !is_true(mount, "/RW");
        let options = |place: &str| asked.and_then(|asked| asked.pointer(place)).cloned();
        let bind = filled([("propagation", json!(options("/BindOptions/Propagation")))]);
        let tmpfs = filled([
            ("size", json!(options("/TmpfsOptions/SizeBytes"))),
            ("mode", json!(options("/TmpfsOptions/Mode"))),
        ]);
        filled([
            ("type", json!(kind)),
            ("source", json!(source)),
            ("target", json!(text_at(mount, "/Destination"))),
            ("read_only", json!(is_read_only)),
            ("bind", bind),
            ("tmpfs", tmpfs),
        ])
    };
    items_at(container, "/Mounts").map(volume).collect()
}

/// A mount that was asked for as `-v` has it, in the same form: it makes a directory of what is not
/// there, which the long form does not everywhere.
fn bound(mount: &Value) -> Value {
    let (source, target) = (text_at(mount, "/Source"), text_at(mount, "/Destination"));
    match text_at(mount, "/Mode") {
        "" if is_true(mount, "/RW") => json!(format!("{source}:{target}")),
        "" => json!(format!("{source}:{target}:ro")),
        mode => json!(format!("{source}:{target}:{mode}")),
    }
}

/// What `--mount` asked for at the place of a mount.
fn asked<'a>(container: &'a Value, mount: &Value) -> Option<&'a Value> {
    let target = text_at(mount, "/Destination");
    items_at(container, "/HostConfig/Mounts").find(|asked| text_at(asked, "/Target") == target)
}

/// The Engine makes up sixty-four digits for a volume without a name.
fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn named_volumes(container: &Value) -> impl Iterator<Item = &str> {
    items_at(container, "/Mounts")
        .filter(|mount| text_at(mount, "/Type") == "volume")
        .map(|mount| text_at(mount, "/Name"))
        .filter(|name| !name.is_empty() && !is_anonymous(name))
}

pub(super) fn tmpfs(container: &Value) -> Value {
    members_at(container, "/HostConfig/Tmpfs")
        .map(|(path, options)| match options.as_str() {
            None | Some("") => json!(path),
            Some(options) => json!(format!("{path}:{options}")),
        })
        .collect()
}

/// The networks that people make; the others are modes.
pub(super) fn user_networks(container: &Value) -> impl Iterator<Item = (&String, &Value)> {
    members_at(container, "/NetworkSettings/Networks")
        .filter(|(name, _)| !["bridge", "host", "none"].contains(&name.as_str()))
}

pub(super) fn network(container: &Value, all: &mut Vec<(&'static str, Value)>) {
    let mode = text_at(container, "/HostConfig/NetworkMode");
    let mut networks = Map::new();
    for (name, endpoint) in user_networks(container) {
        let id = text_at(container, "/Id");
        let aliases: Vec<&str> = texts_at(endpoint, "/Aliases")
            .filter(|alias| !id.starts_with(alias))
            .collect();
        let address = |place| json!(text_at(endpoint, place));
        let settings = filled([
            ("aliases", json!(aliases)),
            ("ipv4_address", address("/IPAMConfig/IPv4Address")),
            ("ipv6_address", address("/IPAMConfig/IPv6Address")),
        ]);
        networks.insert(name.clone(), settings);
    }
    let is_mode =
        ["host", "none"].contains(&mode) || mode.starts_with("container:") || networks.is_empty();
    let mode = if mode == "default" { "bridge" } else { mode };
    all.push((
        "network_mode",
        if is_mode { json!(mode) } else { Value::Null },
    ));
    all.push(("networks", networks.into()));
    for (key, engine) in [
        ("dns", "Dns"),
        ("dns_search", "DnsSearch"),
        ("dns_opt", "DnsOptions"),
        ("extra_hosts", "ExtraHosts"),
        ("external_links", "Links"),
    ] {
        all.push((key, host_config(container, engine)));
    }
}
