//! Starts, stops and restarts of projects, and their logs: in the order of dependencies, and no more than
//! was asked for.

use serde_json::{Value, json};

use super::container;
use crate::one_call::{failed, given};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const START: &str = "docker_compose_start";
const STOP: &str = "docker_compose_stop";
const RESTART: &str = "docker_compose_restart";
const LOGS: &str = "docker_compose_logs";

/// A project whose `web` needs a healthy `db` and a `job` that is done, all in that state.
fn project(state: &str) -> FakeEngine {
    let needs =
        json!({ "depends_on": "db:service_healthy:false,job:service_completed_successfully:true" });
    FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                container("1", "shop", "web", state, needs),
                container("2", "shop", "db", state, json!({})),
                container(
                    "3",
                    "shop",
                    "job",
                    state,
                    json!({ "depends_on": "db:service_started:false" })
                ),
                container("4", "shop", "db", state, json!({ "oneoff": "True" })),
                container("5", "other", "web", state, json!({})),
            ]),
        )
        .on("GET /containers/1/json", inspected("running", 0, ""))
        .on("GET /containers/2/json", inspected("running", 0, "healthy"))
        .on("GET /containers/3/json", inspected("exited", 0, ""))
        .on("POST /containers/*/start", Reply::empty(204))
        .on("POST /containers/*/stop", Reply::empty(204))
        .on("POST /containers/*/restart", Reply::empty(204))
}

fn inspected(status: &str, code: i64, health: &str) -> Value {
    json!({ "State": { "Status": status, "ExitCode": code, "Health": { "Status": health } }, "HostConfig": {} })
}

fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| request.starts_with("POST "));
    requests
}

fn shop() -> Value {
    json!({ "project_name": "shop" })
}

#[tokio::test]
async fn each_is_started_after_what_it_depends_on() {
    let engine = project("exited");
    let started = given(&engine, START, shop()).await;
    let order = [2, 3, 1].map(|id| format!("POST /containers/{id}/start"));
    assert_eq!(changes(&engine), order);
    let states: Vec<_> = started["services"].as_array().unwrap().iter().collect();
    assert_eq!(
        states[0],
        &json!({ "service": "db", "container": "shop_db_2", "state": "running" })
    );
    assert_eq!(states[1]["state"], "exited");
    // What runs already is left alone.
    let engine = project("running");
    given(&engine, START, shop()).await;
    assert_eq!(changes(&engine), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_started_whose_dependency_is_not_as_it_is_to_be() {
    for (id, state, said) in [
        (
            "2",
            inspected("running", 0, "unhealthy"),
            "`shop_db_2`, on which others depend, is unhealthy",
        ),
        ("2", inspected("exited", 1, ""), "has exited"),
        (
            "2",
            inspected("running", 0, "starting"),
            "is not ready in time",
        ),
        (
            "3",
            inspected("exited", 2, ""),
            "`shop_job_3`, on which others depend, ended with an error",
        ),
    ] {
        let engine = project("exited").on(&format!("GET /containers/{id}/json"), state);
        let asked = json!({ "project_name": "shop", "timeout": 1 });
        let text = failed(&engine, START, asked).await;
        assert!(
            text.contains(said) && text.contains("done before: `shop_db_2`"),
            "{text}"
        );
        let web = "POST /containers/1/start".to_owned();
        assert!(!changes(&engine).contains(&web), "{text}");
    }
}

#[tokio::test]
async fn each_is_stopped_before_what_it_depends_on() {
    let engine = project("running");
    given(
        &engine,
        STOP,
        json!({ "project_name": "shop", "timeout": 3 }),
    )
    .await;
    let order = [1, 3, 2].map(|id| format!("POST /containers/{id}/stop?t=3"));
    assert_eq!(changes(&engine), order);
    let engine = project("running");
    given(
        &engine,
        STOP,
        json!({ "project_name": "shop", "services": ["job"] }),
    )
    .await;
    assert_eq!(changes(&engine), ["POST /containers/3/stop?t=10"]);
    let engine = project("exited");
    given(&engine, STOP, shop()).await;
    assert_eq!(changes(&engine), Vec::<String>::new());
}

#[tokio::test]
async fn each_is_restarted_after_what_it_depends_on() {
    let engine = project("running");
    given(&engine, RESTART, shop()).await;
    let order = [2, 3, 1].map(|id| format!("POST /containers/{id}/restart?t=10"));
    assert_eq!(changes(&engine), order);
    let text = failed(
        &engine,
        RESTART,
        json!({ "project_name": "shop", "services": ["cache"] }),
    )
    .await;
    assert!(text.contains("no such service: `cache`"), "{text}");
}

/// What depends on each other in a circle is changed all the same.
#[tokio::test]
async fn a_circle_of_dependencies_ends() {
    let engine = FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                container(
                    "1",
                    "shop",
                    "a",
                    "running",
                    json!({ "depends_on": "b:service_started:false" })
                ),
                container(
                    "2",
                    "shop",
                    "b",
                    "running",
                    json!({ "depends_on": "a:service_started:false" })
                ),
            ]),
        )
        .on("GET /containers/*/json", inspected("exited", 0, ""))
        .on("POST /containers/*/stop", Reply::empty(204));
    given(&engine, STOP, shop()).await;
    assert_eq!(changes(&engine).len(), 2);
}

#[tokio::test]
async fn the_logs_are_those_of_the_services_alone() {
    let text = |text: &str| frame(1, &format!("2026-01-01T10:00:00.000000000Z {text}\n"));
    let engine = project("running")
        .on("GET /containers/1/logs", Reply::chunks([text("of web")]))
        .on("GET /containers/2/logs", Reply::chunks([text("of db")]));
    let asked = json!({ "project_name": "shop", "services": ["web"], "since": "0" });
    let found = given(&engine, LOGS, asked).await;
    assert_eq!(found["searched"], json!(["shop_web_1"]));
    assert_eq!(found["lines"][0]["text"], "of web");
    let asked = json!({ "project_name": "shop", "services": ["web", "cache"] });
    let text = failed(&engine, LOGS, asked).await;
    assert!(text.contains("no such service: `cache`"), "{text}");
    let text = failed(&engine, LOGS, json!({ "project_name": "shopp" })).await;
    assert!(text.contains("did you mean `shop`?"), "{text}");
}
