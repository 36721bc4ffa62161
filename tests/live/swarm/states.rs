//! Managers that come, go and are locked, and what is said meanwhile.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Swarm, named, until};
use crate::session::says;

/// Has node 3 be a worker, however the test ends.
struct Demoted<'a>(&'a Swarm);

impl Drop for Demoted<'_> {
    fn drop(&mut self) {
        let _ = self.0.run(&["node", "demote", "node3"]);
    }
}

#[tokio::test]
async fn a_node_becomes_a_manager_and_a_worker_again_and_the_last_manager_stays_one() {
    let Some(swarm) = Swarm::alone() else { return };
    let session = swarm.session(1).await;
    let last = json!({ "node_id": "node1", "role": "worker" });
    session
        .refuses("docker_update_node", last, &["first promote another node"])
        .await;
    let _back = Demoted(&swarm);
    let promote = json!({ "node_id": "node3", "role": "manager" });
    let _ = session.ok("docker_update_node", promote).await;
    let manages = |list: &Value| named(list, "nodes", "node3")["reachability"] == "reachable";
    let _ = until(&session, "docker_list_nodes", json!({}), manages).await;
    // What only managers tell is told there by now.
    let other = swarm.session(3).await;
    let two = |info: &Value| info["role"] == "manager" && info["managers"] == 2;
    let info = until(&other, "docker_swarm_info", json!({}), two).await;
    assert_eq!(info["workers"], 1, "{info}");
    assert!(!info.to_string().contains("SWMTKN"), "{info}");
    let demote = json!({ "node_id": "node3", "role": "worker" });
    let _ = until(&session, "docker_update_node", demote, Value::is_object).await;
    let works = |list: &Value| {
        let node = named(list, "nodes", "node3");
        node["role"] == "worker" && node["reachability"].is_null()
    };
    let _ = until(&session, "docker_list_nodes", json!({}), works).await;
    // It has to hear of it.
    let worker = |info: &Value| info["role"] == "worker";
    let info = until(&other, "docker_swarm_info", json!({}), worker).await;
    says(&info["next"].to_string(), &["manager"]);
    other
        .refuses("docker_list_services", json!({}), &["manager"])
        .await;
    other.close().await;
    session.close().await;
}

/// The key is a person's, and so is unlocking.
#[tokio::test]
async fn a_locked_manager_says_so_and_tells_no_key() {
    let Some(swarm) = Swarm::own() else { return };
    let session = swarm.session(1).await;
    swarm.docker(&["swarm", "update", "--autolock=true"]);
    let key = swarm.docker(&["swarm", "unlock-key", "--quiet"]);
    assert!(key.starts_with("SWMKEY-"), "{key}");
    let info = session.ok("docker_swarm_info", json!({})).await;
    assert_eq!(info["autolock"], true, "{info}");
    assert!(!info.to_string().contains(&key), "{info}");

    swarm.kill(1);
    swarm.revive(1);
    let locked = |info: &Value| info["state"] == "locked";
    let info = until(&session, "docker_swarm_info", json!({}), locked).await;
    says(&info["next"].to_string(), &["docker swarm unlock"]);
    for (tool, arguments) in [
        ("docker_list_services", json!({})),
        ("docker_list_nodes", json!({})),
        ("docker_inspect_service", json!({ "service_id": "web" })),
        (
            "docker_create_config",
            json!({ "name": "app", "data": "x" }),
        ),
    ] {
        let says = ["locked", "docker swarm unlock"];
        session.refuses(tool, arguments, &says).await;
    }

    let mut unlock = Command::new("docker")
        .args(["--host", &swarm.host(1), "swarm", "unlock"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = unlock.stdin.take().unwrap();
    writeln!(stdin, "{key}").unwrap();
    drop(stdin);
    assert!(unlock.wait().unwrap().success());
    let whole = |list: &Value| list["total"] == 3;
    let _ = until(&session, "docker_list_nodes", json!({}), whole).await;
    session.close().await;
}
