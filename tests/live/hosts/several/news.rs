//! Subscriptions to what two Engines have under the same name, in both eras.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::timeout_at;

use super::same::Same;
use super::{Instant, Several, Value, json};
use crate::client::RawClient;

const UPDATED: &str = "notifications/resources/updated";
const LIST_CHANGED: &str = "notifications/resources/list_changed";

/// Longer than the server keeps notifications apart.
const QUIET: Duration = Duration::from_secs(4);

/// The most that news are waited for beyond that.
const SOON: Duration = Duration::from_secs(30);

/// What is told until these URIs were and nothing more is: URIs, and that the list is another. Tests beside this one
/// make containers, too, so that the list may never be at rest.
async fn told(client: &mut RawClient, expected: &[String]) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut quiet = Instant::now() + QUIET;
    loop {
        let is_told = expected.iter().all(|uri| told.contains(uri));
        let patience = if is_told { quiet } else { quiet + SOON };
        let Ok(message) = timeout_at(patience.into(), client.receive()).await else {
            return told.into_iter().collect();
        };
        match message["method"].as_str() {
            Some(UPDATED) => {
                told.insert(message["params"]["uri"].as_str().unwrap().to_owned());
                quiet = Instant::now() + QUIET;
            }
            Some(LIST_CHANGED) => {
                told.insert(LIST_CHANGED.to_owned());
            }
            _ => {}
        }
    }
}

/// The same of each.
async fn both([one, other]: &mut [RawClient; 2], expected: &[String]) -> [Vec<String>; 2] {
    let (one, other) = tokio::join!(told(one, expected), told(other, expected));
    [one, other]
}

async fn clients(several: &Several, uris: &[String]) -> [RawClient; 2] {
    let file = several.file();
    let env = [
        ("MCP_DOCKER_CONFIG", file.as_str()),
        ("PATH", &several.sshd.path),
    ];
    let mut legacy = RawClient::session("2025-11-25", &env).await;
    legacy.request(1, "resources/list", json!({})).await;
    for (id, uri) in (2..).zip(uris) {
        let answer = legacy
            .request(id, "resources/subscribe", json!({ "uri": uri }))
            .await;
        assert_eq!(answer["result"], json!({}), "{answer}");
    }
    let mut modern = RawClient::start(&env);
    let listen = json!({
        "notifications": { "resourceSubscriptions": uris, "resourcesListChanged": true },
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let method = "subscriptions/listen";
    let request: Value = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": listen});
    modern.send(request).await;
    let accepted = modern.receive().await;
    let accepted = &accepted["params"]["notifications"]["resourceSubscriptions"];
    assert_eq!(accepted, &json!(uris));
    [legacy, modern]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_one_host_is_told_of_that_one_alone() {
    let Some(several) = Several::start("", "") else {
        return;
    };
    let same = Same::make(&several);
    let uri = |host: &str| format!("container://logs/{}?host={host}", same.name);
    let uris = ["here", "tls", "ssh"].map(uri);
    let mut clients = clients(&several, &uris).await;
    both(&mut clients, &[]).await;
    let write = |host: &str| {
        let program = ["exec", &same.name, "sh", "-c", "echo more >/proc/1/fd/1"];
        several.docker(host, &program);
    };
    // `ssh` is another way to what is here.
    for (host, expected) in [("tls", &["tls"][..]), ("here", &["here", "ssh"])] {
        write(host);
        let expected: Vec<String> = expected.iter().map(|host| uri(host)).collect();
        for mut told in both(&mut clients, &expected).await {
            // Tests beside this one make containers, too.
            told.retain(|it| it != LIST_CHANGED);
            assert_eq!(told, expected, "{host}");
        }
    }
    // That a container comes is news of the list, on whichever host.
    several.docker("tls", &["create", &crate::docker::image()]);
    let expected = [LIST_CHANGED.to_owned()];
    for told in both(&mut clients, &expected).await {
        assert!(told.contains(&expected[0]), "{told:?}");
    }
}
