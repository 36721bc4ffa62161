//! Says what a container can reach and what reaches it, as far as its settings tell.

use serde::Serialize;
use serde_json::Value;

use super::network::{peers, ports, split_host};
use super::{is_true, items_at, members_at, text_at, texts_at};

/// A fact and what to do about it.
#[derive(Serialize)]
pub(super) struct Fact {
    what: String,
    next: &'static str,
}

fn fact(what: impl Into<String>, next: &'static str) -> Fact {
    Fact {
        what: what.into(),
        next,
    }
}

/// What stands between a container and a host, most telling first.
pub(super) fn verdict(container: &Value, networks: &Value, target: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let status = text_at(container, "/State/Status");
    if !is_true(container, "/State/Running") {
        let what = format!("It does not run (its state is {status}), so it has no network");
        facts.push(fact(
            what,
            "find out why it ended, with the prompt troubleshoot_container",
        ));
    }
    facts.extend(mode(container));
    facts.extend(aim(container, networks, target));
    let mut all = items_at(networks, "").peekable();
    if all.peek().is_some() && all.all(|network| is_true(network, "/Internal")) {
        facts.push(fact(
            "All its networks are internal: nothing outside of them can be reached",
            "connect it to a network that is not internal, if it is to reach the outside",
        ));
    }
    let mut published = ports(container)
        .into_iter()
        .flat_map(|port| port.published)
        .peekable();
    if published.peek().is_some()
        && published.all(|place| place.starts_with("127.") || place.starts_with("[::1]"))
    {
        facts.push(fact(
            "Its ports are published on the host's loopback only: other machines cannot reach them",
            "publish on 0.0.0.0 or one address, if other machines are to reach it",
        ));
    }
    let mtu = |network| text_at(network, "/Options/com.docker.network.driver.mtu");
    let mut sizes: Vec<&str> = items_at(networks, "")
        .map(mtu)
        .filter(|mtu| !mtu.is_empty())
        .collect();
    sizes.dedup();
    if sizes.len() > 1 {
        let what = format!("Its networks differ in MTU: {}", sizes.join(", "));
        facts.push(fact(
            what,
            "make them the smallest of the path, or large packets hang",
        ));
    }
    if facts.is_empty() {
        facts.push(fact(
            "Its settings explain no trouble",
            "go through the layers below with the commands",
        ));
    }
    facts
}

fn mode(container: &Value) -> Option<Fact> {
    match text_at(container, "/HostConfig/NetworkMode") {
        "none" => Some(fact(
            "Its network mode is `none`: it has loopback only",
            "connect it to a network",
        )),
        "host" => Some(fact(
            "Its network mode is `host`: it has the host's addresses and ports, and published ports mean nothing",
            "look at the host's firewall and at who else holds its port",
        )),
        shared if shared.starts_with("container:") => Some(fact(
            "It shares the network of another container: addresses and ports are that one's",
            "look at the other container; when that is made anew, this one must be too",
        )),
        _ => None,
    }
}

/// What the settings say of the way to a host.
fn aim(container: &Value, networks: &Value, target: &str) -> Option<Fact> {
    let (host, _) = split_host(target);
    if host.is_empty() {
        return None;
    }
    if host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || host == "::1" {
        return Some(fact(
            format!("`{host}` is this container itself, not the host and no other container"),
            "use the other container's name, or `host.docker.internal` with `--add-host host.docker.internal:host-gateway`",
        ));
    }
    let address = |peer: &str| peer.split('/').next() == Some(host);
    for network in items_at(networks, "") {
        let name = text_at(network, "/Name");
        let endpoints = network.get("Containers").unwrap_or(&Value::Null);
        let Some(peer) = peers(endpoints).into_iter().find(|peer| {
            peer.name == host
                || address(&peer.address)
                || peer.name.split(['-', '_']).any(|part| part == host)
        }) else {
            continue;
        };
        let found = format!("{} ({}) is on `{name}` too", peer.name, peer.address);
        if name == "bridge" && !address(&peer.address) {
            return Some(fact(
                format!("{found}, but the default bridge resolves no names"),
                "connect both to a user-defined network (docker_create_network, docker_connect_container) and use the name",
            ));
        }
        return Some(fact(
            format!("{found}, so the way is there"),
            "see whether the name resolves and whether it listens on that address, not on 127.0.0.1",
        ));
    }
    let is_extra =
        texts_at(container, "/HostConfig/ExtraHosts").any(|entry| entry.starts_with(host));
    if is_extra {
        return Some(fact(
            format!("`{host}` is one of its extra hosts"),
            "see whether the address given there is right",
        ));
    }
    let own: Vec<String> = members_at(container, "/NetworkSettings/Networks")
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    Some(fact(
        format!(
            "No container named `{host}` is on a network of this one ({})",
            own.join(", ")
        ),
        "if it is a container, put both on one network; if it is outside, see DNS and the way out",
    ))
}
