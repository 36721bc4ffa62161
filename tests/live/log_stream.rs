//! `docker_container_logs`: following, and logs that are too big.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::docker::{Container, WAIT};
use crate::session::Session;

const TOOL: &str = "docker_container_logs";

/// Bytes of a result that no call exceeds by default.
const BUDGET: usize = 40_000;

/// A container that never stops writing does not hold the call.
#[tokio::test]
async fn following_collects_what_comes_and_returns() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("chatty", "while :; do echo tick; sleep 0.2; done");
    container.has_logged("tick");
    let start = Instant::now();
    let result = session
        .ok(
            TOOL,
            json!({"container_id": container.name, "tail": 0, "follow": true, "follow_seconds": 2}),
        )
        .await;
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(result["lines"].as_u64().unwrap() >= 1, "{result}");
}

#[tokio::test]
async fn following_a_silent_container_returns_what_was_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("silent", &format!("echo once; {WAIT}"));
    container.has_logged("once");
    let start = Instant::now();
    let result = session
        .ok(
            TOOL,
            json!({"container_id": container.name, "follow": true, "follow_seconds": "1"}),
        )
        .await;
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(result["logs"].as_str().unwrap().trim_end(), "once");
}

/// The end of the container is the end of its log.
#[tokio::test]
async fn following_ends_with_the_container() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::finished("ended", "echo bye");
    let start = Instant::now();
    let result = session
        .ok(
            TOOL,
            json!({"container_id": container.name, "follow": true, "follow_seconds": 60}),
        )
        .await;
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(result["logs"].as_str().unwrap().trim_end(), "bye");
}

/// 20 MB go by; the newest lines stay, within the budget and in little memory.
#[tokio::test]
async fn a_huge_log_is_cut_to_its_newest_lines_in_little_memory() {
    let Some(session) = Session::start().await else {
        return;
    };
    let line = "a line of a log that is far too long to be shown to anybody in full";
    let program = format!("yes '{line}' | head -c 20000000; echo; echo the end");
    let container = Container::logged("huge", &[], &program, "the end");
    let little = json!({"container_id": container.name, "tail": 1});
    session.ok(TOOL, little).await;
    let before = peak_memory(session.pid);

    let result = session
        .ok(TOOL, json!({"container_id": container.name, "tail": "all"}))
        .await;

    assert_eq!(result["truncated"], true);
    let size = serde_json::to_vec(&result).unwrap().len();
    assert!(size <= BUDGET, "{size} bytes");
    assert!(
        size > BUDGET / 2,
        "{size} bytes: more than half the budget is unused"
    );
    let logs = result["logs"].as_str().unwrap();
    assert_eq!(logs.lines().last(), Some("the end"));
    assert_eq!(result["lines"], logs.lines().count());

    if let (Some(before), Some(peak)) = (before, peak_memory(session.pid)) {
        // A server that held the log would need 20 MB more.
        let more = peak - before;
        assert!(more < 12 << 20, "{more} bytes more at the most");
    }
}

/// The budget is the operator's to set, and what is left is still whole lines of valid JSON.
#[tokio::test]
async fn a_smaller_budget_cuts_more() {
    let Some(session) = Session::with(&[("SAFETY_MAX_RESPONSE_BYTES", "4096")]).await else {
        return;
    };
    let program = "seq 1 5000 | sed 's/.*/line \"&\"/'";
    let container = Container::logged("budget", &[], program, "\"5000\"");
    let result = session
        .ok(TOOL, json!({"container_id": container.name, "tail": "all"}))
        .await;
    assert_eq!(result["truncated"], true);
    assert!(serde_json::to_vec(&result).unwrap().len() <= 4096);
    let logs = result["logs"].as_str().unwrap();
    assert_eq!(logs.lines().last(), Some("line \"5000\""));
}

/// The most memory that a process has held, where the system tells.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
