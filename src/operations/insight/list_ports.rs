//! Tells which ports of the host are whose: `docker_list_ports`.
//!
//! One list of all containers has them; what else listens on the host is seen where that is this
//! machine.

use std::collections::BTreeSet;

use bollard::query_parameters::ListContainersOptions;
use serde::{Deserialize, Serialize};

use super::machine::{self, Transport};
use crate::call::{Call, CallError};
use crate::engine::{Items, Part, Told, record};
use crate::generated::params::list_ports::Params;
use crate::generated::reply::list_ports::Reply;
use crate::operations::objects::own_name;
use crate::ordered;
use crate::output::Hinted;

/// How many free ports are offered.
const OFFERED: usize = 5;

/// The last port there is.
const LAST: i64 = 65_535;

const NOT_SEEN: &str = "only what Docker publishes is known: other programs of the Engine's host cannot be seen from here";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    id: Told<String>,
    names: Items<String>,
    state: Told<String>,
    ports: Items<Port>,
    host_config: Part<HostConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    network_mode: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Port {
    #[serde(rename = "IP")]
    ip: Told<String>,
    private_port: Told<i64>,
    public_port: Told<i64>,
    #[serde(rename = "Type")]
    protocol: Told<String>,
}

/// One port of the host that leads into a container.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Published {
    port: i64,
    protocol: String,
    host_ip: String,
    container: String,
    container_port: i64,
    running: bool,
}

/// Gives every published port, whether one is free and who holds it, and the next that are free.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Published>>, CallError> {
    let options = ListContainersOptions {
        all: true,
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    let containers: Items<Container> = call.engine.told(request).await?;

    let mut ports: Vec<Published> = containers.iter().flat_map(published).collect();
    ordered::sort(&mut ports);
    ports.dedup();
    let asked = params.port.is_some() || params.near.is_some();
    let others = asked.then(|| machine::host_ports(&call.engine)).flatten();
    let held_by = params
        .port
        .and_then(|port| holder(port, &ports, others.as_ref()));
    let next_free = match params.near.or(params.port) {
        Some(near) => next_free(near, &ports, others.as_ref()),
        None => Vec::new(),
    };
    if let Some(port) = params.port {
        ports.retain(|published| published.port == port);
    }
    let reply = Reply {
        ports,
        free: params.port.map(|_| held_by.is_none()),
        held_by,
        next_free,
    };
    let unseen = asked && others.is_none();
    Ok(Hinted::from(reply)
        .noted(unseen.then(|| NOT_SEEN.to_owned()))
        .noted(on_the_host(&containers)))
}

fn published(container: &Container) -> impl Iterator<Item = Published> {
    let port = |port: &Port| {
        Some(Published {
            port: port.public_port.filter(|port| *port > 0)?,
            protocol: port.protocol.text().to_owned(),
            host_ip: port.ip.text().to_owned(),
            container: name(container),
            container_port: port.private_port.unwrap_or_default(),
            running: container.state.text() == "running",
        })
    };
    container.ports.iter().filter_map(port)
}

fn name(container: &Container) -> String {
    own_name(&container.names, &container.id)
}

/// Who holds a port of the host, if anybody is known to.
fn holder(
    port: i64,
    ports: &[Published],
    others: Option<&BTreeSet<(Transport, u16)>>,
) -> Option<String> {
    let holders: BTreeSet<&str> = ports
        .iter()
        .filter(|published| published.port == port)
        .map(|published| published.container.as_str())
        .collect();
    if !holders.is_empty() {
        return Some(holders.into_iter().collect::<Vec<_>>().join(", "));
    }
    let port = u16::try_from(port).ok()?;
    let words = [(Transport::Tcp, "tcp"), (Transport::Udp, "udp")];
    let (_, word) = words
        .iter()
        .find(|(transport, _)| others.is_some_and(|others| others.contains(&(*transport, port))))?;
    Some(format!("a program of the host ({word}), no container"))
}

fn next_free(
    near: i64,
    ports: &[Published],
    others: Option<&BTreeSet<(Transport, u16)>>,
) -> Vec<i64> {
    let others = others.into_iter().flatten();
    let published = ports.iter().map(|published| published.port);
    let others = others.map(|(_, port)| i64::from(*port));
    let taken = ordered::set(published.chain(others));
    (near..=LAST)
        .filter(|port| !taken.contains(port))
        .take(OFFERED)
        .collect()
}

/// The containers that publish nothing because they are on the host's network.
fn on_the_host(containers: &[Container]) -> Option<String> {
    let on_it = |container: &&Container| {
        container.host_config.network_mode.text() == "host" && container.state.text() == "running"
    };
    let names: Vec<String> = containers.iter().filter(on_it).map(name).collect();
    (!names.is_empty()).then(|| {
        format!(
            "on the host's network, of which the Engine does not tell what listens: {}",
            names.join(", ")
        )
    })
}
