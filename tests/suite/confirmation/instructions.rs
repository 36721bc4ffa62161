//! Tests that a model is told what becomes of its destructive calls in its very client.

use serde_json::{Value, json};

use crate::support::client::RawClient;

const ALLOWED: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");

/// What becomes of a destructive call that asks a person by a form.
const ASKS: &str = "shows the person its plan and asks them first";

/// The same where they are shown a panel.
const PANEL: &str = "this client shows the plan to the person in a panel";

/// What clients declare, and in which way a person agrees there, if in any.
fn declared() -> [(Value, Option<&'static str>); 8] {
    let panels =
        json!({ "io.modelcontextprotocol/ui": { "mimeTypes": ["text/html;profile=mcp-app"] } });
    [
        (json!({}), None),
        (json!({ "roots": {} }), None),
        (json!({ "extensions": panels }), Some(PANEL)),
        (json!({ "elicitation": { "url": {} } }), None),
        (
            json!({ "elicitation": { "url": {} }, "extensions": panels }),
            Some(PANEL),
        ),
        (
            json!({ "elicitation": {}, "extensions": panels }),
            Some(ASKS),
        ),
        (json!({ "elicitation": {} }), Some(ASKS)),
        (
            json!({ "elicitation": { "form": {}, "url": {} } }),
            Some(ASKS),
        ),
    ]
}

/// The instructions of a session, opened in either era of the protocol.
async fn told(version: &str, capabilities: &Value, env: &[(&str, &str)]) -> String {
    let mut client = RawClient::start(env);
    let answer = if version == "2026-07-28" {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": capabilities,
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        });
        client
            .request(1, "server/discover", json!({ "_meta": meta }))
            .await
    } else {
        client.initialize_with(version, capabilities.clone()).await
    };
    let result = &answer["result"];
    if version == "2026-07-28" {
        assert_eq!(result["cacheScope"], "private", "{answer}");
    }
    result["instructions"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

#[tokio::test]
async fn instructions_say_what_becomes_of_a_destructive_call_from_this_client() {
    let plan = ("SAFETY_CONFIRMATION_FALLBACK", "plan");
    let waived = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");
    let read_only = ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false");
    let [refused, off, twice, at_once] = [
        "cannot ask a person, so that destructive calls are refused",
        "Destructive calls are refused here",
        "call again with the token as `confirmation`",
        "is made at once and asks nobody",
    ];
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        for (capabilities, way) in declared() {
            for (env, expected) in [
                (&[][..], off),
                (&[ALLOWED, read_only], off),
                (&[ALLOWED], way.unwrap_or(refused)),
                (&[ALLOWED, plan], way.unwrap_or(twice)),
                (&[ALLOWED, waived], at_once),
            ] {
                let text = told(version, &capabilities, env).await;
                for sentence in [ASKS, PANEL, refused, off, twice, at_once] {
                    let said = text.contains(sentence);
                    assert_eq!(
                        said,
                        sentence == expected,
                        "{version} {capabilities} {env:?}: {text}"
                    );
                }
            }
        }
    }
}
