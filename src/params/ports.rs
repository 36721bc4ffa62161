//! Reads which ports of a container are exposed or published.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json::{self, Many, clip};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;
use crate::ordered;

/// The ports of a container, by number and protocol, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ports(pub Vec<Port>);

/// One port of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The number inside the container.
    pub container: u16,
    /// The protocol.
    pub protocol: Protocol,
    /// Where it is published; nowhere if it is only exposed.
    pub publish: Vec<HostPort>,
}

/// Where a port is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// The address to listen on; all of them if absent.
    pub ip: Option<IpAddr>,
    /// The number, or those that the Engine chooses a free one of; 0 lets it choose any.
    pub ports: RangeInclusive<u16>,
}

/// A transport protocol that the Engine publishes ports of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is known by its name")]
pub enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

impl Protocol {
    fn named(name: &str) -> Option<Self> {
        match name {
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            "sctp" => Some(Self::Sctp),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        })
    }
}

impl Port {
    /// The port as the Engine writes it: `80/tcp`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.container, self.protocol)
    }
}

impl HostPort {
    /// The number or the range as the Engine writes it; empty where any will do.
    pub fn text(&self) -> String {
        match (self.ports.start(), self.ports.end()) {
            (0, _) => String::new(),
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        }
    }
}

impl Parameter for Ports {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        // The one number is what `--publish 80` would be.
        let value = if value.is_number() {
            json!([value])
        } else {
            value
        };
        let mut ports = match json::many(value)? {
            Many::Object(members) => members
                .iter()
                .map(|(key, value)| port(key, value))
                .collect::<Result<Vec<_>, _>>()?,
            Many::Items(items) => return published(items),
        };
        ordered::sort_by_key(&mut ports, |port| (port.container, port.protocol));
        let twin = ports.windows(2).find_map(|pair| match pair {
            [left, right] if left.key() == right.key() => Some(left.key()),
            _ => None,
        });
        match twin {
            Some(key) => Err(Mismatch::Reason(format!("`{key}` is given twice"))),
            None => Ok(Self(ports)),
        }
    }
}

/// The ports as the Docker CLI's `--publish` takes them, of which several may be of one port.
fn published(items: Vec<Value>) -> Result<Ports, Mismatch> {
    let mut ports: Vec<Port> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let text = match item {
            Value::Number(number) => number.to_string(),
            item => json::item(index, item)?,
        };
        let read = spelt(&text).ok_or_else(|| {
            Mismatch::Reason(format!(
                "`{}` is not `8080:80` as `docker run --publish` takes it, with an address before \
                 (`127.0.0.1:8080:80`) or a protocol behind (`53:53/udp`); ranges are of one length",
                clip(&text, 40)
            ))
        })?;
        ports.extend(read);
    }
    ordered::sort_by_key(&mut ports, |port| (port.container, port.protocol));
    ports.dedup_by(|next, kept| {
        let same = next.key() == kept.key();
        if same {
            for place in next.publish.drain(..) {
                if !kept.publish.contains(&place) {
                    kept.publish.push(place);
                }
            }
        }
        same
    });
    Ok(Ports(ports))
}

/// `[[address:]host:]container[/protocol]`, where host and container may be ranges.
fn spelt(text: &str) -> Option<Vec<Port>> {
    let (numbers, protocol) = match text.rsplit_once('/') {
        Some((numbers, name)) => (numbers, Protocol::named(&name.to_ascii_lowercase())?),
        None => (text, Protocol::Tcp),
    };
    let (host, container) = numbers.rsplit_once(':').unwrap_or(("", numbers));
    let (address, host) = host.rsplit_once(':').unwrap_or(("", host));
    let bare = address
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'));
    let ip = match bare.unwrap_or(address) {
        "" => None,
        address => Some(address.parse().ok()?),
    };
    let container = range(container).filter(|ports| *ports.start() > 0)?;
    let host = if host.is_empty() { 0..=0 } else { range(host)? };
    let alone = container.start() == container.end();
    let parallel = host.len() == container.len();
    if !alone && !parallel && host != (0..=0) {
        return None;
    }
    let place = |index: u16| match (alone, host.start()) {
        (true, _) | (_, 0) => host.clone(),
        (false, first) => first + index..=first + index,
    };
    let ports = container.clone().map(|number| Port {
        container: number,
        protocol,
        publish: vec![HostPort {
            ip,
            ports: place(number - container.start()),
        }],
    });
    Some(ports.collect())
}

fn port(key: &str, value: &Value) -> Result<Port, Mismatch> {
    let (container, protocol) = container_port(key).ok_or_else(|| {
        Mismatch::Reason(format!(
            "the key `{}` is not a port from 1 to 65535, alone or with `/tcp`, `/udp` or `/sctp`",
            clip(key, 40)
        ))
    })?;
    let publish = match value {
        Value::Null => Some(Vec::new()),
        Value::Array(parts) => {
            place(value).map_or_else(|| parts.iter().map(place).collect(), |one| Some(vec![one]))
        }
        single => place(single).map(|one| vec![one]),
    };
    match publish {
        Some(publish) if value.is_null() || !publish.is_empty() => Ok(Port {
            container,
            protocol,
            publish,
        }),
        _ => Err(Mismatch::Reason(format!(
            "`{key}` is given {}: it takes a host port from 0 (any free one) to 65535, \
             [host address, host port], an array of either, or null",
            clip(&value.to_string(), 40)
        ))),
    }
}

/// A host port, or an address and a host port.
fn place(value: &Value) -> Option<HostPort> {
    let (ip, port) = match value.as_array().map(Vec::as_slice) {
        Some([Value::String(ip), port]) => (Some(ip.parse().ok()?), port),
        Some(_) => return None,
        None => (None, value),
    };
    let ports = match port {
        Value::String(text) => range(text)?,
        port => host_port(port).map(|port| port..=port)?,
    };
    Some(HostPort { ip, ports })
}

/// A number, or two with a dash between, of which the second is not less.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let number = |text: &str| host_port(&Value::from(text));
    match text.split_once('-') {
        None => number(text).map(|port| port..=port),
        Some((first, last)) => {
            let (first, last) = (number(first)?, number(last)?);
            (0 < first && first <= last).then_some(first..=last)
        }
    }
}

fn container_port(key: &str) -> Option<(u16, Protocol)> {
    let (number, protocol) = match key.split_once('/') {
        None => (key, Protocol::Tcp),
        Some((number, name)) => (number, Protocol::named(name)?),
    };
    let number = host_port(&Value::from(number))?;
    (number > 0).then_some((number, protocol))
}

fn host_port(value: &Value) -> Option<u16> {
    json::integer(value).and_then(|number| u16::try_from(number).ok())
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|port| {
            let value = match port.publish.as_slice() {
                [] => Value::Null,
                [one] => json!(one),
                several => json!(several),
            };
            (port.key(), value)
        }))
    }
}

impl Serialize for HostPort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let port = if self.ports.start() == self.ports.end() {
            json!(self.ports.start())
        } else {
            json!(self.text())
        };
        match self.ip {
            None => port.serialize(serializer),
            Some(ip) => (ip, port).serialize(serializer),
        }
    }
}

#[cfg(test)]
#[path = "ports_tests.rs"]
mod tests;
