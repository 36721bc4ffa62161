//! Starts a container and sees whether it stays: `docker_start_container`.
//!
//! A start succeeds as soon as the process runs, so that of a job that ends at once, or of a service
//! that cannot work, it says nothing. So the container is given a moment to end.

use std::time::Duration;

use bollard::query_parameters::WaitContainerOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Told, record};
use crate::generated::params::start_container::Params;
use crate::generated::reply::start_container::Reply;
use crate::operations::objects::InspectedContainer;

/// How long a container that was started is given to end.
const MOMENT: Duration = Duration::from_secs(1);

/// What a wait ended with.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Ended {
    status_code: Told<i64>,
}

/// Starts it; gives its id and state, and the exit code of one that ended meanwhile.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let container: &str = &params.container_id;
    let request = record(|docker| async move { docker.start_container(container, None).await })?;
    call.engine
        .json(request.about("container", container))
        .await?;
    // One that ran before was not started, and does not end because of it.
    let before: InspectedContainer = call.look.told("container");
    if *before.state.running == Some(true) {
        return state(container, None, call).await;
    }
    outcome(container, call).await
}

/// How a container that was started just now stands: after it ended, or after a moment.
pub(crate) async fn outcome(container: &str, call: &Call<'_>) -> Result<Reply, CallError> {
    // An Engine that cannot tell has the container started all the same.
    let ended = tokio::time::timeout(MOMENT, ended(container, call)).await;
    state(container, ended.ok().and_then(Result::ok).flatten(), call).await
}

/// Waits for the end of a container that was started, and gives its exit code.
pub(super) async fn ended(container: &str, call: &Call<'_>) -> Result<Option<i64>, CallError> {
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
    Ok(*call.engine.told::<Ended>(request).await?.status_code)
}

/// The state of a container; `code` is the code that it was seen to end with, if it was.
pub(super) async fn state(
    container: &str,
    code: Option<i64>,
    call: &Call<'_>,
) -> Result<Reply, CallError> {
    let request = record(|docker| async move { docker.inspect_container(container, None).await })?;
    let request = request.about("container", container);
    let InspectedContainer { id, state } = call.then_told(request).await?;
    let code = match state.status.text() {
        // It may run again, by its policy, or be gone.
        _ if code.is_some() => code,
        "exited" | "dead" | "stopped" | "restarting" => *state.exit_code,
        _ => None,
    };
    Ok(Reply {
        container_id: id.0.unwrap_or_default(),
        status: state.0.status.0.unwrap_or_default(),
        exit_code: code,
    })
}
