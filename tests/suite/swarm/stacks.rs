//! Lists stacks and removes them, by what has their label.

use super::*;
use crate::support::fake_engine::swarm::{CONFIG, SECRET, SERVICE};

const LIST: &str = "docker_list_stacks";
const REMOVE: &str = "docker_remove_stack";

fn network(id: &str, name: &str, stack: Option<&str>) -> Value {
    let labels = stack.map(|stack| json!({ "com.docker.stack.namespace": stack }));
    json!({ "Id": id, "Name": name, "Driver": "overlay", "Labels": labels })
}

/// The stack `shop` with a network, and one of which only a network is left.
fn engine() -> FakeEngine {
    FakeEngine::start().with_swarm().on(
        "GET /networks",
        json!([
            network("n1", "shop_default", Some("shop")),
            network("n2", "old_default", Some("old")),
            network("n3", "bridge", None),
        ]),
    )
}

fn changes(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    requests.filter(|it| !it.starts_with("GET ")).collect()
}

#[tokio::test]
async fn a_stack_is_told_with_its_tasks_and_one_that_is_gone_by_what_it_left() {
    let lost = json!([node(MANAGER, "m1", true), {
        "ID": WORKER, "Description": { "Hostname": "w1" }, "Status": { "State": "down" },
    }]);
    let engine = engine().on("GET /nodes", lost);
    let client = client(&engine, &[]).await;
    let listed = call(&client, LIST, json!({})).await;
    assert_eq!(
        listed["stacks"],
        json!([
            { "name": "old", "services": 0, "running": 0, "desired": 0, "networks": 1, "secrets": 0, "configs": 0 },
            // The other task was on the node that is down.
            { "name": "shop", "services": 1, "running": 1, "desired": 2, "networks": 1, "secrets": 1, "configs": 1 },
        ])
    );
}

#[tokio::test]
async fn what_has_no_label_is_of_no_stack_however_the_engine_filters() {
    let mut other = service();
    other["Spec"]["Labels"] = json!({ "com.docker.stack.namespace": "" });
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /services", json!([other, { "ID": "2" }]))
        .on("GET /networks", json!([network("n3", "bridge", None)]))
        .on("GET /secrets", json!(null))
        .on("GET /configs", json!(null));
    let client = client(&engine, &[]).await;
    assert_eq!(call(&client, LIST, json!({})).await["stacks"], json!([]));
}

#[tokio::test]
async fn all_of_a_stack_goes_by_its_id_and_nothing_of_another() {
    let engine = engine()
        .on(
            "GET /tasks",
            json!([{ "ID": "t1", "Status": { "State": "shutdown" } }]),
        )
        .on("DELETE /networks/*", Reply::empty(204));
    let client = client(&engine, &[]).await;
    let gone = call(&client, REMOVE, json!({ "name": "shop" })).await;
    assert_eq!(
        gone,
        json!({
            "removed_services": ["shop_web"], "removed_networks": ["shop_default"],
            "removed_secrets": ["shop_db"], "removed_configs": ["shop_app"], "failed": [],
        })
    );
    assert_eq!(
        changes(&engine),
        [
            format!("DELETE /services/{SERVICE}"),
            format!("DELETE /secrets/{SECRET}"),
            format!("DELETE /configs/{CONFIG}"),
            "DELETE /networks/n1".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_network_waits_for_the_tasks_on_it_and_what_stays_is_named() {
    let engine = engine();
    let left = std::sync::atomic::AtomicUsize::new(3);
    let engine = engine
        .answer("GET /tasks", move |_| {
            let left = left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            let state = if left > 1 { "running" } else { "complete" };
            json!([{ "ID": "t1", "Status": { "State": state } }]).into()
        })
        .on("DELETE /networks/*", Reply::empty(204))
        .on(
            "DELETE /secrets/*",
            Reply::error(
                400,
                "secret 'shop_db' is in use by the following service: other",
            ),
        );
    let client = client(&engine, &[]).await;
    let gone = call(&client, REMOVE, json!({ "name": "shop" })).await;
    assert_eq!(gone["removed_networks"], json!(["shop_default"]), "{gone}");
    assert_eq!(gone["failed"][0]["name"], "shop_db");
    let error = gone["failed"][0]["error"].as_str().unwrap();
    assert!(
        error.contains("in use by the following service: other"),
        "{gone}"
    );
    let requests = engine.requests();
    let last = requests.iter().rposition(|it| it.starts_with("GET /tasks"));
    let network = requests.iter().position(|it| it == "DELETE /networks/n1");
    assert!(last < network, "{requests:?}");
    let looks = requests.iter().filter(|it| it.starts_with("GET /tasks"));
    assert_eq!(looks.count(), 3);
}

/// They would never end.
#[tokio::test]
async fn where_a_service_stays_nobody_waits_for_its_tasks() {
    let engine = engine()
        .on("DELETE /services/*", Reply::error(500, "not now"))
        .on("DELETE /networks/*", Reply::error(403, "not now either"));
    let client = client(&engine, &[]).await;
    let kept = call(&client, REMOVE, json!({ "name": "shop" })).await;
    let failed = kept["failed"].as_array().unwrap();
    let parts: Vec<&str> = failed
        .iter()
        .map(|it| it["part"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["services", "networks"], "{kept}");
    let requests = engine.requests();
    assert!(
        !requests.iter().any(|it| it.starts_with("GET /tasks")),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_stack_that_is_not_there_is_not_removed() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let (text, kind) = failure(&client, REMOVE, json!({ "name": "shoq" })).await;
    assert!(
        text.contains("no such stack: `shoq`; did you mean `shop`?"),
        "{text}"
    );
    assert_eq!(kind, "not_found");
    assert_eq!(changes(&engine), [""; 0]);
}

#[tokio::test]
async fn an_engine_outside_a_swarm_says_what_to_do() {
    let said = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
    let engine = FakeEngine::start().on("GET /services", Reply::error(503, said));
    let client = client(&engine, &[]).await;
    for (tool, arguments) in [(LIST, json!({})), (REMOVE, json!({ "name": "shop" }))] {
        let (text, _) = failure(&client, tool, arguments).await;
        assert!(text.contains("swarm"), "{text}");
    }
    assert_eq!(changes(&engine), [""; 0]);
}
