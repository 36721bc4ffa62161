//! Stops a container, starts it again and sees whether it stays: `docker_restart_container`.

use bollard::query_parameters::RestartContainerOptions;

use super::start;
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::restart_container::Params;
use crate::generated::reply::restart_container::Reply;

/// Gives what a start gives.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let container: &str = &params.container_id;
    let options = RestartContainerOptions {
        signal: None,
        t: i32::try_from(params.timeout).ok(),
    };
    let request =
        record(|docker| async move { docker.restart_container(container, Some(options)).await })?;
    call.engine
        .json(request.about("container", container))
        .await?;
    let outcome = start::outcome(container, call).await?;
    Ok(Reply {
        container_id: outcome.container_id,
        status: outcome.status,
        exit_code: outcome.exit_code,
    })
}
