//! Reads which ports a service publishes.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{one_of, settings, unknown, wrong};
use crate::params::json::{self, Many};
use crate::params::parameter::{Mismatch, Parameter};
use crate::params::ports::{Ports, Protocol};
use crate::params::schema::Schema;

/// The ports that a service publishes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ServicePorts(pub Vec<ServicePort>);

/// A port that a service publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// The number inside the container.
    pub target: u16,
    /// The number outside; the swarm chooses one where it is 0.
    pub published: u16,
    /// The protocol.
    pub protocol: Protocol,
    /// It is open on the nodes that have a task, and not on all.
    pub on_host: bool,
}

impl Parameter for ServicePorts {
    const SCHEMA: Schema = Schema::Array(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let value = match value {
            Value::Number(_) => json!([value]),
            value => value,
        };
        let mut ports = Vec::new();
        match json::many(value)? {
            Many::Object(members) if members.contains_key("target") => {
                ports.push(port(members.into_iter().collect())?);
            }
            Many::Object(members) => plain(Value::Object(members), &mut ports)?,
            Many::Items(items) => {
                for item in items {
                    match settings(&item) {
                        Some(settings) => ports.push(port(settings)?),
                        None => plain(json!([item]), &mut ports)?,
                    }
                }
            }
        }
        Ok(Self(ports))
    }
}

/// Ports as a container publishes them.
fn plain(value: Value, ports: &mut Vec<ServicePort>) -> Result<(), Mismatch> {
    for port in Ports::parse(value)?.0 {
        let key = port.key();
        let of = |why: &str| Mismatch::Reason(format!("of `{key}`: {why}"));
        if port.publish.is_empty() {
            return Err(of(
                "it is not published, and the networks of a service reach it without",
            ));
        }
        for place in port.publish {
            if place.ip.is_some() {
                return Err(of("a swarm publishes at every address of its nodes"));
            }
            if place.ports.start() != place.ports.end() {
                return Err(of("a swarm takes no range for one port"));
            }
            ports.push(ServicePort {
                target: port.container,
                published: *place.ports.start(),
                protocol: port.protocol,
                on_host: false,
            });
        }
    }
    Ok(())
}

fn port(settings: Vec<(String, Value)>) -> Result<ServicePort, Mismatch> {
    const KNOWN: &[&str] = &["target", "published", "protocol", "mode"];
    let mut port = ServicePort {
        target: 0,
        published: 0,
        protocol: Protocol::Tcp,
        on_host: false,
    };
    for (key, value) in settings {
        let number = || {
            let number = json::integer(&value).and_then(|number| u16::try_from(number).ok());
            number.ok_or_else(|| wrong(&key, &value, "a port"))
        };
        match key.as_str() {
            "target" | "target_port" => port.target = number()?,
            "published" | "published_port" => port.published = number()?,
            "protocol" => {
                port.protocol = match one_of(&key, &value, &["tcp", "udp", "sctp"])? {
                    "udp" => Protocol::Udp,
                    "sctp" => Protocol::Sctp,
                    _ => Protocol::Tcp,
                }
            }
            "mode" => port.on_host = one_of(&key, &value, &["ingress", "host"])? == "host",
            key => return Err(unknown(key, KNOWN)),
        }
    }
    match port.target {
        0 => Err(Mismatch::because(
            "`target`, the port in the container, is missing",
        )),
        _ => Ok(port),
    }
}

impl Serialize for ServicePort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            target,
            published,
            protocol,
            on_host,
        } = self;
        let mode = if *on_host { "host" } else { "ingress" };
        serializer.collect_str(&format_args!(
            "published={published},target={target},protocol={protocol},mode={mode}"
        ))
    }
}
