//! What services run and wrote, wherever their tasks are.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Swarm, named, only, until};
use crate::docker::{WAIT, unique};

#[tokio::test]
async fn a_service_is_counted_and_read_wherever_its_tasks_are() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let program = format!(
        "echo one $HOSTNAME; echo token=ghp_abcdefghijklmnopqrstuvwxyz0123456789 >&2; {WAIT}"
    );
    // One on each node, whatever else runs there.
    let everywhere = ["--mode", "global"];
    let service = swarm.service("everywhere", &everywhere, &program);
    let name = service.name.as_str();
    let list = until(&session, "docker_list_services", only(name), |list| {
        named(list, "services", name)["running"] == 3
    })
    .await;
    assert_eq!(named(&list, "services", name)["desired"], 3, "{list}");

    let ask = json!({ "service_id": name, "fold": false });
    let logs = until(&session, "docker_service_logs", ask, |logs| {
        logs["matched"] == 6
    })
    .await;
    let lines = logs["lines"].as_array().unwrap();
    let nodes: BTreeSet<&str> = lines
        .iter()
        .map(|it| it["node"].as_str().unwrap())
        .collect();
    assert_eq!(nodes, BTreeSet::from(["node1", "node2", "node3"]), "{logs}");
    let whole = logs.to_string();
    assert!(
        !whole.contains("ghp_") && whole.contains("REDACTED"),
        "{whole}"
    );
    assert!(!whole.contains("com.docker.swarm"), "{whole}");
    assert!(
        lines
            .iter()
            .all(|it| it["container"].as_str().unwrap().starts_with(name)),
        "{logs}"
    );

    // By its name in the place of a container's.
    let ask = json!({ "containers": [name], "grep": "^one", "stream": "stdout" });
    let found = session.ok("docker_search_logs", ask).await;
    assert_eq!(found["matched"], 3, "{found}");
    let well = session
        .ok("docker_diagnose", json!({ "containers": [name] }))
        .await;
    assert_eq!(well["healthy"], json!([name]), "{well}");
    session.close().await;
}

/// Of those with a terminal each line is told apart as well.
#[tokio::test]
async fn the_log_of_tasks_with_terminals_is_read() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let flags = ["--tty", "--replicas", "2"];
    let service = swarm.service(
        "terminals",
        &flags,
        &format!("echo first; echo last; {WAIT}"),
    );
    let ask = json!({ "service_id": service.name, "fold": false });
    let logs = until(&session, "docker_service_logs", ask, |logs| {
        logs["matched"] == 4
    })
    .await;
    let lines = logs["lines"].as_array().unwrap();
    let texts: Vec<&str> = lines
        .iter()
        .map(|it| it["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts.iter().filter(|it| **it == "first").count(),
        2,
        "{logs}"
    );
    session.close().await;
}

#[tokio::test]
async fn secrets_and_configs_in_use_are_not_removed() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    for (kind, flag, tool, parameter) in [
        ("secret", "--secret", "docker_remove_secret", "secret_name"),
        ("config", "--config", "docker_remove_config", "config_name"),
    ] {
        let name = unique(kind);
        swarm.docker(&[kind, "create", &name, "/etc/hostname"]);
        let service = swarm.service("uses", &[flag, &name], WAIT);
        let why = session.fails(tool, json!({ parameter: name })).await;
        assert!(why.contains(&service.name), "{why}");
        drop(service);
        let _ = until(&session, tool, json!({ parameter: name }), |_| true).await;
        assert!(swarm.run(&[kind, "inspect", &name]).is_err());
    }
    session.close().await;
}

#[tokio::test]
async fn a_worker_and_an_engine_outside_a_swarm_say_what_to_do() {
    let Some(swarm) = Swarm::shared() else { return };
    let worker = swarm.session(2).await;
    let outside = crate::session::Session::with(&[("MCP_DOCKER_TOOLSETS", "all")])
        .await
        .unwrap();
    for (tool, arguments) in [
        ("docker_list_services", json!({})),
        ("docker_service_logs", json!({ "service_id": "web" })),
    ] {
        let why = worker.fails(tool, arguments.clone()).await;
        assert!(why.contains("manager"), "{why}");
        let why = outside.fails(tool, arguments).await;
        assert!(why.contains("swarm"), "{why}");
    }
    worker.close().await;
    outside.close().await;
}
