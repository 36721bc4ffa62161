//! What the audit log says of a question and its answer.

use super::*;

/// The last decision and result in the log, once it has this many lines.
async fn recorded(path: &std::path::Path, lines: usize) -> (String, String) {
    for _ in 0..200 {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.lines().count() >= lines {
            assert_eq!(text.lines().count(), lines, "{text}");
            let line: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
            let word = |key: &str| line[key].as_str().unwrap().to_owned();
            return (word("decision"), word("result"));
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} has no {lines} lines", path.display());
}

fn words(decision: &str, result: &str) -> (String, String) {
    (decision.to_owned(), result.to_owned())
}

#[tokio::test]
async fn what_the_person_said_is_recorded() {
    let engine = Engine::start();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit");
    let mut client = engine.server(&[("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap())]);
    client
        .initialize_with("2025-11-25", json!({ "elicitation": {} }))
        .await;
    let rows = [
        ("decline", "declined", "failed"),
        ("cancel", "cancelled", "failed"),
        ("perhaps", "unanswered", "failed"),
        ("accept", "confirmed", "ok"),
    ];
    for (call, (action, decision, result)) in rows.into_iter().enumerate() {
        let params = remove("web");
        client
            .send(json!({ "jsonrpc": "2.0", "id": call, "method": "tools/call", "params": params }))
            .await;
        let question = client.receive().await;
        let answer = json!({ "action": action });
        client
            .send(json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer }))
            .await;
        client.receive().await;
        let expected = words(decision, result);
        assert_eq!(recorded(&log, call + 1).await, expected, "{action}");
    }
    // A person who is never heard of again.
    let params = remove("web");
    client
        .send(json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params }))
        .await;
    assert_eq!(client.receive().await["method"], "elicitation/create");
    client.close_stdin();
    client.ended().await;
    // Whether the call failed or was dropped depends on what noticed first.
    let (decision, result) = recorded(&log, rows.len() + 1).await;
    assert_eq!(decision, "unanswered");
    assert_ne!(result, "ok");
}

#[tokio::test]
async fn a_question_that_is_answered_by_another_call_is_recorded_with_both() {
    let engine = Engine::start();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit");
    let settings = [
        ("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap()),
        ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
    ];
    let mut client = engine.server(&settings);
    client.initialize_with("2025-11-25", json!({})).await;
    let first = client.request(1, "tools/call", remove("web")).await;
    assert_eq!(recorded(&log, 1).await, words("asked", "failed"));

    let mut again = remove("web");
    let (_, token) = failure(&first).rsplit_once(": \"").unwrap();
    again["arguments"]["confirmation"] = json!(token.trim_end_matches('"'));
    client.request(2, "tools/call", again.clone()).await;
    // Not `confirmed`: no person was asked by this server.
    assert_eq!(recorded(&log, 2).await, words("repeated", "ok"));
    client.request(3, "tools/call", again).await;
    assert_eq!(recorded(&log, 3).await, words("refused", "failed"));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(token.trim_end_matches('"')), "{text}");
}
