//! The policy at the door itself: requests that no handler has checked, and such as no tool makes.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::{
    ContainerCreateBody, ContainerUpdateBody, DeviceMapping, ExecConfig, HostConfig, Mount,
    MountType, MountVolumeOptions, MountVolumeOptionsDriverConfig, NetworkConnectRequest,
    NetworkCreateRequest, NetworkDisconnectRequest, VolumeCreateRequest,
};
use bollard::query_parameters::{BuildImageOptions, CreateContainerOptions};
use futures_util::{StreamExt, TryStreamExt};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::engine::{Engine, EngineError, Request, record};
use mcp_docker::safety::policy::Policy;
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
    match Engine::new(&engine.config()).json(request).await {
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
    });
    Engine::new(&engine.config())
        .json(host(harmless))
        .await
        .unwrap();
    assert_eq!(changes(&engine), ["POST /containers/create"]);
}

/// Every call that can reach the host, past the handlers that make it.
#[tokio::test]
async fn a_request_that_went_past_its_handler_is_refused() {
    let options = || Some(HashMap::from([("parent".to_owned(), "eth0".to_owned())]));
    let network = NetworkCreateRequest {
        name: "lan".into(),
        options: options(),
        ..Default::default()
    };
    let device = [("type", "none"), ("o", "bind"), ("device", "/etc")];
    let volume = VolumeCreateRequest {
        driver_opts: Some(
            device
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        ),
        ..Default::default()
    };
    let exec = ExecConfig {
        privileged: Some(true),
        ..Default::default()
    };
    let connect = |endpoint: Value| NetworkConnectRequest {
        container: "web".into(),
        endpoint_config: serde_json::from_value(endpoint).unwrap(),
    };
    let (connect, tune) = (
        connect(Value::Null),
        connect(
            json!({"DriverOpts": {"com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.forwarding=1"}}),
        ),
    );
    let copy = serde_json::from_value(json!({"Name": "lan", "ConfigFrom": {"Network": "other"}}));
    let copy: NetworkCreateRequest = copy.unwrap();
    let update = ContainerUpdateBody {
        devices: Some(vec![DeviceMapping::default()]),
        ..Default::default()
    };
    for (request, word) in [
        (host(json!({"Privileged": true})), "privileged"),
        (
            record(|docker| async move { docker.create_network(network).await }).unwrap(),
            "parent",
        ),
        (
            record(|docker| async move { docker.create_volume(volume).await }).unwrap(),
            "/etc",
        ),
        (
            record(|docker| async move { docker.create_exec("web", exec).await }).unwrap(),
            "privileged",
        ),
        (
            record(|docker| async move { docker.connect_network("host", connect).await }).unwrap(),
            "host",
        ),
        (
            record(|docker| async move { docker.connect_network("lab", tune).await }).unwrap(),
            "sysctls",
        ),
        (
            record(|docker| async move { docker.create_network(copy).await }).unwrap(),
            "ConfigFrom",
        ),
        (
            record(|docker| async move { docker.update_container("web", update).await }).unwrap(),
            "Devices",
        ),
        (build(BuildImageOptions::default()), "not judged"),
    ] {
        let text = refusal(&engine(), request).await;
        assert!(text.contains(word), "{text}");
    }
}

fn build(options: BuildImageOptions) -> Request {
    record(|docker| async move {
        let body = bollard::body_full(bytes::Bytes::new());
        let mut built = docker.build_image(options, None, Some(body)).boxed();
        built.try_next().await
    })
    .unwrap()
}

#[tokio::test]
async fn a_build_keeps_to_its_own_network_and_builder() {
    let fake = engine();
    let engine = Engine::new(&fake.config());
    let with = |change: fn(&mut BuildImageOptions)| {
        let mut options = BuildImageOptions::default();
        change(&mut options);
        build(options)
    };
    for (request, passes) in [
        (with(|_| {}), true),
        (
            with(|options| options.networkmode = Some("none".into())),
            true,
        ),
        (
            with(|options| options.extrahosts = Some("a:192.0.2.1".into())),
            true,
        ),
        (
            with(|options| options.networkmode = Some("host".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some(" Host".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some("container:web".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some("0ddba11".into())),
            false,
        ),
        (
            with(|options| options.remote = Some("http://192.0.2.1/x".into())),
            false,
        ),
    ] {
        let vetted = engine.vet_context("/tmp/some/new/path").await.unwrap();
        let what = format!("{:?}", request);
        let sent = engine.json(request.vetted(vetted)).await;
        match (sent, passes) {
            (Ok(_), true) | (Err(EngineError::Refused(_)), false) => {}
            (sent, _) => panic!("{what}: {sent:?}"),
        }
    }
    assert_eq!(changes(&fake).len(), 3);
}

#[tokio::test]
async fn an_endpoint_that_nobody_thought_of_is_refused_even_where_everything_is_allowed() {
    let fake = engine();
    let config = Config {
        safety: SafetyConfig {
            allow_privileged: true,
            ..Default::default()
        },
        ..Default::default()
    };
    let engine = Engine::new(&fake.config()).with_policy(Policy::new(&config));
    engine
        .json(host(json!({"Privileged": true})))
        .await
        .unwrap();
    let request = record(|docker| async move { docker.leave_swarm(None).await }).unwrap();
    let error = engine.json(request).await.unwrap_err().to_string();
    assert!(
        error.contains("POST /swarm/leave") && error.contains("list"),
        "{error}"
    );
    assert_eq!(changes(&fake), ["POST /containers/create"]);
}

/// A request with this body, which bollard would not write.
fn with_body(body: &'static str) -> Request {
    record(|docker| async move {
        let empty = ContainerCreateBody::default();
        writing(docker, body)
            .create_container(None::<CreateContainerOptions>, empty)
            .await
    })
    .unwrap()
}

fn writing(docker: Docker, body: &'static str) -> Docker {
    docker.with_request_modifier(move |request| {
        let (head, _) = request.into_parts();
        bollard::BollardRequest::from_parts(head, bollard::body_full(body.into()))
    })
}

/// What the policy cannot read it cannot judge; the Engine takes keys in any case.
#[tokio::test]
async fn a_body_in_another_form_is_refused() {
    let engine = engine();
    for (body, word) in [
        ("", "no JSON object"),
        ("[\"HostConfig\"]", "no JSON object"),
        ("{\"HostConfig\": {}} {}", "no JSON object"),
        ("{\"hostconfig\": {\"Privileged\": true}}", "hostconfig"),
        ("{\"HostConfig\": [1]}", "HostConfig"),
        ("{\"HostConfig\": {\"privileged\": true}}", "privileged"),
        ("{\"HostConfig\": {\"Privileged\": 1}}", "Privileged"),
        ("{\"HostConfig\": {\"Binds\": \"/etc:/x\"}}", "Binds"),
        (
            "{\"HostConfig\": {\"Mounts\": {\"Type\": \"bind\"}}}",
            "Mounts",
        ),
        ("{\"HostConfig\": {\"OfTomorrow\": \"x\"}}", "OfTomorrow"),
        (
            "{\"NetworkingConfig\": {\"OfTomorrow\": \"x\"}}",
            "OfTomorrow",
        ),
        (r#"{"Volumes": {"/etc:/x": {}}}"#, "/etc"),
        (
            r#"{"HostConfig": {"Mounts": [{"Type": "tmpfs", "type": "bind", "Source": "/etc"}]}}"#,
            "`type`",
        ),
        (
            r#"{"HostConfig": {"Mounts": [{"Type": "volume", "VolumeOptions": {"driverconfig": {"Name": "local"}}}]}}"#,
            "driverconfig",
        ),
        (
            r#"{"NetworkingConfig": {"EndpointsConfig": {"lab": {"driveropts": {"a": "b"}}}}}"#,
            "driveropts",
        ),
    ] {
        let text = refusal(&engine, with_body(body)).await;
        assert!(text.contains(word), "{body}: {text}");
    }
}

#[tokio::test]
async fn a_body_of_any_request_has_known_fields_only() {
    let exec = record(|docker| async move {
        let docker = writing(docker, r#"{"Cmd": ["id"], "privileged": true}"#);
        docker.create_exec("web", ExecConfig::default()).await
    });
    let network = record(|docker| async move {
        let docker = writing(docker, r#"{"Name": "lab", "driver": "host"}"#);
        docker.create_network(NetworkCreateRequest::default()).await
    });
    let connect = record(|docker| async move {
        let docker = writing(
            docker,
            r#"{"Container": "web", "endpointconfig": {"a": 1}}"#,
        );
        docker
            .connect_network("lab", NetworkConnectRequest::default())
            .await
    });
    let disconnect = record(|docker| async move {
        let docker = writing(docker, r#"{"Container": "web", "container": "own"}"#);
        docker
            .disconnect_network("lab", NetworkDisconnectRequest::default())
            .await
    });
    for (request, field) in [
        (exec, "`privileged`"),
        (network, "`driver`"),
        (connect, "`endpointconfig`"),
        (disconnect, "`container`"),
    ] {
        let text = refusal(&engine(), request.unwrap()).await;
        assert!(text.contains(field), "{text}");
    }
}

#[tokio::test]
async fn what_is_sent_is_what_was_judged() {
    let fake = engine();
    let twice =
        with_body("{\"HostConfig\": {\"Privileged\": true}, \"HostConfig\": {\"Init\": true}}");
    Engine::new(&fake.config()).json(twice).await.unwrap();
    let sent = fake.seen().pop().unwrap();
    assert_eq!(sent.body, "{\"HostConfig\":{\"Init\":true}}");
}

/// A name in a body becomes the path of a question to the Engine.
#[tokio::test]
async fn what_the_policy_asks_for_keeps_to_its_place() {
    let fake = engine();
    let request = host(json!({"VolumesFrom": ["../networks/lab"]}));
    let error = Engine::new(&fake.config()).json(request).await.unwrap_err();
    assert!(matches!(error, EngineError::NotSent(_)), "{error:?}");
    assert_eq!(fake.requests(), Vec::<String>::new());
}
