//! What becomes of services where nodes are drained, lost, promoted or too few.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Swarm, named, only, until};
use crate::docker::WAIT;

fn is(node: &'static str, key: &'static str, what: &'static str) -> impl Fn(&Value) -> bool {
    move |list| named(list, "nodes", node)[key] == what
}

/// Has node 3 come back, however the test ends.
struct Back<'a>(&'a Swarm);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        let update = ["node", "update", "--availability", "active", "node3"];
        let _ = self.0.run(&update);
        if std::thread::panicking() {
            self.0.kill(3);
            self.0.revive(3);
        }
    }
}

#[tokio::test]
async fn a_drained_node_gives_its_tasks_away_and_takes_some_again() {
    let Some(swarm) = Swarm::alone() else { return };
    let session = swarm.session(1).await;
    let service = swarm.service(
        "drained",
        &["--replicas", "3", "--replicas-max-per-node", "1"],
        WAIT,
    );
    let name = service.name.as_str();
    let count = |count: i64| move |list: &Value| list["services"][0]["running"] == count;
    let _ = until(&session, "docker_list_services", only(name), count(3)).await;
    let _back = Back(&swarm);
    let drain = json!({ "node_id": "node3", "availability": "drain" });
    let _ = session.ok("docker_update_node", drain).await;
    let _ = until(&session, "docker_list_services", only(name), count(2)).await;
    let ask = json!({ "containers": [name] });
    let full = |found: &Value| found["findings"][0].to_string().contains("suitable node");
    let _ = until(&session, "docker_diagnose", ask, full).await;
    let active = json!({ "node_id": "node3", "availability": "active" });
    let _ = session.ok("docker_update_node", active).await;
    let _ = until(&session, "docker_list_services", only(name), count(3)).await;
    session.close().await;
}

/// The swarm goes on to count what ran there.
#[tokio::test]
async fn what_ran_on_a_lost_node_is_not_counted() {
    let Some(swarm) = Swarm::alone() else { return };
    let session = swarm.session(1).await;
    let service = swarm.service("lost", &["--mode", "global"], WAIT);
    let name = service.name.as_str();
    let running = |count: i64| move |list: &Value| list["services"][0]["running"] == count;
    let _ = until(&session, "docker_list_services", only(name), running(3)).await;
    let _back = Back(&swarm);
    swarm.kill(3);
    let down = is("node3", "state", "down");
    let _ = until(&session, "docker_list_nodes", json!({}), down).await;
    let list = session.ok("docker_list_services", only(name)).await;
    assert_eq!(list["services"][0]["running"], 2, "{list}");
    let ask = json!({ "service_id": name, "status": true });
    let shown = session.ok("docker_inspect_service", ask).await;
    let shown = &shown["details"];
    assert_eq!(shown["running"], 2, "{shown}");
    assert_eq!(
        (&shown["tasks"][0]["node"], &shown["tasks"][0]["node_lost"]),
        (&json!("node3"), &json!(true)),
        "{shown}"
    );
    let ask = json!({ "containers": [name] });
    let found = session.ok("docker_diagnose", ask.clone()).await;
    assert!(
        found["findings"][0]
            .to_string()
            .contains("node3 cannot be heard of"),
        "{found}"
    );
    // What the others wrote can still be read, and who is missing is said or nobody is.
    let logs = session
        .ok("docker_service_logs", json!({ "service_id": name }))
        .await;
    assert_eq!(logs["searched"], json!([name]), "{logs}");
    swarm.revive(3);
    let _ = until(&session, "docker_list_services", only(name), running(3)).await;
    let well = |found: &Value| found["healthy"] == json!([name]);
    let _ = until(&session, "docker_diagnose", ask, well).await;
    session.close().await;
}

/// With two of three managers gone nothing of the swarm can be told, and that is said within the deadline.
#[tokio::test]
async fn a_lost_quorum_is_told_and_regained() {
    let Some(swarm) = Swarm::own() else { return };
    let session = swarm.session(1).await;
    for node in ["node2", "node3"] {
        let promote = json!({ "node_id": node, "role": "manager" });
        let _ = session.ok("docker_update_node", promote).await;
    }
    for node in ["node2", "node3"] {
        let reachable = is(node, "reachability", "reachable");
        let _ = until(&session, "docker_list_nodes", json!({}), reachable).await;
    }
    swarm.kill(2);
    swarm.kill(3);
    // For a moment the manager does not know of it, and answers from what it has, or that a stream broke.
    let start = Instant::now();
    loop {
        let result = session.call("docker_list_services", json!({})).await;
        let says_what_to_do = format!("{:?}", result.content).contains("managers must be online");
        assert!(start.elapsed().as_secs() < 60, "{result:?}");
        if result.is_error == Some(true) && says_what_to_do {
            break;
        }
    }
    let info = session.ok("docker_swarm_info", json!({})).await;
    assert_eq!(info["state"], "active", "{info}");
    swarm.revive(2);
    swarm.revive(3);
    // When its agent comes back to the managers is a node's own affair.
    for node in ["node2", "node3"] {
        let reachable = is(node, "reachability", "reachable");
        let _ = until(&session, "docker_list_nodes", json!({}), reachable).await;
    }
    let demote = json!({ "node_id": "node3", "role": "worker" });
    let _ = until(&session, "docker_update_node", demote, Value::is_object).await;
    let demoted = |list: &Value| named(list, "nodes", "node3")["reachability"].is_null();
    let _ = until(&session, "docker_list_nodes", json!({}), demoted).await;
    session.close().await;
}
