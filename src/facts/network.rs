//! Says where a container can be reached: addresses, names, ports.

use serde::Serialize;
use serde_json::Value;

use super::{items_at, members_at, number_at, text_at, texts_at};

/// The most entries of a list.
const MOST: usize = 30;

/// A container on one of its networks.
#[derive(Serialize)]
pub(super) struct Address {
    network: String,
    ipv4: String,
    ipv6: String,
    gateway: String,
    mac: String,
    /// The names it answers to there.
    names: Vec<String>,
}

/// Where a container is on each of its networks.
pub(super) fn addresses(container: &Value) -> Vec<Address> {
    let address = |(network, endpoint): (&String, &Value)| {
        let with_prefix = |address: &str, length: &str| {
            let address = text_at(endpoint, address);
            match number_at(endpoint, length) {
                Some(length) if !address.is_empty() => format!("{address}/{length}"),
                _ => address.to_owned(),
            }
        };
        Address {
            network: network.clone(),
            ipv4: with_prefix("/IPAddress", "/IPPrefixLen"),
            ipv6: with_prefix("/GlobalIPv6Address", "/GlobalIPv6PrefixLen"),
            gateway: text_at(endpoint, "/Gateway").to_owned(),
            mac: text_at(endpoint, "/MacAddress").to_owned(),
            names: texts_at(endpoint, "/DNSNames")
                .chain(texts_at(endpoint, "/Aliases"))
                .map(str::to_owned)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect(),
        }
    };
    members_at(container, "/NetworkSettings/Networks")
        .take(MOST)
        .map(address)
        .collect()
}

/// A port of a container.
#[derive(Serialize)]
pub(super) struct Port {
    /// Such as `80/tcp`.
    port: String,
    /// Where the host offers it, such as `127.0.0.1:8080`; empty where it does not.
    pub published: Vec<String>,
}

/// The ports of a container, from the host's side as asked for where it does not run.
pub(super) fn ports(container: &Value) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    let places = [
        "/NetworkSettings/Ports",
        "/HostConfig/PortBindings",
        "/Config/ExposedPorts",
    ];
    for (port, bindings) in places.iter().flat_map(|place| members_at(container, place)) {
        if ports.iter().any(|known| known.port == *port) {
            continue;
        }
        let published = items_at(bindings, "").map(|binding| {
            let (ip, port) = (text_at(binding, "/HostIp"), text_at(binding, "/HostPort"));
            let port = if port.is_empty() { "(any)" } else { port };
            match ip {
                "" => format!("0.0.0.0:{port}"),
                ip if ip.contains(':') => format!("[{ip}]:{port}"),
                ip => format!("{ip}:{port}"),
            }
        });
        ports.push(Port {
            port: port.clone(),
            published: published.collect(),
        });
    }
    ports.truncate(MOST);
    ports
}

/// A container of a network.
#[derive(Serialize)]
pub(super) struct Peer {
    pub name: String,
    pub address: String,
}

/// The containers of a network, from its `Containers`.
pub(super) fn peers(endpoints: &Value) -> Vec<Peer> {
    members_at(endpoints, "")
        .take(MOST)
        .map(|(_, endpoint)| Peer {
            name: text_at(endpoint, "/Name").to_owned(),
            address: text_at(endpoint, "/IPv4Address").to_owned(),
        })
        .collect()
}

/// A host and its port; the port is empty where there is none.
pub(super) fn split_host(target: &str) -> (&str, &str) {
    if let Some((host, rest)) = target
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        return (host, rest.trim_start_matches(':'));
    }
    match target.split_once(':') {
        // More than one colon is an IPv6 address.
        Some((host, port)) if !port.contains(':') => (host, port),
        _ => (target, ""),
    }
}
