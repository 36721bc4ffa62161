//! What of a resource is not there, not allowed or no reference.

use super::*;

/// The code of "not found" is another in each era.
#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let engine = engine();
    let address = engine.address();
    for (era, code) in [(LEGACY, -32002), (MODERN, -32602)] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address)]).await;
        for (id, uri) in [
            (1, "container://logs/nobody"),
            (2, "container://stats/nobody"),
            (3, "container://nothing/web"),
            (4, "file:///etc/passwd"),
        ] {
            let answer = ask(
                &mut client,
                era,
                id,
                "resources/read",
                json!({ "uri": uri }),
            )
            .await;
            let error = &answer["error"];
            assert_eq!(error["code"], code, "{era} {uri}: {answer}");
            assert_eq!(error["data"]["uri"], uri, "{answer}");
        }
    }
}

#[tokio::test]
async fn a_reference_that_is_none_is_refused_before_the_engine_is_asked() {
    let engine = engine();
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    for (id, rest) in [
        (1, ""),
        (2, "../web"),
        (3, "%2e%2e%2fweb"),
        (4, "web%3Fforce"),
        (5, "web/json"),
        (6, "%2577eb"),
    ] {
        let uri = format!("container://logs/{rest}");
        let answer = ask(
            &mut client,
            LEGACY,
            id,
            "resources/read",
            json!({ "uri": uri }),
        )
        .await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains("container_id"), "{text}");
    }
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());
}

#[tokio::test]
async fn the_stats_of_a_stopped_container_say_that_it_is_stopped() {
    let engine = engine();
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let uri = json!({ "uri": "container://stats/old" });
    let answer = ask(&mut client, LEGACY, 1, "resources/read", uri).await;
    let text = answer["error"]["message"].as_str().unwrap();
    assert!(text.contains("`old` is not running"), "{answer}");
}

/// A resource is its tool: what takes the one away takes the other.
#[tokio::test]
async fn a_resource_whose_tool_the_operator_denies_is_not_offered_and_not_read() {
    let engine = engine();
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_DENIED_TOOLS", "docker_container_logs"),
    ];
    let mut client = open(LEGACY, &env).await;
    let templates = ask(
        &mut client,
        LEGACY,
        1,
        "resources/templates/list",
        json!({}),
    )
    .await;
    assert!(!templates.to_string().contains("logs"), "{templates}");
    let list = ask(&mut client, LEGACY, 2, "resources/list", json!({})).await;
    assert!(!list.to_string().contains("logs"), "{list}");
    assert!(list.to_string().contains("container://stats/web"), "{list}");
    let before = engine.requests();
    let uri = json!({ "uri": "container://logs/web" });
    let answer = ask(&mut client, LEGACY, 3, "resources/read", uri).await;
    let text = answer["error"]["message"].as_str().unwrap();
    assert!(text.contains("SAFETY_DENIED_TOOLS"), "{answer}");
    assert_eq!(engine.requests(), before);
}

/// Whoever may not list containers does not learn their names in another way.
#[tokio::test]
async fn names_that_the_operator_does_not_show_are_those_of_no_resource() {
    let engine = engine();
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_DENIED_TOOLS", "docker_list_containers"),
    ];
    let mut client = open(LEGACY, &env).await;
    let list = ask(&mut client, LEGACY, 1, "resources/list", json!({})).await;
    assert_eq!(list["result"]["resources"], json!([]), "{list}");
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());
}
