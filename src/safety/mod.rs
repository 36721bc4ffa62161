//! Decides whether a call may be made, what a person is asked first, and what leaves the server.

mod filter;
mod tier;

use std::time::Duration;

use serde_json::Value;

pub use filter::check_filters;

use crate::call::CallError;
use crate::catalog::{Tier, Tool};
use crate::config::SafetyConfig;

/// Why the configuration does not allow a call, and which setting would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

/// Whether the configuration allows a tool at all.
///
/// # Errors
/// The tier or a filter refuses it; the text names the variable.
pub fn permit(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    filter::permit(tool, config)?;
    tier::permit(tool, config)
}

/// Whether a client sees a tool in the list.
pub fn listed(tool: &Tool, config: &SafetyConfig) -> bool {
    filter::permit(tool, config).is_ok()
        && !(config.hide_refused && tier::permit(tool, config).is_err())
}

/// Has a person confirm a destructive call.
///
/// # Errors
/// Nobody was asked. This server cannot ask yet, so a destructive call needs the setting that
/// waives the question.
pub fn confirm(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    if tool.tier != Tier::Destructive || !config.require_confirmation {
        return Ok(());
    }
    Err(Refusal(format!(
        "`{}` is destructive and needs a person's confirmation, which this version cannot ask for; nothing was done. \
         To allow it without one, the operator sets SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=false",
        tool.name
    )))
}

/// Takes secrets out of an Engine reply. Nothing counts as a secret yet.
pub fn redact(reply: Value) -> Value {
    reply
}

/// Records what became of a call.
pub fn audit(tool: &Tool, error: Option<&CallError>, took: Duration) {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match error {
        None => tracing::info!(tool = tool.name, milliseconds, "called"),
        Some(error) => tracing::info!(tool = tool.name, milliseconds, %error, "failed"),
    }
}
