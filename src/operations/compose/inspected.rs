//! Looks at how a container of a project stands.

use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{EngineError, Part, Told, record};

/// A container as its inspect shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Inspected {
    pub(super) state: Part<State>,
    pub(super) restart_count: Told<i64>,
    host_config: Part<HostConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    restart_policy: Part<RestartPolicy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RestartPolicy {
    name: Told<String>,
}

impl Inspected {
    fn policy(&self) -> &str {
        self.host_config.restart_policy.name.text()
    }

    /// The Engine starts it again where it ends with an error.
    pub(super) fn is_restarted(&self) -> bool {
        !matches!(self.policy(), "" | "no")
    }

    /// The Engine starts it again however it ends.
    pub(super) fn is_always_restarted(&self) -> bool {
        matches!(self.policy(), "always" | "unless-stopped")
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct State {
    pub(super) status: Told<String>,
    pub(super) exit_code: Told<i64>,
    pub(super) health: Part<Health>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Health {
    pub(super) status: Told<String>,
}

impl State {
    /// It has run, and does not any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status.text(), "exited" | "dead")
    }
}

/// The container of that id; none where it is gone by now.
pub(super) async fn inspected(id: &str, call: &Call<'_>) -> Result<Option<Inspected>, CallError> {
    let request = record(|docker| async move { docker.inspect_container(id, None).await })?;
    match call.engine.told(request.about("container", id)).await {
        Err(EngineError::NotFound { .. }) => Ok(None),
        inspected => Ok(Some(inspected?)),
    }
}
