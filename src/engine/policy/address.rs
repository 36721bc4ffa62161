//! Tells addresses of the public internet from those that lead to the Engine's own host and network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Names that no public host has, and those that lead to the host of a container or of a virtual machine.
const INWARD: &[&str] = &[
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
    "invalid",
    "test",
    "svc",
    "consul",
];

/// What others than programs of the web write for an address, and where its host begins.
const BEGINNINGS: &[&str] = &["http://", "https://", "git://", "ssh://", "ftp://", "git@"];

/// Whether a source is an address and no path.
pub(super) fn is_address(source: &str) -> bool {
    let scheme = source.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    scheme || login(source).is_some()
}

/// Whether what begins like this may become an address.
pub(super) fn may_become_address(beginning: &str) -> bool {
    let beginning = beginning.to_ascii_lowercase();
    is_address(&beginning)
        || BEGINNINGS
            .iter()
            .any(|it| it.starts_with(&beginning) || beginning.starts_with(it))
}

/// Why an address does not lead to the public internet, if it does not, or cannot be told to.
pub(super) fn leads_inward(address: &str) -> Option<&'static str> {
    // Programs differ in what they make of anything else, so that another host would be judged.
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"'<>^`{|}".contains(&byte);
    if !address.bytes().all(plain) {
        return Some("is not a plain address");
    }
    let host = match (address.split_once("://"), login(address)) {
        // Numbers are only read as such where the scheme is one of the web.
        (Some((_, rest)), _) => format!("http://{rest}"),
        (None, Some(host)) => format!("http://{host}/"),
        (None, None) => return Some("is not a plain address"),
    };
    let Ok(url) = Url::parse(&host) else {
        return Some("is not a plain address");
    };
    match url.host() {
        Some(Host::Domain(name)) => {
            (!is_public_name(name)).then_some("is the name of no public host")
        }
        Some(Host::Ipv4(ip)) => (!is_public(ip.into())).then_some("leads to no public host"),
        Some(Host::Ipv6(ip)) => (!is_public(ip.into())).then_some("leads to no public host"),
        None => Some("is not a plain address"),
    }
}

/// The host of `git@host:path`.
fn login(source: &str) -> Option<&str> {
    let (user, rest) = source.split_once('@')?;
    let (host, _) = rest.split_once(':')?;
    (!user.is_empty() && !user.contains(['/', ':']) && !host.contains('/')).then_some(host)
}

fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    match name.rsplit_once('.') {
        Some((_, top)) => !INWARD.contains(&top) && !name.ends_with(".docker.internal"),
        None => false,
    }
}

/// Whether an address is one of the public internet, as far as that is laid down.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, d] = ip.octets();
    let special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        // This network; shared by providers; protocols; measurements; for later.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240
        // What Azure tells its virtual machines from.
        || (a, b, c, d) == (168, 63, 129, 16);
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, .., g, h] = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Translated to the IPv4 address at the end.
        (0x64, 0xff9b) if ip.segments()[2..6] == [0; 4] => embedded(g, h),
        // 6to4 has it after the prefix.
        (0x2002, _) => embedded(b, ip.segments()[2]),
        // Protocols and tunnels; documentation; all that was never given out.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, _) => false,
        _ => (0x2000..0x4000).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_hosts_are_taken_for_such_however_they_are_written() {
        for address in [
            "http://127.0.0.1:18080/keys",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.01/",
            "http://017700000001/",
            "http://0/",
            "http://0.0.0.0/",
            "http://user@127.0.0.1/",
            "http://example.com@127.0.0.1/",
            "http://example.com:80@10.0.0.1/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://168.63.129.16/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1]/",
            "http://[fe80::1%25eth0]/",
            "http://[fd00:ec2::254]/",
            "http://localhost/",
            "http://localhost./",
            "HTTPS://LOCALHOST:8443/",
            "http://a.localhost/",
            "http://printer/",
            "http://nas.local/",
            "http://metadata.google.internal/",
            "http://host.docker.internal:8000/",
            "http://router.lan/",
            "http://db.default.svc/",
            "http://1.0.0.127.in-addr.arpa/",
            "http://%31%32%37.0.0.1/",
            "http://example.com\\@127.0.0.1/",
            "http://１２７.0.0.1/",
            "http:///127.0.0.1/",
            "http://",
            "http://exa mple.com/",
            "git://127.0.0.1/x.git",
            "ssh://git@10.0.0.1/x.git",
            "git@localhost:x.git",
            "git@2130706433:x",
            "ftp://127.0.0.1/x",
        ] {
            assert!(
                is_address(address) && leads_inward(address).is_some(),
                "{address}"
            );
        }
        for address in [
            "http://example.com/x",
            "https://example.com:8443/x?y=z#w",
            "https://user:word@example.com/x",
            "http://93.184.216.34/x",
            "http://[2606:4700::1111]/x",
            "http://[64:ff9b::5db8:d822]/x",
            "git://example.com/x.git#main:dir",
            "git@example.com:me/x.git",
        ] {
            assert!(
                is_address(address) && leads_inward(address).is_none(),
                "{address}"
            );
        }
        for path in [
            "a/b",
            "./http:/x",
            "x@1.2.tgz",
            "C:/x",
            "*.jar",
            "a/b@c:d",
            "",
        ] {
            assert!(!is_address(path), "{path}");
        }
    }
}
