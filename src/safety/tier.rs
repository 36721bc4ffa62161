//! Refuses the tools whose tier the configuration does not allow.

use super::Refusal;
use crate::catalog::{Tier, Tool};
use crate::config::SafetyConfig;

pub(super) fn permit(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    let (allowed, effect, variable) = match tool.tier {
        Tier::Safe => return Ok(()),
        Tier::Moderate => (
            config.allow_moderate,
            "changes state",
            "SAFETY_ALLOW_MODERATE_OPERATIONS",
        ),
        Tier::Destructive => (
            config.allow_destructive,
            "is destructive",
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS",
        ),
    };
    if allowed {
        return Ok(());
    }
    Err(Refusal(format!(
        "`{}` {effect}, which this server does not allow; nothing was done. The operator allows it with {variable}=true",
        tool.name
    )))
}
