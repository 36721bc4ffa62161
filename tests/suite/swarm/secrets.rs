//! What is made of secrets and configs, and that nobody sees what they hold.

use super::*;

const VALUE: &str = "planted-named-value";
/// The same as the Engine takes it.
const ENCODED: &str = "cGxhbnRlZC1uYW1lZC12YWx1ZQ==";

#[tokio::test]
async fn a_secret_is_made_of_what_the_operator_has_and_of_nothing_else() {
    let engine = FakeEngine::start().with_swarm();
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.log");
    let log = folder.path().join("server.log");
    let settings = [
        ("MCP_DOCKER_SECRET_DB", VALUE),
        ("MCP_DOCKER_AUDIT_LOG", audit.to_str().unwrap()),
        ("MCP_DOCKER_LOG_PATH", log.to_str().unwrap()),
        ("MCP_LOG_LEVEL", "DEBUG"),
    ];
    let client = client(&engine, &settings).await;
    let made = call(
        &client,
        "docker_create_secret",
        json!({ "name": "db", "data": "${secret:DB}" }),
    )
    .await;
    assert_eq!(made["name"], "db");
    let sent = engine.bodies();
    assert_eq!(sent.last().unwrap()["Data"], ENCODED, "{sent:?}");
    let asked = engine.requests().len();
    for (data, said) in [
        ("hunter2-of-the-model", "takes `${secret:NAME}` alone"),
        ("$${secret:DB}", "takes `${secret:NAME}` alone"),
        ("{\"a\": \"b\"}", "takes `${secret:NAME}` alone"),
        ("${secret:NONE}", "there is no secret `NONE`"),
        ("${secret:a b}", "names no secret"),
    ] {
        let (text, _) = failure(
            &client,
            "docker_create_secret",
            json!({ "name": "db", "data": data }),
        )
        .await;
        assert!(
            text.contains(said) && !text.contains("hunter2"),
            "{data}: {text}"
        );
    }
    assert_eq!(engine.requests().len(), asked);
    // Within other text, and where it looks like something else.
    for (data, sent) in [
        (
            "postgres://app:${secret:DB}@db/shop",
            "cG9zdGdyZXM6Ly9hcHA6cGxhbnRlZC1uYW1lZC12YWx1ZUBkYi9zaG9w",
        ),
        (
            "{\"password\":\"${secret:DB}\"}",
            "eyJwYXNzd29yZCI6InBsYW50ZWQtbmFtZWQtdmFsdWUifQ==",
        ),
        ("A=${secret:DB}", "QT1wbGFudGVkLW5hbWVkLXZhbHVl"),
    ] {
        call(
            &client,
            "docker_create_secret",
            json!({ "name": "db", "data": data }),
        )
        .await;
        assert_eq!(engine.bodies().last().unwrap()["Data"], sent, "{data}");
    }
    client.stop().await;
    for file in [audit, log] {
        let written = std::fs::read_to_string(&file).unwrap();
        for hidden in [VALUE, ENCODED, "hunter2"] {
            assert!(!written.contains(hidden), "{}: {written}", file.display());
        }
    }
}

#[tokio::test]
async fn a_config_is_made_of_text_and_the_audit_log_leaves_it_out() {
    let engine = FakeEngine::start().with_swarm();
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.log");
    let client = client(
        &engine,
        &[("MCP_DOCKER_AUDIT_LOG", audit.to_str().unwrap())],
    )
    .await;
    call(
        &client,
        "docker_create_config",
        json!({ "name": "app", "data": "{\"listen\": 80}" }),
    )
    .await;
    assert_eq!(
        engine.bodies().last().unwrap()["Data"],
        "eyJsaXN0ZW4iOiA4MH0="
    );
    client.stop().await;
    let written = std::fs::read_to_string(audit).unwrap();
    assert!(
        written.contains("docker_create_config") && !written.contains("listen"),
        "{written}"
    );
}

#[tokio::test]
async fn who_uses_a_secret_is_in_the_refusal_and_what_there_is_already_is_a_conflict() {
    let in_use = "rpc error: code = InvalidArgument desc = secret 'shop_db' is in use by the following service: shop_web";
    let taken = "rpc error: code = AlreadyExists desc = secret db already exists";
    let engine = FakeEngine::start()
        .with_swarm()
        .on("DELETE /secrets/*", Reply::error(400, in_use))
        .on("POST /secrets/create", Reply::error(409, taken));
    let client = client(&engine, &[("MCP_DOCKER_SECRET_DB", VALUE)]).await;
    let (text, _) = failure(
        &client,
        "docker_remove_secret",
        json!({ "secret_name": "shop_db" }),
    )
    .await;
    assert!(
        text.contains("service: shop_web") && text.contains("docker_update_service"),
        "{text}"
    );
    let (text, kind) = failure(
        &client,
        "docker_create_secret",
        json!({ "name": "db", "data": "${secret:DB}" }),
    )
    .await;
    assert!(
        text.ends_with("conflict: secret db already exists"),
        "{text}"
    );
    assert_eq!(kind, "conflict");
    client.stop().await;
}

/// Not by an id that the name leads to no more, and with everything that a driver or a template could be.
#[tokio::test]
async fn what_is_removed_goes_by_its_id_and_what_is_made_has_no_driver() {
    let engine = FakeEngine::start().with_swarm();
    let client = client(&engine, &[("MCP_DOCKER_SECRET_DB", VALUE)]).await;
    call(
        &client,
        "docker_remove_config",
        json!({ "config_name": "shop_app" }),
    )
    .await;
    let removed = engine.requests().last().unwrap().clone();
    assert_eq!(
        removed,
        format!(
            "DELETE /configs/{}",
            crate::support::fake_engine::swarm::CONFIG
        )
    );
    call(
        &client,
        "docker_create_secret",
        json!({ "name": "db", "data": "${secret:DB}", "labels": { "a": "b" } }),
    )
    .await;
    let body = engine.bodies().last().unwrap().clone();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Data", "Labels", "Name"], "{body}");
    client.stop().await;
}
