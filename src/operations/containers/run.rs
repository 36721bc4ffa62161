//! Creates a container, starts it and gives what it wrote: `docker_run_container`.
//!
//! What it wrote is read from its log once it has ended, so that nothing is lost of what came before anybody
//! listened.

use bollard::query_parameters::LogsOptions;
use futures_util::{StreamExt, TryStreamExt};

use super::leftover::Leftover;
use super::{create, start};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};
use crate::generated::params::run_container::Params;
use crate::generated::reply::run_container::Reply;
use crate::operations::stream::transcript::{Transcript, Written};
use crate::operations::{budget, units};
use crate::output::Hinted;
use crate::params::{Command, InvalidArgument};

/// How to get what the budget cut.
const ADVICE: &str = "of what the container wrote the beginning and the end are kept; run a command that \
    writes less, or set `remove` to false and read it with docker_container_logs";

/// Gives what the container wrote and its exit code; with `detach`, how it stands after a moment.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    check(params)?;
    // The Engine removes one that nobody waits for.
    let create = params.create_container(params.detach && params.remove == Some(true));
    let container = create::create(&create, call, |request| {
        Leftover::made(call.engine.clone(), request)
    });
    let container = container.await?;
    if let Err(error) = start(&container.id(), call).await {
        // Why it does not start matters more than that it is still there.
        drop(container.remove().await);
        return Err(error);
    }
    let mut warnings = container.warnings.clone();
    warnings.extend(params.command.as_ref().and_then(Command::hint));
    let reply = if params.detach {
        detached(container, call).await?
    } else {
        attended(container, params, call).await?
    };
    let cut = reply.truncated;
    Ok(Hinted::from(Reply { warnings, ..reply }).hinted(cut.then(|| budget::advice(call, ADVICE))))
}

fn check(params: &Params) -> Result<(), InvalidArgument> {
    let policy = params
        .restart_policy
        .as_ref()
        .map_or("no", |policy| policy.name);
    if !params.detach && policy != "no" {
        return Err(InvalidArgument(format!(
            "`restart_policy` is for a container that nobody waits for: set `detach`, or leave it out (got `{policy}`)",
        )));
    }
    Ok(())
}

async fn start(container: &str, call: &Call<'_>) -> Result<(), CallError> {
    let request = record(|docker| async move { docker.start_container(container, None).await })?;
    call.engine.json(request).await?;
    Ok(())
}

/// Leaves it running.
async fn detached(container: Leftover, call: &Call<'_>) -> Result<Reply, CallError> {
    let outcome = start::outcome(&container.id(), call).await?;
    let container_id = container.id();
    container.keep();
    Ok(Reply {
        container_id,
        status: outcome.status,
        exit_code: outcome.exit_code,
        output: String::new(),
        stderr: String::new(),
        timed_out: false,
        truncated: false,
        warnings: Vec::new(),
    })
}

/// Waits for its end, or until the time is up.
async fn attended(
    container: Leftover,
    params: &Params,
    call: &Call<'_>,
) -> Result<Reply, CallError> {
    let id = container.id();
    let waiting = start::ended(&id, call);
    let ended = tokio::time::timeout(units::seconds(params.timeout), waiting).await;
    let timed_out = ended.is_err();
    let exit_code = ended.unwrap_or(Ok(None))?;
    let note = timed_out.then(|| {
        format!(
            "[not finished after {} s: the container {} was left running; docker_container_logs shows what it writes, \
             docker_stop_container ends it]",
            params.timeout,
            id.get(..12).unwrap_or(&id),
        )
    });
    let written = written(&id, params.tty, note, call).await?;
    let status = if timed_out {
        let status = start::state(&id, None, call).await?.status;
        container.keep();
        status
    } else if params.remove == Some(false) {
        container.keep();
        "exited".to_owned()
    } else {
        container.remove().await?;
        "removed".to_owned()
    };
    Ok(Reply {
        container_id: id,
        status,
        exit_code,
        output: written.output,
        stderr: written.stderr,
        timed_out,
        truncated: written.truncated,
        warnings: Vec::new(),
    })
}

/// What the container wrote so far. That its log cannot be read is told in its place: it ran all the same.
async fn written(
    container: &str,
    tty: bool,
    note: Option<String>,
    call: &Call<'_>,
) -> Result<Written, CallError> {
    let options = LogsOptions {
        stdout: true,
        stderr: true,
        tail: "all".to_owned(),
        ..LogsOptions::default()
    };
    let request = record(|docker| async move {
        let mut logs = docker.logs(container, Some(options)).boxed();
        logs.try_next().await
    })?;
    let mut transcript = Transcript::new(budget::budget(call), &call.redactor);
    let read = transcript.read(call.engine.bytes(request), tty).await;
    let note = match read {
        Err(error @ (EngineError::Failed { .. } | EngineError::Rejected { .. })) => {
            Some(format!("[what it wrote cannot be read: {error}]"))
        }
        read => {
            read?;
            note
        }
    };
    Ok(transcript.written(note.as_deref()))
}
