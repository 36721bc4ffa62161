//! Services of a swarm, where their names are given in the place of containers': what they wrote, and what is
//! wrong with them.

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::fake_engine::swarm::{MANAGER, SERVICE, WORKER, node, record, service, task};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const DIAGNOSE: &str = "docker_diagnose";
const SEARCH: &str = "docker_search_logs";
const LOGS: &str = "docker_service_logs";

fn engine() -> FakeEngine {
    FakeEngine::start()
        .with_swarm()
        .on("GET /containers/json", json!([]))
}

/// Container, node and text of each line.
fn told(result: &Value) -> Vec<[&str; 3]> {
    let lines = result["lines"].as_array().unwrap().iter();
    lines
        .map(|line| ["container", "node", "text"].map(|key| line[key].as_str().unwrap_or("-")))
        .collect()
}

/// Wherever the stream is cut: a line that goes on in a second record goes on within its task.
#[tokio::test]
async fn records_of_all_tasks_are_told_apart() {
    let half = "a".repeat(16 << 10);
    let stream = [
        record(2, WORKER, "second\n"),
        record(1, MANAGER, &half),
        record(2, WORKER, "between, with two  spaces\n"),
        record(1, MANAGER, " end\n"),
        // Of a task that began since, and what the Engine itself says.
        record(9, WORKER, "new\n"),
        frame(
            3,
            "warning: incomplete log stream: node w2 is not available",
        ),
    ]
    .concat();
    for size in [5, 4099, stream.len()] {
        let chunks = stream.chunks(size).map(<[u8]>::to_vec);
        let chunks: Vec<Vec<u8>> = chunks.collect();
        let engine = engine().on("GET /services/*/logs", Reply::chunks(chunks));
        let arguments =
            json!({ "service_id": "shop_web", "since": "2026-01-01T00:00:00Z", "fold": false });
        let result = given(&engine, LOGS, arguments).await;
        let told = told(&result);
        let (first, second) = ("shop_web.1.t1sk00000000", "shop_web.2.t2sk00000000");
        let [container, node, text] = told[0];
        assert_eq!((container, node), (first, "m1"), "{size}");
        assert!(text.starts_with("aaaa"), "{text}");
        let expected = [
            [second, "w1", "second"],
            [second, "w1", "between, with two  spaces"],
            ["shop_web", "-", "new"],
            [
                "shop_web",
                "-",
                "warning: incomplete log stream: node w2 is not available",
            ],
        ];
        for line in expected {
            assert!(told.contains(&line), "{size}: {line:?} of {told:?}");
        }
        assert_eq!(told.len(), 5, "{told:?}");
        assert_eq!(result["searched"], json!(["shop_web"]));
    }
}

/// With terminals there are no frames, and each line has its time and details.
#[tokio::test]
async fn tasks_with_terminals_are_told_apart_by_line() {
    let mut tty = service();
    tty["Spec"]["TaskTemplate"]["ContainerSpec"]["TTY"] = json!(true);
    let lines = [record(1, MANAGER, "one\r\n"), record(2, WORKER, "two\r\n")];
    let raw: Vec<u8> = lines.iter().flat_map(|line| line[8..].to_vec()).collect();
    for size in [3, raw.len()] {
        let chunks: Vec<Vec<u8>> = raw.chunks(size).map(<[u8]>::to_vec).collect();
        let engine = engine()
            .on("GET /services/*", tty.clone())
            .on("GET /services/*/logs", Reply::chunks(chunks));
        let arguments = json!({ "service_id": "shop_web", "since": "2026-01-01T00:00:00Z" });
        let result = given(&engine, LOGS, arguments).await;
        let expected = [
            ["shop_web.1.t1sk00000000", "m1", "one"],
            ["shop_web.2.t2sk00000000", "w1", "two"],
        ];
        assert_eq!(told(&result), expected);
    }
}

#[tokio::test]
async fn a_services_name_serves_in_the_place_of_a_containers() {
    let named = json!({ "containers": ["shop_web"], "since": "2026-01-01T00:00:00Z" });
    let engine = engine();
    let result = given(&engine, SEARCH, named).await;
    assert_eq!(told(&result), [["shop_web.1.t1sk00000000", "m1", "ready"]]);
    let result = given(&engine, DIAGNOSE, json!({ "containers": ["shop_web"] })).await;
    assert_eq!(result["healthy"], json!(["shop_web"]), "{result}");
    assert_eq!(result["checked"], 1);
}

/// Who has both is meant by the container, and is asked for nothing more.
#[tokio::test]
async fn a_container_is_meant_where_there_is_one() {
    let listed = json!([{ "Id": "c1", "Names": ["/shop_web"], "State": "running" }]);
    let engine = engine()
        .on("GET /containers/json", listed)
        .on(
            "GET /containers/*/json",
            json!({ "Config": { "Tty": false } }),
        )
        .on("GET /containers/*/logs", Reply::empty(200));
    let _ = given(&engine, SEARCH, json!({ "containers": ["shop_web"] })).await;
    let requests = engine.requests();
    assert!(
        !requests.iter().any(|it| it.contains("/services")),
        "{requests:?}"
    );
}

/// Outside a swarm, on a worker, and where there is no such service, a container was meant.
#[tokio::test]
async fn a_name_that_nothing_has_is_a_containers() {
    let refusals = [
        Reply::error(503, "This node is not a swarm manager."),
        Reply::error(404, "service web not found"),
        Reply::error(500, "rpc error: code = DeadlineExceeded"),
    ];
    for refusal in refusals {
        let engine = engine().on("GET /services/*", refusal);
        for tool in [SEARCH, DIAGNOSE] {
            let text = failed(&engine, tool, json!({ "containers": ["web"] })).await;
            assert!(
                text.contains("container") && text.contains("`web`"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_had_says_why() {
    let gone = engine().on(
        "GET /services/*",
        Reply::error(404, "service web not found"),
    );
    let text = failed(&gone, LOGS, json!({ "service_id": "web" })).await;
    assert!(text.contains("`web`"), "{text}");
    let worker = engine().on(
        "GET /services/*",
        Reply::error(503, "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state."),
    );
    let text = failed(&worker, LOGS, json!({ "service_id": "web" })).await;
    assert!(text.contains("manager"), "{text}");
}

/// A task of slot 1 or 2 that is in a state, with an error and an exit code.
fn attempt(slot: u64, on: &str, state: &str, error: &str, code: i64) -> Value {
    let mut task = task(slot, on);
    task["Status"]["State"] = json!(state);
    task["Status"]["Err"] = json!(error);
    task["Status"]["ContainerStatus"]["ExitCode"] = json!(code);
    if matches!(state, "failed" | "rejected") {
        task["DesiredState"] = json!("shutdown");
    }
    if state == "pending" {
        task.as_object_mut().unwrap().remove("NodeID");
    }
    task
}

/// What is found, worst first.
async fn findings(service: Value, tasks: Value, nodes: Value) -> Vec<Value> {
    let engine = engine()
        .on("GET /services/*", service)
        .on("GET /tasks", tasks)
        .on("GET /nodes", nodes);
    let result = given(&engine, DIAGNOSE, json!({ "containers": [SERVICE] })).await;
    let findings = result["findings"].as_array().unwrap().clone();
    for finding in &findings {
        assert_eq!(finding["service"], "shop_web", "{finding}");
        assert!(!finding["next"].as_str().unwrap().is_empty(), "{finding}");
    }
    findings
}

fn nodes() -> Value {
    json!([node(MANAGER, "m1", true), node(WORKER, "w1", false)])
}

#[track_caller]
fn says(finding: &Value, severity: &str, words: &[&str]) {
    assert_eq!(finding["severity"], severity, "{finding}");
    let text = finding.to_string();
    for word in words {
        assert!(text.contains(word), "`{word}` of {text}");
    }
}

#[tokio::test]
async fn an_image_that_is_not_there_comes_first() {
    let error = "No such image: nosuch:1";
    let tasks = json!([
        attempt(1, MANAGER, "rejected", error, 0),
        attempt(1, WORKER, "rejected", error, 0),
        attempt(1, MANAGER, "preparing", "", 0),
        attempt(2, WORKER, "running", "", 0),
    ]);
    let mut paused = service();
    paused["UpdateStatus"] =
        json!({ "State": "paused", "Message": "update paused due to failure" });
    let found = findings(paused, tasks, nodes()).await;
    says(
        &found[0],
        "critical",
        &[
            "image is not there",
            error,
            "1 of 2 tasks run",
            "registry",
            "m1, w1",
        ],
    );
    says(
        &found[1],
        "critical",
        &["paused", "update paused due to failure", error],
    );
}

#[tokio::test]
async fn tasks_that_no_node_takes_come_first() {
    let error = "no suitable node (scheduling constraints not satisfied on 2 nodes)";
    let mut constrained = service();
    constrained["Spec"]["TaskTemplate"]["Placement"] =
        json!({ "Constraints": ["node.labels.disk == ssd"] });
    let waiting = json!([
        attempt(1, "", "pending", error, 0),
        attempt(2, "", "pending", error, 0)
    ]);
    let found = findings(constrained, waiting, nodes()).await;
    says(
        &found[0],
        "critical",
        &[
            "no node meets its constraints",
            "node.labels.disk == ssd",
            error,
            "0 of 2",
        ],
    );
    let error = "no suitable node (insufficient resources on 2 nodes)";
    let mut large = service();
    large["Spec"]["TaskTemplate"]["Resources"]["Reservations"] =
        json!({ "MemoryBytes": 64_000_000_000_i64 });
    let waiting = json!([
        attempt(1, "", "pending", error, 0),
        attempt(2, WORKER, "running", "", 0)
    ]);
    let found = findings(large, waiting, nodes()).await;
    says(&found[0], "critical", &["reserves", "64000000000", error]);
    let other = json!([attempt(
        1,
        "",
        "pending",
        "no suitable node (some new reason)",
        0
    )]);
    let found = findings(service(), other, nodes()).await;
    says(
        &found[0],
        "critical",
        &["no node is suitable", "some new reason"],
    );
}

#[tokio::test]
async fn a_loop_of_crashes_comes_with_what_the_code_means_and_where_it_was() {
    let error = "task: non-zero exit (137)";
    let tasks = json!([
        attempt(1, MANAGER, "failed", error, 137),
        attempt(1, WORKER, "failed", error, 137),
        attempt(1, MANAGER, "starting", "", 0),
        attempt(2, WORKER, "running", "", 0),
    ]);
    let found = findings(service(), tasks, nodes()).await;
    says(
        &found[0],
        "critical",
        &[
            "end again and again",
            "exit code 137",
            "SIGKILL",
            "2 times, on m1, w1",
            "docker_service_logs",
        ],
    );
}

/// The first that is wrong, where what was there before runs on.
#[tokio::test]
async fn an_update_that_is_paused_comes_first_with_why() {
    let mut paused = service();
    paused["UpdateStatus"] = json!({
        "State": "paused", "Message": "update paused due to failure or early termination of task t1",
    });
    let mut failed = attempt(1, WORKER, "failed", "task: non-zero exit (127)", 127);
    failed["Status"]["Timestamp"] = json!("2026-01-01T09:00:00Z");
    let tasks = json!([failed, task(1, MANAGER), task(2, WORKER)]);
    let found = findings(paused, tasks, nodes()).await;
    assert_eq!(found.len(), 1, "{found:?}");
    says(
        &found[0],
        "critical",
        &[
            "its update is paused",
            "due to failure or early termination",
            "exit code 127",
            "2 of 2 tasks run",
            "docker_rollback_service",
        ],
    );
}

#[tokio::test]
async fn an_update_that_was_rolled_back_comes_with_why() {
    let mut back = service();
    back["UpdateStatus"] =
        json!({ "State": "rollback_completed", "Message": "rollback completed" });
    let tasks = json!([
        attempt(1, MANAGER, "failed", "task: non-zero exit (3)", 3),
        attempt(1, MANAGER, "running", "", 0),
        attempt(2, WORKER, "running", "", 0),
    ]);
    let found = findings(back, tasks, nodes()).await;
    assert_eq!(found.len(), 1, "{found:?}");
    says(
        &found[0],
        "warning",
        &["rolled back", "exit code 3", "2 of 2 tasks run"],
    );
}

/// What the swarm still calls running there does not count.
#[tokio::test]
async fn a_node_that_is_lost_is_named() {
    let mut lost = node(WORKER, "w1", false);
    lost["Status"]["State"] = json!("down");
    let tasks = json!([task(1, MANAGER), task(2, WORKER)]);
    let found = findings(service(), tasks, json!([node(MANAGER, "m1", true), lost])).await;
    says(
        &found[0],
        "critical",
        &[
            "w1 cannot be heard of",
            "1 of 2 tasks run",
            "1 of its tasks ran there",
        ],
    );
}

/// What is over and done, and what was scaled to nothing, is no trouble.
#[tokio::test]
async fn old_failures_of_a_service_that_runs_are_none() {
    let tasks = json!([
        attempt(1, MANAGER, "failed", "task: non-zero exit (3)", 3),
        task(1, MANAGER),
        task(2, WORKER),
    ]);
    assert_eq!(
        findings(service(), tasks, nodes()).await,
        Vec::<Value>::new()
    );
    let mut none = service();
    none["Spec"]["Mode"]["Replicated"]["Replicas"] = json!(0);
    let found = findings(none, json!([]), nodes()).await;
    says(&found[0], "notice", &["no tasks", "docker_scale_service"]);
}
