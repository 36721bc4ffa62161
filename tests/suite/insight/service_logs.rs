//! The log of a service, where it is more than a reply holds.

use serde_json::json;

use crate::one_call::given;
use crate::support::fake_engine::swarm::{MANAGER, WORKER, record};
use crate::support::fake_engine::{FakeEngine, Reply};

/// However much the tasks wrote, the reply stays within its bytes and ends with what is newest.
#[tokio::test]
async fn more_than_a_reply_holds_is_cut_to_the_newest_of_all_tasks() {
    let line = |n: u32| {
        let (slot, node) = [(1, MANAGER), (2, WORKER)][n as usize % 2];
        let text = format!("{n} {}\n", "long ".repeat(30 + n as usize % 7));
        let line = String::from_utf8(record(slot, node, &text)).unwrap();
        // Each a second after the one before it.
        let time = format!("T10:{:02}:{:02}.", n / 60, n % 60);
        line.replacen(&format!("T10:00:0{slot}."), &time, 1)
    };
    let chunks: Vec<Vec<u8>> = (0..3000).map(|n| line(n).into_bytes()).collect();
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /services/*/logs", Reply::chunks(chunks));
    let arguments = json!({
        "service_id": "shop_web", "since": "2026-01-01T00:00:00Z", "limit": 1000, "fold": false,
    });
    let result = given(&engine, "docker_service_logs", arguments).await;
    let size = result.to_string().len();
    assert!((30_000..=40_000).contains(&size), "{size}");
    assert_eq!(result["truncated"], true);
    assert_eq!(result["matched"], 3000);
    let told = result["lines"].as_array().unwrap();
    assert!(told.len() > 100, "{}", told.len());
    for (line, n) in told.iter().rev().zip((0..3000).rev()) {
        let of = ["shop_web.1.t1sk00000000", "shop_web.2.t2sk00000000"][n % 2];
        assert_eq!(line["container"], of);
        let text = line["text"].as_str().unwrap();
        assert!(text.starts_with(&format!("{n} long")), "{line}");
    }
}
