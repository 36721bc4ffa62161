//! What a token reaches, and that a session is for the token that opened it.

use mcp_docker::catalog::{TOOLS, Tier};

use super::*;
use crate::support::client::EVERYTHING;
use crate::support::http::{Got, modern};

/// The descriptions of the listed tools, and the scope of the list.
fn listed(answer: &Value) -> (Vec<(&str, bool)>, &str) {
    let tools = answer["result"]["tools"].as_array().unwrap();
    let listed = tools.iter().map(|tool| {
        let description = tool["description"].as_str().unwrap();
        let refused = description.ends_with("Not allowed here.");
        (tool["name"].as_str().unwrap(), refused)
    });
    (
        listed.collect(),
        answer["result"]["cacheScope"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn the_read_only_token_reaches_the_safe_tools_and_is_told_so() {
    for transport in TRANSPORTS {
        let engine = engine();
        let env = [&TOKENS[..], &[EVERYTHING]].concat();
        let server = server(&engine, transport, &env).await;
        let mut full = Session::open(&server, Some(TOKEN), json!({})).await;
        let mut reader = Session::open(&server, Some(READ_ONLY), json!({})).await;
        for (session, full) in [(&mut full, true), (&mut reader, false)] {
            session.request(1, "tools/list", json!({})).await;
            let answer = session.next().await;
            let (tools, scope) = listed(&answer);
            assert_eq!(tools.len(), TOOLS.len());
            assert_eq!(scope, "private", "the lists differ");
            for (name, refused) in tools {
                let tool = TOOLS.iter().find(|tool| tool.name == name).unwrap();
                assert_eq!(refused, !full && tool.tier != Tier::Safe, "{name}");
            }
        }
        for tool in TOOLS.iter().filter(|tool| tool.tier != Tier::Safe) {
            let example = tool.examples.first().unwrap();
            let arguments = serde_json::from_str(example.args).unwrap();
            reader.call(2, tool.name, arguments).await;
            let answer = reader.next().await;
            let text = failure(&answer);
            assert!(text.contains("MCP_DOCKER_READONLY_TOKEN"), "{text}");
        }
        assert_eq!(engine.requests(), [""; 0], "{transport}");

        let web = json!({ "container_id": "web" });
        reader
            .call(3, "docker_inspect_container", web.clone())
            .await;
        assert_done(&reader.next().await);
        let prompt = json!({ "name": "generate_compose", "arguments": { "container_id": "web" } });
        reader.request(4, "prompts/get", prompt).await;
        assert!(reader.next().await["result"]["messages"].is_array());
        full.call(5, "docker_stop_container", web).await;
        assert_done(&full.next().await);
    }
}

#[tokio::test]
async fn hidden_tools_are_hidden_from_whom_they_are_refused() {
    let engine = engine();
    let env = [&TOKENS[..], &[EVERYTHING, ("SAFETY_HIDE_REFUSED", "true")]].concat();
    for transport in TRANSPORTS {
        let server = server(&engine, transport, &env).await;
        for (token, count) in [
            (TOKEN, TOOLS.len()),
            (
                READ_ONLY,
                TOOLS.iter().filter(|it| it.tier == Tier::Safe).count(),
            ),
        ] {
            let mut session = Session::open(&server, Some(token), json!({})).await;
            session.request(1, "tools/list", json!({})).await;
            let answer = session.next().await;
            assert_eq!(listed(&answer).0.len(), count, "{transport}: {token}");
        }
    }
}

#[tokio::test]
async fn a_request_without_a_session_reaches_as_much_as_its_token() {
    let engine = engine();
    let server = server(&engine, "http", &TOKENS).await;
    for (token, done) in [(TOKEN, true), (READ_ONLY, false)] {
        let params =
            json!({ "name": "docker_stop_container", "arguments": { "container_id": "web" } });
        let call = modern(&server, 1, "tools/call", params).bearer(Some(token));
        let answer = call.send().await.message().await.unwrap();
        if done {
            assert_done(&answer);
        } else {
            assert!(failure(&answer).contains("MCP_DOCKER_READONLY_TOKEN"));
        }
        let list = modern(&server, 2, "tools/list", json!({})).bearer(Some(token));
        let answer = list.send().await.message().await.unwrap();
        let refused = listed(&answer).0.iter().any(|(_, refused)| *refused);
        assert_eq!(refused, !done);
    }
    let stops = engine.requests();
    let stops = stops.iter().filter(|it| it.starts_with("POST"));
    assert_eq!(stops.count(), 1);
}

#[tokio::test]
async fn a_session_is_for_the_token_that_opened_it() {
    for transport in POSTING {
        let engine = engine();
        let server = server(&engine, transport, &TOKENS).await;
        for (owner, other) in [(TOKEN, READ_ONLY), (READ_ONLY, TOKEN)] {
            let mut session = Session::open(&server, Some(owner), json!({})).await;
            let call = json!({
                "jsonrpc": "2.0", "id": 7, "method": "tools/call",
                "params": { "name": "docker_stop_container", "arguments": { "container_id": "web" } },
            });
            let answer = json!({"jsonrpc": "2.0", "id": 0, "result": { "action": "accept" }});
            let cancel = json!({
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
            });
            let path = if transport == "sse" {
                format!("/messages?session_id={}", session.id())
            } else {
                "/mcp".to_owned()
            };
            let foreign = |method| {
                let call = server.request(method, &path).bearer(Some(other));
                match transport {
                    "http" => call.header("mcp-session-id", session.id()),
                    _ => call,
                }
            };
            for message in [&call, &answer, &cancel] {
                let got = foreign("POST").json(message).send().await;
                assert_eq!(got.status, 404, "{transport}: {message}");
            }
            if transport == "http" {
                let stream = foreign("GET").header("accept", "text/event-stream");
                assert_eq!(stream.send().await.status, 404);
                assert_eq!(foreign("DELETE").send().await.status, 404);
                // In a version without sessions its name means nothing.
                let list = modern(&server, 1, "tools/list", json!({}));
                let list = list.header("mcp-session-id", session.id());
                assert_eq!(list.bearer(Some(other)).send().await.status, 200);
            }
            session.request(8, "ping", json!({})).await;
            assert_eq!(session.next().await["id"], 8, "{transport}: it goes on");
        }
        assert_eq!(engine.requests(), [""; 0], "{transport}");
    }
}

#[tokio::test]
async fn a_session_that_is_unknown_or_deleted_is_not_found() {
    let engine = engine();
    for transport in POSTING {
        let server = server(&engine, transport, &[]).await;
        let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
        if transport == "sse" {
            for query in ["", "?", "?session_id=", "?session_id=1", "?other=1"] {
                let call = server.request("POST", &format!("/messages{query}"));
                assert_eq!(call.json(&ping).send().await.status, 404, "{query}");
            }
            let session = Session::open(&server, None, json!({})).await;
            let call = session.post(&ping);
            drop(session);
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(call.send().await.status, 404, "its stream was closed");
        } else {
            let call = |method| {
                let call = server.request(method, "/mcp").json(&ping);
                call.header("mcp-session-id", "1")
            };
            for method in ["POST", "GET", "DELETE"] {
                assert_eq!(call(method).send().await.status, 404, "{method}");
            }
            let session = Session::open(&server, None, json!({})).await;
            let delete = server.request("DELETE", "/mcp");
            let delete = delete.header("mcp-session-id", session.id()).send().await;
            assert_eq!(delete.status, 204);
            assert_eq!(session.post(&ping).send().await.status, 404);
        }
    }
}

/// The stream of a call's answer, left after its first event, whose id says where to go on.
async fn left(session: &Session, id: i64) -> String {
    let call = json!({
        "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": "docker_healthcheck", "arguments": {} },
    });
    let mut got = session.post(&call).send().await;
    let event = got.raw_event().await;
    let id = event.lines().find_map(|line| line.strip_prefix("id:"));
    id.unwrap_or_else(|| panic!("no id: {event}"))
        .trim()
        .to_owned()
}

/// The rest of that stream, for a client that comes back.
async fn back(server: &Server, session: &Session, last: &str) -> Got {
    let got = server
        .request("GET", "/mcp")
        .header("accept", "text/event-stream")
        .header("mcp-session-id", session.id())
        .header("last-event-id", last)
        .send()
        .await;
    assert_eq!(got.status, 200);
    got
}

/// There is no answer to come back for.
#[tokio::test]
async fn of_a_call_that_was_cancelled_nothing_is_kept() {
    let engine = engine().on("GET /info", Reply::hang());
    let server = server(&engine, "http", &[]).await;
    let mut session = Session::open(&server, None, json!({})).await;
    let last = left(&session, 7).await;
    let cancel = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 },
    });
    assert_eq!(session.send(&cancel).await, 202);
    let rest = back(&server, &session, &last).await.text().await;
    assert!(!rest.contains("id:"), "{rest}");
}

#[tokio::test]
async fn an_answer_that_broke_off_is_there_when_its_client_comes_back() {
    let engine = engine().on("GET /info", json!({ "ID": "x" }));
    let server = server(&engine, "http", &[]).await;
    let session = Session::open(&server, None, json!({})).await;
    let last = left(&session, 7).await;
    // It ends while nobody listens.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let mut got = back(&server, &session, &last).await;
    let answer = got.message().await.unwrap();
    assert_eq!(answer["id"], 7, "{answer}");
    assert!(answer["result"].is_object(), "{answer}");
}
