//! Looks at what an update changes, and what is told of how it settles.

use super::*;

const TOOL: &str = "docker_update_service";
const OUT_OF_SEQUENCE: &str = "rpc error: code = Unknown desc = update out of sequence";

#[tokio::test]
async fn what_is_not_given_stays_as_the_engine_has_it() {
    let there = service(json!({
        "/Spec/TaskTemplate/ContainerSpec/Env": ["A=1", "B=2", "C=3"],
        "/Spec/TaskTemplate/ContainerSpec/Groups": ["5"],
        "/Spec/TaskTemplate/Networks": [{ "Target": "n1", "Aliases": ["web"] }],
        "/Spec/UpdateConfig": { "Parallelism": 2, "Order": "start-first" },
    }));
    let mut expected = there["Spec"].clone();
    expected["TaskTemplate"]["ContainerSpec"]["Image"] = json!("web:2");
    expected["TaskTemplate"]["ContainerSpec"]["Env"] = json!(["C=3", "A=9", "D=4"]);
    expected["TaskTemplate"]["ForceUpdate"] = json!(1);
    expected["Labels"] = json!({ "tier": "front" });
    expected["UpdateConfig"]["FailureAction"] = json!("rollback");
    let engine = engine().on(SERVICE, there);
    let arguments = json!({
        "service_id": "shop_web", "image": "web:2", "environment": { "A": "9", "D": "4" }, "remove_environment": ["B"],
        "labels": { "tier": "front" }, "remove_labels": ["com.docker.stack.namespace"], "force": true,
        "update_config": { "failure_action": "rollback" },
    });
    let result = given(&engine, TOOL, arguments).await;
    assert_eq!(sent(&engine), expected);
    let request = format!(
        "POST /services/{}/update?version=21&registryAuthFrom=spec",
        swarm::SERVICE
    );
    assert_eq!(changes(&engine), [request]);
    assert_eq!(
        (&result["state"], &result["reason"]),
        (&json!("completed"), &Value::Null)
    );
}

#[tokio::test]
async fn an_update_that_somebody_else_forestalled_is_made_once_more_on_what_they_made() {
    let later = service(json!({
        "/Version": { "Index": 22 }, "/Spec/TaskTemplate/ContainerSpec/Image": "web:9",
    }));
    let engine = engine()
        .answer(SERVICE, in_turn(vec![service(json!({})), later]))
        .answer(UPDATE, |seen| match seen.target.contains("version=21") {
            true => Reply::error(500, OUT_OF_SEQUENCE),
            false => json!({ "Warnings": null }).into(),
        });
    let arguments = json!({ "service_id": "shop_web", "labels": { "a": "b" } });
    given(&engine, TOOL, arguments).await;
    let versions: Vec<bool> = changes(&engine)
        .iter()
        .map(|it| it.contains("version=22"))
        .collect();
    assert_eq!(versions, [false, true]);
    assert_eq!(
        sent(&engine)["TaskTemplate"]["ContainerSpec"]["Image"],
        "web:9"
    );
}

#[tokio::test]
async fn one_that_is_forestalled_again_and_again_says_so() {
    let engine = engine().on(UPDATE, Reply::error(500, OUT_OF_SEQUENCE));
    let arguments = json!({ "service_id": "shop_web", "labels": { "a": "b" } });
    let text = failed(&engine, TOOL, arguments).await;
    assert!(
        text.contains("others change the service") && text.contains("nothing was changed"),
        "{text}"
    );
    assert_eq!(changes(&engine).len(), 2);
}

#[tokio::test]
async fn how_an_update_settles_is_told() {
    let status = |state: &str, message: &str| {
        service(
            json!({ "/UpdateStatus": { "State": state, "Message": message, "StartedAt": "2026-01-01T10:00:00Z" } }),
        )
    };
    let failing = json!([
        task(1, "failed", "shutdown", "task: non-zero exit (3)"),
        task(1, "running", "running", ""),
        task(2, "running", "running", ""),
    ]);
    for (ends, message, rolled_back, word) in [
        ("completed", "update completed", false, ""),
        (
            "paused",
            "update paused due to failure or early termination of task t1",
            false,
            "docker_rollback_service",
        ),
        (
            "rollback_completed",
            "rollback completed",
            true,
            "went back",
        ),
        (
            "rollback_paused",
            "rollback paused",
            false,
            "going back is paused",
        ),
    ] {
        let engine = engine().on(TASKS, failing.clone()).answer(
            SERVICE,
            in_turn(vec![
                service(json!({})),
                status("updating", ""),
                status("rollback_started", ""),
                status(ends, message),
            ]),
        );
        let arguments = json!({ "service_id": "shop_web", "image": "web:2" });
        let result = given(&engine, TOOL, arguments).await;
        assert_eq!(result["state"], ends);
        assert_eq!(result["rolled_back"], rolled_back, "{result}");
        assert_eq!(
            result["failed"],
            json!(["shop_web.1 on w1: failed: task: non-zero exit (3)"])
        );
        let reason = result["reason"].as_str().unwrap_or_default();
        assert!(
            reason.contains(word) && (word.is_empty() || reason.contains(message)),
            "{result}"
        );
    }
}

#[tokio::test]
async fn one_that_takes_longer_than_it_may_goes_on() {
    let engine = engine().answer(
        SERVICE,
        in_turn(vec![
            service(json!({})),
            service(json!({ "/UpdateStatus": { "State": "updating" } })),
        ]),
    );
    let arguments = json!({ "service_id": "shop_web", "image": "web:2", "timeout": 0 });
    let result = given(&engine, TOOL, arguments).await;
    assert_eq!(result["state"], "updating");
    assert!(
        result["reason"].as_str().unwrap().contains("it goes on"),
        "{result}"
    );
}

#[tokio::test]
async fn a_service_that_would_stay_as_it_is_or_is_not_there_is_not_updated() {
    let absent = Reply::error(404, "service nosuch not found");
    let engine = engine()
        .on(SERVICE, service(json!({ "/PreviousSpec": null })))
        .on("GET /services/nosuch", absent);
    for (tool, arguments, word) in [
        (
            TOOL,
            json!({ "service_id": "shop_web" }),
            "nothing of the service would change",
        ),
        (
            TOOL,
            json!({ "service_id": "nosuch", "image": "web:2" }),
            "no such service: `nosuch`",
        ),
        (
            TOOL,
            json!({ "service_id": "../nodes/x", "image": "web:2" }),
            "`service_id`",
        ),
        (
            "docker_scale_service",
            json!({ "service_id": "nosuch", "replicas": 1 }),
            "no such service",
        ),
        (
            "docker_scale_service",
            json!({ "service_id": "shop_web", "replicas": -1 }),
            "`replicas`",
        ),
        (
            "docker_rollback_service",
            json!({ "service_id": "nosuch" }),
            "no such service",
        ),
        (
            "docker_rollback_service",
            json!({ "service_id": "shop_web" }),
            "nothing to go back to",
        ),
    ] {
        let text = failed(&engine, tool, arguments).await;
        assert!(text.contains(word), "{tool}: {text}");
        assert_eq!(changes(&engine), Vec::<String>::new(), "{tool}");
    }
}

#[tokio::test]
async fn a_rollback_is_the_engines_own() {
    let before = service(json!({ "/Spec/Labels": {} }))["Spec"].clone();
    let there = service(json!({ "/PreviousSpec": before }));
    let back = service(
        json!({ "/UpdateStatus": { "State": "rollback_completed", "Message": "rollback completed" } }),
    );
    let engine = engine().answer(SERVICE, in_turn(vec![there.clone(), there, back]));
    let result = given(
        &engine,
        "docker_rollback_service",
        json!({ "service_id": "shop_web" }),
    )
    .await;
    let request = format!(
        "POST /services/{}/update?version=21&registryAuthFrom=previous-spec&rollback=previous",
        swarm::SERVICE
    );
    assert_eq!(changes(&engine), [request]);
    assert_eq!(
        (&result["state"], &result["reason"]),
        (&json!("rollback_completed"), &Value::Null)
    );
}
