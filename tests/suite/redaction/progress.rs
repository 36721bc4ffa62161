//! What progress says of objects whose names sound like those of secrets, or are some.

use std::time::Duration;

use super::*;
use crate::support::exchange;
use crate::support::fake_engine::frame;

/// The look of a token of GitHub, and the name of a container.
const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ456789";

/// A running container of that name.
fn listed(name: &str) -> Value {
    json!({ "Id": "c0id", "Names": [format!("/{name}")], "State": "running", "Status": "Up" })
}

/// What a wait tells of that container, but for signs of life.
async fn told_of(name: &str, arguments: Value) -> String {
    let happened = |action: &str, code: Option<&str>| {
        let mut attributes = json!({ "name": name });
        if let Some(code) = code {
            attributes["exitCode"] = json!(code);
        }
        let actor = json!({ "ID": "c0id", "Attributes": attributes });
        format!(
            "{}\n",
            json!({ "Type": "container", "Action": action, "Actor": actor })
        )
    };
    let events = [
        happened("start", None),
        happened("health_status: password=planted-health-value", None),
        happened("die", Some("137")),
    ];
    let line = "2026-05-01T10:00:02.000000000Z ready with password=planted-log-value\n";
    let state =
        json!({ "StartedAt": "2026-05-01T10:00:00Z", "FinishedAt": "2026-05-01T09:59:00Z" });
    let engine = FakeEngine::start()
        .on("GET /containers/json", json!([listed(name)]))
        .on(
            "GET /events",
            Reply::chunks(events)
                .every(Duration::from_millis(50))
                .then_hang(),
        )
        .on(
            "GET /containers/*/json",
            json!({ "Config": { "Tty": false }, "State": state }),
        )
        .on(
            "GET /containers/*/logs",
            Reply::chunks([frame(1, line)]).then_hang(),
        );
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[EVERYTHING, ("DOCKER_BASE_URL", &address)]).await;
    let mut message = exchange::call(5, "docker_wait", arguments);
    message["params"]["_meta"] = json!({ "progressToken": "t" });
    client.send(message).await;
    let mut told = Vec::new();
    loop {
        let message = client.receive().await;
        if message["method"] != "notifications/progress" {
            assert_eq!(message["result"]["structuredContent"]["met"], true);
            return told.join("\n");
        }
        told.push(message["params"]["message"].as_str().unwrap().to_owned());
    }
}

#[tokio::test]
async fn a_name_that_sounds_like_a_secrets_hides_no_word_of_the_server() {
    for name in ["my-token-svc", "db-password", "web"] {
        let told = told_of(name, json!({ "for": "exited" })).await;
        for said in ["start", "die with exit code 137"] {
            let line = format!("container {name}: {said}");
            assert!(told.contains(&line), "{line}: {told}");
        }
        let hidden = format!("container {name}: health_status: password=[REDACTED:");
        assert!(told.contains(&hidden), "{told}");
        let log = told_of(name, json!({ "for": "log", "grep": "^ready" })).await;
        let line = format!("{name}: ready with password=[REDACTED:");
        assert!(log.contains(&line), "{line}: {log}");
        assert!(!format!("{told}{log}").contains("planted"), "{told}{log}");
    }
}

#[tokio::test]
async fn a_name_that_is_a_secret_is_hidden() {
    for wait in [
        json!({ "for": "exited" }),
        json!({ "for": "log", "grep": "^ready" }),
    ] {
        let told = told_of(SECRET, wait).await;
        assert!(told.contains("[REDACTED:"), "{told}");
        assert!(!told.contains(SECRET), "{told}");
    }
}
