//! Protects the MCP surface over stdio: every protocol version, and every way a client can be
//! wrong, early or gone.

#[cfg(unix)]
mod cancelling;
mod ending;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod running;
#[cfg(unix)]
mod unread;
mod wrong;

use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::support::client::{Client, RawClient};

/// An address where no Engine is.
const ABSENT: &str = "unix:///nonexistent/docker.sock";
const NO_ENGINE: &[(&str, &str)] = &[("DOCKER_BASE_URL", ABSENT)];

const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const MODERN: &str = "2026-07-28";

/// The metadata that every request carries from 2026-07-28 on, beside what `params` holds.
fn modern(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    params
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("not an error: {answer}"))
}

#[tokio::test]
async fn every_version_with_a_handshake_is_spoken() {
    for version in LEGACY {
        let mut client = RawClient::start(NO_ENGINE);
        let answer = client.initialize(version).await;
        let result = &answer["result"];
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "mcp-docker");
        assert_eq!(result["serverInfo"]["title"], "Docker");
        let website = result["serverInfo"]
            .get("websiteUrl")
            .and_then(Value::as_str);
        let built_with = option_env!("MCP_DOCKER_WEBSITE").unwrap_or(env!("CARGO_PKG_REPOSITORY"));
        assert_eq!(website.unwrap_or_default(), built_with);
        let icon = &result["serverInfo"]["icons"][0];
        assert_eq!(icon["mimeType"], "image/svg+xml", "{result}");
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        assert!(result["instructions"].is_string(), "{result}");

        let list = client.request(1, "tools/list", json!({})).await;
        assert!(
            !list["result"]["tools"].as_array().unwrap().is_empty(),
            "{list}"
        );
        assert!(
            list["result"].get("resultType").is_none(),
            "unknown to {version}: {list}"
        );
        assert!(
            list["result"].get("_meta").is_none(),
            "unknown to {version}: {list}"
        );
        assert_eq!(
            client.request(2, "ping", json!({})).await["result"],
            json!({})
        );
    }
}

#[tokio::test]
async fn an_unknown_version_is_answered_with_the_newest_that_has_a_handshake() {
    for version in ["1999-01-01", MODERN] {
        let answer = RawClient::start(NO_ENGINE).initialize(version).await;
        assert_eq!(
            answer["result"]["protocolVersion"], "2025-11-25",
            "asked for {version}"
        );
    }
}

#[tokio::test]
async fn the_version_without_a_handshake_is_spoken() {
    let mut client = RawClient::start(NO_ENGINE);
    let discovered = client
        .request(1, "server/discover", modern(json!({})))
        .await;
    let discovered = &discovered["result"];
    for version in LEGACY.into_iter().chain([MODERN]) {
        let versions = discovered["supportedVersions"].as_array().unwrap();
        assert!(
            versions.contains(&json!(version)),
            "{version} is missing: {versions:?}"
        );
    }

    let list = client.request(2, "tools/list", modern(json!({}))).await;
    for result in [discovered, &list["result"]] {
        assert_eq!(result["resultType"], "complete");
        assert!(result["ttlMs"].as_u64() > Some(0), "{result}");
    }
    // What a model is told depends on what its client declares.
    assert_eq!(discovered["cacheScope"], "private");
    assert_eq!(list["result"]["cacheScope"], "public");
    let call = json!({"name": "docker_healthcheck"});
    let call = client.request(3, "tools/call", modern(call)).await;
    for result in [discovered, &list["result"], &call["result"]] {
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], "mcp-docker", "{result}");
        // Once for a client, and not with each result.
        let introduces = result == discovered;
        assert_eq!(server["icons"].is_array(), introduces, "{result}");
    }

    for removed in [
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    ] {
        let answer = client
            .request(4, removed, modern(json!({"level": "info"})))
            .await;
        assert_eq!(code(&answer), -32601, "{removed}");
    }
    assert_eq!(
        code(&client.request(5, "tools/list", json!({})).await),
        -32602,
        "no metadata"
    );
    let mut params = modern(json!({}));
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2999-01-01");
    assert_eq!(
        code(&client.request(6, "tools/list", params).await),
        -32022,
        "unknown version"
    );
}

#[tokio::test]
async fn real_clients_of_both_eras_list_and_call() {
    let modern = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::LATEST],
    };
    for lifecycle in [ClientLifecycleMode::Initialize, modern] {
        let client = Client::start_as(lifecycle, NO_ENGINE).await;
        assert!(!client.list_tools().await.is_empty());
        let result = client.call("docker_healthcheck", json!({})).await;
        assert_eq!(result.structured_content.unwrap()["healthy"], false);
        client.stop().await;
    }
}

#[tokio::test]
async fn the_list_says_everything_of_each_tool_and_is_the_same_each_time() {
    let mut lists = Vec::new();
    for _ in 0..2 {
        let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
        lists.push(client.request(1, "tools/list", json!({})).await);
    }
    assert_eq!(lists[0], lists[1]);
    for tool in lists[0]["result"]["tools"].as_array().unwrap() {
        for key in ["name", "title", "description"] {
            assert!(tool[key].is_string(), "no `{key}`: {tool}");
        }
        for key in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[key]["type"], "object", "`{key}` is none: {tool}");
        }
        let annotations = &tool["annotations"];
        assert_eq!(annotations["title"], tool["title"]);
        for key in [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ] {
            assert!(annotations[key].is_boolean(), "no `{key}`: {tool}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_refused_because_there_is_one_page() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let answer = client
        .request(1, "tools/list", json!({"cursor": "2"}))
        .await;
    assert_eq!(code(&answer), -32602);
}

#[tokio::test]
async fn a_result_is_sent_as_structure_and_as_the_same_text() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let call = json!({"name": "docker_healthcheck", "arguments": {}});
    let answer = client.request(1, "tools/call", call).await;
    let result = &answer["result"];
    assert_eq!(result["isError"], false);
    let content = result["content"].as_array().unwrap();
    assert_eq!(content.len(), 1, "{result}");
    assert_eq!(content[0]["text"], result["structuredContent"].to_string());
}

#[tokio::test]
async fn a_call_without_an_engine_fails_in_words_for_the_model() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let call = json!({"name": "docker_list_containers", "arguments": {}});
    let answer = client.request(1, "tools/call", call).await;
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "{answer}");
    assert!(result.get("structuredContent").is_none(), "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("/nonexistent/docker.sock"),
        "names no address: {text}"
    );
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error_that_names_the_nearest() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let answer = client
        .request(1, "tools/call", json!({"name": "docker_list_container"}))
        .await;
    assert_eq!(code(&answer), -32602);
    let text = answer["error"]["message"].as_str().unwrap();
    assert!(text.contains("`docker_list_container`"), "{text}");
    assert!(text.contains("`docker_list_containers`"), "{text}");
}

#[tokio::test]
async fn an_unknown_method_is_not_found_and_an_unknown_notification_is_passed_over() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    for method in [
        "tools/destroy",
        "logging/setLevel",
        "notifications/initialized",
    ] {
        let answer = client.request(1, method, json!({"level": "info"})).await;
        assert_eq!(code(&answer), -32601, "{method}");
    }
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/unheard_of"}))
        .await;
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}}))
        .await;
    assert_eq!(
        client.request(2, "ping", json!({})).await["result"],
        json!({})
    );
}
