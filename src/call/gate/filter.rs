//! Refuses the tools that are in no toolset that is on, and those that `SAFETY_ALLOWED_TOOLS` and
//! `SAFETY_DENIED_TOOLS` leave out.

use wildmatch::WildMatch;

use crate::catalog::{TOOLS, Tool};
use crate::config::{Config, SafetyConfig};
use crate::engine::policy::Refusal;

/// Whether the toolset of something is on; `what` names it.
///
/// # Errors
/// It is off; the text says how the operator switches it on.
pub fn switched_on(
    what: &str,
    toolset: Option<&'static str>,
    config: &SafetyConfig,
) -> Result<(), Refusal> {
    match toolset.filter(|_| !config.toolsets.has(toolset)) {
        Some(toolset) => Err(Refusal(format!(
            "`{what}` is in the toolset `{toolset}`, which is off; nothing was done. The operator switches it on with \
             MCP_DOCKER_TOOLSETS={}",
            config.toolsets.with(toolset)
        ))),
        None => Ok(()),
    }
}

pub(super) fn permit(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    switched_on(tool.name, Some(tool.toolset), config)?;
    let named = |patterns: &[String]| {
        patterns
            .iter()
            .any(|pattern| WildMatch::new(pattern).matches(tool.name))
    };
    let variable = if named(&config.denied_tools) {
        "SAFETY_DENIED_TOOLS"
    } else if !config.allowed_tools.is_empty() && !named(&config.allowed_tools) {
        "SAFETY_ALLOWED_TOOLS"
    } else {
        return Ok(());
    };
    Err(Refusal(format!(
        "`{}` is not available here: {variable} leaves it out; nothing was done",
        tool.name
    )))
}

/// Checks that each name or glob of the filters is that of a tool.
///
/// # Errors
/// The first that matches none, with the nearest name there is.
pub fn check_filters(config: &Config) -> Result<(), String> {
    let filters = [
        ("SAFETY_ALLOWED_TOOLS", &config.safety.allowed_tools),
        ("SAFETY_DENIED_TOOLS", &config.safety.denied_tools),
    ];
    for (variable, patterns) in filters {
        let names_a_tool = |pattern: &&String| {
            TOOLS
                .iter()
                .any(|tool| WildMatch::new(pattern).matches(tool.name))
        };
        if let Some(stray) = patterns.iter().find(|pattern| !names_a_tool(pattern)) {
            if config.found.contains(&variable) {
                return Err(format!(
                    "{variable}: an entry from the `.env` in the working directory (not shown) names no tool; \
                     `mcp-docker tools` lists all"
                ));
            }
            let advice = crate::catalog::nearest(stray)
                .map_or("`mcp-docker tools` lists all".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
            return Err(format!("{variable}: `{stray}` names no tool; {advice}"));
        }
    }
    Ok(())
}
