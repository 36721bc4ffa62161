//! Reads which ports of a container are exposed or published.

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json::{self, clip};
use super::{Mismatch, Parameter};

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
    pub publish: Option<HostPort>,
}

/// Where a port is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// The address to listen on; all of them if absent.
    pub ip: Option<IpAddr>,
    /// The number; 0 lets the Engine choose a free one.
    pub port: u16,
}

/// A transport protocol that the Engine publishes ports of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Protocol {
    Tcp,
    Udp,
    Sctp,
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

impl Parameter for Ports {
    fn parse(value: Value) -> Result<Self, Mismatch> {
        let mut ports = json::object(value)?
            .into_iter()
            .map(|(key, value)| port(&key, &value))
            .collect::<Result<Vec<_>, _>>()?;
        ports.sort_by_key(|port| (port.container, port.protocol));
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

fn port(key: &str, value: &Value) -> Result<Port, Mismatch> {
    let (container, protocol) = container_port(key).ok_or_else(|| {
        Mismatch::Reason(format!(
            "the key `{}` is not a port from 1 to 65535, alone or with `/tcp`, `/udp` or `/sctp`",
            clip(key, 40)
        ))
    })?;
    let publish = match value {
        Value::Null => Ok(None),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(ip), port] => ip.parse().ok().zip(host_port(port)),
            _ => None,
        }
        .map(|(ip, port)| Some(HostPort { ip: Some(ip), port }))
        .ok_or("it takes an array of a host address and a host port, such as [\"127.0.0.1\", 8080]"),
        single => host_port(single)
            .map(|port| Some(HostPort { ip: None, port }))
            .ok_or("it takes a host port from 0 (any free one) to 65535, [host address, host port], or null"),
    };
    match publish {
        Ok(publish) => Ok(Port {
            container,
            protocol,
            publish,
        }),
        Err(wanted) => Err(Mismatch::Reason(format!(
            "`{key}` is given {}: {wanted}",
            clip(&value.to_string(), 40)
        ))),
    }
}

fn container_port(key: &str) -> Option<(u16, Protocol)> {
    let (number, protocol) = match key.split_once('/') {
        None => (key, Protocol::Tcp),
        Some((number, "tcp")) => (number, Protocol::Tcp),
        Some((number, "udp")) => (number, Protocol::Udp),
        Some((number, "sctp")) => (number, Protocol::Sctp),
        Some(_) => return None,
    };
    let number = host_port(&Value::String(number.to_owned()))?;
    (number > 0).then_some((number, protocol))
}

fn host_port(value: &Value) -> Option<u16> {
    json::integer(value).and_then(|number| u16::try_from(number).ok())
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|port| {
            let value = match &port.publish {
                None => Value::Null,
                Some(HostPort { ip: None, port }) => json!(port),
                Some(HostPort { ip: Some(ip), port }) => json!([ip, port]),
            };
            (port.key(), value)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (given, read) in [
            (json!({"80": 8080}), json!({"80/tcp": 8080})),
            (json!({"80": "8080"}), json!({"80/tcp": 8080})),
            (
                json!({"53/udp": ["127.0.0.1", 53]}),
                json!({"53/udp": ["127.0.0.1", 53]}),
            ),
            (
                json!({"53/udp": ["::1", "53"]}),
                json!({"53/udp": ["::1", 53]}),
            ),
            (json!({"65535/sctp": null}), json!({"65535/sctp": null})),
            (json!({"1": 0}), json!({"1/tcp": 0})),
            (json!(r#"{"80": 80}"#), json!({"80/tcp": 80})),
            (
                json!({"80/tcp": 1, "80/udp": 1}),
                json!({"80/tcp": 1, "80/udp": 1}),
            ),
            (json!({}), json!({})),
        ] {
            let ports =
                Ports::parse(given.clone()).unwrap_or_else(|why| panic!("{given}: {why:?}"));
            assert_eq!(serde_json::to_value(&ports).unwrap(), read, "{given}");
            assert_eq!(Ports::parse(read.clone()), Ok(ports), "{read}");
        }
    }

    #[test]
    fn ports_are_ordered_by_number() {
        let ports = Ports::parse(json!({"443": 1, "80": 2, "8": 3})).unwrap();
        assert_eq!(
            ports
                .0
                .iter()
                .map(|port| port.container)
                .collect::<Vec<_>>(),
            [8, 80, 443]
        );
    }

    #[test]
    fn every_part_is_validated() {
        for key in [
            "", "0", "65536", "-1", "80/", "80/icmp", "80/TCP", "http", "80-90", "080", " 80",
            "80\n", "80/tcp/x",
        ] {
            assert!(Ports::parse(json!({key: 80})).is_err(), "{key:?}");
        }
        for value in [
            json!(-1),
            json!(65536),
            json!(1.5),
            json!("x"),
            json!("127.0.0.1:80"),
            json!(true),
            json!({}),
            json!([]),
            json!([80]),
            json!(["127.0.0.1"]),
            json!(["localhost", 80]),
            json!(["", 80]),
            json!(["127.0.0.1", 65536]),
            json!(["127.0.0.1", null]),
            json!(["127.0.0.1", 80, 81]),
        ] {
            assert!(Ports::parse(json!({"80": value})).is_err(), "{value}");
        }
        assert_eq!(Ports::parse(json!([80])), Err(Mismatch::Kind));
    }

    #[test]
    fn one_port_is_given_once() {
        assert_eq!(
            Ports::parse(json!({"80": 1, "80/tcp": 2})),
            Err(Mismatch::because("`80/tcp` is given twice"))
        );
    }
}
