//! Clients at the same time: what one is asked, no other answers.

use super::*;

fn elicitation() -> Value {
    json!({ "elicitation": { "form": {} } })
}

fn remove(name: &str) -> Value {
    json!({ "container_id": name })
}

/// What went, in order.
fn gone(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    requests
        .filter(|request| request.starts_with("DELETE "))
        .map(|request| request.split('?').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn two_clients_with_a_question_each_get_their_own_answer() {
    for transport in TRANSPORTS {
        let engine = engine();
        let server = server(&engine, transport, &[]).await;
        let mut web = Session::open(&server, None, elicitation()).await;
        let mut db = Session::open(&server, None, elicitation()).await;
        // The same id on purpose: the server's own are the same too.
        web.call(1, "docker_remove_container", remove("web")).await;
        db.call(1, "docker_remove_container", remove("db")).await;
        let (asked_web, asked_db) = (web.next().await, db.next().await);
        for (asked, name) in [(&asked_web, "web"), (&asked_db, "db")] {
            assert_eq!(asked["method"], "elicitation/create", "{asked}");
            let text = asked["params"]["message"].as_str().unwrap();
            assert!(text.contains(name), "{text}");
        }
        assert_eq!(asked_web["id"], asked_db["id"], "the ids are no help");
        let said = |asked: &Value, action: &str| json!({"jsonrpc": "2.0", "id": asked["id"], "result": { "action": action }});
        db.send(&said(&asked_db, "accept")).await;
        assert_done(&db.next().await);
        assert_eq!(gone(&engine).len(), 1, "{transport}: {:?}", gone(&engine));
        web.send(&said(&asked_web, "decline")).await;
        assert!(failure(&web.next().await).contains("declined"));
        let [gone] = &gone(&engine)[..] else {
            panic!("{transport}: {:?}", gone(&engine));
        };
        assert!(gone.starts_with("DELETE /containers/db"), "{gone}");
    }
}

#[tokio::test]
async fn what_a_second_call_agrees_to_holds_in_whichever_session_of_its_client_once() {
    let [whole, read_only] = TOKENS;
    let env = [("SAFETY_CONFIRMATION_FALLBACK", "plan"), whole, read_only];
    for transport in TRANSPORTS {
        let engine = engine();
        let server = server(&engine, transport, &env).await;
        let mut shown = Session::open(&server, Some(TOKEN), json!({})).await;
        shown
            .call(1, "docker_remove_container", remove("web"))
            .await;
        let plan = shown.next().await;
        let (_, token) = failure(&plan).split_once("`confirmation`: \"").unwrap();
        let mut agreed = remove("web");
        agreed["confirmation"] = json!(token.trim_end_matches('"'));

        let mut other = Session::open(&server, Some(READ_ONLY), json!({})).await;
        let stolen = agreed.clone();
        other.call(1, "docker_remove_container", stolen).await;
        failure(&other.next().await);
        assert_eq!(gone(&engine), [""; 0], "{transport}");

        let mut anew = Session::open(&server, Some(TOKEN), json!({})).await;
        let first = agreed.clone();
        anew.call(1, "docker_remove_container", first).await;
        assert_done(&anew.next().await);
        shown.call(2, "docker_remove_container", agreed).await;
        let replayed = shown.next().await;
        assert!(
            failure(&replayed).contains("was used already"),
            "{replayed}"
        );
        assert_eq!(gone(&engine).len(), 1, "{transport}");
    }
}

#[tokio::test]
async fn a_question_without_a_session_is_for_the_token_that_asked() {
    use crate::support::http::modern;

    let engine = engine();
    let server = server(&engine, "http", &TOKENS).await;
    let call = |token, id, extra: Value| {
        let mut params = json!({ "name": "docker_remove_container", "arguments": remove("web") });
        for (key, value) in extra.as_object().unwrap() {
            params[key] = value.clone();
        }
        modern(&server, id, "tools/call", params).bearer(Some(token))
    };
    let asked = call(TOKEN, 1, json!({}))
        .send()
        .await
        .message()
        .await
        .unwrap();
    let result = &asked["result"];
    assert_eq!(result["resultType"], "input_required", "{asked}");
    let answer = json!({
        "requestState": result["requestState"],
        "inputResponses": { "confirmation": { "action": "accept", "content": {} } },
    });
    let mut refused = call(READ_ONLY, 2, answer.clone()).send().await;
    failure(&refused.message().await.unwrap());
    assert_eq!(gone(&engine), [""; 0]);
    assert_done(&call(TOKEN, 4, answer).send().await.message().await.unwrap());
    assert_eq!(gone(&engine).len(), 1);
}

fn panels() -> Value {
    let kinds = json!({ "mimeTypes": ["text/html;profile=mcp-app"] });
    json!({ "extensions": { "io.modelcontextprotocol/ui": kinds } })
}

/// The answer of a panel to the plan that came of a call.
fn approval(plan: &Value) -> Value {
    let nonce = &plan["result"]["_meta"]["io.mcp-docker/approval"]["nonce"];
    assert!(nonce.is_string(), "{plan}");
    json!({ "nonce": nonce, "approve": true })
}

#[tokio::test]
async fn what_a_panel_answers_holds_in_whichever_session_of_its_client() {
    for transport in TRANSPORTS {
        let engine = engine();
        let server = server(&engine, transport, &TOKENS).await;
        let mut asked = Session::open(&server, Some(TOKEN), panels()).await;
        asked
            .call(1, "docker_remove_container", remove("web"))
            .await;
        let approval = approval(&asked.next().await);
        // Another's nonce, where it got about, is none.
        let mut other = Session::open(&server, Some(READ_ONLY), panels()).await;
        other.call(1, "docker_approve", approval.clone()).await;
        let unknown = other.next().await;
        let text = unknown["error"]["message"].as_str().unwrap();
        assert!(text.contains("unknown tool"), "{unknown}");
        // Nor is it anything to a client that shows no panels.
        let mut blind = Session::open(&server, Some(TOKEN), json!({})).await;
        blind.call(1, "docker_approve", approval.clone()).await;
        assert!(blind.next().await["error"].is_object());
        assert_eq!(gone(&engine), [""; 0], "{transport}");

        let mut anew = Session::open(&server, Some(TOKEN), panels()).await;
        anew.call(1, "docker_approve", approval.clone()).await;
        assert_done(&anew.next().await);
        assert_eq!(gone(&engine).len(), 1, "{transport}");
        asked.call(2, "docker_approve", approval).await;
        let replayed = asked.next().await;
        assert!(
            failure(&replayed).contains("answered already"),
            "{replayed}"
        );
        assert_eq!(gone(&engine).len(), 1, "{transport}");
    }
}

#[tokio::test]
async fn a_token_that_only_reads_is_shown_nothing_to_agree_to() {
    let engine = engine();
    let server = server(&engine, "http", &TOKENS).await;
    for (token, listed) in [(TOKEN, true), (READ_ONLY, false)] {
        let mut session = Session::open(&server, Some(token), panels()).await;
        session.request(1, "tools/list", json!({})).await;
        let list = session.next().await;
        assert_eq!(list.to_string().contains("docker_approve"), listed);
        assert_eq!(
            list.to_string().contains("ui://mcp-docker/approve-"),
            listed
        );
    }
}
