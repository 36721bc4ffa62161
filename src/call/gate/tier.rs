//! Refuses the tools whose tier the configuration does not allow.

use crate::catalog::{Tier, Tool};
use crate::config::SafetyConfig;
use crate::engine::policy::Refusal;

/// A destructive tool changes state too, so that a read-only server refuses both.
pub(super) fn permit(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    let moderate = (config.allow_moderate, "SAFETY_ALLOW_MODERATE_OPERATIONS");
    let destructive = (
        config.allow_destructive,
        "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS",
    );
    let (effect, needed) = match tool.tier {
        Tier::Safe => return Ok(()),
        Tier::Moderate => ("changes state", vec![moderate]),
        Tier::Destructive => ("is destructive", vec![moderate, destructive]),
    };
    let missing: Vec<String> = needed
        .into_iter()
        .filter(|(allowed, _)| !allowed)
        .map(|(_, variable)| format!("{variable}=true"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal(format!(
        "`{}` {effect}, which this server does not allow; nothing was done. The operator allows it with {}",
        tool.name,
        missing.join(" and ")
    )))
}
