//! The resources of services of a swarm.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{LEGACY, MODERN, ask, open};
use crate::support::client::EVERYTHING;
use crate::support::fake_engine::swarm::{MANAGER, SERVICE, WORKER, node, service, task};
use crate::support::fake_engine::{FakeEngine, Reply, Seen};

const URI: &str = "swarm://services/shop_web";

const NETWORK: &str = "n3tw0rk0000000000000000aa";

fn engine() -> FakeEngine {
    FakeEngine::start()
        .with_swarm()
        .on(
            "GET /containers/json",
            json!([{ "Id": "1", "Names": ["/lone"], "State": "running", "Labels": null }]),
        )
        .on(
            "GET /services/*",
            Reply::error(404, "service shop_wep not found"),
        )
        .on("GET /services/shop_web", service())
        .on(&format!("GET /services/{SERVICE}"), service())
}

/// What a client of the era before is answered who reads it.
async fn read(engine: &FakeEngine, env: &[(&str, &str)], uri: &str) -> Value {
    let address = engine.address();
    let mut all = vec![("DOCKER_BASE_URL", address.as_str()), EVERYTHING];
    all.extend(env);
    let mut client = open(LEGACY, &all).await;
    ask(
        &mut client,
        LEGACY,
        1,
        "resources/read",
        json!({ "uri": uri }),
    )
    .await
}

/// What is in it.
fn details(answer: &Value) -> Value {
    let contents = &answer["result"]["contents"][0];
    assert_eq!(contents["mimeType"], "application/json", "{answer}");
    let read: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    read["details"].clone()
}

#[tokio::test]
async fn each_service_is_listed_and_completed_where_the_toolset_is_on() {
    let engine = engine();
    let address = engine.address();
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
        let list = ask(&mut client, era, 1, "resources/list", json!({})).await;
        let listed = list["result"]["resources"].as_array().unwrap().iter();
        let mut listed = listed.filter(|it| it["uri"].as_str().unwrap().starts_with("swarm:"));
        let one = listed.next().unwrap();
        assert_eq!(
            (&one["uri"], &one["name"]),
            (&json!(URI), &json!("shop_web swarm_services"))
        );
        assert_eq!(listed.next(), None);
        let params = json!({
            "ref": { "type": "ref/resource", "uri": "swarm://services/{service}" },
            "argument": { "name": "service", "value": "WEB" },
        });
        let answer = ask(&mut client, era, 2, "completion/complete", params).await;
        let values = &answer["result"]["completion"]["values"];
        assert_eq!(values, &json!(["shop_web"]), "{answer}");
    }
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    for (id, method) in [(1, "resources/list"), (2, "resources/templates/list")] {
        let list = ask(&mut client, LEGACY, id, method, json!({})).await;
        assert!(!list.to_string().contains("swarm:"), "{list}");
    }
    let refused = ask(
        &mut client,
        LEGACY,
        3,
        "resources/read",
        json!({ "uri": URI }),
    )
    .await;
    let text = refused["error"]["message"].as_str().unwrap();
    assert!(text.contains("MCP_DOCKER_TOOLSETS"), "{text}");
}

#[tokio::test]
async fn it_tells_how_the_service_runs_and_nothing_of_its_secrets() {
    let mut on_a_network = service();
    let spec = &mut on_a_network["Spec"]["TaskTemplate"];
    spec["ContainerSpec"]["Env"] = json!(["DB_PASSWORD=planted-password"]);
    spec["Networks"] = json!([{ "Target": NETWORK }, { "Target": "gone" }]);
    on_a_network["UpdateStatus"] = json!({
        "State": "paused", "StartedAt": "2026-01-01T10:00:00Z", "CompletedAt": "0001-01-01T00:00:00Z",
        "Message": "update paused due to failure of task t0",
    });
    let mut failed = task(1, MANAGER);
    failed["ID"] = json!("t0sk00000000000000000000a");
    failed["DesiredState"] = json!("shutdown");
    failed["Status"] = json!({
        "Timestamp": "2026-01-01T09:00:00Z", "State": "failed", "Err": "task: non-zero exit (3); DB_PASSWORD=planted-password",
        "ContainerStatus": { "ContainerID": "5".repeat(64), "ExitCode": 3 },
    });
    let mut lost = node(WORKER, "w1", false);
    lost["Status"]["State"] = json!("down");
    let engine = engine()
        .on("GET /services/shop_web", on_a_network)
        .on(
            "GET /networks",
            json!([{ "Id": NETWORK, "Name": "shop_back" }]),
        )
        .on("GET /nodes", json!([node(MANAGER, "m1", true), lost]))
        .on(
            "GET /tasks",
            json!([task(1, MANAGER), task(2, WORKER), failed]),
        );
    let answer = read(&engine, &[], URI).await;
    assert!(!answer.to_string().contains("planted"), "{answer}");
    let mut told = details(&answer);
    let error = told["tasks"][1]["error"].take();
    let error = error.as_str().unwrap_or_default();
    assert!(error.starts_with("task: non-zero exit (3); "), "{error}");
    assert_eq!(
        told,
        json!({
            "id": SERVICE, "name": "shop_web", "mode": "replicated", "running": 1, "desired": 2,
            "image": "web:1", "ports": ["*:8080->80/tcp"], "networks": ["gone", "shop_back"],
            "update": { "state": "paused", "message": "update paused due to failure of task t0", "started": "2026-01-01T10:00:00Z" },
            "tasks": [
                { "id": "t2sk00000000", "slot": 2, "node": "w1", "node_lost": true, "state": "running", "desired": "running",
                  "since": "2026-01-01T10:00:05Z", "container": "000000000000", "image": "web:1" },
                { "id": "t0sk00000000", "slot": 1, "node": "m1", "state": "failed", "desired": "shutdown", "error": null,
                  "exit_code": 3, "since": "2026-01-01T09:00:00Z", "container": "555555555555", "image": "web:1" },
                { "id": "t1sk00000000", "slot": 1, "node": "m1", "state": "running", "desired": "running",
                  "since": "2026-01-01T10:00:05Z", "container": "000000000000", "image": "web:1" },
            ],
        })
    );
}

/// Those in trouble are there, however many others are newer.
#[tokio::test]
async fn of_many_tasks_the_newest_are_told_within_the_budget() {
    let tasks: Vec<Value> = (0..500)
        .map(|slot| {
            let mut task = task(slot, MANAGER);
            if slot == 7 {
                task["Status"]["State"] = json!("pending");
                task["Status"]["Timestamp"] = json!("2025-12-31T10:00:00Z");
                task["Status"]["Err"] = json!("no suitable node");
            } else if slot > 490 {
                task["Status"]["Err"] = json!("x".repeat(2000));
            }
            task
        })
        .collect();
    let engine = engine().on("GET /tasks", json!(tasks));
    let told = details(&read(&engine, &[], URI).await);
    assert_eq!(told["tasks"].as_array().unwrap().len(), 20, "{told}");
    assert_eq!(told["tasks_left_out"], 480);
    assert_eq!(told["tasks"][9]["error"], "no suitable node");
    assert_eq!(told["running"], 499);

    let small = [("SAFETY_MAX_RESPONSE_BYTES", "4096")];
    let answer = read(&engine, &small, URI).await;
    let text = answer["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(text.len() <= 4096, "{}: {text}", text.len());
    let whole: Value = serde_json::from_str(text).unwrap();
    assert_eq!(whole["truncated"], true, "{whole}");
    assert_eq!(whole["details"]["running"], 499, "{whole}");
}

/// The containers of an Engine are there, whatever becomes of its swarm.
#[tokio::test]
async fn where_nothing_of_a_swarm_can_be_told_it_says_what_to_do() {
    let outside = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
    let worker = "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.";
    let locked = "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to unlock it.";
    for (why, what_to_do) in [
        (outside, "`docker swarm init`"),
        (worker, "ask the Engine of a manager"),
        (locked, "`docker swarm unlock`"),
    ] {
        let engine = engine()
            .on("GET /services", Reply::error(503, why))
            .on("GET /services/shop_web", Reply::error(503, why));
        let answer = read(&engine, &[], URI).await;
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(what_to_do), "{answer}");
        let address = engine.address();
        let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
        let list = ask(&mut client, LEGACY, 1, "resources/list", json!({})).await;
        let list = list["result"]["resources"].to_string();
        assert!(
            list.contains("container://logs/lone") && !list.contains("swarm:"),
            "{list}"
        );
    }
    for (uri, code, said) in [
        ("swarm://services/shop_wep", -32002, "`shop_wep`"),
        ("swarm://services/", -32602, "service_id"),
        ("swarm://services/..%2Fnodes", -32602, "service_id"),
        ("swarm://nodes/m1", -32002, "swarm://services/{service}"),
    ] {
        let answer = read(&engine(), &[], uri).await;
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{uri}: {answer}");
        assert!(
            error["message"].as_str().unwrap().contains(said),
            "{answer}"
        );
    }
}

fn event(kind: &str, action: &str, id: &str) -> String {
    let actor = json!({ "ID": id, "Attributes": { "name": "x" } });
    json!({ "Type": kind, "Action": action, "Actor": actor, "scope": "swarm" }).to_string()
}

/// Of others nothing is told, and once it is gone nothing more.
#[tokio::test]
async fn what_happens_to_a_service_is_told_until_it_is_removed() {
    let looks = AtomicU64::new(0);
    let changing = move |_: &Seen| {
        let mut changed = service();
        changed["Version"]["Index"] = json!(looks.fetch_add(1, Ordering::SeqCst));
        match changed["Version"]["Index"].as_u64() {
            Some(0..=1) => Reply::json(200, &changed),
            _ => Reply::error(404, "service shop_web not found"),
        }
    };
    let events = [
        event("service", "update", "another"),
        event("service", "update", SERVICE),
        event("node", "update", WORKER),
    ];
    let engine = engine().answer("GET /services/*", changing).on(
        "GET /events",
        Reply::chunks(events)
            .every(Duration::from_millis(300))
            .then_hang(),
    );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
    let uri = json!({ "uri": URI });
    let answer = ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    for _ in ["it was updated", "it is gone"] {
        let told = client.receive().await;
        assert_eq!(told["params"], uri, "{told}");
    }
    engine.all_closed().await;
    let looked = |line: &String| line.starts_with("GET /services/");
    let looks = engine.requests().iter().filter(|it| looked(it)).count();
    assert_eq!(looks, 3, "{:?}", engine.requests());
}

#[tokio::test]
async fn services_that_come_and_go_change_the_list() {
    let engine = engine().on(
        "GET /events",
        Reply::chunks([
            event("service", "update", SERVICE),
            event("service", "create", "another"),
        ])
        .every(Duration::from_millis(300))
        .then_hang(),
    );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
    ask(&mut client, LEGACY, 1, "resources/list", json!({})).await;
    let told = client.receive().await;
    assert_eq!(
        told["method"], "notifications/resources/list_changed",
        "{told}"
    );
    let asked = |line: &String| line.starts_with("GET /events") && line.contains("service");
    assert!(
        engine.requests().iter().any(asked),
        "{:?}",
        engine.requests()
    );
}
