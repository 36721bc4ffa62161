//! The container that the server runs in, seen from a process that is told it runs in one.

use bollard::models::{
    ContainerConfig, ContainerUpdateBody, ExecConfig, NetworkConnectRequest,
    NetworkDisconnectRequest,
};
use bollard::query_parameters::{CommitContainerOptions, RenameContainerOptions};
use mcp_docker::config::{Config, SafetyConfig, ServerConfig};
use mcp_docker::engine::policy::{Policy, Surroundings};
use mcp_docker::engine::{Engine, EngineError, Request, record};
use serde_json::{Value, json};

use super::changes;
use crate::support::fake_engine::{FakeEngine, Reply};

const OWN: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";
const OTHER: &str = "5c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// Every request that would take the server's container away, or enter it.
fn requests(name: &'static str) -> Vec<Request> {
    let disconnect = NetworkDisconnectRequest {
        container: format!("/{name}"),
        ..Default::default()
    };
    let connect = NetworkConnectRequest {
        container: name.to_owned(),
        ..Default::default()
    };
    let renamed = RenameContainerOptions {
        name: "other".to_owned(),
    };
    let commit = CommitContainerOptions {
        container: Some(name.to_owned()),
        ..Default::default()
    };
    let requests = [
        record(|docker| async move { docker.stop_container(name, None).await }),
        record(|docker| async move { docker.restart_container(name, None).await }),
        record(|docker| async move { docker.kill_container(name, None).await }),
        record(|docker| async move { docker.pause_container(name).await }),
        record(|docker| async move {
            docker
                .update_container(name, ContainerUpdateBody::default())
                .await
        }),
        record(|docker| async move { docker.remove_container(name, None).await }),
        record(|docker| async move { docker.create_exec(name, ExecConfig::default()).await }),
        record(|docker| async move { docker.disconnect_network("lab", disconnect).await }),
        record(|docker| async move { docker.connect_network("lab", connect).await }),
        record(|docker| async move { docker.rename_container(name, renamed).await }),
        record(|docker| async move { docker.unpause_container(name).await }),
        record(|docker| async move {
            docker
                .commit_container(commit, ContainerConfig::default())
                .await
        }),
    ];
    requests.into_iter().map(Result::unwrap).collect()
}

fn docker() -> FakeEngine {
    let document =
        |id, hostname| json!({"Id": id, "Config": {"Hostname": hostname}, "HostConfig": {}});
    let own = document(OWN, "mcp");
    FakeEngine::start()
        .on("POST /*", Reply::empty(204))
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": OTHER })),
        )
        .on("DELETE /*", Reply::empty(204))
        .on("GET /containers/*/json", document(OTHER, "web"))
        .on("GET /containers/mcp/json", own.clone())
        .on("GET /containers/4c01db0b339c/json", own)
}

/// A process in the container, to which the socket was mounted.
fn inside(docker: &FakeEngine, evidence: Surroundings, safety: SafetyConfig) -> Engine {
    let config = Config {
        safety,
        ..Default::default()
    };
    inside_with(docker, evidence, &config)
}

fn inside_with(docker: &FakeEngine, evidence: Surroundings, config: &Config) -> Engine {
    let socket = docker.socket().canonicalize().unwrap();
    let mounted = format!("1 0 0:1 / {} rw - tmpfs tmpfs rw\n", socket.display());
    let surroundings = Surroundings {
        mountinfo: format!("{}{mounted}", evidence.mountinfo),
        ..evidence
    };
    docker
        .door()
        .with_policy(Policy::new(config).within(surroundings))
}

fn by_mounts() -> Surroundings {
    let root = format!("/var/lib/docker/containers/{OWN}/hostname");
    Surroundings {
        mountinfo: format!("2 1 254:1 {root} /etc/hostname rw - ext4 /dev/vda1 rw\n"),
        ..Default::default()
    }
}

fn by_groups() -> Surroundings {
    Surroundings {
        cgroup: format!("0::/system.slice/docker-{OWN}.scope\n"),
        ..Default::default()
    }
}

fn by_name() -> Surroundings {
    Surroundings {
        hostname: "mcp".to_owned(),
        marked: true,
        ..Default::default()
    }
}

#[tokio::test]
async fn nothing_happens_to_the_servers_own_container_whatever_it_is_called() {
    for evidence in [by_mounts, by_groups, by_name] {
        let docker = docker();
        let safety = SafetyConfig {
            allow_privileged: true,
            ..Default::default()
        };
        let engine = inside(&docker, evidence(), safety);
        for name in ["mcp", "4c01db0b339c"] {
            for request in requests(name) {
                let what = format!("{request:?} by {:?}", evidence());
                match engine.json(request).await {
                    Err(EngineError::Refused(refusal)) => {
                        let text = refusal.to_string();
                        assert!(text.contains("this server runs in"), "{what}: {text}");
                    }
                    other => panic!("{what}: {other:?}"),
                }
            }
        }
        assert_eq!(changes(&docker), Vec::<String>::new());
        for request in requests("web") {
            engine.json(request).await.unwrap();
        }
        assert_eq!(changes(&docker).len(), requests("web").len());
    }
}

/// Nothing is asked where there is no container that could be the server's own.
#[tokio::test]
async fn outside_of_containers_nobody_is_asked() {
    let docker = docker();
    let engine = docker
        .door()
        .with_policy(Policy::default().within(Surroundings::default()));
    let stop = requests("mcp").remove(0);
    engine.json(stop).await.unwrap();
    assert_eq!(docker.requests(), ["POST /containers/mcp/stop"]);
}

/// What the server keeps may lie in a volume or a folder that was mounted into its container.
#[tokio::test]
async fn what_holds_the_servers_own_files_outside_of_its_container_is_kept() {
    let own = json!({
        "Id": OWN, "Config": {"Hostname": "mcp"}, "HostConfig": {},
        "Mounts": [
            {"Type": "volume", "Name": "audit", "Source": "/x/_data", "Destination": "/var/log/mcp"},
            {"Type": "volume", "Name": "cache", "Source": "/y/_data", "Destination": "/var/cache/mcp"},
            {"Type": "bind", "Source": "/srv/mcp", "Destination": "/etc/mcp"},
        ],
    });
    let holder = json!({
        "Id": OTHER, "Config": {"Hostname": "web"}, "HostConfig": {},
        "Mounts": [{"Type": "volume", "Name": "audit", "Source": "/x/_data", "Destination": "/audit"}],
    });
    let docker = docker()
        .on("GET /containers/mcp/json", own.clone())
        .on(&format!("GET /containers/{OWN}/json"), own)
        .on("GET /containers/holder/json", holder)
        .on(
            "POST /*/create",
            Reply::json(201, &json!({ "Id": OTHER, "Name": "data" })),
        )
        .on("GET /containers/json", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }))
        .on(
            "GET /volumes/*",
            json!({"Driver": "local", "Options": null}),
        );
    let config = Config {
        safety: SafetyConfig {
            mount_allowlist: vec!["/srv".into()],
            ..Default::default()
        },
        server: ServerConfig {
            audit_log: Some("/var/log/mcp/audit.jsonl".into()),
            prompts_dir: Some("/etc/mcp/prompts".into()),
            ..Default::default()
        },
        ..Default::default()
    };
    for evidence in [by_mounts, by_groups, by_name] {
        let engine = inside_with(&docker, evidence(), &config);
        let create = |host: Value| {
            let body = serde_json::from_value(json!({"HostConfig": host})).unwrap();
            record(|docker| async move { docker.create_container(None, body).await }).unwrap()
        };
        for (host, refused) in [
            (json!({"Binds": ["audit:/x"]}), true),
            (json!({"Binds": ["/audit:/x", "audit:/y:ro"]}), true),
            (
                json!({"Mounts": [{"Type": "volume", "Source": "audit", "Target": "/x"}]}),
                true,
            ),
            (json!({"VolumesFrom": ["mcp"]}), true),
            (json!({"VolumesFrom": ["holder"]}), true),
            (json!({"Binds": ["/srv/mcp/prompts:/x"]}), true),
            (json!({"Binds": ["/srv/mcp:/x"]}), true),
            (json!({"Binds": ["/srv:/x"]}), true),
            (json!({"Binds": ["cache:/x"]}), false),
            (json!({"Binds": ["other:/x"]}), false),
            (json!({"Binds": ["/srv/mcp/other:/x"]}), false),
        ] {
            match engine.json(create(host.clone())).await {
                Ok(_) => assert!(!refused, "{host}"),
                Err(EngineError::Refused(refusal)) => {
                    let text = refusal.to_string();
                    assert!(refused && text.contains("own"), "{host}: {text}");
                }
                other => panic!("{host}: {other:?}"),
            }
        }
    }
}

/// The Engine's files are not those of the container that the server runs in.
#[tokio::test]
async fn from_inside_a_container_only_what_was_named_is_mounted() {
    let docker = docker()
        .on(
            "POST /*/create",
            Reply::json(201, &json!({ "Id": OTHER, "Name": "data" })),
        )
        .on("GET /containers/json", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }));
    let safety = SafetyConfig {
        mount_allowlist: vec!["/srv/data".into()],
        ..Default::default()
    };
    let engine = inside(&docker, by_name(), safety);
    let bind = |source: &str| {
        let body = json!({"HostConfig": {"Binds": [format!("{source}:/inside")]}});
        let body = serde_json::from_value(body).unwrap();
        record(|docker| async move { docker.create_container(None, body).await }).unwrap()
    };
    engine.json(bind("/srv/data/x")).await.unwrap();
    let error = engine
        .json(bind("/srv/other"))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("/srv/other") && error.contains("SAFETY_VOLUME_MOUNT_ALLOWLIST"),
        "{error}"
    );
}
