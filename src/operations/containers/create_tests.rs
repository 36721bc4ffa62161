//! Which body a container is made with, parameter by parameter.

use bollard::models::DeviceRequest;
use serde_json::{Value, json};

use super::*;
use crate::params::{Entrypoint, Gpus, Parameter};

fn read<T: Parameter>(given: Value) -> T {
    T::parse(given).unwrap()
}

fn read_some<T: Parameter>(given: Value) -> Option<T> {
    Some(read(given))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn bare() -> Params {
    Params {
        image: read(json!("busybox:1")),
        name: None,
        command: None,
        entrypoint: None,
        environment: None,
        ports: None,
        volumes: None,
        network: None,
        network_aliases: None,
        extra_hosts: None,
        dns: None,
        restart_policy: None,
        remove: false,
        mem_limit: None,
        shm_size: None,
        tmpfs: None,
        ulimits: None,
        gpus: None,
        healthcheck: None,
        stop_signal: None,
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
        image: read(json!("registry:5000/app:2")),
        name: read_some(json!("web")),
        command: read_some(json!(["serve", "--all"])),
        entrypoint: read_some(json!(["/init"])),
        environment: read_some(json!({"A": "1=2", "B": ""})),
        ports: read_some(json!({
            "80": [8080, 8081],
            "53/udp": ["127.0.0.1", 53],
            "443": ["::1", 0],
            "444": "8000-8010",
            "9000/sctp": null,
        })),
        volumes: read_some(json!(["data:/data", "/srv/www:/www:ro", "/cache"])),
        network: Some("backend".into()),
        network_aliases: Some(words(&["db"])),
        extra_hosts: read_some(json!({"up": "host-gateway"})),
        dns: read_some(json!("9.9.9.9")),
        restart_policy: Some(crate::params::RestartPolicy {
            name: "on-failure",
            maximum_retry_count: Some(3),
        }),
        remove: true,
        mem_limit: read_some(json!("64m")),
        shm_size: read_some(json!("1m")),
        tmpfs: read_some(json!(["/run:size=1m", "/tmp"])),
        ulimits: read_some(json!({"nofile": "1024:2048"})),
        gpus: read_some(json!("device=0,1")),
        healthcheck: read_some(json!({"test": "true", "interval": "5s", "retries": 2})),
        stop_signal: Some("SIGINT".into()),
        cpus: Some(Cpus(0.1)),
        cpu_shares: Some(512),
        user: Some("1000".into()),
        workdir: Some("/srv".into()),
        hostname: Some("box".into()),
        labels: read_some(json!({"team": "blue"})),
        privileged: true,
        cap_add: Some(words(&["NET_ADMIN"])),
        cap_drop: Some(words(&["ALL"])),
        read_only: true,
        tty: true,
        init: true,
        platform: read_some(json!("linux/arm64")),
        pull: "missing".into(),
    };
    assert_eq!(
        serde_json::to_value(body(&params)).unwrap(),
        json!({
            "Image": "registry:5000/app:2",
            "Cmd": ["serve", "--all"],
            "Entrypoint": ["/init"],
            "Env": ["A=1=2", "B="],
            "ExposedPorts": {
                "80/tcp": {}, "53/udp": {}, "443/tcp": {}, "444/tcp": {}, "9000/sctp": {},
            },
            "User": "1000",
            "WorkingDir": "/srv",
            "Hostname": "box",
            "Labels": {"team": "blue"},
            "Tty": true,
            "Volumes": {"/cache": {}},
            "StopSignal": "SIGINT",
            "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 5_000_000_000_i64, "Retries": 2},
            "NetworkingConfig": {"EndpointsConfig": {"backend": {"Aliases": ["db"]}}},
            "HostConfig": {
                "Binds": ["data:/data:rw", "/srv/www:/www:ro"],
                "PortBindings": {
                    "80/tcp": [{"HostPort": "8080"}, {"HostPort": "8081"}],
                    "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
                    "443/tcp": [{"HostIp": "::1", "HostPort": ""}],
                    "444/tcp": [{"HostPort": "8000-8010"}],
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
                "ShmSize": 1_048_576,
                "Tmpfs": {"/run": "size=1m", "/tmp": ""},
                "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 2048}],
                "ExtraHosts": ["up:host-gateway"],
                "Dns": ["9.9.9.9"],
                "DeviceRequests": [{"DeviceIDs": ["0", "1"], "Capabilities": [["gpu"]]}],
            },
        }),
    );
}

#[test]
fn cards_are_asked_for_as_the_cli_does() {
    for (given, request) in [
        (
            json!("all"),
            json!({"Count": -1, "Capabilities": [["gpu"]]}),
        ),
        (json!("2"), json!({"Count": 2, "Capabilities": [["gpu"]]})),
    ] {
        assert_eq!(
            serde_json::to_value(DeviceRequest::from(&read::<Gpus>(given))).unwrap(),
            request
        );
    }
}

#[test]
fn an_empty_entrypoint_takes_the_images_away() {
    assert_eq!(Vec::from(&read::<Entrypoint>(json!(""))), [""]);
    assert_eq!(Vec::from(&read::<Entrypoint>(json!("/init"))), ["/init"]);
}

#[test]
fn names_in_a_network_need_a_network_of_ones_own() {
    for network in [
        None,
        Some("bridge"),
        Some("host"),
        Some("none"),
        Some("container:web"),
    ] {
        let params = Params {
            network: network.map(str::to_owned),
            network_aliases: Some(words(&["db"])),
            ..bare()
        };
        let refusal = check(&params).unwrap_err().to_string();
        assert!(refusal.contains("`network_aliases`"), "{refusal}");
    }
    let params = Params {
        network: Some("backend".into()),
        network_aliases: Some(words(&["db"])),
        ..bare()
    };
    assert!(check(&params).is_ok());
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
