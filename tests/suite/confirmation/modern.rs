//! The version in which the result of a call says what is asked, and the client calls again.

use super::*;

/// The parameters of a call by a client that can ask.
fn call(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    params
}

/// Makes a call and gives the state and the message of the question that comes of it.
async fn asked(client: &mut RawClient, params: Value) -> (String, String) {
    question(&client.request(1, "tools/call", call(params)).await)
}

fn question(answer: &Value) -> (String, String) {
    let result = &answer["result"];
    assert_eq!(result["resultType"], "input_required", "{answer}");
    let request = &result["inputRequests"]["confirmation"];
    assert_eq!(request["method"], "elicitation/create", "{answer}");
    (
        result["requestState"].as_str().unwrap().to_owned(),
        request["params"]["message"].as_str().unwrap().to_owned(),
    )
}

/// Makes the call again, with the state and the answer.
async fn again(client: &mut RawClient, mut params: Value, state: &str, said: Value) -> Value {
    params["requestState"] = json!(state);
    params["inputResponses"] = json!({ "confirmation": said });
    client.request(2, "tools/call", call(params)).await
}

fn accept() -> Value {
    json!({ "action": "accept", "content": {} })
}

#[tokio::test]
async fn consent_removes_what_was_shown_once() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let (state, message) = asked(&mut client, remove("web")).await;
    for part in ["Remove container", "web", "shop:1", "exited"] {
        assert!(message.contains(part), "no `{part}`: {message}");
    }
    assert_eq!(engine.gone(), [""; 0]);
    assert_done(&again(&mut client, remove("web"), &state, accept()).await);
    engine.assert_only_gone("web");

    let replayed = again(&mut client, remove("web"), &state, accept()).await;
    assert!(
        failure(&replayed).contains("was used already"),
        "{replayed}"
    );
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn anything_but_consent_removes_nothing_and_settles_the_question() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    for (said, part) in [
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "closed the question"),
        (json!({ "action": "maybe" }), "cannot be read"),
        (json!("accept"), "cannot be read"),
        (json!(null), "cannot be read"),
        (json!({ "action": "accept", "content": 1 }), "no answer"),
    ] {
        let (state, _) = asked(&mut client, remove("web")).await;
        let refused = again(&mut client, remove("web"), &state, said.clone()).await;
        assert!(failure(&refused).contains(part), "{said}: {refused}");
        let late = again(&mut client, remove("web"), &state, accept()).await;
        assert!(failure(&late).contains("nothing was done"), "{late}");
    }
    let (state, _) = asked(&mut client, remove("web")).await;
    let mut silent = remove("web");
    silent["requestState"] = json!(state);
    let refused = client.request(2, "tools/call", call(silent)).await;
    assert!(failure(&refused).contains("inputResponses"), "{refused}");
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn a_state_that_was_not_given_for_this_call_counts_for_nothing() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);

    let (state, _) = asked(&mut client, remove("web")).await;
    let flip = |c: char| if c == '0' { '1' } else { '0' };
    let tampered: String = state.chars().map(flip).collect();
    for made_up in [
        tampered.as_str(),
        "",
        "{}",
        &state.to_uppercase(),
        &state[1..],
    ] {
        let refused = again(&mut client, remove("web"), made_up, accept()).await;
        assert!(
            failure(&refused).contains("not one that is waited for"),
            "{refused}"
        );
    }

    let mut forced = remove("web");
    forced["arguments"]["force"] = json!(true);
    let volume = json!({ "name": "docker_remove_volume", "arguments": { "volume_name": "web" } });
    for other in [forced, remove("db"), volume] {
        let (state, _) = asked(&mut client, remove("web")).await;
        let refused = again(&mut client, other, &state, accept()).await;
        assert!(failure(&refused).contains("for another call"), "{refused}");
    }

    // An answer without the state is an answer to nothing.
    let mut blind = remove("web");
    blind["inputResponses"] = json!({ "confirmation": accept() });
    question(&client.request(3, "tools/call", call(blind)).await);
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn the_same_call_in_other_words_is_the_same_call() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let (state, _) = asked(&mut client, remove("web")).await;
    let mut spelt_out = remove("/web");
    spelt_out["arguments"]["force"] = json!("false");
    assert_done(&again(&mut client, spelt_out, &state, accept()).await);
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn what_changed_since_is_asked_again() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let (first, _) = asked(&mut client, remove("web")).await;
    engine.change();
    let (second, message) = question(&again(&mut client, remove("web"), &first, accept()).await);
    assert!(message.contains("changed"), "{message}");
    let stale = again(&mut client, remove("web"), &first, accept()).await;
    assert!(failure(&stale).contains("was used already"), "{stale}");
    assert_eq!(engine.gone(), [""; 0]);
    assert_done(&again(&mut client, remove("web"), &second, accept()).await);
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn two_questions_at_once_each_have_their_answer() {
    let engine = Engine::start();
    let mut client = engine.server(&[]);
    let (web, _) = asked(&mut client, remove("web")).await;
    let (db, _) = asked(&mut client, remove("db")).await;
    let decline = json!({ "action": "decline" });
    failure(&again(&mut client, remove("web"), &web, decline).await);
    assert_done(&again(&mut client, remove("db"), &db, accept()).await);
    engine.assert_only_gone("db");
}
