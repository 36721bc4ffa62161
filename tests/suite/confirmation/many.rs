//! A client that asks for many things at once does not bury its person in questions.

use std::collections::BTreeSet;

use super::*;

const MOST: usize = 3;

fn call(id: usize, meta: &Value) -> Value {
    let mut params = remove(&format!("web{id}"));
    if !meta.is_null() {
        params["_meta"] = meta.clone();
    }
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

fn assert_refused(answer: &Value) {
    let text = failure(answer);
    assert!(text.contains("3 questions to the person"), "{text}");
    assert!(text.contains("nothing was done"), "{text}");
}

/// How many containers were looked at.
fn looks(engine: &Engine) -> usize {
    let requests = engine.fake.requests();
    let looked_at = requests
        .iter()
        .filter_map(|line| line.strip_prefix("GET /containers/")?.strip_suffix("/json"));
    looked_at.collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn of_a_hundred_calls_at_once_three_ask() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let elicits = json!({ "elicitation": { "form": {} } });
    client.initialize_with("2025-11-25", elicits).await;
    let mut questions = Vec::new();
    for id in 1..=100 {
        client.send(call(id, &Value::Null)).await;
    }
    for _ in 1..=100 {
        let message = client.receive().await;
        match message.get("method") {
            Some(_) => questions.push(message),
            None => assert_refused(&message),
        }
    }
    assert_eq!(questions.len(), MOST);
    assert_eq!(looks(&engine), MOST, "nothing is looked at to refuse");

    // One that was answered makes room for another.
    let decline =
        json!({ "jsonrpc": "2.0", "id": questions[0]["id"], "result": { "action": "decline" } });
    client.send(decline).await;
    assert!(failure(&client.receive().await).contains("declined"));
    client.send(call(101, &Value::Null)).await;
    assert_eq!(client.receive().await["method"], "elicitation/create");
    // So does one whose call was cancelled.
    let param = json!({ "requestId": 101 });
    client
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": param }))
        .await;
    assert_eq!(client.receive().await["method"], "notifications/cancelled");
    client.send(call(102, &Value::Null)).await;
    assert_eq!(client.receive().await["method"], "elicitation/create");
    client.send(call(103, &Value::Null)).await;
    assert_refused(&client.receive().await);
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn questions_that_are_answered_with_another_call_count_too() {
    let modern = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let mut states = Vec::new();
    for id in 1..=10 {
        client.send(call(id, &modern)).await;
        let answer = client.receive().await;
        match answer["result"]["requestState"].as_str() {
            Some(state) => states.push((id, state.to_owned())),
            None => assert_refused(&answer),
        }
    }
    assert_eq!(states.len(), MOST);
    assert_eq!(looks(&engine), MOST);
    let (id, state) = states.remove(0);
    let mut again = call(id, &modern);
    again["params"]["requestState"] = json!(state);
    again["params"]["inputResponses"] =
        json!({ "confirmation": { "action": "accept", "content": {} } });
    client.send(again).await;
    assert_done(&client.receive().await);
    client.send(call(11, &modern)).await;
    assert!(client.receive().await["result"]["requestState"].is_string());
    client.send(call(12, &modern)).await;
    assert_refused(&client.receive().await);
}

#[tokio::test]
async fn plans_that_wait_for_a_second_call_count_too() {
    let engine = Engine::start();
    let mut client = engine.server(&[("SAFETY_CONFIRMATION_FALLBACK", "plan")]);
    client.initialize("2025-11-25").await;
    for id in 1..=5 {
        client.send(call(id, &Value::Null)).await;
        let answer = client.receive().await;
        if id > MOST {
            assert_refused(&answer);
        } else {
            assert!(failure(&answer).contains("`confirmation`"), "{answer}");
        }
    }
    assert_eq!(engine.gone(), [""; 0]);
}
