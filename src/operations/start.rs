//! Starts a container and sees whether it stays: `docker_start_container`.
//!
//! A start succeeds as soon as the process runs, so that of a job that ends at once, or of a service
//! that cannot work, it says nothing. So the container is given a moment to end.

use std::time::Duration;

use bollard::query_parameters::WaitContainerOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::start_container::Params;

/// How long a container that was started is given to end.
const MOMENT: Duration = Duration::from_secs(1);

/// Starts it; gives its id and state, and the exit code of one that ended meanwhile.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let container: &str = &params.container_id;
    let request = record(|docker| async move { docker.start_container(container, None).await })?;
    call.engine
        .json(request.about("container", container))
        .await?;
    // One that ran before was not started, and does not end because of it.
    if call.look.get("container").pointer("/State/Running") == Some(&Value::Bool(true)) {
        return state(container, None, call).await;
    }
    outcome(container, call).await
}

/// How a container that was started just now stands: after it ended, or after a moment.
pub(super) async fn outcome(container: &str, call: &Call<'_>) -> Result<Value, CallError> {
    let options = WaitContainerOptions {
        condition: "not-running".to_owned(),
    };
    let request = record(|docker| async move {
        docker
            .wait_container(container, Some(options))
            .boxed()
            .try_next()
            .await
    })?;
    // An Engine that cannot tell has the container started all the same.
    let ended = tokio::time::timeout(MOMENT, call.engine.json(request)).await;
    let code = ended.ok().and_then(Result::ok);
    let code = code.and_then(|reply| reply.get("StatusCode")?.as_i64());
    state(container, code, call).await
}

/// The state of a container; `code` is the code that it was seen to end with, if it was.
async fn state(container: &str, code: Option<i64>, call: &Call<'_>) -> Result<Value, CallError> {
    let request = record(|docker| async move { docker.inspect_container(container, None).await })?;
    let found = &call.then(request.about("container", container)).await?;
    let state = &found["State"];
    let code = match state["Status"].as_str() {
        // It may run again, by its policy, or be gone.
        _ if code.is_some() => json!(code),
        Some("exited" | "dead" | "stopped" | "restarting") => state["ExitCode"].clone(),
        _ => Value::Null,
    };
    Ok(json!({
        "container_id": found["Id"],
        "status": state["Status"],
        "exit_code": code,
    }))
}
