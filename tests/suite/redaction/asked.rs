//! What is asked for may leave out what gives a secret away, and tells nothing of what is hidden.

use serde_json::json;

use super::planted::{self, KEY_LINES, found};
use super::{client, told};
use crate::support::fake_engine::{Reply, frame};

/// `grep` sees what the client sees, so it cannot be used to guess.
#[tokio::test]
async fn a_search_does_not_tell_what_is_hidden() {
    let engine = planted::engine();
    let client = client(&engine, &[]).await;
    for grep in [
        "planted",
        "^MIIE",
        "hunter|planted-url",
        "password.planted",
        "eyJ",
        "AKIA",
    ] {
        let arguments = json!({"container_id": "web", "grep": grep, "timestamps": false});
        let result = client.call("docker_container_logs", arguments).await;
        let result = result.structured_content.unwrap();
        assert_eq!(result["lines"], 0, "{grep}: {result}");
    }
    let arguments = json!({"container_id": "web", "grep": "postgres.*@db"});
    let result = client
        .call("docker_container_logs", arguments)
        .await
        .structured_content
        .unwrap();
    assert_eq!(result["lines"], 2, "{result}");
    client.stop().await;
}

/// What is asked for may lack what gives a secret away: the beginning of a key, the name of a
/// variable, the end of a URL.
#[tokio::test]
async fn what_is_left_out_does_not_show_what_is_left() {
    let engine = planted::engine();
    let client = client(&engine, &[]).await;
    for tail in 0..30 {
        let arguments = json!({"container_id": "web", "tail": tail, "stream": "stdout"});
        let text = told(&client.call("docker_container_logs", arguments).await);
        assert_eq!(found(&text), None, "{tail}: {text}");
    }
    for fields in [
        json!(["Config.Env"]),
        json!(["Options.o"]),
        json!(["PrivateKey"]),
        json!(["Config.Labels.com.example.token", "Note"]),
    ] {
        let arguments = json!({"container_id": "web", "fields": fields});
        let text = told(&client.call("docker_inspect_container", arguments).await);
        assert!(text.contains("[REDACTED:"), "{text}");
        assert_eq!(found(&text), None, "{text}");
    }
    client.stop().await;
}

/// The Engine itself has cut the beginning of the log.
#[tokio::test]
async fn a_private_key_without_its_first_line_stays_hidden() {
    let lines = [
        KEY_LINES[0],
        KEY_LINES[1],
        KEY_LINES[2],
        "-----END RSA PRIVATE KEY-----",
        "ready",
    ];
    for from in 0..3 {
        let frames = lines[from..]
            .iter()
            .map(|line| frame(1, &format!("{line}\n")));
        let engine = planted::engine().on("GET /containers/*/logs", Reply::chunks(frames));
        let client = client(&engine, &[]).await;
        let result = client
            .call("docker_container_logs", json!({"container_id": "web"}))
            .await;
        let text = told(&result);
        assert_eq!(found(&text), None, "{text}");
        assert!(text.contains("ready"), "{text}");
        client.stop().await;
    }
}
