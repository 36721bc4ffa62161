//! Takes a service back to what it was before its last change: `docker_rollback_service`.

use super::change::{Change, change};
use super::current::{Current, replicas};
use crate::call::{Call, CallError};
use crate::generated::params::rollback_service::Params;
use crate::generated::reply::rollback_service::Reply;

pub(crate) use super::loss::Plan;

/// Gives the service as it is, and what it would lose.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let current = Current::of(&params.service_id, call).await?;
    let Some(previous) = &current.previous else {
        return Err(CallError::Operation(format!(
            "the service `{}` was not changed since it was made, or went back already, so there is nothing to go back to",
            current.name()
        )));
    };
    let to = replicas(previous);
    Ok(Plan::new(current, to))
}

/// Gives how the service stands once it has settled.
pub(crate) async fn run(params: &Params, plan: &Plan, call: &Call<'_>) -> Result<Reply, CallError> {
    let how = Change {
        goes_back: true,
        credentials: None,
        timeout: params.timeout,
        spec: &|current| Ok(current.spec.clone()),
    };
    let changed = change(plan, how, call).await?;
    let settled = changed.settled;
    Ok(Reply {
        service_id: changed.id,
        reason: settled.reason().filter(|_| !settled.is_rolled_back()),
        name: settled.name,
        state: settled.state,
        running: settled.running,
        desired: settled.desired,
        failed: settled.failed,
    })
}
