//! Writes the ports of a container as the Docker CLI does in `docker ps`.

use serde_json::Value;

use crate::ordered;

/// A port as the Engine lists it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed<'a> {
    private: u64,
    ip: &'a str,
    public: u64,
    protocol: &'a str,
}

/// Neighbouring ports that are published under their own number, or not at all.
#[derive(Debug)]
struct Range<'a> {
    ip: &'a str,
    protocol: &'a str,
    first: u64,
    last: u64,
}

/// One text for each range or mapping, in the CLI's order: ranges that a gap ended, the last range
/// of each address and protocol, then ports published under another number.
pub(crate) fn displayed(ports: &[Value]) -> Vec<String> {
    let mut ports: Vec<Listed<'_>> = ports.iter().filter_map(listed).collect();
    ordered::sort(&mut ports);

    let mut ended = Vec::new();
    let mut open: Vec<Range<'_>> = Vec::new();
    let mut mapped = Vec::new();
    for Listed {
        private,
        ip,
        public,
        protocol,
    } in ports
    {
        if !ip.is_empty() && public != private {
            mapped.push(format!("{}:{public}->{private}/{protocol}", host(ip)));
            continue;
        }
        let range = Range {
            ip,
            protocol,
            first: private,
            last: private,
        };
        match open
            .iter_mut()
            .find(|open| (open.ip, open.protocol) == (ip, protocol))
        {
            None => open.push(range),
            Some(open) if private == open.last + 1 => open.last = private,
            Some(open) => ended.push(std::mem::replace(open, range).text()),
        }
    }
    ended.extend(open.iter().map(Range::text));
    ended.append(&mut mapped);
    ended
}

fn listed(port: &Value) -> Option<Listed<'_>> {
    let text = |key| port.get(key).and_then(Value::as_str).unwrap_or_default();
    Some(Listed {
        private: port.get("PrivatePort")?.as_u64()?,
        ip: text("IP"),
        public: port
            .get("PublicPort")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        protocol: text("Type"),
    })
}

fn host(ip: &str) -> String {
    if ip.contains(':') {
        format!("[{ip}]")
    } else {
        ip.to_owned()
    }
}

impl Range<'_> {
    fn text(&self) -> String {
        let Self {
            ip,
            protocol,
            first,
            last,
        } = self;
        let ports = if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        };
        if ip.is_empty() {
            format!("{ports}/{protocol}")
        } else {
            format!("{}:{ports}->{ports}/{protocol}", host(ip))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn port(ip: &str, private: u16, public: u16, protocol: &str) -> Value {
        json!({"IP": ip, "PrivatePort": private, "PublicPort": public, "Type": protocol})
    }

    fn exposed(private: u16) -> Value {
        json!({"PrivatePort": private, "Type": "tcp"})
    }

    #[test]
    fn ports_read_as_in_docker_ps() {
        for (ports, texts) in [
            (vec![], vec![]),
            (vec![exposed(443)], vec!["443/tcp"]),
            (
                vec![port("::", 80, 80, "tcp"), port("0.0.0.0", 80, 80, "tcp")],
                vec!["0.0.0.0:80->80/tcp", "[::]:80->80/tcp"],
            ),
            (
                vec![
                    port("0.0.0.0", 80, 8080, "tcp"),
                    port("::", 80, 8080, "tcp"),
                ],
                vec!["0.0.0.0:8080->80/tcp", "[::]:8080->80/tcp"],
            ),
            (
                vec![
                    port("0.0.0.0", 8001, 8001, "tcp"),
                    port("0.0.0.0", 8002, 8002, "tcp"),
                    port("0.0.0.0", 8000, 8000, "tcp"),
                ],
                vec!["0.0.0.0:8000-8002->8000-8002/tcp"],
            ),
            (
                vec![exposed(80), exposed(81), exposed(443)],
                vec!["80-81/tcp", "443/tcp"],
            ),
            (
                vec![
                    port("127.0.0.1", 53, 53, "udp"),
                    port("127.0.0.1", 53, 53, "tcp"),
                ],
                vec!["127.0.0.1:53->53/tcp", "127.0.0.1:53->53/udp"],
            ),
            (
                vec![
                    exposed(9000),
                    port("0.0.0.0", 80, 8080, "tcp"),
                    port("0.0.0.0", 443, 443, "tcp"),
                ],
                vec!["0.0.0.0:443->443/tcp", "9000/tcp", "0.0.0.0:8080->80/tcp"],
            ),
            (
                vec![
                    port("0.0.0.0", 80, 8080, "tcp"),
                    port("0.0.0.0", 81, 8081, "tcp"),
                ],
                vec!["0.0.0.0:8080->80/tcp", "0.0.0.0:8081->81/tcp"],
            ),
        ] {
            assert_eq!(displayed(&ports), texts);
        }
    }

    #[test]
    fn what_is_no_port_is_passed_over() {
        assert_eq!(
            displayed(&[json!(null), json!({}), json!("80"), exposed(1)]),
            ["1/tcp"]
        );
    }
}
