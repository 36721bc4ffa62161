//! What a token opens, and that what somebody has stays theirs with their next token.

use mcp_docker::catalog::{TOOLS, Tier};

use super::*;
use crate::support::exchange::call;
use crate::support::http::modern;
use crate::support::issuer::now;

fn web() -> Value {
    json!({ "container_id": "web" })
}

/// The scopes that a refusal asks for.
fn asked_for(challenge: &str) -> &str {
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(
        challenge.contains("resource_metadata=\"https://"),
        "{challenge}"
    );
    let (_, rest) = challenge.split_once("scope=\"").unwrap();
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn a_call_above_the_scopes_asks_for_all_that_it_needs_before_anything_is_done() {
    let scene = Scene::new().await;
    let engine = engine();
    let server = scene.server(&engine, "http", &[]).await;
    for (scope, tool, asked) in [
        ("docker:read", "docker_list_containers", None),
        (
            "docker:read",
            "docker_stop_container",
            Some("docker:read docker:write"),
        ),
        (
            "docker:read",
            "docker_remove_container",
            Some("docker:read docker:admin"),
        ),
        ("docker:write", "docker_list_containers", None),
        (
            "docker:write openid",
            "docker_remove_container",
            Some("docker:write docker:admin"),
        ),
        (
            "docker:read",
            "docker_approve",
            Some("docker:read docker:admin"),
        ),
        (
            "docker:write docker:read",
            "docker_remove_container",
            Some("docker:read docker:write docker:admin"),
        ),
        ("docker:admin", "docker_stop_container", None),
    ] {
        let token = scene.token(scope);
        let mut session = Session::open(&server, Some(&token), json!({})).await;
        let before = engine.requests().len();
        let message = call(1, tool, web());
        // The same where it has to be mended first, and without a session.
        let mended = message.to_string().replace("\"web\"", "\"web\",\"x\":[]");
        let modern = modern(&server, 1, "tools/call", message["params"].clone());
        let Some(asked) = asked else {
            session.send(&message).await;
            assert!(session.next().await["result"].is_object());
            continue;
        };
        for got in [
            session.post(&message),
            session.post(&message).body(mended),
            modern.bearer(Some(&token)),
        ] {
            let got = got.send().await;
            assert_eq!(got.status, 403, "{scope}: {tool}");
            assert_eq!(
                asked_for(got.header("www-authenticate")),
                asked,
                "{scope}: {tool}"
            );
            assert!(got.text().await.contains(tool));
        }
        assert_eq!(engine.requests().len(), before, "{scope}: {tool}");
    }
}

/// To sign in again would help nobody.
#[tokio::test]
async fn a_tool_that_no_scope_opens_is_refused_as_any_other() {
    let scene = Scene::new().await;
    let read = ("MCP_DOCKER_OAUTH_SCOPES", "docker:read=safe");
    for (settings, said) in [
        (&[read][..], "no scope opens"),
        (&[("MCP_DOCKER_OAUTH_SCOPES", "")], "no scope opens"),
        (
            &[("SAFETY_ALLOW_MODERATE_OPERATIONS", "false")],
            "SAFETY_ALLOW_MODERATE_OPERATIONS",
        ),
    ] {
        let engine = engine();
        let server = scene.server(&engine, "http", settings).await;
        let token = scene.token("docker:read");
        let mut session = Session::open(&server, Some(&token), json!({})).await;
        session.call(1, "docker_stop_container", web()).await;
        let answer = session.next().await;
        assert!(failure(&answer).contains(said), "{answer}");
        assert_eq!(engine.requests(), [""; 0]);
    }
}

/// A socket has no status to say so by, nor has a message of the first HTTP transport.
#[tokio::test]
async fn where_there_is_no_status_the_refusal_is_a_result() {
    let scene = Scene::new().await;
    for transport in ["sse", "websocket"] {
        let engine = engine();
        let server = scene.server(&engine, transport, &[]).await;
        let token = scene.token("docker:read");
        let mut session = Session::open(&server, Some(&token), json!({})).await;
        session.call(1, "docker_stop_container", web()).await;
        let answer = session.next().await;
        assert!(failure(&answer).contains("sign in again"), "{answer}");
        assert_eq!(engine.requests(), [""; 0], "{transport}");
        session.call(2, "docker_inspect_container", web()).await;
        assert_done(&session.next().await);
    }
}

/// Else nobody would call what they could have by asking for more.
#[tokio::test]
async fn the_list_has_what_a_scope_opens() {
    let scene = Scene::new().await;
    for (scopes, most) in [
        ("docker:read=safe,docker:write=moderate", Tier::Moderate),
        ("docker:read=safe", Tier::Safe),
        ("docker:read=safe,x=destructive", Tier::Destructive),
    ] {
        let settings = [("MCP_DOCKER_OAUTH_SCOPES", scopes)];
        let server = scene.server(&engine(), "http", &settings).await;
        let token = scene.token("docker:read");
        let mut session = Session::open(&server, Some(&token), json!({})).await;
        session.request(1, "tools/list", json!({})).await;
        let answer = session.next().await;
        assert_eq!(answer["result"]["cacheScope"], "private");
        for shown in answer["result"]["tools"].as_array().unwrap() {
            let tool = TOOLS
                .iter()
                .find(|tool| shown["name"] == tool.name)
                .unwrap();
            let description = shown["description"].as_str().unwrap();
            let refused = description.ends_with("Not allowed here.");
            assert_eq!(refused, tool.tier > most, "{scopes}: {}", tool.name);
        }
    }
}

#[tokio::test]
async fn a_session_goes_on_with_the_next_token_of_its_owner_and_with_no_one_elses() {
    let scene = Scene::new().await;
    for transport in POSTING {
        let engine = engine();
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit");
        let settings = [("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap())];
        let server = scene.server(&engine, transport, &settings).await;
        let token = scene.token("docker:read");
        let mut session = Session::open(&server, Some(&token), json!({})).await;
        let message = call(1, "docker_stop_container", web());
        for other in [
            scene.token_with("docker:write", json!({ "sub": "bob" })),
            scene.token_with("docker:read", json!({ "sub": "bob" })),
            scene.token_with("docker:write", json!({ "client_id": "other" })),
            scene.token_with("docker:write", json!({ "client_id": null })),
        ] {
            session.becomes(&other);
            let got = session.post(&message).send().await;
            assert_eq!(got.status, 404, "{transport}: another's session");
        }
        // The same with more, as after a step-up, and then with less.
        session.becomes(&scene.token_with("docker:write", json!({ "jti": "2" })));
        session.send(&message).await;
        assert_done(&session.next().await);
        session.becomes(&scene.token_with("docker:read", json!({ "jti": "3" })));
        let got = session.post(&message).send().await;
        match transport {
            "http" => assert_eq!(got.status, 403),
            _ => assert!(failure(&session.next().await).contains("sign in again")),
        }
        let lines = std::fs::read_to_string(&log).unwrap();
        let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        let alice = json!({ "issuer": scene.issuer.url(), "subject": "alice", "client": "app" });
        assert_eq!(line["signed_in"], alice, "{line}");
        assert!(!lines.contains(&token));
    }
}

/// What one was asked, another of the same rights does not answer; and whoever was asked does, with their next token.
#[tokio::test]
async fn a_question_is_for_who_was_asked_whatever_their_token() {
    let scene = Scene::new().await;
    let engine = engine();
    let server = scene.server(&engine, "http", &[]).await;
    let remove = async |token: &str, extra: Value| {
        let arguments = json!({ "container_id": "web", "force": true });
        let mut params = json!({ "name": "docker_remove_container", "arguments": arguments });
        let more = extra.as_object().unwrap().clone();
        params.as_object_mut().unwrap().extend(more);
        let call = modern(&server, 1, "tools/call", params).bearer(Some(token));
        call.send().await.message().await.unwrap()
    };
    let gone = || {
        let requests = engine.requests();
        let gone = requests.iter().filter(|it| it.starts_with("DELETE"));
        gone.count()
    };
    let asked = remove(&scene.token("docker:admin"), json!({})).await;
    let result = &asked["result"];
    assert_eq!(result["resultType"], "input_required", "{asked}");
    let answer = json!({
        "requestState": result["requestState"],
        "inputResponses": { "confirmation": { "action": "accept", "content": {} } },
    });
    for other in [
        json!({ "sub": "bob" }),
        json!({ "client_id": "other" }),
        json!({ "client_id": null }),
    ] {
        let other = scene.token_with("docker:admin", other);
        failure(&remove(&other, answer.clone()).await);
        assert_eq!(gone(), 0);
    }
    let next = scene.token_with("docker:admin docker:read", json!({ "jti": "2" }));
    assert_done(&remove(&next, answer).await);
    assert_eq!(gone(), 1);
}

/// Its token came with the handshake, and no other can come after.
#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "websocket", &[]).await;
    let token = scene.token_with("docker:read", json!({ "exp": now() + 2 }));
    let mut session = Session::open(&server, Some(&token), json!({})).await;
    let ended = tokio::time::timeout(PATIENCE, session.streams.join_next()).await;
    assert!(ended.expect("it ends").unwrap().is_ok());
}

/// Whoever has a newer one by then listens anew with that.
#[tokio::test]
async fn a_stream_of_news_ends_with_its_token() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "http", &[]).await;
    let token = scene.token_with("docker:read", json!({ "exp": now() + 2 }));
    let filter = json!({ "notifications": { "resourcesListChanged": true } });
    let listen = modern(&server, 1, "subscriptions/listen", filter);
    let mut news = listen.bearer(Some(&token)).send().await;
    assert_eq!(news.status, 200);
    let over = async { while news.event().await.is_some() {} };
    let ended = tokio::time::timeout(PATIENCE, over).await;
    assert!(ended.is_ok(), "it goes on");
}
