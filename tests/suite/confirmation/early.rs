//! The versions in which the server asks by a request of its own.

use super::*;

const VERSION: &str = "2025-11-25";

async fn session(engine: &Engine) -> RawClient {
    let mut client = engine.server(&[]);
    let elicits = json!({ "elicitation": {} });
    client.initialize_with(VERSION, elicits).await;
    client
}

/// Makes a call and gives the question that comes of it.
async fn asked(client: &mut RawClient, call: i64, params: Value) -> Value {
    client
        .send(json!({ "jsonrpc": "2.0", "id": call, "method": "tools/call", "params": params }))
        .await;
    let question = client.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    question
}

async fn answer(client: &mut RawClient, question: &Value, result: Value) {
    client
        .send(json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }))
        .await;
}

#[tokio::test]
async fn consent_removes_what_was_shown() {
    let engine = Engine::start();
    for (version, elicits) in [
        ("2025-06-18", json!({})),
        (VERSION, json!({ "form": {} })),
        (VERSION, json!({ "form": {}, "url": {} })),
    ] {
        let before = engine.gone().len();
        let mut client = engine.server(&[]);
        let elicits = json!({ "elicitation": elicits });
        client.initialize_with(version, elicits).await;
        let question = asked(&mut client, 1, remove("web")).await;
        let message = question["params"]["message"].as_str().unwrap();
        for part in ["Remove container", "web", "shop:1", "exited"] {
            assert!(message.contains(part), "no `{part}`: {message}");
        }
        assert_eq!(question["params"]["requestedSchema"]["type"], "object");
        assert_eq!(engine.gone().len(), before, "nothing before the answer");
        answer(
            &mut client,
            &question,
            json!({ "action": "accept", "content": {} }),
        )
        .await;
        assert_done(&client.receive().await);
        assert_eq!(engine.gone().len(), before + 1);
    }
}

#[tokio::test]
async fn anything_but_consent_removes_nothing() {
    let engine = Engine::start();
    let mut client = session(&engine).await;
    for (call, (result, part)) in [
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "closed the question"),
        (json!({ "action": "maybe" }), "no answer"),
        (json!({ "action": "Accept" }), "no answer"),
        (json!({ "action": true }), "no answer"),
        (json!({ "action": "accept", "content": "yes" }), "no answer"),
        (json!({}), "no answer"),
        (json!({ "content": { "action": "accept" } }), "no answer"),
    ]
    .into_iter()
    .enumerate()
    {
        let question = asked(&mut client, call as i64 + 1, remove("web")).await;
        answer(&mut client, &question, result.clone()).await;
        let failed = client.receive().await;
        let text = failure(&failed);
        assert!(
            text.contains(part) && text.contains("nothing was done"),
            "{result}: {text}"
        );
    }
    let question = asked(&mut client, 99, remove("web")).await;
    let error = json!({ "code": -32603, "message": "no window" });
    client
        .send(json!({ "jsonrpc": "2.0", "id": question["id"], "error": error }))
        .await;
    assert!(failure(&client.receive().await).contains("no window"));
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn a_client_that_leaves_has_not_consented() {
    let engine = Engine::start();
    let mut client = session(&engine).await;
    asked(&mut client, 1, remove("web")).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn an_answer_counts_for_its_own_question_only() {
    let engine = Engine::start();
    let mut client = session(&engine).await;
    let web = asked(&mut client, 1, remove("web")).await;
    let db = asked(&mut client, 2, remove("db")).await;
    let accept = json!({ "action": "accept" });
    // Nobody asked these.
    for id in [json!(4711), json!("web")] {
        answer(&mut client, &json!({ "id": id }), accept.clone()).await;
    }
    answer(&mut client, &db, accept.clone()).await;
    let done = client.receive().await;
    assert_eq!(done["id"], 2, "{done}");
    assert_done(&done);
    answer(&mut client, &web, json!({ "action": "decline" })).await;
    let failed = client.receive().await;
    assert_eq!(failed["id"], 1, "{failed}");
    assert!(failure(&failed).contains("declined"));
    // A second answer to either.
    answer(&mut client, &web, accept.clone()).await;
    answer(&mut client, &db, accept).await;
    assert_eq!(
        client.request(3, "ping", json!({})).await["result"],
        json!({})
    );
    engine.assert_only_gone("db");
}

#[tokio::test]
async fn a_cancelled_call_takes_its_question_back() {
    let engine = Engine::start();
    let mut client = session(&engine).await;
    let question = asked(&mut client, 1, remove("web")).await;
    let param = json!({ "requestId": 1 });
    client
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": param }))
        .await;
    let taken_back = client.receive().await;
    assert_eq!(
        taken_back["method"], "notifications/cancelled",
        "{taken_back}"
    );
    assert_eq!(taken_back["params"]["requestId"], question["id"]);
    answer(&mut client, &question, json!({ "action": "accept" })).await;
    assert_eq!(
        client.request(2, "ping", json!({})).await["result"],
        json!({})
    );
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn what_changed_while_the_person_thought_is_asked_again() {
    let engine = Engine::start();
    let mut client = session(&engine).await;
    let question = asked(&mut client, 1, remove("web")).await;
    engine.change();
    let accept = json!({ "action": "accept" });
    answer(&mut client, &question, accept.clone()).await;
    let again = client.receive().await;
    let message = again["params"]["message"].as_str().unwrap();
    assert!(message.contains("changed"), "{message}");
    assert_eq!(engine.gone(), [""; 0]);
    answer(&mut client, &again, accept.clone()).await;
    assert_done(&client.receive().await);
    engine.assert_only_gone("web");

    let mut question = asked(&mut client, 2, remove("db")).await;
    let failed = loop {
        engine.change();
        answer(&mut client, &question, accept.clone()).await;
        question = client.receive().await;
        if question.get("method").is_none() {
            break question;
        }
    };
    assert!(failure(&failed).contains("changed 3 times"), "{failed}");
    assert_eq!(engine.gone().len(), 1);
}

#[tokio::test]
async fn a_call_that_waits_for_a_person_holds_no_permit() {
    let engine = Engine::start();
    let mut client = engine.server(&[("SAFETY_MAX_CONCURRENT_OPERATIONS", "1")]);
    client
        .initialize_with(VERSION, json!({ "elicitation": {} }))
        .await;
    asked(&mut client, 1, remove("web")).await;
    let list = json!({ "name": "docker_list_containers", "arguments": {} });
    assert_done(&client.request(2, "tools/call", list).await);
}
