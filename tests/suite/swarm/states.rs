//! What the tools say where there is no swarm, or none that can be seen or changed from here.

use super::*;

const OUTSIDE: &str = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
const ON_A_WORKER: &str = "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.";
const LOCKED: &str = "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to unlock it.";
const LEADERLESS: &str = "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.";
const NOT_YET_LEADERLESS: &str =
    "rpc error: code = DeadlineExceeded desc = context deadline exceeded";

/// An Engine that tells nothing of a swarm but why.
fn without(status: u16, why: &str, state: &str, manages: bool) -> FakeEngine {
    let mut told = info();
    told["Swarm"] = json!({
        "NodeID": "", "NodeAddr": "10.9.0.9", "LocalNodeState": state, "ControlAvailable": manages, "Error": "",
        "RemoteManagers": if state == "active" { json!([{ "NodeID": MANAGER, "Addr": "10.9.0.1:2377" }]) } else { Value::Null },
    });
    let parts = ["services", "nodes", "tasks", "secrets", "configs"];
    let engine = FakeEngine::start().on("GET /info", told);
    parts.iter().fold(engine, |engine, part| {
        ["GET", "POST", "DELETE"]
            .iter()
            .fold(engine, |engine, method| {
                let reply = || Reply::error(status, why);
                engine
                    .on(&format!("{method} /{part}"), reply())
                    .on(&format!("{method} /{part}/*"), reply())
            })
    })
}

fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("docker_list_services", json!({})),
        ("docker_list_nodes", json!({})),
        ("docker_list_tasks", json!({})),
        ("docker_list_secrets", json!({})),
        ("docker_list_configs", json!({})),
        ("docker_inspect_service", json!({ "service_id": "web" })),
        ("docker_inspect_node", json!({ "node_id": "w1" })),
        (
            "docker_update_node",
            json!({ "node_id": "w1", "availability": "drain" }),
        ),
        (
            "docker_create_secret",
            json!({ "name": "db", "data": "${secret:DB}" }),
        ),
        (
            "docker_create_config",
            json!({ "name": "app", "data": "x" }),
        ),
        ("docker_remove_secret", json!({ "secret_name": "db" })),
        ("docker_remove_config", json!({ "config_name": "app" })),
    ]
}

#[tokio::test]
async fn each_tool_says_what_to_do_where_nothing_of_a_swarm_can_be_told() {
    for (status, why, what_to_do) in [
        (503, OUTSIDE, "`docker swarm init`"),
        (503, ON_A_WORKER, "ask the Engine of a manager"),
        (503, LOCKED, "`docker swarm unlock`"),
        (
            500,
            LEADERLESS,
            "More than half of its managers must be online",
        ),
        (
            500,
            NOT_YET_LEADERLESS,
            "More than half of its managers must be online",
        ),
    ] {
        let engine = without(status, why, "active", true);
        let client = client(&engine, &[("MCP_DOCKER_SECRET_DB", "planted-named-value")]).await;
        for (tool, arguments) in calls() {
            let (text, kind) = failure(&client, tool, arguments).await;
            let told = match why == NOT_YET_LEADERLESS && tool.starts_with("docker_create") {
                true => "it may be carried out yet",
                false => what_to_do,
            };
            assert!(text.contains(told), "{tool}: {text}");
            assert_eq!(kind, "operation_failed", "{tool}: {text}");
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn swarm_info_answers_in_each_state_and_says_what_to_do() {
    for (status, why, state, manages, role, next) in [
        (503, OUTSIDE, "inactive", false, "", "`docker swarm init`"),
        (
            503,
            ON_A_WORKER,
            "active",
            false,
            "worker",
            "ask the Engine of a manager",
        ),
        (503, LOCKED, "locked", false, "", "`docker swarm unlock`"),
        (
            500,
            LEADERLESS,
            "active",
            true,
            "manager",
            "the swarm has no leader",
        ),
        (
            500,
            NOT_YET_LEADERLESS,
            "active",
            true,
            "manager",
            "the swarm has no leader",
        ),
    ] {
        let engine = without(status, why, state, manages);
        let client = client(&engine, &[]).await;
        let told = call(&client, "docker_swarm_info", json!({})).await;
        assert_eq!(
            (&told["state"], &told["role"]),
            (&json!(state), &json!(role)),
            "{told}"
        );
        assert!(told["next"].as_str().unwrap().contains(next), "{told}");
        assert_eq!(told["managers"], Value::Null, "{told}");
        if role == "worker" {
            assert_eq!(told["managers_at"], json!(["10.9.0.1:2377"]));
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn swarm_info_counts_the_nodes_and_names_those_that_are_not_there() {
    let mut lost = node(WORKER, "w1", false);
    lost["Status"]["State"] = json!("down");
    lost["Description"]["Engine"]["EngineVersion"] = json!("26.1.5");
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /nodes", json!([node(MANAGER, "m1", true), lost]));
    let client = client(&engine, &[]).await;
    let told = call(&client, "docker_swarm_info", json!({})).await;
    assert_eq!(
        (&told["managers"], &told["workers"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(told["not_ready"], json!(["w1"]));
    assert_eq!(told["versions"], json!({ "20.10.24": 1, "26.1.5": 1 }));
    assert_eq!(
        (&told["leader"], &told["autolock"], &told["next"]),
        (&json!("m1"), &json!(false), &Value::Null)
    );
    client.stop().await;
}

/// The managers that have lost each other answer after 20 s, long after somebody wants to know.
#[tokio::test]
async fn swarm_info_does_not_wait_for_managers_that_do_not_answer() {
    let engine = without(500, LEADERLESS, "active", true).on("GET /nodes", Reply::hang());
    let client = client(&engine, &[("DOCKER_TIMEOUT", "1")]).await;
    let told = call(&client, "docker_swarm_info", json!({})).await;
    assert!(
        told["next"]
            .as_str()
            .unwrap()
            .contains("the swarm has no leader"),
        "{told}"
    );
    let (text, kind) = failure(&client, "docker_list_nodes", json!({})).await;
    assert!(
        text.contains("docker_swarm_info shows whether it has"),
        "{text}"
    );
    assert_eq!(kind, "timeout");
    client.stop().await;
}

#[tokio::test]
async fn a_node_is_read_once_more_where_somebody_changed_it_meanwhile() {
    let outdated = "rpc error: code = Unknown desc = update out of sequence";
    let reply = move |seen: &Seen| match seen.target.ends_with("version=9") {
        true => Reply::error(500, outdated),
        false => Reply::empty(200),
    };
    let mut later = node(WORKER, "w1", false);
    later["Version"]["Index"] = json!(12);
    later["Spec"]["Labels"] = json!({ "zone": "b", "old": "1" });
    let engine = FakeEngine::start()
        .with_swarm()
        .answer("POST /nodes/*/update", reply)
        .on(&format!("GET /nodes/{WORKER}"), later);
    let client = client(&engine, &[]).await;
    let arguments = json!({ "node_id": "w1", "availability": "drain", "labels": { "rack": "2" }, "remove_labels": ["old"] });
    call(&client, "docker_update_node", arguments.clone()).await;
    let sent = engine.bodies();
    let last = json!({ "Availability": "drain", "Role": "worker", "Labels": { "zone": "b", "rack": "2" } });
    assert_eq!(sent.last(), Some(&last), "{sent:?}");

    // Who loses again is told so.
    let engine = FakeEngine::start()
        .with_swarm()
        .on("POST /nodes/*/update", Reply::error(500, outdated));
    let other = super::client(&engine, &[]).await;
    let (text, kind) = failure(&other, "docker_update_node", arguments).await;
    assert!(
        text.contains("somebody else changed it meanwhile"),
        "{text}"
    );
    assert_eq!(kind, "conflict");
    for node in [client, other] {
        node.stop().await;
    }
}

#[tokio::test]
async fn what_the_swarm_does_not_let_a_node_become_is_said_with_the_way_out() {
    let last = "rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm";
    let engine = FakeEngine::start()
        .with_swarm()
        .on("POST /nodes/*/update", Reply::error(400, last));
    let client = client(&engine, &[]).await;
    let (text, _) = failure(
        &client,
        "docker_update_node",
        json!({ "node_id": "m1", "role": "worker" }),
    )
    .await;
    assert!(
        text.contains("first promote another node") && !text.contains("rpc error"),
        "{text}"
    );
    let (text, kind) = failure(&client, "docker_update_node", json!({ "node_id": "m1" })).await;
    assert!(text.contains("nothing is to be changed"), "{text}");
    assert_eq!(kind, "invalid_argument");
    client.stop().await;
}
