//! Which addresses a new network may take.

use mcp_docker::engine::policy::{Policy, Surroundings};
use mcp_docker::engine::{EngineError, record};
use serde_json::{Value, json};

use super::{PRIVILEGED, Passes, Refused, To, client, engine, hold};

/// The host sends what is for a network's addresses to the containers on it. Those that pass are of no
/// pool of Docker's, for networks of a neighbour would be in the way.
#[tokio::test]
async fn a_network_takes_addresses_that_nobody_has() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let network = |driver: &str, subnets: Value, verdict| {
        let arguments = json!({"name": "lab", "driver": driver, "ipam": {"Config": subnets}});
        To("docker_create_network", arguments, verdict)
    };
    let mut cases = Vec::new();
    for driver in ["bridge", "macvlan", "ipvlan", "overlay"] {
        for subnet in [
            "172.16.203.0/24",
            "172.16.203.77/29",
            "172.16.0.0/16",
            "10.214.0.0/16",
            "10.214.4.0/30",
            "fd5c:8e1a:92d0::/48",
            "fd5c:8e1a:92d0:1::/64",
            "fc5c:8e1a:92d0::/48",
        ] {
            cases.push(network(driver, json!([{"Subnet": subnet}]), Passes));
        }
        for (subnet, word) in [
            ("8.8.8.0/24", "not private"),
            ("169.254.169.0/24", "not private"),
            ("169.254.0.0/16", "not private"),
            ("0.0.0.0/0", "not private"),
            ("0.0.0.0/1", "not private"),
            ("10.0.0.0/7", "not private"),
            ("127.0.0.0/8", "not private"),
            ("172.15.0.0/16", "not private"),
            ("172.32.0.0/16", "not private"),
            ("192.169.0.0/24", "not private"),
            ("192.0.0.192/28", "not private"),
            ("224.0.0.0/24", "not private"),
            ("100.64.0.0/24", "not private"),
            ("100.100.100.0/24", "not private"),
            ("168.63.129.0/24", "not private"),
            ("::/0", "not private"),
            ("2001:db8::/48", "not private"),
            ("fe80::/64", "not private"),
            ("::ffff:10.213.0.0/112", "not private"),
            ("10.0.0.0/8", "too many"),
            ("10.212.0.0/15", "too many"),
            ("172.16.0.0/12", "too many"),
            ("fd00::/8", "too many"),
            ("fd5c:8e1a:92d0::/47", "too many"),
            ("fd00:ec2::/48", "cloud"),
            ("fd00:ec2::254/128", "cloud"),
            ("fd20:ce::/64", "cloud"),
            ("fd00:c1::/48", "cloud"),
            ("fd00:42::/48", "cloud"),
            ("fd00:a9fe:a9fe::/64", "cloud"),
            ("fd00:100::/64", "cloud"),
            ("10.213.0.0", "no subnet"),
            ("10.213.0.0/33", "no subnet"),
            ("fe80::1%eth0/64", "no subnet"),
            ("lab", "no subnet"),
        ] {
            let refused = Refused(&["`ipam`", "Subnet", PRIVILEGED]);
            cases.push(network(driver, json!([{"Subnet": subnet}]), refused));
            let second = json!([{"Subnet": "172.16.203.0/24"}, {"Subnet": subnet}]);
            let words: &'static [&'static str] = Vec::leak(vec!["`ipam`", word, PRIVILEGED]);
            cases.push(network(driver, second, Refused(words)));
        }
    }
    let within = |change: Value, verdict| {
        let mut entry = json!({"Subnet": "172.16.203.0/24"});
        for (key, value) in change.as_object().unwrap() {
            entry[key] = value.clone();
        }
        network("bridge", json!([entry]), verdict)
    };
    let outside = Refused(&["`ipam`", "does not lie in `172.16.203.0/24`", PRIVILEGED]);
    cases.extend([
        network("bridge", json!([]), Passes),
        network("bridge", json!([{}]), Passes),
        within(
            json!({"Gateway": "172.16.203.1", "IPRange": "172.16.203.128/25", "AuxiliaryAddresses": {"a": "172.16.203.9"}}),
            Passes,
        ),
        within(json!({"Gateway": "192.168.204.1"}), outside),
        within(json!({"Gateway": "8.8.8.8"}), outside),
        within(json!({"Gateway": "fd5c:8e1a:92d0::1"}), outside),
        within(json!({"Gateway": "172.16.203.1/16"}), outside),
        within(json!({"IPRange": "192.168.0.0/16"}), outside),
        within(json!({"IPRange": "169.254.169.254/32"}), outside),
        within(
            json!({"AuxiliaryAddresses": {"a": "172.16.203.9", "b": "169.254.169.254"}}),
            outside,
        ),
        network(
            "bridge",
            json!([{"Gateway": "172.16.203.1"}]),
            Refused(&["`ipam`", PRIVILEGED]),
        ),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// What the host can reach already is not for containers.
#[tokio::test]
async fn a_network_takes_no_addresses_that_the_host_has_a_route_to() {
    let number = |octets: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(octets));
    let line = |to: [u8; 4], mask: [u8; 4]| {
        let (to, mask) = (number(to), number(mask));
        format!("eth0\t{to}\t00000000\t0001\t0\t0\t100\t{mask}\t0\t0\t0\n")
    };
    let v4 = line([0, 0, 0, 0], [0, 0, 0, 0])
        + &line([128, 0, 0, 0], [128, 0, 0, 0])
        + &line([10, 20, 0, 0], [255, 255, 0, 0])
        + &line([192, 168, 7, 0], [255, 255, 255, 0]);
    let v6 = "fd5c8e1a92d000070000000000000000 40 00000000000000000000000000000000 00 \
              00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n";
    let surroundings = Surroundings {
        routes: Some((v4, v6.to_owned())),
        ..Default::default()
    };
    let fake = engine();
    let engine = fake
        .door()
        .with_policy(Policy::default().within(surroundings));
    for (subnet, is_free) in [
        ("10.20.30.0/24", false),
        ("10.20.0.0/16", false),
        ("192.168.0.0/16", false),
        ("192.168.7.128/25", false),
        ("fd5c:8e1a:92d0::/48", false),
        ("fd5c:8e1a:92d0:7:1::/80", false),
        ("10.21.0.0/16", true),
        ("192.168.8.0/24", true),
        ("172.31.0.0/16", true),
        ("fd5c:8e1a:92d0:8::/64", true),
    ] {
        let body = json!({"Name": "lab", "IPAM": {"Config": [{"Subnet": subnet}]}});
        let body = serde_json::from_value(body).unwrap();
        let request = record(|docker| async move { docker.create_network(body).await });
        match engine.json(request.unwrap()).await {
            Ok(_) => assert!(is_free, "{subnet}"),
            Err(EngineError::Refused(refusal)) => {
                assert!(
                    !is_free && refusal.to_string().contains("route"),
                    "{refusal}"
                );
            }
            other => panic!("{subnet}: {other:?}"),
        }
    }
}
