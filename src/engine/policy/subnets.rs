//! Judges the subnets of a network to create: the Engine's host sends what is for them to the
//! containers on it, whoever had those addresses before.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value};

use super::container::{check_fields, unknown};
use super::judge::Judge;
use super::remedy::is_unset;
use super::remedy::{Remedy, refused, shown, text};
use crate::engine::error::EngineError;

/// The settings of a network's addresses, and of one of its subnets.
const OF_ADDRESSES: &[&str] = &["Driver", "Config", "Options"];
const OF_A_SUBNET: &[&str] = &["Subnet", "IPRange", "Gateway", "AuxiliaryAddresses"];

/// The addresses that are nobody's in particular (RFC 1918, RFC 4193), and how much of them one network may take.
const PRIVATE: &[(Subnet, u8)] = &[
    (Subnet::v4([10, 0, 0, 0], 8), 16),
    (Subnet::v4([172, 16, 0, 0], 12), 16),
    (Subnet::v4([192, 168, 0, 0], 16), 16),
    (Subnet::v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), 48),
];

/// Private addresses where clouds tell a machine its credentials and settings. Those of IPv4 are
/// link-local or of RFC 6598, and so not private.
const METADATA: &[Subnet] = &[
    // Amazon, Google, Oracle, Scaleway, Akamai, Alibaba.
    Subnet::v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32),
    Subnet::v6([0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0], 32),
    Subnet::v6([0xfd00, 0x00c1, 0, 0, 0, 0, 0, 0], 32),
    Subnet::v6([0xfd00, 0x0042, 0, 0, 0, 0, 0, 0], 32),
    Subnet::v6([0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 0], 48),
    Subnet::v6([0xfd00, 0x0100, 0, 0, 0, 0, 0, 0], 32),
];

/// The shortest prefix of a route that is not a stand-in for the default route, as VPNs set them.
const SHORTEST_ROUTE: u8 = 4;

/// A range of addresses, by the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Subnet {
    /// In the upper bits, whichever family.
    bits: u128,
    prefix: u8,
    is_v6: bool,
}

impl Subnet {
    const fn v4(octets: [u8; 4], prefix: u8) -> Self {
        let bits = (u32::from_be_bytes(octets) as u128) << 96;
        Self {
            bits,
            prefix,
            is_v6: false,
        }
    }

    const fn v6(segments: [u16; 8], prefix: u8) -> Self {
        let [a, b, c, d, e, f, g, h] = segments;
        let bits = Ipv6Addr::new(a, b, c, d, e, f, g, h).to_bits();
        Self {
            bits,
            prefix,
            is_v6: true,
        }
    }

    /// The one that an address with a prefix lies in.
    fn around(address: IpAddr, prefix: u8) -> Option<Self> {
        let (bits, longest) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        (prefix <= longest).then(|| Self {
            bits: bits & mask(prefix),
            prefix,
            is_v6: address.is_ipv6(),
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let plain = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = plain.then(|| prefix.parse().ok()).flatten()?;
        Self::around(address.parse().ok()?, prefix)
    }

    /// Whether another one lies in it.
    fn holds(&self, other: &Self) -> bool {
        self.is_v6 == other.is_v6
            && self.prefix <= other.prefix
            && self.bits == other.bits & mask(self.prefix)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.holds(other) || other.holds(self)
    }
}

fn mask(prefix: u8) -> u128 {
    u128::MAX
        .checked_shl(128 - u32::from(prefix))
        .unwrap_or_default()
}

impl Judge<'_> {
    /// Judges the addresses of a network to create.
    pub(super) async fn addresses(&self, ipam: &Value) -> Result<(), EngineError> {
        let ipam = match ipam {
            Value::Null => return Ok(()),
            Value::Object(ipam) => ipam,
            _ => return Err(unknown("IPAM")),
        };
        check_fields(ipam, OF_ADDRESSES)?;
        let subnets = match ipam.get("Config") {
            None | Some(Value::Null) => return Ok(()),
            Some(subnets) => subnets.as_array().ok_or_else(|| unknown("IPAM.Config"))?,
        };
        let routes = if subnets.is_empty() {
            Vec::new()
        } else {
            self.routes().await
        };
        for entry in subnets {
            let entry = entry.as_object().ok_or_else(|| unknown("IPAM.Config"))?;
            check_fields(entry, OF_A_SUBNET)?;
            check(entry, &routes)?;
        }
        Ok(())
    }

    /// The routes of the Engine's host, where it is this one.
    async fn routes(&self) -> Vec<Subnet> {
        if !self.sees_files {
            return Vec::new();
        }
        let (v4, v6) = self.policy.surroundings().routes();
        let v4 = v4.lines().filter_map(route_v4);
        let routes = v4.chain(v6.lines().filter_map(route_v6));
        routes
            .filter(|route| route.prefix >= SHORTEST_ROUTE)
            .collect()
    }
}

/// Judges one of a network's subnets.
fn check(entry: &Map<String, Value>, routes: &[Subnet]) -> Result<(), EngineError> {
    if entry.values().all(is_unset) {
        return Ok(());
    }
    let written = text(entry, "Subnet");
    let field = "`ipam` (IPAM.Config.Subnet)";
    let refuse = |why: &str| {
        let reason = format!("{field}: {} {why}", shown(written));
        Err(refused(reason, Remedy::Privileged))
    };
    let Some(subnet) = Subnet::read(written) else {
        return refuse("is no subnet such as `192.168.203.0/24`");
    };
    let private = PRIVATE.iter().find(|(private, _)| private.holds(&subnet));
    match private {
        None => {
            return refuse(
                "is not private: a network takes its subnets from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fd00::/8, \
                 so that what the host sends elsewhere does not go to containers",
            );
        }
        Some((_, shortest)) if subnet.prefix < *shortest => {
            return refuse(&format!(
                "takes too many addresses: its prefix has to be {shortest} or longer"
            ));
        }
        Some(_) => {}
    }
    if METADATA.iter().any(|metadata| metadata.overlaps(&subnet)) {
        return refuse("has addresses at which a cloud tells its machines their credentials");
    }
    if routes.iter().any(|route| route.overlaps(&subnet)) {
        return refuse(
            "overlaps with a route that the Engine's host has already; take another \
             (docker_inspect_network tells the subnets of its networks)",
        );
    }
    within_it(entry, &subnet)
}

/// Whether what a subnet's other settings name lies in it.
fn within_it(entry: &Map<String, Value>, subnet: &Subnet) -> Result<(), EngineError> {
    let range = |text: &str| Subnet::read(text);
    let one = |text: &str| {
        let address: IpAddr = text.parse().ok()?;
        Subnet::around(address, if address.is_ipv6() { 128 } else { 32 })
    };
    let refuse = |key: &str, value: &Value| {
        let value = match value.as_str() {
            Some(text) => shown(text),
            None => shown(value),
        };
        let subnet = shown(text(entry, "Subnet"));
        let reason = format!("`ipam` (IPAM.Config.{key}): {value} does not lie in {subnet}");
        Err(refused(reason, Remedy::Privileged))
    };
    for (key, value) in entry.iter().filter(|(_, value)| !is_unset(value)) {
        let lies_in_it = |found: Option<Subnet>| found.is_some_and(|found| subnet.holds(&found));
        let fits = match (key.as_str(), value) {
            ("IPRange", Value::String(text)) => lies_in_it(range(text)),
            ("Gateway", Value::String(text)) => lies_in_it(one(text)),
            ("AuxiliaryAddresses", Value::Object(named)) => named
                .values()
                .all(|address| lies_in_it(address.as_str().and_then(one))),
            ("Subnet", _) => true,
            _ => false,
        };
        if !fits {
            return refuse(key, value);
        }
    }
    Ok(())
}

/// A line of `/proc/net/route`: numbers as the machine has them in memory.
fn route_v4(line: &str) -> Option<Subnet> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let number = |field: Option<&&str>| {
        let number = u32::from_str_radix(field?, 16).ok()?;
        Some(Ipv4Addr::from(number.to_ne_bytes()))
    };
    let prefix = number(fields.get(7))?.to_bits().leading_ones();
    Subnet::around(number(fields.get(1))?.into(), u8::try_from(prefix).ok()?)
}

/// A line of `/proc/net/ipv6_route`.
fn route_v6(line: &str) -> Option<Subnet> {
    let mut fields = line.split_whitespace();
    let address = u128::from_str_radix(fields.next()?, 16).ok()?;
    let prefix = u8::from_str_radix(fields.next()?, 16).ok()?;
    Subnet::around(Ipv6Addr::from(address).into(), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_is_read_by_its_first_address() {
        assert_eq!(
            Subnet::read("10.9.8.7/16"),
            Some(Subnet::v4([10, 9, 0, 0], 16))
        );
        let ula = Subnet::v6([0xfd00, 0xe, 0, 0, 0, 0, 0, 0], 48);
        assert_eq!(Subnet::read("fd00:e::1/48"), Some(ula));
        for text in [
            "",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "010.0.0.0/8",
            "10.0/8",
            "fd00::1%eth0/48",
            "fd00::/129",
            "a/8",
            " 10.0.0.0/8",
        ] {
            assert_eq!(Subnet::read(text), None, "{text}");
        }
    }

    #[test]
    fn routes_are_read_as_the_kernel_writes_them() {
        let of_one = format!(
            "eth0\t{:08X}\t00000000\t0001\t0\t0\t0\t{:08X}\t0\t0\t0",
            u32::from_ne_bytes([10, 0, 2, 0]),
            u32::from_ne_bytes([255, 255, 255, 0])
        );
        assert_eq!(route_v4(&of_one), Some(Subnet::v4([10, 0, 2, 0], 24)));
        assert_eq!(
            route_v4("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask"),
            None
        );
        let line = "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00 0 0 0 0 eth0";
        assert_eq!(
            route_v6(line),
            Some(Subnet::v6([0xfd00, 0, 0, 0, 0, 0, 0, 0], 64))
        );
    }
}
