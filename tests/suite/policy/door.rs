//! The policy at the door itself: requests that no handler has checked, and such as no tool makes.

mod bodies;
mod endpoints;
mod sent;

use std::collections::HashMap;

use bollard::models::{
    ContainerConfig, ContainerCreateBody, ContainerUpdateBody, DeviceMapping, ExecConfig,
    HostConfig, Mount, MountType, MountVolumeOptions, MountVolumeOptionsDriverConfig,
    NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest, VolumeCreateRequest,
};
use bollard::query_parameters::{
    BuildImageOptions, CommitContainerOptions, CreateContainerOptions, ImportImageOptions,
};
use futures_util::{StreamExt, TryStreamExt};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::engine::policy::Policy;
use mcp_docker::engine::{EngineError, Request, Unanswered, record};
use serde_json::{Value, json};

use super::{changes, engine};
use crate::support::fake_engine::FakeEngine;

fn create(body: ContainerCreateBody) -> Request {
    record(|docker| async move {
        docker
            .create_container(None::<CreateContainerOptions>, body)
            .await
    })
    .unwrap()
}

fn on_host(host: HostConfig) -> Request {
    create(ContainerCreateBody {
        host_config: Some(host),
        ..Default::default()
    })
}

/// The settings as the Engine names them, given as JSON and read by bollard's own type.
fn host(settings: Value) -> Request {
    on_host(serde_json::from_value(settings).unwrap())
}

/// The refusal of a request; that nothing was changed.
async fn refusal(engine: &FakeEngine, request: Request) -> String {
    let what = format!("{request:?}");
    match engine.door().json(request).await {
        Err(EngineError::Refused(refusal)) => {
            assert_eq!(changes(engine), Vec::<String>::new(), "{what}");
            refusal.to_string()
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[tokio::test]
async fn a_setting_that_no_tool_has_is_refused_all_the_same() {
    let engine = engine();
    for (setting, value) in [
        ("Privileged", json!(true)),
        ("PidMode", json!("host")),
        ("PidMode", json!("container:web")),
        ("IpcMode", json!("host")),
        ("IpcMode", json!("container:web")),
        ("UTSMode", json!("host")),
        ("UsernsMode", json!("host")),
        ("CgroupnsMode", json!("host")),
        ("NetworkMode", json!("host")),
        ("NetworkMode", json!("container:web")),
        ("CapAdd", json!(["SYS_PTRACE"])),
        (
            "Devices",
            json!([{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
        ),
        ("DeviceCgroupRules", json!(["a *:* rwm"])),
        ("DeviceRequests", json!([{"Driver": "nvidia", "Count": -1}])),
        (
            "DeviceRequests",
            json!([{"Driver": "cdi", "Capabilities": [["gpu"]], "DeviceIDs": ["vendor.com/disk=all"]}]),
        ),
        (
            "DeviceRequests",
            json!([{"Driver": "CDI", "Capabilities": [["gpu"]]}]),
        ),
        (
            "DeviceRequests",
            json!([{"Driver": "", "Capabilities": [["gpu", "utility"]]}]),
        ),
        (
            "DeviceRequests",
            json!([{"Driver": "", "Capabilities": [["gpu"], ["tpu"]]}]),
        ),
        (
            "DeviceRequests",
            json!([{"Driver": "", "Capabilities": [["gpu"]], "DeviceIDs": ["vendor.com/disk=all"]}]),
        ),
        (
            "DeviceRequests",
            json!([{"Driver": "", "Capabilities": [["gpu"]], "Options": {"a": "b"}}]),
        ),
        (
            "DeviceRequests",
            json!([
                {"Driver": "", "Capabilities": [["gpu"]]},
                {"Driver": "cdi", "DeviceIDs": ["vendor.com/disk=all"]}
            ]),
        ),
        ("SecurityOpt", json!(["seccomp=unconfined"])),
        ("SecurityOpt", json!(["seccomp:unconfined"])),
        ("SecurityOpt", json!(["apparmor=unconfined"])),
        ("SecurityOpt", json!(["label=disable"])),
        ("SecurityOpt", json!(["label:type:spc_t"])),
        ("SecurityOpt", json!(["systempaths=unconfined"])),
        (
            "SecurityOpt",
            json!([
                "no-new-privileges",
                "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"
            ]),
        ),
        ("Sysctls", json!({"kernel.core_pattern": "|/x"})),
        (
            "Sysctls",
            json!({"net.ipv4.tcp_syncookies": "1", "vm.swappiness": "0"}),
        ),
        ("CgroupParent", json!("/system.slice")),
        ("Cgroup", json!("container:web")),
        ("Runtime", json!("runc")),
        ("OomScoreAdj", json!(-1000)),
        ("MaskedPaths", json!([])),
        ("ReadonlyPaths", json!([])),
        ("Annotations", json!({"run.oci.hooks.stderr": "/etc/x"})),
        (
            "LogConfig",
            json!({"Type": "syslog", "Config": {"syslog-address": "unix:///run/docker.sock"}}),
        ),
        (
            "LogConfig",
            json!({"Config": {"syslog-address": "unix:///run/docker.sock"}}),
        ),
        ("Binds", json!(["plain:/x:O,upperdir=/etc,workdir=/srv"])),
        ("Binds", json!(["/etc:/x"])),
        ("Binds", json!(["/srv:/ok", "/var/run/docker.sock:/x:ro"])),
        ("Binds", json!(["../etc:/x"])),
        ("Binds", json!(["~/.ssh:/x"])),
        ("Binds", json!([r"C:\Users\me:/x"])),
        ("Binds", json!([r"C:\data:/x"])),
        ("Binds", json!([r"\\.\pipe\docker_engine:/x"])),
        (
            "Mounts",
            json!([{"Type": "bind", "Source": "/etc", "Target": "/x"}]),
        ),
        (
            "Mounts",
            json!([{"Type": "npipe", "Source": r"\\.\pipe\docker_engine", "Target": "/x"}]),
        ),
        (
            "Mounts",
            json!([{"Type": "cluster", "Source": "x", "Target": "/x"}]),
        ),
        (
            "Mounts",
            json!([{"Type": "volume", "Source": "bound", "Target": "/x"}]),
        ),
        ("Mounts", json!([{"Source": "/etc", "Target": "/x"}])),
        ("VolumesFrom", json!(["holder:ro"])),
    ] {
        let engine = FakeEngine::on(
            super::engine(),
            "GET /containers/holder/json",
            json!({
                "Id": "1", "Mounts": [{"Type": "bind", "Source": "/run/docker.sock"}],
            }),
        );
        let text = refusal(&engine, host(json!({setting: value}))).await;
        assert!(text.contains(setting), "{setting} {value}: {text}");
    }

    let volume = MountVolumeOptions {
        driver_config: Some(MountVolumeOptionsDriverConfig {
            name: Some("local".into()),
            options: Some(HashMap::from([
                ("type".into(), "none".into()),
                ("o".into(), "bind".into()),
                ("device".into(), "/etc".into()),
            ])),
        }),
        ..Default::default()
    };
    let mount = Mount {
        typ: Some(MountType::VOLUME),
        target: Some("/x".into()),
        volume_options: Some(volume),
        ..Default::default()
    };
    let mounts = HostConfig {
        mounts: Some(vec![mount]),
        ..Default::default()
    };
    assert!(refusal(&engine, on_host(mounts)).await.contains("`/etc`"));

    for (network, endpoint, word) in [
        ("host", json!({}), "`host`"),
        (
            "lab",
            json!({"DriverOpts": {"com.docker.network.endpoint.sysctls": "x"}}),
            "sysctls",
        ),
    ] {
        let networking = json!({"EndpointsConfig": {network: endpoint}});
        let body = ContainerCreateBody {
            networking_config: serde_json::from_value(networking).unwrap(),
            ..Default::default()
        };
        let text = refusal(&engine, create(body)).await;
        assert!(
            text.contains("EndpointsConfig") && text.contains(word),
            "{text}"
        );
    }
}

#[tokio::test]
async fn settings_that_stay_within_docker_pass() {
    let engine = engine();
    let harmless = json!({
        "IpcMode": "shareable", "PidMode": "", "CgroupnsMode": "private", "UsernsMode": "",
        "CapAdd": ["CAP_CHOWN"], "CapDrop": ["ALL"], "Devices": [], "Sysctls": {"net.ipv4.tcp_syncookies": "1"},
        "SecurityOpt": ["no-new-privileges:true"], "OomScoreAdj": 500, "Memory": 67_108_864, "ShmSize": 1024,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}, "Tmpfs": {"/run": "size=1m"},
        "Binds": ["plain:/a", "/anonymous"], "Mounts": [{"Type": "tmpfs", "Target": "/b"}, {"Type": "volume", "Target": "/c"}],
        "VolumesFrom": ["web"], "ExtraHosts": ["a:host-gateway"], "Dns": ["192.0.2.1"], "Init": true,
        "PortBindings": {"80/tcp": [{"HostPort": "8080"}]}, "RestartPolicy": {"Name": "always"},
        "DeviceRequests": [
            {"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]},
            {"Driver": "", "Count": 0, "DeviceIDs": ["0", "GPU-3a23c669"], "Capabilities": [["gpu"]], "Options": {}},
        ],
    });
    engine.door().json(host(harmless)).await.unwrap();
    assert_eq!(changes(&engine), ["POST /containers/create"]);
}
