//! Many logs at once: how many are read at a time, what a cancel ends, and what they take.

use serde_json::{Value, json};

use super::{ALL, SEARCH, engine, written};
use crate::support::client::{EVERYTHING, RawClient};
use crate::support::fake_engine::Reply;

fn search(id: i64) -> Value {
    let arguments = json!({ "since": ALL, "grep": "needle" });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
        "name": SEARCH, "arguments": arguments, "_meta": { "progressToken": id },
    } })
}

#[tokio::test]
async fn a_cancel_reaches_every_stream() {
    let names: Vec<String> = (0..20).map(|at| format!("c{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let silent = Reply::chunks([written((1, 1, "needle\n"))]).then_hang();
    let engine = engine(&names).on("GET /containers/*/logs", silent);
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[EVERYTHING, ("DOCKER_BASE_URL", &address)]).await;
    client.send(search(7)).await;
    // The first by their names.
    for name in ["c0", "c1", "c10", "c11", "c12", "c13", "c14", "c15"] {
        engine
            .asked(&format!("GET /containers/{name}0id/logs"))
            .await;
    }
    let cancelled = json!({ "requestId": 7 });
    client
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled }))
        .await;
    engine.all_closed().await;
    let read = engine
        .requests()
        .iter()
        .filter(|it| it.contains("/logs"))
        .count();
    assert_eq!(read, 8, "at once");
    client.close_stdin();
    client.ended().await;
}

/// Logs of far more bytes than the server may hold.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn many_long_logs_take_little_memory() {
    let line = |at: usize| {
        let word: String = at
            .to_string()
            .bytes()
            .map(|it| char::from(it + 49))
            .collect();
        written((1, 1, &format!("needle {word} {}\n", "x".repeat(4000))))
    };
    let chunk: bytes::Bytes = (0..60).flat_map(line).collect::<Vec<u8>>().into();
    let names: Vec<String> = (0..12).map(|at| format!("c{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let engine = engine(&names).on("GET /containers/*/logs", Reply::chunks(vec![chunk; 5]));
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[EVERYTHING, ("DOCKER_BASE_URL", &address)]).await;
    let peak = |client: &RawClient| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: usize = line
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap();
        kib
    };
    let mut searched = async |request: Value| {
        let id = request["id"].clone();
        client.send(request).await;
        loop {
            let message = client.receive().await;
            if message["id"] == id {
                return (message, peak(&client));
            }
        }
    };
    // What any search takes.
    let mut one = search(6);
    one["params"]["arguments"]["containers"] = json!(["c0"]);
    let (_, before) = searched(one).await;
    let (answer, after) = searched(search(7)).await;
    let result = &answer["result"]["structuredContent"];
    assert_eq!(result["matched"], 12 * 5 * 60, "{}", result["hint"]);
    assert_eq!(result["truncated"], true);
    let grown = after - before;
    assert!(
        grown < 6 << 10,
        "{grown} KiB more for {} KiB",
        12 * 5 * 60 * 4
    );
}
