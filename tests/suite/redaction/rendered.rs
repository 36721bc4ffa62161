//! What is made of many calls or read by a URI: prompts and resources hand on no secret either.

use mcp_docker::catalog::{ArgumentKind, Of, PROMPTS, Prompt, RESOURCES};
use serde_json::{Value, json};

use super::planted::{self, found};
use super::{ALLOWED, hidden};
use crate::support::client::RawClient;
use crate::support::fake_engine::FakeEngine;

async fn client(engine: &FakeEngine, more: &[(&str, &str)]) -> RawClient {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
    env.extend(ALLOWED);
    env.extend(more);
    RawClient::session("2025-11-25", &env).await
}

/// All that a client is told in answer to each of the requests.
async fn told(client: &mut RawClient, requests: &[(&str, Value)]) -> Vec<String> {
    let mut told = Vec::new();
    for (id, (method, params)) in (1..).zip(requests) {
        let answer = client.request(id, method, params.clone()).await;
        assert!(answer["error"].is_null(), "{method} {params}: {answer}");
        told.push(answer["result"].to_string());
    }
    told
}

/// Whatever the Engine answers and a person writes. That the same does come out where redaction is
/// off shows that it would have.
#[tokio::test]
async fn no_prompt_and_no_resource_hands_on_a_secret() {
    let prompts = PROMPTS.iter().map(|prompt| {
        let arguments = filled_in(prompt, &planted::text());
        let params = json!({ "name": prompt.name, "arguments": arguments });
        ("prompts/get", params)
    });
    // What Compose makes of files is none of the Engine's.
    let of_engine = RESOURCES.iter().filter(|it| it.name != "compose_config");
    let resources = of_engine.map(|resource| {
        let names = match resource.of {
            Of::Container => "web",
            Of::Project => "shop",
            Of::Service => "shop/web",
            Of::SwarmService => "shop_web",
        };
        let uri = format!("{}{names}", resource.prefix);
        ("resources/read", json!({ "uri": uri }))
    });
    let requests: Vec<(&str, Value)> = prompts.chain(resources).collect();

    let engine = planted::engine();
    let mut redacting = client(&engine, &[]).await;
    let mut open = client(&engine, &[("SAFETY_REDACT_SECRETS", "false")]).await;
    let shown = told(&mut redacting, &requests).await;
    let leaking = told(&mut open, &requests).await;
    for (request, shown) in requests.iter().zip(&shown) {
        assert_eq!(found(shown), None, "{request:?}: {shown}");
        assert_eq!(hidden(shown), None, "{request:?}: {shown}");
    }
    let leaking = leaking.iter().filter(|text| found(text).is_some()).count();
    assert!(leaking >= 4, "only {leaking} hand on what the Engine says");
}

/// A value for each argument of a prompt, of its kind, but for directories, which would have to be there; `text`
/// is what a person writes.
pub(crate) fn filled_in(prompt: &Prompt, text: &str) -> Value {
    let value = |kind| match kind {
        ArgumentKind::Container => Some("web"),
        ArgumentKind::Directory => None,
        ArgumentKind::Host => Some("db:5432"),
        ArgumentKind::Project => Some("shop"),
        ArgumentKind::Service => Some("shop_web"),
        ArgumentKind::Text => Some(text),
    };
    let arguments = prompt.arguments.iter();
    arguments
        .filter_map(|it| Some((it.name.to_owned(), json!(value(it.kind)?))))
        .collect()
}
