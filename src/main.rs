//! The `mcp-docker` program: parses the command line and runs what it asks for.

#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test that cannot go on is to fail, and says so best by panicking"
    )
)]

mod cli;
mod logging;
#[cfg(feature = "opentelemetry")]
mod telemetry;

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};
#[cfg(target_os = "linux")]
use std::{ffi::OsString, path::Path};

/// How long what still runs may take to be dropped.
const LEAVE: Duration = Duration::from_secs(2);

/// How long a program that does not listen takes to be ended.
const PROGRAMS: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let Some(code) = program() {
        return code;
    }
    // One worker: an Engine sends a log line by line, and each would be handed from thread to thread.
    // What takes long to compute leaves the worker to another thread.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&format!("cannot start: {error}")),
    };
    // On the worker, beside what it waits for.
    let code = runtime
        .block_on(runtime.spawn(cli::run()))
        .unwrap_or_else(|error| cli::fail(&format!("the program failed: {error}")));
    let tasks = runtime.handle().metrics();
    mcp_docker::call::gate::end_records();
    // A question at the terminal cannot be cancelled and would hold up the exit until it is answered.
    runtime.shutdown_background();
    // What still ran is dropped by the workers: calls are recorded then, and programs ended. A task no
    // longer counts while it is dropped.
    let start = Instant::now();
    let leaving = || {
        let tasks = tasks.num_alive_tasks() > 0 || mcp_docker::call::gate::open_records() > 0;
        (tasks && start.elapsed() < LEAVE)
            || (mcp_docker::program::running() > 0 && start.elapsed() < PROGRAMS)
    };
    while leaving() {
        thread::sleep(Duration::from_millis(1));
    }
    #[cfg(feature = "opentelemetry")]
    telemetry::end();
    code
}

/// Becomes a program that a call runs, where this was started for that; else only says how it is to be started.
#[cfg(target_os = "linux")]
fn program() -> Option<ExitCode> {
    use mcp_docker::program::confinement::{FAILED, WORD, confine_by, enter};

    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let (plan, args) = match words.as_slice() {
        [word, plan, args @ ..] if word == WORD => (plan, args),
        _ => {
            confine_by("/proc/self/exe".into());
            return None;
        }
    };
    Some(match enter(Path::new(plan), args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(FAILED)
        }
    })
}
