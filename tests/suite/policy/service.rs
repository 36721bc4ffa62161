//! What a swarm is to run, at the door itself: the Engine takes a bind of `/` and all capabilities there.

mod refused;

use bollard::models::{ConfigSpec, NodeSpec, SecretSpec, ServiceSpec};
use bollard::query_parameters::{UpdateNodeOptions, UpdateServiceOptions};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::engine::policy::Policy;
use mcp_docker::engine::{Engine, EngineError, Request, record};
use serde_json::{Map, Value, json};

use super::{PRIVILEGED, changes};
use crate::support::fake_engine::FakeEngine;

fn engine() -> FakeEngine {
    let made = || json!({ "ID": "1xz" });
    super::engine()
        .on("POST /services/create", made())
        .on("POST /services/*/update", json!({ "Warnings": null }))
        .on("POST /secrets/create", made())
        .on("POST /configs/create", made())
        .on("POST /nodes/*/update", json!({}))
}

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn create(spec: Value) -> Request {
    let request =
        record(|docker| async move { docker.create_service(ServiceSpec::default(), None).await });
    request.unwrap().with_body(&object(spec))
}

fn update(version: i32, rollback: Option<&str>, spec: Value) -> Request {
    let options = UpdateServiceOptions {
        version,
        rollback: rollback.map(str::to_owned),
        ..UpdateServiceOptions::default()
    };
    let request = record(|docker| async move {
        let spec = ServiceSpec::default();
        docker.update_service("web", spec, options, None).await
    });
    request.unwrap().with_body(&object(spec))
}

/// A service with these settings of its container and of its task.
fn service(container: Value, task: Value) -> Value {
    let mut spec = json!({
        "Name": "web",
        "TaskTemplate": { "ContainerSpec": { "Image": "web:1" } },
        "Mode": { "Replicated": { "Replicas": 2 } },
    });
    for (at, settings) in [
        ("/TaskTemplate", task),
        ("/TaskTemplate/ContainerSpec", container),
    ] {
        let place = spec.pointer_mut(at).unwrap();
        for (key, value) in settings.as_object().unwrap() {
            place[key] = value.clone();
        }
    }
    spec
}

async fn refusal(engine: &FakeEngine, door: &Engine, request: Request, what: &str) -> String {
    match door.json(request).await {
        Err(EngineError::Refused(refusal)) => {
            assert_eq!(changes(engine), Vec::<String>::new(), "{what}");
            refusal.to_string()
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[tokio::test]
async fn what_no_container_gets_no_service_gets_either() {
    let specs = refused::of_container().into_iter();
    let specs = specs.map(|(container, word)| (service(container, json!({})), word));
    let of_task = refused::of_task().into_iter();
    let of_task = of_task.map(|(task, word)| (service(json!({}), task), word));
    let mut whole = service(json!({}), json!({}));
    whole["Networks"] = json!([{ "Target": "host" }]);
    let mut folded = service(json!({}), json!({}));
    folded["tasktemplate"] = json!({ "ContainerSpec": { "CapabilityAdd": ["ALL"] } });
    let whole = [(whole, "`host`"), (folded, "tasktemplate")];
    for (spec, word) in specs.chain(of_task).chain(whole) {
        let what = spec.to_string();
        let engine = engine().on(
            "GET /services/web",
            json!({ "ID": "1xz", "Version": { "Index": 7 }, "Spec": service(json!({}), json!({})) }),
        );
        let door = door(&engine, &["/allowed"]);
        for request in [create(spec.clone()), update(7, None, spec.clone())] {
            let text = refusal(&engine, &door, request, &what).await;
            assert!(text.contains(word), "no {word:?} in: {what}: {text}");
        }
    }
}

fn door(engine: &FakeEngine, allowed: &[&str]) -> Engine {
    allowing(engine, allowed, false)
}

fn allowing(engine: &FakeEngine, allowed: &[&str], privileged: bool) -> Engine {
    let safety = SafetyConfig {
        mount_allowlist: allowed.iter().map(Into::into).collect(),
        allow_privileged: privileged,
        ..SafetyConfig::default()
    };
    let config = Config {
        safety,
        ..Config::default()
    };
    engine.door().with_policy(Policy::new(&config))
}

#[tokio::test]
async fn a_service_that_stays_within_docker_passes() {
    let engine = engine();
    let door = door(&engine, &["/allowed"]);
    let container = json!({
        "Command": ["sh"], "Args": ["-c", "id"], "Env": ["A=1"], "Dir": "/", "User": "0", "Groups": ["1"],
        "Hostname": "{{.Node.Hostname}}", "Init": true, "TTY": true, "ReadOnly": true,
        "CapabilityAdd": ["CAP_CHOWN", "net_raw"], "CapabilityDrop": ["ALL"],
        "Sysctls": { "net.ipv4.tcp_syncookies": "1" }, "Isolation": "default", "OomScoreAdj": 500,
        "Privileges": {
            "NoNewPrivileges": true, "Seccomp": { "Mode": "default" }, "AppArmor": { "Mode": "default" },
            "CredentialSpec": null, "SELinuxContext": { "Disable": false, "User": "" },
        },
        "Mounts": [
            { "Type": "volume", "Source": "plain", "Target": "/a", "VolumeOptions": { "DriverConfig": { "Name": "local" } } },
            { "Type": "volume", "Target": "/b" },
            { "Type": "tmpfs", "Target": "/c", "TmpfsOptions": { "SizeBytes": 1 } },
            { "Type": "bind", "Source": "/allowed/www", "Target": "/d", "ReadOnly": true },
        ],
        "Secrets": [{ "SecretID": "1", "SecretName": "db", "File": { "Name": "db", "UID": "0", "GID": "0", "Mode": 292 } }],
        "Configs": [{ "ConfigID": "1", "ConfigName": "app", "File": { "Name": "/etc/app.conf" } }],
        "Hosts": ["192.0.2.1 db"], "Ulimits": [{ "Name": "nofile", "Soft": 1, "Hard": 2 }],
        "Healthcheck": { "Test": ["CMD", "true"] }, "StopGracePeriod": 1, "DNSConfig": { "Search": ["x"] },
    });
    let task = json!({
        "Runtime": "container", "ForceUpdate": 1, "Networks": [{ "Target": "lab", "Aliases": ["web"] }],
        "Resources": { "Limits": { "MemoryBytes": 1, "Pids": 5 }, "Reservations": { "NanoCPUs": 1 } },
        "Placement": { "Constraints": ["node.role==worker"], "Preferences": [{ "Spread": { "SpreadDescriptor": "x" } }] },
        "LogDriver": { "Name": "json-file", "Options": { "max-size": "1m" } },
        "RestartPolicy": { "Condition": "any", "Delay": 1 },
    });
    let mut spec = service(container, task);
    spec["EndpointSpec"] =
        json!({ "Mode": "dnsrr", "Ports": [{ "TargetPort": 80, "PublishMode": "host" }] });
    spec["UpdateConfig"] = json!({ "Parallelism": 1, "FailureAction": "rollback" });
    door.json(create(spec.clone())).await.unwrap();
    door.json(update(7, None, spec)).await.unwrap();
    let asked = engine.requests();
    assert!(
        !asked.iter().any(|asked| asked.starts_with("GET /services")),
        "{asked:?}"
    );
}

/// Whoever may move and multiply what others made gets nothing into it.
#[tokio::test]
async fn what_others_made_privileged_is_scaled_and_nothing_else() {
    let made = service(json!({ "CapabilityAdd": ["ALL"], "Dir": "/x" }), json!({}));
    let harmless = service(json!({}), json!({}));
    let with = |previous: &Value| {
        engine().on(
            "GET /services/web",
            json!({ "ID": "1xz", "Version": { "Index": 7 }, "Spec": made, "PreviousSpec": previous }),
        )
    };
    let mut scaled = made.clone();
    scaled["Mode"] = json!({ "Replicated": { "Replicas": 5 } });
    scaled["TaskTemplate"]["ForceUpdate"] = json!(1);
    scaled["Labels"] = json!({ "a": "b" });
    let mut other_image = scaled.clone();
    other_image["TaskTemplate"]["ContainerSpec"]["Image"] = json!("evil:1");
    let mut other_command = scaled.clone();
    other_command["TaskTemplate"]["ContainerSpec"]["Command"] = json!(["sh"]);
    let mut other_place = scaled.clone();
    other_place["TaskTemplate"]["Placement"] = json!({ "Constraints": ["node.role==manager"] });
    for (request, previous, word) in [
        (update(7, None, scaled.clone()), &harmless, None),
        (
            update(6, None, scaled.clone()),
            &harmless,
            Some("CapabilityAdd"),
        ),
        (
            update(7, None, other_image.clone()),
            &harmless,
            Some("CapabilityAdd"),
        ),
        (
            update(7, None, other_command),
            &harmless,
            Some("CapabilityAdd"),
        ),
        (
            update(7, None, other_place),
            &harmless,
            Some("CapabilityAdd"),
        ),
        (update(7, Some("previous"), made.clone()), &harmless, None),
        (update(7, Some("previous"), made.clone()), &scaled, None),
        (
            update(7, Some("previous"), harmless.clone()),
            &other_image,
            Some("CapabilityAdd"),
        ),
        (
            update(6, Some("previous"), made.clone()),
            &harmless,
            Some("changed meanwhile"),
        ),
        (
            update(7, Some("newest"), harmless.clone()),
            &harmless,
            Some("`newest`"),
        ),
    ] {
        let engine = with(previous);
        let door = door(&engine, &[]);
        match word {
            None => {
                door.json(request).await.unwrap();
            }
            Some(word) => {
                let text = refusal(&engine, &door, request, word).await;
                assert!(text.contains(word), "no {word:?} in: {text}");
            }
        }
    }
}

#[tokio::test]
async fn the_operator_can_allow_services_all_of_it() {
    let engine = engine();
    let door = allowing(&engine, &[], true);
    for (container, _) in refused::of_container() {
        door.json(create(service(container, json!({}))))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn secrets_configs_and_nodes_have_known_fields_and_no_plugins() {
    let secret = |body: Value| {
        let request =
            record(|docker| async move { docker.create_secret(SecretSpec::default()).await });
        request.unwrap().with_body(&object(body))
    };
    let config = |body: Value| {
        let request =
            record(|docker| async move { docker.create_config(ConfigSpec::default()).await });
        request.unwrap().with_body(&object(body))
    };
    let node = |body: Value| {
        let options = UpdateNodeOptions { version: 1 };
        let request = record(|docker| async move {
            docker.update_node("w1", NodeSpec::default(), options).await
        });
        request.unwrap().with_body(&object(body))
    };
    let engine = engine();
    let door = door(&engine, &[]);
    for (request, word) in [
        (
            secret(json!({ "Name": "a", "Driver": { "Name": "vault" } })),
            "Driver",
        ),
        (
            secret(json!({ "Name": "a", "Templating": { "Name": "golang" } })),
            "Templating",
        ),
        (
            secret(json!({ "Name": "a", "driver": { "Name": "vault" } })),
            "driver",
        ),
        (
            config(json!({ "Name": "a", "Templating": { "Name": "golang" } })),
            "Templating",
        ),
        (
            config(json!({ "Name": "a", "OfTomorrow": 1 })),
            "OfTomorrow",
        ),
        (
            node(json!({ "Role": "worker", "OfTomorrow": 1 })),
            "OfTomorrow",
        ),
    ] {
        let text = refusal(&engine, &door, request, word).await;
        assert!(
            text.contains(word) && text.contains(PRIVILEGED),
            "{word}: {text}"
        );
    }
    let labels = json!({ "a": "b" });
    for request in [
        secret(json!({ "Name": "a", "Data": "YQ==", "Labels": labels })),
        config(json!({ "Name": "a", "Data": "YQ==", "Labels": labels })),
        node(json!({ "Role": "worker", "Availability": "drain", "Labels": labels })),
    ] {
        door.json(request).await.unwrap();
    }
}
