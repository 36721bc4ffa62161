//! What is said of the services of a Compose project: of their files what is said of the containers that they make.

use std::collections::BTreeSet;
use std::fs;

use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use super::{ALL, client, get};
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::FakeEngine;
use crate::support::workplace::workplace;

const ID: &str = "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d";

fn engine(document: &Value) -> FakeEngine {
    let labels =
        json!({ "com.docker.compose.project": "shop", "com.docker.compose.service": "web" });
    let listed = json!([{ "Id": ID, "Names": ["/web"], "Image": "web:1", "State": "running", "Labels": labels }]);
    FakeEngine::start()
        .on("GET /containers/json", listed)
        .on(&format!("GET /containers/{}/json", &ID[..12]), document.clone())
        .on(&format!("GET /containers/{ID}/json"), document.clone())
        .on("GET /volumes", json!({ "Volumes": null }))
        .on("GET /info", json!({ "ServerVersion": "28.3.0", "SecurityOptions": ["name=seccomp,profile=builtin"] }))
}

/// What is said of a project, from these files where they are given, else from its container.
async fn said(document: &Value, service: Option<&Value>) -> String {
    let docker = engine(document);
    let project = workplace();
    fs::write(
        project.path().join("compose.yaml"),
        "services: {web: {image: a}}\n",
    )
    .unwrap();
    let model = json!({ "name": "NAME", "services": { "web": service } });
    let compose = FakeCompose::with(&model.to_string(), "");
    let settings = [
        ALL,
        ("DOCKER_CONFIG", compose.settings()),
        ("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true"),
    ];
    let client = client(&docker, ClientLifecycleMode::Initialize, &settings).await;
    let arguments = match service {
        Some(_) => json!({ "project_directory": project.path().to_str().unwrap() }),
        None => json!({ "project_name": "shop" }),
    };
    let text = get(&client, "optimize_compose_config", arguments).await;
    client.stop().await;
    text.unwrap()
}

/// The findings, as severity and number.
fn findings(text: &str) -> BTreeSet<String> {
    let points = text.lines().filter(|line| line.contains("** CIS "));
    let points = points.filter_map(|line| line.split(',').next());
    points.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_the_audit_finds_in_a_container_is_found_in_its_file() {
    let host = |config: Value| json!({ "Config": { "Image": "web:1" }, "HostConfig": config });
    let mounted = |source: &str, writable: bool| json!({ "Config": { "Image": "web:1" }, "HostConfig": {}, "Mounts": [{ "Type": "bind", "Source": source, "Destination": "/x", "RW": writable, "Propagation": "rprivate" }] });
    let volume = |source: &str, read_only: bool| json!({ "image": "web:1", "volumes": [{ "type": "bind", "source": source, "target": "/x", "read_only": read_only }] });
    for (document, service) in [
        (host(json!({})), json!({ "image": "web:1" })),
        (
            host(json!({ "Privileged": true })),
            json!({ "image": "web:1", "privileged": true }),
        ),
        (
            host(json!({ "CapAdd": ["SYS_ADMIN"], "CapDrop": ["ALL"] })),
            json!({ "image": "web:1", "cap_add": ["SYS_ADMIN"], "cap_drop": ["ALL"] }),
        ),
        (
            host(json!({ "SecurityOpt": ["seccomp=unconfined", "no-new-privileges:true"] })),
            json!({ "image": "web:1", "security_opt": ["seccomp=unconfined", "no-new-privileges:true"] }),
        ),
        (
            host(
                json!({ "PidMode": "host", "IpcMode": "host", "UTSMode": "host", "NetworkMode": "host", "UsernsMode": "host" }),
            ),
            json!({ "image": "web:1", "pid": "host", "ipc": "host", "uts": "host", "network_mode": "host", "userns_mode": "host" }),
        ),
        (
            mounted("/var/run/docker.sock", true),
            volume("/var/run/docker.sock", false),
        ),
        (mounted("/etc", true), volume("/etc", false)),
        (mounted("/etc", false), volume("/etc", true)),
        (
            host(json!({ "Devices": [{ "PathOnHost": "/dev/sda" }] })),
            json!({ "image": "web:1", "devices": ["/dev/sda:/dev/sda:rwm"] }),
        ),
        (
            host(json!({ "Devices": [{ "PathOnHost": "/dev/sda" }] })),
            json!({ "image": "web:1", "devices": [{ "source": "/dev/sda", "target": "/dev/sda", "permissions": "rwm" }] }),
        ),
        (
            host(json!({ "PortBindings": { "80/tcp": [{ "HostIp": "", "HostPort": "80" }] } })),
            json!({ "image": "web:1", "ports": [{ "mode": "ingress", "target": 80, "published": "80", "protocol": "tcp" }] }),
        ),
        (
            host(
                json!({ "Memory": 67_108_864, "NanoCpus": 500_000_000, "PidsLimit": 100, "ReadonlyRootfs": true }),
            ),
            json!({ "image": "web:1", "mem_limit": "67108864", "cpus": 0.5, "pids_limit": 100, "read_only": true }),
        ),
        (
            host(json!({ "Memory": 67_108_864, "NanoCpus": 500_000_000, "PidsLimit": 100 })),
            json!({ "image": "web:1", "deploy": { "resources": { "limits": { "memory": "67108864", "cpus": 0.5, "pids": 100 } } } }),
        ),
        (
            host(json!({ "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 } })),
            json!({ "image": "web:1", "restart": "always" }),
        ),
        (
            host(json!({ "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 3 } })),
            json!({ "image": "web:1", "restart": "on-failure:3" }),
        ),
        (
            json!({ "Config": { "Image": "web", "User": "10001", "Env": ["DB_PASSWORD=x"], "Healthcheck": { "Test": ["CMD", "true"] } }, "HostConfig": {} }),
            json!({ "image": "web", "user": "10001", "environment": { "DB_PASSWORD": "x" }, "healthcheck": { "test": ["CMD", "true"] } }),
        ),
        (
            json!({ "Config": { "Image": "web:1", "Healthcheck": { "Test": ["NONE"] } }, "HostConfig": {} }),
            json!({ "image": "web:1", "healthcheck": { "disable": true } }),
        ),
    ] {
        let mut document = document;
        document["Id"] = json!(ID);
        document["Name"] = json!("/web");
        let of_container = said(&document, None).await;
        let of_file = said(&document, Some(&service)).await;
        let (container, file) = (findings(&of_container), findings(&of_file));
        assert!(container.len() > 3, "{document}: {of_container}");
        assert_eq!(container, file, "{service}: {of_file}");
        assert!(of_file.contains("`web`"), "{of_file}");
    }
}

#[tokio::test]
async fn without_a_project_or_a_directory_it_asks_for_one() {
    let docker = engine(&json!({}));
    let client = client(&docker, ClientLifecycleMode::Initialize, &[ALL]).await;
    let text = get(&client, "optimize_compose_config", json!({})).await;
    client.stop().await;
    assert!(text.unwrap().contains("Nothing is given"));
    assert!(
        !docker
            .requests()
            .iter()
            .any(|it| it.contains("/containers"))
    );
}
