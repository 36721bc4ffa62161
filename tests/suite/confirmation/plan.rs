//! Clients that cannot ask anyone: refused, or where the operator wants it so, made to call twice.

use mcp_docker::catalog::{TOOLS, Tier};

use super::*;
use crate::support::client::EVERYTHING;

const PLAN: (&str, &str) = ("SAFETY_CONFIRMATION_FALLBACK", "plan");

async fn session(engine: &Engine, settings: &[(&str, &str)], capabilities: Value) -> RawClient {
    let mut client = engine.server(settings);
    client.initialize_with("2025-11-25", capabilities).await;
    client
}

async fn call(client: &mut RawClient, params: Value) -> Value {
    client.request(1, "tools/call", params).await
}

/// The token in the text of a call that was not made yet.
fn token(answer: &Value) -> String {
    let text = failure(answer);
    assert!(text.contains("nothing was done yet"), "{text}");
    let (_, token) = text.split_once("`confirmation`: \"").unwrap();
    token.trim_end_matches('"').to_owned()
}

fn with(mut params: Value, token: &str) -> Value {
    params["arguments"]["confirmation"] = json!(token);
    params
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_refused_without_a_request() {
    let engine = Engine::start();
    for capabilities in [json!({}), json!({ "elicitation": { "url": {} } })] {
        let mut client = session(&engine, &[], capabilities).await;
        let refused = call(&mut client, remove("web")).await;
        let text = failure(&refused);
        for part in [
            "SAFETY_CONFIRMATION_FALLBACK=plan",
            "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=false",
            "nothing was done",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let unknown = call(&mut client, with(remove("web"), "x")).await;
        assert!(failure(&unknown).contains("confirmation"), "{unknown}");
    }
    assert_eq!(engine.fake.requests(), [""; 0]);
}

#[tokio::test]
async fn in_two_steps_the_token_of_the_first_makes_the_second_act_once() {
    let engine = Engine::start();
    let mut client = session(&engine, &[PLAN], json!({})).await;
    let first = call(&mut client, remove("web")).await;
    for part in ["Remove container", "web", "shop:1"] {
        assert!(failure(&first).contains(part), "{first}");
    }
    let token = token(&first);
    assert_eq!(engine.gone(), [""; 0]);
    assert_done(&call(&mut client, with(remove("web"), &token)).await);
    engine.assert_only_gone("web");
    let replayed = call(&mut client, with(remove("web"), &token)).await;
    assert!(
        failure(&replayed).contains("was used already"),
        "{replayed}"
    );
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn a_plan_that_is_larger_than_the_budget_is_shown_whole_with_its_token() {
    let mut engine = Engine::start();
    let name = |at: usize| format!("{at:0>64}");
    let volumes: Value = (0..200)
        .map(|at| json!({ "Name": name(at), "Driver": "local", "Labels": { "com.docker.volume.anonymous": "" } }))
        .collect();
    engine.fake = engine
        .fake
        .on("GET /volumes", json!({ "Volumes": volumes }))
        .on("GET /system/df", json!({}));
    let small = ("SAFETY_MAX_RESPONSE_BYTES", "4096");
    let mut client = session(&engine, &[PLAN, small], json!({})).await;
    let prune = json!({ "name": "docker_prune_volumes", "arguments": {} });
    let first = call(&mut client, prune.clone()).await;
    assert!(failure(&first).contains(&name(199)), "{first}");
    assert_done(&call(&mut client, with(prune, &token(&first))).await);
    assert_eq!(engine.gone().len(), 200);
}

#[tokio::test]
async fn a_token_counts_for_its_call_and_as_things_stood_only() {
    let engine = Engine::start();
    let mut client = session(&engine, &[PLAN], json!({})).await;
    for (params, wrong, part) in [
        (remove("web"), json!("yes"), "not one that is waited for"),
        (remove("web"), json!(true), "must be the text"),
        (remove("web"), json!({}), "must be the text"),
    ] {
        let mut params = params;
        params["arguments"]["confirmation"] = wrong;
        let refused = call(&mut client, params).await;
        assert!(failure(&refused).contains(part), "{refused}");
    }
    let first = token(&call(&mut client, remove("web")).await);
    let other = call(&mut client, with(remove("db"), &first)).await;
    assert!(failure(&other).contains("for another call"), "{other}");

    let first = token(&call(&mut client, remove("web")).await);
    engine.change();
    let changed = call(&mut client, with(remove("web"), &first)).await;
    assert!(failure(&changed).contains("changed"), "{changed}");
    assert_eq!(engine.gone(), [""; 0]);
    assert_done(&call(&mut client, with(remove("web"), &token(&changed))).await);
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn a_person_who_can_be_asked_is_asked_in_this_mode_too() {
    let engine = Engine::start();
    let mut without = session(&engine, &[PLAN], json!({})).await;
    let token = token(&call(&mut without, remove("web")).await);

    let mut client = session(&engine, &[PLAN], json!({ "elicitation": {} })).await;
    let params = with(remove("web"), &token);
    client
        .send(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
        .await;
    assert_eq!(client.receive().await["method"], "elicitation/create");
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn the_token_is_listed_where_it_is_taken_only() {
    let engine = Engine::start();
    let waived = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");
    let forbidden = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "false");
    let losing = TOOLS.iter().filter(|tool| tool.tier == Tier::Destructive);
    let losing = losing.count();
    // With those of whose calls some lose something.
    let may_lose = TOOLS.iter().filter(|tool| tool.plan.is_some()).count();
    assert!(losing < may_lose);
    for (settings, expected) in [
        (&[EVERYTHING][..], 0),
        (&[EVERYTHING, PLAN], may_lose),
        (&[EVERYTHING, PLAN, forbidden], losing),
        (&[EVERYTHING, PLAN, waived], 0),
    ] {
        let mut client = session(&engine, settings, json!({})).await;
        let list = client.request(1, "tools/list", json!({})).await;
        let tools = list["result"]["tools"].as_array().unwrap().iter();
        let taking = tools
            .filter(|tool| tool["inputSchema"]["properties"]["confirmation"]["type"] == "string");
        assert_eq!(taking.count(), expected, "{settings:?}");
    }
}
