//! Refuses the tools whose tier the configuration does not allow.

use crate::catalog::{Tier, Tool};
use crate::config::SafetyConfig;
use crate::engine::policy::Refusal;

/// Whether a tool of a lower tier may remove what its plan names.
pub(super) fn permit_loss(
    tool: &Tool,
    config: &SafetyConfig,
    reaches: Tier,
) -> Result<(), Refusal> {
    let refused = |why: &str| {
        Err(Refusal(format!(
            "this call of `{}` would remove what nothing takes the place of, which {why}",
            tool.name
        )))
    };
    if reaches < Tier::Destructive {
        return refused("the token of this client does not reach; nothing was done");
    }
    if !config.allow_destructive {
        return refused(
            "this server does not allow; nothing was done. The operator allows it with \
             SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true",
        );
    }
    Ok(())
}

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
