//! What `mcp-docker top` shows a person, and which keys it knows, on scripted Engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::golden;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::terminal::{Window, run};

const INSIGHT: &str = "top --toolsets default,insight";

/// A container, by its name, how it stands, and its log.
fn listed(name: &str, state: &str, status: &str) -> Value {
    json!({
        "Id": format!("{name}0id"), "Names": [format!("/{name}")], "Image": "shop:1", "State": state, "Status": status,
        "Created": 1_764_104_876, "Ports": [], "NetworkSettings": { "Networks": {} },
    })
}

fn document(name: &str, running: bool, health: Option<Value>) -> Value {
    let mut state = json!({
        "Status": if running { "running" } else { "exited" }, "Running": running, "Pid": 0, "ExitCode": 0, "Error": "",
        "OOMKilled": false, "StartedAt": "2026-05-01T10:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z",
    });
    if let Some(health) = health {
        state["Health"] = health;
    }
    json!({
        "Id": format!("{name}0id"), "Name": format!("/{name}"), "Path": "/app", "Args": [], "State": state, "RestartCount": 0,
        "HostConfig": { "NetworkMode": "none", "RestartPolicy": { "Name": "no" }, "PortBindings": {}, "Memory": 0 },
        "Config": { "Tty": false, "Env": [], "Healthcheck": { "Test": ["CMD-SHELL", "ask-db"], "Timeout": 5_000_000_000_i64 } },
        "NetworkSettings": { "Ports": {}, "Networks": {} }, "Mounts": [],
    })
}

/// So many hundredths of one processor, and so many MiB.
fn stats(cpu: u64, memory: u64) -> Value {
    json!({
        "read": "2026-05-01T10:10:00Z", "pids_stats": { "current": 3 },
        "cpu_stats": { "cpu_usage": { "total_usage": 1_000_000 + cpu * 10_000 }, "system_cpu_usage": 3_000_000, "online_cpus": 1 },
        "precpu_stats": { "cpu_usage": { "total_usage": 1_000_000 }, "system_cpu_usage": 2_000_000, "online_cpus": 1 },
        "memory_stats": { "usage": memory << 20, "limit": 1_u64 << 30, "stats": {} },
        "networks": { "eth0": { "rx_bytes": 2048, "tx_bytes": 4096 } },
    })
}

/// `web` takes the processor, `db` the memory, and its probe fails; `old` has ended.
fn engine() -> FakeEngine {
    let probe = json!({ "ExitCode": 1, "Output": "no route to the database" });
    let health = json!({ "Status": "unhealthy", "FailingStreak": 4, "Log": [probe] });
    let engine = FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                listed("db", "running", "Up 10 minutes (unhealthy)"),
                listed("old", "exited", "Exited (0) 2 hours ago"),
                listed("web", "running", "Up 10 minutes"),
            ]),
        )
        .on(
            "GET /info",
            json!({ "Name": "elsewhere", "KernelVersion": "0" }),
        )
        .on("GET /events", Reply::empty(200))
        .on("GET /containers/*/logs", Reply::empty(200))
        .on(
            "GET /containers/db0id/json",
            document("db", true, Some(health)),
        )
        .on("GET /containers/old0id/json", document("old", false, None))
        .on("GET /containers/web0id/json", document("web", true, None))
        .on("GET /containers/db0id/stats", stats(10, 512))
        .on("GET /containers/web0id/stats", stats(50, 64));
    engine.set_now("2026-05-01T10:10:00Z");
    engine
}

fn open(engine: &FakeEngine, columns: u16, words: &str) -> Window {
    Window::open(columns, words, &[("DOCKER_BASE_URL", &engine.address())])
}

/// Whether both that run were measured.
fn measured(text: &str) -> bool {
    text.contains("50.0") && text.contains("10.0")
}

/// The names in their order.
fn names(text: &str) -> Vec<&str> {
    let below = text.lines().skip(2);
    let table = below.take_while(|line| !line.contains('─'));
    let names = table.filter_map(|line| line.split_whitespace().next());
    names.collect()
}

/// A curve is longer the longer one looks; how high it is does not change.
fn without_time(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find('█') {
        Some(at) => {
            let (before, curve) = line.split_at(at);
            let rest = curve.trim_start_matches('█');
            let width = curve.chars().count() - rest.chars().count();
            format!("{before}█{}{rest}\n", " ".repeat(width - 1))
                .trim_end()
                .to_owned()
                + "\n"
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[tokio::test]
async fn all_that_has_room_is_shown_at_every_width() {
    let engine = engine();
    for columns in [60, 80, 120, 200] {
        let mut window = open(&engine, columns, INSIGHT);
        window
            .until("all is known", |text| {
                measured(text) && text.contains("unhealthy:")
            })
            .await;
        let text = window.text();
        assert_eq!(names(&text), ["web", "db"], "{text}");
        golden::check(
            format!("tests/golden/screens/top.{columns}.txt"),
            &without_time(&text),
        );
        window.press("q").await;
        assert_eq!(window.end().await, Some(0));
    }
}

/// What is worst stands out in a colour of the terminal's own, light or dark.
#[tokio::test]
async fn keys_sort_choose_and_show_the_rest_and_the_terminal_is_given_back() {
    let engine = engine();
    let mut window = open(&engine, 100, INSIGHT);
    window
        .until("all is known", |text| {
            measured(text) && text.contains("unhealthy:")
        })
        .await;
    assert!(window.is_taken());
    assert_eq!(window.colour("db "), vt100::Color::Idx(1));
    assert_eq!(window.colour("Up 10 minutes  "), vt100::Color::Default);
    window.press("s").await;
    window
        .until("memory counts", |text| names(text) == ["db", "web"])
        .await;
    window.press("a").await;
    window
        .until("all are there", |text| names(text) == ["db", "web", "old"])
        .await;
    window.press("s").await;
    window
        .until("names count", |text| names(text) == ["db", "old", "web"])
        .await;
    // Down to what has ended, which is asked for by nobody else.
    window.press("\x1b[B").await;
    window.press("a").await;
    window
        .until("those that run", |text| names(text) == ["db", "web"])
        .await;
    window.press("\x03").await;
    assert_eq!(window.end().await, Some(0));
    assert!(!window.is_taken());
}

#[tokio::test]
async fn what_is_wrong_is_looked_for_where_the_tool_is_on() {
    let engine = engine();
    let mut window = open(&engine, 80, "top");
    window.until("they are measured", measured).await;
    let text = window.text();
    assert!(
        text.contains("Not looked for: --toolsets default,insight"),
        "{text}"
    );
    window.press("\x1b").await;
    assert_eq!(window.end().await, Some(0));
    let asked = engine.requests();
    assert!(!asked.iter().any(|it| it.contains("/logs")), "{asked:?}");
}

/// It goes on, and says so no longer once it is over.
#[tokio::test]
async fn an_engine_that_fails_for_a_while_is_told() {
    let fails = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&fails);
    let containers = json!([listed("web", "running", "Up 10 minutes")]);
    let engine = FakeEngine::start()
        .answer("GET /containers/json", move |_| {
            match now.load(Ordering::Relaxed) {
                true => Reply::error(500, "the disk is full"),
                false => Reply::json(200, &containers),
            }
        })
        .on("GET /containers/web0id/json", document("web", true, None))
        .on("GET /containers/web0id/stats", stats(50, 64));
    let mut window = open(&engine, 80, "top");
    window
        .until("it is measured", |text| text.contains("50.0"))
        .await;
    fails.store(true, Ordering::Relaxed);
    window
        .until("the failure is told", |text| {
            text.contains("the disk is full")
        })
        .await;
    fails.store(false, Ordering::Relaxed);
    window
        .until("it is over", |text| !text.contains("the disk is full"))
        .await;
    window.press("q").await;
    assert_eq!(window.end().await, Some(0));
}

#[tokio::test]
async fn where_nothing_can_be_shown_it_says_what_is_to_be_done() {
    let nowhere = [("DOCKER_BASE_URL", "unix:///nowhere/docker.sock")];
    let seen = run(80, "top", &nowhere, &[]).await;
    assert_eq!(seen.code, Some(1), "{}", seen.text);
    assert!(seen.text.contains("/nowhere/docker.sock"), "{}", seen.text);
    assert!(!seen.text.contains("\x1b[?1049h"), "{}", seen.text);

    let home = tempfile::tempdir().unwrap();
    let mut piped = crate::support::client::command(home.path());
    let output = piped.arg("top").output().await.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(
        complaint.contains("mcp-docker call list_containers"),
        "{complaint}"
    );
}
