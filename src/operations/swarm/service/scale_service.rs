//! Runs so many tasks of a service: `docker_scale_service`.

use serde_json::{Value, json};

use super::change::{Change, change};
use super::current::Current;
use super::patch::set;
use super::update_service::not_scaled;
use crate::call::{Call, CallError};
use crate::generated::params::scale_service::Params;
use crate::generated::reply::scale_service::Reply;
use crate::params::InvalidArgument;

pub(crate) use super::loss::Plan;

/// Gives the service as it is, and what it would lose.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let current = Current::of(&params.service_id, call).await?;
    if current.replicas().is_none() {
        return Err(InvalidArgument(not_scaled(&current)).into());
    }
    Ok(Plan::new(current, u64::try_from(params.replicas).ok()))
}

/// Gives how the service stands once it has settled.
pub(crate) async fn run(params: &Params, plan: &Plan, call: &Call<'_>) -> Result<Reply, CallError> {
    let spec = |current: &Current| {
        let mut spec = Value::Object(current.spec.clone());
        set(
            &mut spec,
            &["Mode", "Replicated", "Replicas"],
            json!(params.replicas),
        );
        match spec {
            Value::Object(spec) => Ok(spec),
            _ => Ok(current.spec.clone()),
        }
    };
    let how = Change {
        goes_back: false,
        credentials: None,
        timeout: params.timeout,
        spec: &spec,
    };
    let changed = change(plan, how, call).await?;
    let settled = changed.settled;
    Ok(Reply {
        service_id: changed.id,
        reason: settled.reason(),
        name: settled.name,
        running: settled.running,
        desired: settled.desired,
        failed: settled.failed,
    })
}
