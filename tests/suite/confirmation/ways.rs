//! Which way a destructive call is agreed to: of every tool, by what the client can and the operator chose.

use mcp_docker::catalog::{self, TOOLS, Tier};

use super::panel::panels;
use super::*;
use crate::plan::{calls, engine};
use crate::support::client::EVERYTHING;

const PLAN: (&str, &str) = ("SAFETY_CONFIRMATION_FALLBACK", "plan");
const WAIVED: (&str, &str) = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");

/// The way that a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The client asks the person by a form.
    Form,
    /// The client shows the person a panel.
    Panel,
    /// The model calls twice.
    Twice,
    /// It was not made.
    Refused,
    /// It was made and nobody asked.
    AtOnce,
}

/// The way by which this came of a call.
#[track_caller]
fn way(answer: &Value) -> Way {
    let result = &answer["result"];
    let asks = answer["method"] == "elicitation/create";
    if asks || result["resultType"] == "input_required" {
        return Way::Form;
    }
    if result["_meta"]["io.mcp-docker/approval"]["nonce"].is_string() {
        let keys: Vec<_> = result["structuredContent"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(keys, ["plan"], "{answer}");
        return Way::Panel;
    }
    if result["isError"] != true {
        return Way::AtOnce;
    }
    let text = failure(answer);
    assert!(text.contains("nothing was done"), "{answer}");
    match text.contains("`confirmation`: \"") {
        true => Way::Twice,
        false => Way::Refused,
    }
}

/// A call of each destructive tool that loses something.
fn losing() -> Vec<(&'static str, Value)> {
    let mut losing = calls();
    losing.retain(|(name, _)| catalog::find(name).unwrap().tier == Tier::Destructive);
    losing.dedup_by_key(|(name, _)| *name);
    let all = TOOLS.iter().filter(|tool| tool.tier == Tier::Destructive);
    assert_eq!(losing.len(), all.count());
    losing
}

/// Makes a few calls by a client of that version with those capabilities, and gives what comes of each first.
async fn first(
    version: &str,
    capabilities: &Value,
    settings: &[(&str, &str)],
    calls: &[(&'static str, Value)],
) -> Vec<Way> {
    let engine = engine("1.41")
        .on("DELETE /*", Reply::empty(204))
        .on("POST /*", json!({}));
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str()), ALLOWED, EVERYTHING];
    env.extend(settings);
    let mut client = RawClient::start(&env);
    if version < "2026" {
        client.initialize_with(version, capabilities.clone()).await;
    }
    let changes = || {
        let requests = engine.requests();
        requests.iter().filter(|it| !it.starts_with("GET ")).count()
    };
    let mut ways = Vec::new();
    for (at, (tool, arguments)) in calls.iter().enumerate() {
        let before = changes();
        let mut params = json!({ "name": tool, "arguments": arguments });
        if version >= "2026" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": capabilities,
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            });
        }
        client
            .send(json!({ "jsonrpc": "2.0", "id": at, "method": "tools/call", "params": params }))
            .await;
        let answer = async {
            loop {
                let message = client.receive().await;
                if message.get("method").is_some() || message["id"] == at {
                    return message;
                }
            }
        };
        // Some wait for what they removed to be gone.
        let change = async {
            while changes() == before {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Way::AtOnce
        };
        ways.push(tokio::select! {
            biased;
            way = change => way,
            // What the Engine said to a change is none of this test's.
            message = answer => if changes() > before { Way::AtOnce } else { way(&message) },
        });
    }
    ways
}

#[tokio::test]
async fn each_destructive_call_is_agreed_to_in_the_way_that_the_client_has() {
    let forms = json!({ "elicitation": {} });
    let mut both = panels();
    both["elicitation"] = json!({});
    let rows = [
        (forms, [Way::Form, Way::Form, Way::AtOnce]),
        (both, [Way::Form, Way::Form, Way::AtOnce]),
        (panels(), [Way::Panel, Way::Panel, Way::AtOnce]),
        (json!({}), [Way::Refused, Way::Twice, Way::AtOnce]),
    ];
    // As many questions may wait.
    for calls in losing().chunks(3) {
        for (at, (capabilities, ways)) in rows.iter().enumerate() {
            for (settings, expected) in [&[][..], &[PLAN], &[WAIVED]].into_iter().zip(ways) {
                let version = ["2025-11-25", "2026-07-28"][at % 2];
                let ways = first(version, capabilities, settings, calls).await;
                let expected = vec![*expected; calls.len()];
                assert_eq!(
                    ways, expected,
                    "{version} {capabilities} {settings:?} {calls:?}"
                );
            }
        }
    }
}
