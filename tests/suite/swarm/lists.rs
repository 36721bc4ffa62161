//! What lists of a swarm count, and by which names they call things.

use super::*;

/// The Engine goes on to call running what ran on a node that is gone.
#[tokio::test]
async fn what_runs_is_counted_without_the_tasks_of_lost_nodes() {
    let mut lost = node(WORKER, "w1", false);
    lost["Status"]["State"] = json!("down");
    let mut left = task(2, MANAGER);
    left["DesiredState"] = json!("shutdown");
    let mut starting = task(2, MANAGER);
    starting["Status"]["State"] = json!("preparing");
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /nodes", json!([node(MANAGER, "m1", true), lost]))
        .on(
            "GET /tasks",
            json!([
                task(1, MANAGER),
                task(1, WORKER),
                left,
                starting,
                task(2, "nobody-knows")
            ]),
        );
    let client = client(&engine, &[]).await;
    let list = call(&client, "docker_list_services", json!({})).await;
    let shown = &list["services"][0];
    assert_eq!(
        (&shown["running"], &shown["desired"]),
        (&json!(1), &json!(2)),
        "{list}"
    );
    assert_eq!(shown["ports"], json!(["*:8080->80/tcp"]));
    assert_eq!(shown["image"], "web:1");
    assert_eq!(engine.requests().len(), 3, "{:?}", engine.requests());

    let tasks = call(&client, "docker_list_tasks", json!({})).await;
    let on = |name: &str| {
        let tasks = tasks["tasks"].as_array().unwrap();
        tasks
            .iter()
            .find(|task| task["node"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(on("w1")["node_lost"], true);
    assert_eq!(on("nobody-knows")["node_lost"], true);
    assert_eq!(on("m1")["node_lost"], Value::Null);
    client.stop().await;
}

/// Their tasks are over where they have done what they were to do.
#[tokio::test]
async fn a_job_is_counted_by_what_is_complete_and_a_global_service_by_its_tasks() {
    let of = |id: &str, mode: Value| {
        let mut it = service();
        it["ID"] = json!(id);
        it["Spec"]["Name"] = json!(id);
        it["Spec"]["Mode"] = mode;
        it
    };
    let done = |id: &str, state: &str, desired: &str| {
        let mut it = task(1, MANAGER);
        it["ServiceID"] = json!(id);
        it["Status"]["State"] = json!(state);
        it["DesiredState"] = json!(desired);
        it
    };
    let engine = FakeEngine::start()
        .with_swarm()
        .on(
            "GET /services",
            json!([
                of(
                    "job",
                    json!({ "ReplicatedJob": { "MaxConcurrent": 1, "TotalCompletions": 3 } })
                ),
                of("once", json!({ "GlobalJob": {} })),
                of("all", json!({ "Global": {} })),
                of("none", json!({ "Replicated": { "Replicas": 0 } })),
            ]),
        )
        .on(
            "GET /tasks",
            json!([
                done("job", "complete", "complete"),
                done("job", "complete", "complete"),
                done("job", "running", "running"),
                done("all", "running", "running"),
                done("all", "pending", "running"),
            ]),
        );
    let client = client(&engine, &[]).await;
    let list = call(&client, "docker_list_services", json!({})).await;
    let shown: Vec<Value> = list["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            json!([
                it["name"],
                it["mode"],
                it["running"],
                it["desired"],
                it["completed"]
            ])
        })
        .collect();
    assert_eq!(
        json!(shown),
        json!([
            ["all", "global", 1, 2, null],
            ["job", "replicated-job", 1, 3, 2],
            ["none", "replicated", 0, 0, null],
            ["once", "global-job", 0, 0, 0],
        ])
    );
    client.stop().await;
}

/// As they are told of a task that failed, one that no node takes, and one whose image there is not.
#[tokio::test]
async fn a_task_says_why_it_does_not_run() {
    let mut failed = task(1, MANAGER);
    failed["Status"] = json!({
        "Timestamp": "2026-01-01T10:00:00Z", "State": "failed", "Err": "task: non-zero exit (3)",
        "ContainerStatus": { "ContainerID": "c1", "PID": 0, "ExitCode": 3 },
    });
    failed["DesiredState"] = json!("shutdown");
    let mut pending = task(2, MANAGER);
    pending["Status"] = json!({
        "Timestamp": "2026-01-01T10:00:00Z", "State": "pending",
        "Err": "no suitable node (scheduling constraints not satisfied on 3 nodes)",
    });
    pending.as_object_mut().unwrap().remove("NodeID");
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /tasks", json!([pending, failed]));
    let client = client(&engine, &[]).await;
    let list = call(&client, "docker_list_tasks", json!({})).await;
    let (first, second) = (&list["tasks"][0], &list["tasks"][1]);
    assert_eq!(first["error"], "task: non-zero exit (3)");
    assert_eq!(
        (&first["exit_code"], &first["service"], &first["node"]),
        (&json!(3), &json!("shop_web"), &json!("m1"))
    );
    assert_eq!(
        second["error"],
        "no suitable node (scheduling constraints not satisfied on 3 nodes)"
    );
    assert!(
        second.get("node").is_none() && second.get("node_lost").is_none(),
        "{second}"
    );
    client.stop().await;
}

/// Engines write `null` for what is empty, and a service may be gone before its tasks are.
#[tokio::test]
async fn what_is_empty_or_gone_is_no_failure() {
    let mut orphan = task(1, WORKER);
    orphan["ServiceID"] = json!("gone");
    orphan["Labels"] = Value::Null;
    orphan["Status"]["ContainerStatus"] = Value::Null;
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /services", Value::Null)
        .on("GET /secrets", Value::Null)
        .on("GET /tasks", json!([orphan]));
    let client = client(&engine, &[]).await;
    for (tool, key) in [
        ("docker_list_services", "services"),
        ("docker_list_secrets", "secrets"),
    ] {
        let list = call(&client, tool, json!({})).await;
        assert_eq!(list[key], json!([]), "{tool}");
    }
    let list = call(&client, "docker_list_tasks", json!({ "labels": true })).await;
    assert_eq!(list["tasks"][0]["service"], "gone");
    client.stop().await;
}

/// The answer is read of what a typed list would fail over.
#[tokio::test]
async fn an_object_that_is_not_there_is_named_with_where_to_look() {
    let engine = FakeEngine::start().with_swarm();
    let mut asked = Vec::new();
    for (tool, parameter, path, kind) in [
        (
            "docker_inspect_service",
            "service_id",
            "/services/nosuch",
            "service",
        ),
        ("docker_inspect_node", "node_id", "/nodes/nosuch", "node"),
        ("docker_update_node", "node_id", "/nodes/nosuch", "node"),
        (
            "docker_remove_secret",
            "secret_name",
            "/secrets/nosuch",
            "secret",
        ),
        (
            "docker_remove_config",
            "config_name",
            "/configs/nosuch",
            "config",
        ),
    ] {
        asked.push((tool, parameter, format!("GET {path}"), kind));
    }
    let engine = asked.iter().fold(engine, |engine, (_, _, line, kind)| {
        engine.on(line, Reply::error(404, &format!("{kind} nosuch not found")))
    });
    let client = client(&engine, &[]).await;
    for (tool, parameter, _, kind) in asked {
        let mut arguments = json!({ "role": "worker" });
        if tool != "docker_update_node" {
            arguments = json!({});
        }
        arguments[parameter] = json!("nosuch");
        let (text, of) = failure(&client, tool, arguments).await;
        let expected = format!("no such {kind}: `nosuch`; docker_list_{kind}s shows what there is");
        assert_eq!((text, of), (expected, json!("not_found")), "{tool}");
    }
    client.stop().await;
}
