//! Looks at what the prunes ask of Engines of different ages, and what they make of failures.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply, version};

/// An Engine of this API version, with one volume of each kind; `used` is in use.
fn engine(api: &str) -> FakeEngine {
    let (named, nameless) = (json!({ "Name": "named" }), json!({ "Name": anonymous() }));
    let labelled = json!({ "Name": "used", "Labels": { "keep": "" } });
    FakeEngine::start()
        .on("GET /version", version(api))
        .on("GET /containers/json", json!([]))
        .on("GET /images/json", json!([]))
        .on("GET /networks", json!([]))
        .on("GET /volumes", json!({ "Volumes": [labelled, named, nameless] }))
        .on("GET /volumes?filters=*", json!({ "Volumes": [named, nameless] }))
        .on("DELETE /volumes/*", Reply::empty(204))
        .on("DELETE /volumes/used", Reply::error(409, "remove used: volume is in use - [1]"))
        .on(
            "GET /system/df",
            json!({ "Volumes": [{ "Name": anonymous(), "UsageData": { "Size": 7 } }, { "Name": "named", "UsageData": { "Size": -1 } }] }),
        )
        .on("POST /containers/prune", json!({ "ContainersDeleted": ["c1"], "SpaceReclaimed": 1 }))
        .on("POST /networks/prune", json!({ "NetworksDeleted": null }))
        .on("POST /volumes/prune", json!({ "VolumesDeleted": ["v1"], "SpaceReclaimed": 10 }))
        .on("POST /images/prune", json!({ "ImagesDeleted": [{ "Deleted": "sha256:1" }], "SpaceReclaimed": 100 }))
        .on("POST /build/prune", json!({ "CachesDeleted": ["b1"], "SpaceReclaimed": 1000 }))
}

fn anonymous() -> String {
    "0f".repeat(32)
}

/// The result of a call that is allowed and not asked about, or the text of its failure.
async fn call(engine: &FakeEngine, tool: &'static str, args: Value) -> Result<Value, String> {
    let address = engine.address();
    let client = Client::start(&[
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ])
    .await;
    let result = client.call(tool, args).await;
    client.stop().await;
    match result.is_error {
        Some(true) => Err(format!("{:?}", result.content)),
        _ => Ok(result.structured_content.unwrap()),
    }
}

/// What was asked of the Engine after it was looked at, its filters readable.
fn acts(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests();
    let acts = requests
        .iter()
        .filter(|request| !request.starts_with("GET /") || request.contains("/df"));
    acts.map(|request| {
        // bollard writes the question mark of a query that has nothing in it.
        let mut readable = request.trim_end_matches('?').to_owned();
        for (code, character) in [
            ("%7B", "{"),
            ("%7D", "}"),
            ("%22", "\""),
            ("%3A", ":"),
            ("%5B", "["),
            ("%5D", "]"),
            ("%2C", ","),
            ("%21", "!"),
        ] {
            readable = readable.replace(code, character);
        }
        readable
    })
    .collect()
}

/// The Engine's own prune would take the named ones too.
#[tokio::test]
async fn below_1_42_only_the_anonymous_volumes_are_removed() {
    let engine = engine("1.41");
    let result = call(&engine, "docker_prune_volumes", json!({}))
        .await
        .unwrap();
    assert_eq!(
        result,
        json!({ "deleted": [anonymous()], "space_reclaimed": 7, "failed": [] })
    );
    let removal = format!("DELETE /volumes/{}?force=false", anonymous());
    assert_eq!(acts(&engine), ["GET /system/df?verbose=true", &removal]);
}

#[tokio::test]
async fn from_1_42_the_engine_tells_anonymous_volumes_from_named_ones() {
    for (args, request) in [
        (json!({}), "POST /volumes/prune"),
        (
            json!({"filters": {"label!": "keep"}}),
            r#"POST /volumes/prune?filters={"label!":["keep"]}"#,
        ),
        (
            json!({"all": true}),
            r#"POST /volumes/prune?filters={"all":["true"]}"#,
        ),
    ] {
        let engine = engine("1.42");
        let result = call(&engine, "docker_prune_volumes", args).await.unwrap();
        assert_eq!(
            result,
            json!({ "deleted": ["v1"], "space_reclaimed": 10, "failed": [] })
        );
        assert_eq!(acts(&engine), [request]);
    }
}

#[tokio::test]
async fn below_1_42_all_is_the_plain_prune() {
    let engine = engine("1.41");
    call(&engine, "docker_prune_volumes", json!({"all": true}))
        .await
        .unwrap();
    assert_eq!(acts(&engine), ["POST /volumes/prune"]);
}

#[tokio::test]
async fn force_all_tries_every_volume_and_names_those_that_stay() {
    for api in ["1.41", "1.47"] {
        let engine = engine(api);
        let result = call(&engine, "docker_prune_volumes", json!({"force_all": true}))
            .await
            .unwrap();
        assert_eq!(result["deleted"], json!([anonymous(), "named"]));
        assert_eq!(result["space_reclaimed"], 7);
        assert_eq!(result["failed"][0]["name"], "used");
        assert!(
            result["failed"][0]["error"]
                .as_str()
                .unwrap()
                .contains("in use"),
            "{result}"
        );
    }
}

#[tokio::test]
async fn a_filter_that_a_prune_does_not_know_is_refused_before_anything_is_sent() {
    for (tool, filter, known) in [
        ("docker_prune_volumes", "until", "`label!`"),
        ("docker_prune_volumes", "all", "`label!`"),
        ("docker_system_prune", "dangling", "`until`"),
    ] {
        let engine = engine("1.41");
        let refusal = call(&engine, tool, json!({"filters": {filter: "1h"}}))
            .await
            .unwrap_err();
        assert!(
            refusal.contains(&format!("`{filter}`")) && refusal.contains(known),
            "{refusal}"
        );
        assert_eq!(engine.negotiations(), 0);
    }
}

#[tokio::test]
async fn a_system_prune_sums_up_its_parts() {
    let engine = engine("1.42");
    let result = call(&engine, "docker_system_prune", json!({"volumes": true}))
        .await
        .unwrap();
    assert_eq!(
        result,
        json!({
            "containers_deleted": ["c1"], "images_deleted": [{ "Deleted": "sha256:1" }],
            "networks_deleted": [], "volumes_deleted": ["v1"], "build_cache_deleted": ["b1"],
            "space_reclaimed": 1111, "failed": [],
        })
    );
    assert_eq!(
        acts(&engine),
        [
            "POST /containers/prune",
            "POST /networks/prune",
            "POST /volumes/prune",
            "POST /images/prune",
            "POST /build/prune"
        ]
    );
}

#[tokio::test]
async fn each_part_of_a_system_prune_gets_the_filters_it_knows() {
    let engine = engine("1.42");
    let filters = json!({"volumes": true, "filters": {"until": "24h"}});
    call(&engine, "docker_system_prune", filters).await.unwrap();
    let until = r#"?filters={"until":["24h"]}"#;
    assert_eq!(
        acts(&engine),
        [
            &format!("POST /containers/prune{until}"),
            &format!("POST /networks/prune{until}"),
            "POST /volumes/prune",
            &format!("POST /images/prune{until}"),
            &format!("POST /build/prune{until}"),
        ]
    );
}

/// The cache has no labels: what is asked for by a label is not in it.
#[tokio::test]
async fn a_system_prune_by_label_leaves_the_build_cache_alone() {
    let engine = engine("1.42");
    let filters = json!({"volumes": true, "filters": {"label": "a"}});
    let result = call(&engine, "docker_system_prune", filters).await.unwrap();
    assert_eq!(result["build_cache_deleted"], json!([]));
    let label = r#"?filters={"label":["a"]}"#;
    let parts = ["containers", "networks", "volumes", "images"];
    assert_eq!(
        acts(&engine),
        parts.map(|part| format!("POST /{part}/prune{label}"))
    );
}

#[tokio::test]
async fn a_part_that_fails_is_named_and_the_others_go_on() {
    let engine = engine("1.42")
        .on(
            "POST /networks/prune",
            Reply::error(500, "a prune operation is already running"),
        )
        .on("POST /build/prune", Reply::error(404, "page not found"));
    let result = call(&engine, "docker_system_prune", json!({}))
        .await
        .unwrap();
    assert_eq!(result["containers_deleted"], json!(["c1"]));
    assert_eq!(result["images_deleted"], json!([{ "Deleted": "sha256:1" }]));
    assert_eq!(
        result["build_cache_deleted"],
        json!([]),
        "an Engine without one is no failure"
    );
    let failed = result["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 1, "{result}");
    assert_eq!(failed[0]["part"], "networks");
    assert!(
        failed[0]["error"]
            .as_str()
            .unwrap()
            .contains("already running")
    );
}

#[tokio::test]
async fn a_system_prune_of_which_every_part_fails_is_a_failure() {
    let engine = engine("1.42").on("POST /*", Reply::error(500, "failed to parse `soon`"));
    let refusal = call(
        &engine,
        "docker_system_prune",
        json!({"filters": {"until": "soon"}}),
    )
    .await
    .unwrap_err();
    assert!(refusal.contains("failed to parse"), "{refusal}");
}
