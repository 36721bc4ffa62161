//! Stops a container, starts it again and sees whether it stays: `docker_restart_container`.

use bollard::query_parameters::RestartContainerOptions;
use serde_json::Value;

use super::start::outcome;
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::restart_container::Params;

/// Gives what a start gives.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
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
    outcome(container, call).await
}
