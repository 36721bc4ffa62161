//! Changes a service and waits for it to settle: `docker_update_service`.

use serde_json::{Value, json};

use super::change::{Change, change};
use super::current::Current;
use super::patch::{Removed, Used, patched, set};
use super::used;
use super::wanted::{Wanted, wanted};
use crate::call::{Call, CallError};
use crate::generated::params::update_service::Params;
use crate::generated::reply::update_service::Reply;
use crate::operations::environment;
use crate::operations::images::registry::Registry;
use crate::params::InvalidArgument;

pub(crate) use super::loss::Plan;

/// Gives the service as it is, and what it would lose.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let current = Current::of(&params.service_id, call).await?;
    if params.replicas.is_some() && current.replicas().is_none() {
        return Err(InvalidArgument(not_scaled(&current)).into());
    }
    let to = params.replicas.and_then(|to| u64::try_from(to).ok());
    Ok(Plan::new(current, to))
}

/// Why a service has no number of tasks to choose.
pub(super) fn not_scaled(current: &Current) -> String {
    let name = current.name();
    let mode = current.spec.get("Mode").and_then(Value::as_object);
    match mode.is_some_and(|mode| mode.contains_key("Global")) {
        true => format!("`replicas`: `{name}` is global, with one task on each node that suits it"),
        false => format!("`replicas`: `{name}` is a job, of which each task runs once"),
    }
}

/// Gives how the service stands once it has settled.
pub(crate) async fn run(params: &Params, plan: &Plan, call: &Call<'_>) -> Result<Reply, CallError> {
    environment::check_environment(params.environment.as_ref())?;
    let wanted = wanted!(params, params.image.as_ref());
    let (secrets, configs) = (
        used::secrets(wanted.secrets, call).await?,
        used::configs(wanted.configs, call).await?,
    );
    let removed = Removed {
        environment: params.remove_environment.as_deref().unwrap_or_default(),
        labels: params.remove_labels.as_deref().unwrap_or_default(),
    };
    let spec = |current: &Current| {
        let used = Used {
            secrets: secrets.clone(),
            configs: configs.clone(),
        };
        let mut spec = patched(&current.spec, &wanted, used, &removed)?;
        if params.force {
            let forced = current.spec.get("TaskTemplate");
            let forced = forced.and_then(|task| task.get("ForceUpdate")?.as_u64());
            let forced = json!(forced.unwrap_or_default() + 1);
            let task = spec.entry("TaskTemplate").or_insert(Value::Null);
            set(task, &["ForceUpdate"], forced);
        }
        if spec == current.spec {
            return Err(CallError::Argument(InvalidArgument(
                "nothing of the service would change; `force` replaces its tasks all the same"
                    .to_owned(),
            )));
        }
        Ok(spec)
    };
    let credentials = match &params.image {
        Some(image) => Registry::of(image.name(), call).await.credentials(),
        None => None,
    };
    let how = Change {
        goes_back: false,
        credentials,
        timeout: params.timeout,
        spec: &spec,
    };
    let changed = change(plan, how, call).await?;
    let settled = changed.settled;
    Ok(Reply {
        service_id: changed.id,
        rolled_back: settled.is_rolled_back(),
        reason: settled.reason(),
        name: settled.name,
        state: settled.state,
        running: settled.running,
        desired: settled.desired,
        failed: settled.failed,
        warnings: changed.warnings,
    })
}
