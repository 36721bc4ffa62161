//! What is told of containers that start, run and are looked into.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{ID, result};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const START: &str = "docker_start_container";
const RESTART: &str = "docker_restart_container";

fn container(state: Value) -> Value {
    json!({
        "Id": ID, "Name": "/job", "Config": { "Image": "job:1" }, "HostConfig": {}, "Mounts": [],
        "State": state,
    })
}

/// An Engine with a container that is in one state before a start and gives this answer afterwards.
fn engine(before: Value, after: Reply) -> FakeEngine {
    let started = Arc::new(AtomicBool::new(false));
    let is_started = Arc::clone(&started);
    let start = move |_: &_| {
        started.store(true, Ordering::Relaxed);
        Reply::empty(204)
    };
    FakeEngine::start()
        .answer("POST /containers/*/start", start.clone())
        .answer("POST /containers/*/restart", start)
        .answer("GET /containers/*/json", move |_| {
            if is_started.load(Ordering::Relaxed) {
                after.clone()
            } else {
                container(before.clone()).into()
            }
        })
}

fn stopped() -> Value {
    json!({ "Status": "exited", "Running": false, "ExitCode": 9 })
}

#[tokio::test]
async fn a_job_that_ends_at_once_is_told_with_its_exit_code() {
    for tool in [START, RESTART] {
        for (state, status, code) in [
            (
                json!({ "Status": "exited", "Running": false, "ExitCode": 3 }),
                "exited",
                json!(3),
            ),
            // By its policy it is started again.
            (
                json!({ "Status": "restarting", "Running": true, "Restarting": true, "ExitCode": 3 }),
                "restarting",
                json!(3),
            ),
            (
                json!({ "Status": "running", "Running": true, "ExitCode": 0 }),
                "running",
                json!(3),
            ),
        ] {
            let engine = engine(stopped(), container(state).into())
                .on("POST /containers/*/wait", json!({ "StatusCode": 3 }));
            let told = result(&engine, tool, json!({ "container_id": "job" })).await;
            assert_eq!(
                told,
                json!({ "container_id": ID, "status": status, "exit_code": code }),
                "{tool}"
            );
        }
    }
}

#[tokio::test]
async fn a_container_that_keeps_running_has_no_exit_code() {
    let running = || container(json!({ "Status": "running", "Running": true, "ExitCode": 0 }));
    for tool in [START, RESTART] {
        for wait in [
            Reply::hang(),
            Reply::chunks(["\n"]).then_hang(),
            Reply::error(404, "page not found"),
        ] {
            let engine = engine(stopped(), running().into()).on("POST /containers/*/wait", wait);
            let told = result(&engine, tool, json!({ "container_id": "job" })).await;
            assert_eq!(
                told,
                json!({ "container_id": ID, "status": "running", "exit_code": null }),
                "{tool}"
            );
        }
    }
}

#[tokio::test]
async fn a_container_that_goes_when_it_ends_is_told_of_all_the_same() {
    let gone = || Reply::error(404, "No such container: job");
    for (wait, code) in [
        (json!({ "StatusCode": 0 }).into(), json!(0)),
        (gone(), json!(null)),
    ] {
        let engine = engine(stopped(), gone()).on("POST /containers/*/wait", wait);
        let told = result(&engine, START, json!({ "container_id": "job" })).await;
        assert_eq!(
            told,
            json!({ "container_id": ID, "status": "removed", "exit_code": code })
        );
    }
}

/// It was not started, so that there is nothing to wait for.
#[tokio::test]
async fn a_container_that_runs_already_is_not_waited_for() {
    let running = json!({ "Status": "running", "Running": true, "ExitCode": 0 });
    let engine = engine(running.clone(), container(running).into());
    let told = result(&engine, START, json!({ "container_id": "job" })).await;
    assert_eq!(told["status"], "running");
    let requests = engine.requests();
    assert!(
        !requests.iter().any(|request| request.contains("/wait")),
        "{requests:?}"
    );
}

/// An Engine whose container runs.
fn running() -> FakeEngine {
    let running = json!({ "Status": "running", "Running": true });
    FakeEngine::start().on("GET /containers/*/json", container(running))
}

/// What is told of a container that is measured so.
async fn measured(stats: Value) -> Value {
    let engine = running().on("GET /containers/*/stats", stats);
    let tool = "docker_container_stats";
    let mut told = result(&engine, tool, json!({ "container_id": "job" })).await;
    told["stats"].take()
}

#[tokio::test]
async fn what_is_not_measured_is_null_and_not_zero() {
    let told = measured(json!({
        "read": "2026-01-01T10:00:01Z", "preread": "2026-01-01T10:00:00Z", "networks": null,
        "blkio_stats": { "io_service_bytes_recursive": null }, "num_procs": 0, "storage_stats": {},
        "cpu_stats": { "cpu_usage": { "total_usage": 2 }, "online_cpus": 1 }, "precpu_stats": {},
        "memory_stats": { "usage": 5, "limit": 10 }, "pids_stats": {},
    }))
    .await;
    assert_eq!(
        told,
        json!({
            "cpu_percent": null, "online_cpus": 1, "pids": null,
            "memory": { "usage": 5, "limit": 10, "percent": 50.0 },
            "network": { "rx_bytes": null, "tx_bytes": null },
            "block_io": { "read_bytes": null, "write_bytes": null },
        })
    );
}

#[tokio::test]
async fn a_container_of_windows_is_measured_by_the_fields_of_windows() {
    let told = measured(json!({
        "read": "2026-01-01T10:00:01Z", "preread": "2026-01-01T10:00:00Z", "num_procs": 2,
        "blkio_stats": {}, "pids_stats": {},
        "storage_stats": { "read_size_bytes": 100, "write_size_bytes": 200 },
        "cpu_stats": { "cpu_usage": { "total_usage": 10_000_000 } },
        "precpu_stats": { "cpu_usage": { "total_usage": 0 } },
        "memory_stats": { "commitbytes": 7, "privateworkingset": 5000 },
        "networks": { "nic": { "rx_bytes": 1, "tx_bytes": 2 } },
    }))
    .await;
    assert_eq!(
        told,
        json!({
            "cpu_percent": 50.0, "online_cpus": 2, "pids": null,
            "memory": { "usage": 5000, "limit": null, "percent": null },
            "network": { "rx_bytes": 1, "tx_bytes": 2 },
            "block_io": { "read_bytes": 100, "write_bytes": 200 },
        })
    );
}

#[tokio::test]
async fn a_command_s_output_comes_once_with_stderr_beside_it() {
    let frames = [frame(1, "a\n"), frame(2, "b\n"), frame(1, "c\n")];
    let engine = running().commands(Reply::chunks(frames), 1);
    let arguments = json!({ "container_id": "job", "command": ["make"] });
    let told = result(&engine, "docker_exec_command", arguments).await;
    assert_eq!(
        told,
        json!({
            "exit_code": 1, "output": "a\nb\nc\n", "stderr": "b\n", "timed_out": false,
            "truncated": false,
        })
    );
}
