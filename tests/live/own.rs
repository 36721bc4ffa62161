//! The server in a container, to which the socket of the Engine was mounted.

use std::path::Path;

use serde_json::json;
use tokio::process::Command;

use crate::docker::{Container, Object, image, wanted};
use crate::session::{Session, says};

/// The built program and the libraries that it is linked with, each as it is mounted.
fn program() -> Vec<String> {
    let program = env!("CARGO_BIN_EXE_mcp-docker");
    let linked = std::process::Command::new("ldd")
        .arg(program)
        .output()
        .unwrap();
    let linked = String::from_utf8(linked.stdout).unwrap();
    let paths = linked
        .split_whitespace()
        .filter(|word| Path::new(word).is_absolute());
    let mut mounts: Vec<String> = paths.map(|path| format!("{path}:{path}:ro")).collect();
    mounts.push(format!("{program}:/mcp-docker:ro"));
    mounts
}

/// A session with a server in a container of that name, which keeps its audit log in a volume.
async fn inside(own: &Container, audit: &Object, other: &Object) -> Session {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let socket = host
        .strip_prefix("unix://")
        .unwrap_or("/var/run/docker.sock");
    let mut mounts = program();
    mounts.push(format!("{socket}:/var/run/docker.sock"));
    mounts.push(format!("{}:/var/log/mcp", audit.name));
    mounts.push(format!("{}:/var/cache/mcp", other.name));
    let mut command = Command::new("docker");
    command.args(["run", "-i", "--rm", "--name", &own.name]);
    for mount in mounts {
        command.args(["-v", &mount]);
    }
    for setting in [
        "MCP_DOCKER_AUDIT_LOG=/var/log/mcp/audit.jsonl",
        "MCP_DOCKER_TOOLSETS=all",
        "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true",
        "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=false",
    ] {
        command.args(["-e", setting]);
    }
    command.args([&image(), "/mcp-docker"]);
    Session::over(command, tempfile::tempdir().unwrap()).await
}

#[tokio::test]
async fn nothing_happens_to_the_servers_own_container_and_to_what_it_keeps() {
    if !wanted() {
        return;
    }
    let (audit, other) = (Object::new("volume"), Object::new("volume"));
    let network = Object::new("network");
    let own = Container::named("own");
    let session = inside(&own, &audit, &other).await;
    let id = own.id();
    for name in [&*own.name, &id, &id[..12]] {
        let joining = json!({"network_id": network.name, "container_id": name});
        for (tool, arguments) in [
            ("docker_connect_container", joining.clone()),
            ("docker_disconnect_container", joining),
            (
                "docker_exec_command",
                json!({"container_id": name, "command": ["true"]}),
            ),
            ("docker_stop_container", json!({"container_id": name})),
            ("docker_pause_container", json!({"container_id": name})),
            ("docker_kill_container", json!({"container_id": name})),
            (
                "docker_rename_container",
                json!({"container_id": name, "name": "other"}),
            ),
            (
                "docker_update_container",
                json!({"container_id": name, "mem_limit": "64m"}),
            ),
            (
                "docker_commit_container",
                json!({"container_id": name, "repository": "own"}),
            ),
            ("docker_restart_container", json!({"container_id": name})),
            (
                "docker_remove_container",
                json!({"container_id": name, "force": true}),
            ),
        ] {
            let text = session.fails(tool, arguments).await;
            says(&text, &["this server runs in", "nothing was done"]);
        }
    }
    assert_eq!(own.state(), "running");

    let container = Container::named("mounts");
    let mounting = |volume: &Object| {
        json!({
            "image": image(), "name": container.name, "volumes": {&*volume.name: {"bind": "/inside"}},
        })
    };
    let text = session
        .fails("docker_create_container", mounting(&audit))
        .await;
    says(&text, &["volumes", &audit.name, "own"]);
    assert!(!container.exists());
    session
        .ok("docker_create_container", mounting(&other))
        .await;
    session.close().await;
}
