//! Changes a service and sees it through: what updating, scaling and rolling back have in common.

use std::time::Duration;

use bollard::auth::DockerCredentials;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::current::Current;
use super::loss::Plan;
use super::settle::{self, Settled};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items};
use crate::operations::units;

/// What the Engine says where somebody else changed the service first.
const OUT_OF_SEQUENCE: &str = "update out of sequence";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Updated {
    warnings: Items<String>,
}

/// What a service is to be, of what it is.
type Becoming<'a> = dyn Fn(&Current) -> Result<Map<String, Value>, CallError> + Sync + 'a;

/// How a service is changed.
pub(super) struct Change<'a> {
    pub(super) goes_back: bool,
    pub(super) credentials: Option<DockerCredentials>,
    /// Seconds to wait for it to settle.
    pub(super) timeout: i64,
    /// What it is to be, of what it is.
    pub(super) spec: &'a Becoming<'a>,
}

/// What came of it.
pub(super) struct Changed {
    pub(super) id: String,
    pub(super) warnings: Vec<String>,
    pub(super) settled: Settled,
}

/// Changes the service of a plan, once more where somebody else changed it meanwhile, and waits.
pub(super) async fn change(
    plan: &Plan,
    change: Change<'_>,
    call: &Call<'_>,
) -> Result<Changed, CallError> {
    let mut current = plan.current.clone();
    let mut updated = update(&current, &change, call).await;
    if updated.as_ref().is_err_and(is_out_of_sequence) {
        current = Current::of(&current.id, call).await?;
        let becomes = becomes(&current, &change)?;
        if !plan.covers(&current, &becomes) {
            return Err(CallError::Operation(
                "the service was changed meanwhile, and would now lose more tasks than were shown: \
                 nothing was changed; make the call again"
                    .to_owned(),
            ));
        }
        updated = update(&current, &change, call).await;
    }
    let updated = match updated {
        Err(error) if is_out_of_sequence(&error) => {
            return Err(CallError::Operation(
                "others change the service at the same time, twice before this call could: nothing was changed; \
                 make the call again when they are done"
                    .to_owned(),
            ));
        }
        updated => updated?,
    };
    let settled = settle(&current.id, change.timeout, call).await?;
    Ok(Changed {
        id: current.id,
        warnings: updated.warnings.0,
        settled,
    })
}

/// Waits for a service that was sent on its way.
pub(super) async fn settle(id: &str, timeout: i64, call: &Call<'_>) -> Result<Settled, CallError> {
    let limit: Duration = units::seconds(timeout);
    settle::settle(id, limit, call).await.map_err(|error| {
        CallError::Operation(format!(
            "the swarm took the service `{id}` as it is to be, and how its tasks are is not known: {error}"
        ))
    })
}

async fn update(
    current: &Current,
    change: &Change<'_>,
    call: &Call<'_>,
) -> Result<Updated, CallError> {
    let spec = match change.goes_back {
        // The Engine takes what it has itself, and this for the look of it.
        true => current.spec.clone(),
        false => (change.spec)(current)?,
    };
    let credentials = change.credentials.clone();
    let request = current.update(&spec, change.goes_back, credentials)?;
    Ok(call.engine.told(request).await?)
}

fn becomes(current: &Current, change: &Change<'_>) -> Result<Map<String, Value>, CallError> {
    match &current.previous {
        Some(previous) if change.goes_back => Ok(previous.clone()),
        _ if change.goes_back => Err(CallError::Operation(
            "the service was changed meanwhile, and has nothing to go back to".to_owned(),
        )),
        _ => (change.spec)(current),
    }
}

fn is_out_of_sequence(error: &CallError) -> bool {
    match error {
        CallError::Engine(EngineError::Conflict { message, .. }) => {
            message.contains(OUT_OF_SEQUENCE)
        }
        _ => false,
    }
}

impl Settled {
    /// Whether the swarm went back to what was before.
    pub(super) fn is_rolled_back(&self) -> bool {
        self.state == "rollback_completed"
    }

    /// What keeps it from being done, in a sentence; none where it is.
    pub(super) fn reason(&self) -> Option<String> {
        let said = self
            .message
            .as_deref()
            .unwrap_or("the Engine does not say why");
        Some(match self.state.as_str() {
            "completed" if self.running >= self.desired => return None,
            "completed" => format!("{} of {} tasks run", self.running, self.desired),
            "paused" => format!(
                "the update is paused: {said}; docker_rollback_service goes back, docker_update_service goes on"
            ),
            "rollback_completed" => format!("the swarm went back to what was before: {said}"),
            "rollback_paused" => format!("going back is paused: {said}"),
            "failing" => "its tasks fail; see `failed`".to_owned(),
            "waiting" => "no node suits its tasks; see `failed`".to_owned(),
            _ => format!(
                "it goes on: {} of {} tasks run; docker_list_services shows how far it is",
                self.running, self.desired
            ),
        })
    }
}
