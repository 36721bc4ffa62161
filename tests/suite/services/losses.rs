//! Looks at what a change of a service would lose, and that nobody loses it unasked.

use super::*;
use crate::support::client::{Client, EVERYTHING};

const SCALE: &str = "docker_scale_service";
const DESTRUCTIVE: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");
const UNASKED: (&str, &str) = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");

async fn call(
    engine: &FakeEngine,
    settings: &[(&str, &str)],
    tool: &str,
    arguments: Value,
) -> (bool, String) {
    let address = engine.address();
    let mut env = vec![EVERYTHING, ("DOCKER_BASE_URL", address.as_str())];
    env.extend(settings);
    let client = Client::start(&env).await;
    let result = client.call(tool, arguments).await;
    client.stop().await;
    (result.is_error != Some(true), format!("{result:?}"))
}

/// Each change by which the service has one task less.
fn fewer() -> [(&'static str, Value); 3] {
    [
        (
            SCALE,
            json!({ "service_id": "shop_web", "replicas": 1, "timeout": 0 }),
        ),
        (
            "docker_update_service",
            json!({ "service_id": "shop_web", "replicas": 1, "timeout": 0 }),
        ),
        (
            "docker_rollback_service",
            json!({ "service_id": "shop_web", "timeout": 0 }),
        ),
    ]
}

fn with_one_before() -> FakeEngine {
    let before =
        service(json!({ "/Spec/Mode": { "Replicated": { "Replicas": 1 } } }))["Spec"].clone();
    engine().on(SERVICE, service(json!({ "/PreviousSpec": before })))
}

#[tokio::test]
async fn tasks_that_would_go_are_a_destructive_calls_plan() {
    for (tool, arguments) in fewer() {
        let engine = with_one_before();
        let (done, text) = call(&engine, &[], tool, arguments.clone()).await;
        assert!(!done && text.contains("DESTRUCTIVE"), "{tool}: {text}");
        let (done, text) = call(&engine, &[DESTRUCTIVE], tool, arguments.clone()).await;
        assert!(!done, "{tool}: {text}");
        assert_eq!(changes(&engine), Vec::<String>::new(), "{tool}");
        let plan = [DESTRUCTIVE, ("SAFETY_CONFIRMATION_FALLBACK", "plan")];
        let (_, text) = call(&engine, &plan, tool, arguments.clone()).await;
        assert!(
            text.contains("shop_web") && text.contains("1 of its 2 tasks would go"),
            "{tool}: {text}"
        );
        assert_eq!(changes(&engine), Vec::<String>::new(), "{tool}");
        let (done, text) = call(&engine, &[DESTRUCTIVE, UNASKED], tool, arguments).await;
        assert!(done, "{tool}: {text}");
        assert_eq!(changes(&engine).len(), 1, "{tool}");
    }
}

#[tokio::test]
async fn more_tasks_are_nobodys_loss() {
    for replicas in [2, 3] {
        let engine = engine();
        let arguments = json!({ "service_id": "shop_web", "replicas": replicas, "timeout": 0 });
        let result = given(&engine, SCALE, arguments).await;
        assert_eq!(
            sent(&engine)["Mode"],
            json!({ "Replicated": { "Replicas": replicas } })
        );
        assert_eq!(result["service_id"], swarm::SERVICE);
    }
}

/// What was shown is all that goes, also where others gave the service more tasks meanwhile.
#[tokio::test]
async fn a_service_that_grew_meanwhile_loses_no_more_than_was_shown() {
    let grown = service(
        json!({ "/Version": { "Index": 22 }, "/Spec/Mode": { "Replicated": { "Replicas": 9 } } }),
    );
    let engine = engine()
        .answer(
            SERVICE,
            in_turn(vec![service(json!({})), service(json!({})), grown]),
        )
        .on(UPDATE, Reply::error(500, "update out of sequence"));
    let arguments = json!({ "service_id": "shop_web", "replicas": 1, "timeout": 0 });
    let (done, text) = call(&engine, &[DESTRUCTIVE, UNASKED], SCALE, arguments).await;
    assert!(
        !done && text.contains("more tasks than were shown"),
        "{text}"
    );
    assert_eq!(changes(&engine).len(), 1);
}

#[tokio::test]
async fn what_has_no_number_is_not_scaled() {
    for (mode, word) in [
        (json!({ "Global": {} }), "is global"),
        (
            json!({ "ReplicatedJob": { "MaxConcurrent": 1 } }),
            "is a job",
        ),
        (json!({ "GlobalJob": {} }), "is a job"),
    ] {
        let engine = engine().on(SERVICE, service(json!({ "/Spec/Mode": mode })));
        for tool in [SCALE, "docker_update_service"] {
            let arguments = json!({ "service_id": "shop_web", "replicas": 3 });
            let text = failed(&engine, tool, arguments).await;
            assert!(text.contains(word), "{tool}: {text}");
        }
        assert_eq!(changes(&engine), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_service_is_removed_by_its_id_once_it_was_shown_with_its_tasks() {
    let remove = "docker_remove_service";
    let arguments = json!({ "service_id": "shop_web" });
    let engine = engine();
    let (done, text) = call(&engine, &[], remove, arguments.clone()).await;
    assert!(!done && text.contains("DESTRUCTIVE"), "{text}");
    let plan = [DESTRUCTIVE, ("SAFETY_CONFIRMATION_FALLBACK", "plan")];
    let (_, text) = call(&engine, &plan, remove, arguments.clone()).await;
    for word in ["shop_web", "web:1", "2 tasks", "1 port"] {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
    assert_eq!(changes(&engine), Vec::<String>::new());
    let (done, text) = call(&engine, &[DESTRUCTIVE, UNASKED], remove, arguments).await;
    assert!(done, "{text}");
    assert_eq!(
        changes(&engine),
        [format!("DELETE /services/{}", swarm::SERVICE)]
    );
}
