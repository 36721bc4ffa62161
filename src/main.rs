//! The `mcp-docker` program: parses the command line and runs what it asks for.

// A test that cannot go on is to fail, and says so best by panicking.
#![cfg_attr(
    test,
    allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)
)]

mod cli;
mod logging;

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// How long what still runs may take to be dropped.
const LEAVE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Two, so that one listens while the other is busy; what takes long leaves its worker to another
    // thread.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&format!("cannot start: {error}")),
    };
    let code = runtime.block_on(cli::run());
    let tasks = runtime.handle().metrics();
    mcp_docker::safety::end_records();
    // A read of stdin cannot be cancelled and would hold up the exit until the next line comes.
    runtime.shutdown_background();
    // What still ran is dropped by the workers: calls are recorded then, and programs ended. A task no
    // longer counts while it is dropped.
    let end = Instant::now() + LEAVE;
    let leaving = || tasks.num_alive_tasks() > 0 || mcp_docker::safety::open_records() > 0;
    while leaving() && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    code
}
