use std::collections::BTreeMap;

use super::*;
use crate::params::{
    Command, ContainerRef, HostPort, ImageRef, Mount, Mounts, Parameter, Platform, Port, Protocol,
    Size,
};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn bare() -> Params {
    Params {
        image: ImageRef::parse("busybox:1".into()).unwrap(),
        name: None,
        command: None,
        entrypoint: None,
        environment: None,
        ports: None,
        volumes: None,
        network: None,
        restart_policy: None,
        remove: false,
        mem_limit: None,
        cpus: None,
        cpu_shares: None,
        user: None,
        workdir: None,
        hostname: None,
        labels: None,
        privileged: false,
        cap_add: None,
        cap_drop: None,
        read_only: false,
        tty: false,
        init: false,
        platform: None,
        pull: "never".into(),
    }
}

fn port(container: u16, protocol: Protocol, publish: Option<(Option<&str>, u16)>) -> Port {
    let publish = publish.map(|(ip, port)| HostPort {
        ip: ip.map(|ip| ip.parse().unwrap()),
        port,
    });
    Port {
        container,
        protocol,
        publish,
    }
}

#[test]
fn a_bare_container_leaves_everything_to_the_engine() {
    assert_eq!(
        serde_json::to_value(body(&bare())).unwrap(),
        json!({"Image": "busybox:1", "HostConfig": {}}),
    );
}

#[test]
fn every_parameter_reaches_the_body() {
    let params = Params {
        image: ImageRef::parse("registry:5000/app:2".into()).unwrap(),
        name: Some(ContainerRef::parse("web".into()).unwrap()),
        command: Some(Command(words(&["serve", "--all"]))),
        entrypoint: Some(Command(words(&["/init"]))),
        environment: Some(BTreeMap::from([
            ("A".into(), "1=2".into()),
            ("B".into(), String::new()),
        ])),
        ports: Some(Ports(vec![
            port(80, Protocol::Tcp, Some((None, 8080))),
            port(53, Protocol::Udp, Some((Some("127.0.0.1"), 53))),
            port(443, Protocol::Tcp, Some((Some("::1"), 0))),
            port(9000, Protocol::Sctp, None),
        ])),
        volumes: Some(Mounts(vec![
            Mount {
                source: "data".into(),
                target: "/data".into(),
                mode: "rw".into(),
            },
            Mount {
                source: "/srv/www".into(),
                target: "/www".into(),
                mode: "ro".into(),
            },
        ])),
        network: Some("backend".into()),
        restart_policy: Some(crate::params::RestartPolicy {
            name: "on-failure",
            maximum_retry_count: Some(3),
        }),
        remove: true,
        mem_limit: Some(Size(64 << 20)),
        cpus: Some(0.1),
        cpu_shares: Some(512),
        user: Some("1000".into()),
        workdir: Some("/srv".into()),
        hostname: Some("box".into()),
        labels: Some(BTreeMap::from([("team".into(), "blue".into())])),
        privileged: true,
        cap_add: Some(words(&["NET_ADMIN"])),
        cap_drop: Some(words(&["ALL"])),
        read_only: true,
        tty: true,
        init: true,
        platform: Some(Platform::parse("linux/arm64".into()).unwrap()),
        pull: "missing".into(),
    };
    assert_eq!(
        serde_json::to_value(body(&params)).unwrap(),
        json!({
            "Image": "registry:5000/app:2",
            "Cmd": ["serve", "--all"],
            "Entrypoint": ["/init"],
            "Env": ["A=1=2", "B="],
            "ExposedPorts": {"80/tcp": {}, "53/udp": {}, "443/tcp": {}, "9000/sctp": {}},
            "User": "1000",
            "WorkingDir": "/srv",
            "Hostname": "box",
            "Labels": {"team": "blue"},
            "Tty": true,
            "HostConfig": {
                "Binds": ["data:/data:rw", "/srv/www:/www:ro"],
                "PortBindings": {
                    "80/tcp": [{"HostPort": "8080"}],
                    "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
                    "443/tcp": [{"HostIp": "::1", "HostPort": ""}],
                },
                "NetworkMode": "backend",
                "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
                "AutoRemove": true,
                "Memory": 67_108_864,
                "NanoCpus": 100_000_000,
                "CpuShares": 512,
                "Privileged": true,
                "CapAdd": ["NET_ADMIN"],
                "CapDrop": ["ALL"],
                "ReadonlyRootfs": true,
                "Init": true,
            },
        }),
    );
}

#[test]
fn removal_and_restart_exclude_each_other() {
    let policy = |name| crate::params::RestartPolicy {
        name,
        maximum_retry_count: None,
    };
    let with = |name| Params {
        remove: true,
        restart_policy: Some(policy(name)),
        ..bare()
    };
    assert!(check(&with("no")).is_ok());
    let refusal = check(&with("always")).unwrap_err().to_string();
    assert!(
        refusal.contains("`remove`") && refusal.contains("`always`"),
        "{refusal}"
    );
    assert!(
        check(&Params {
            remove: false,
            ..with("always")
        })
        .is_ok()
    );
}

#[test]
fn only_a_missing_image_is_taken_for_one() {
    let not_found = |message: &str| EngineError::NotFound {
        subject: None,
        message: message.into(),
    };
    assert!(is_missing_image(&not_found("No such image: busybox:1")));
    assert!(!is_missing_image(&not_found("network backend not found")));
    assert!(!is_missing_image(&EngineError::Rejected {
        status: 400,
        message: "invalid image reference".into(),
    }));
}
