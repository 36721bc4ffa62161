//! Names the page of each tool whose results can be looked at.

use rmcp::model::Tool;

use super::name_page;
use super::page::Page;
use crate::call::gate;
use crate::catalog;
use crate::config::SafetyConfig;

/// Whether any tool has such a page here.
pub(super) fn any(config: &SafetyConfig) -> bool {
    catalog::TOOLS.iter().any(|tool| is_viewed(tool, config))
}

/// A call that is refused gives nothing to look at.
fn is_viewed(tool: &catalog::Tool, config: &SafetyConfig) -> bool {
    tool.view.is_some() && gate::permit(tool, config).is_ok()
}

/// The tool as clients see it that show pages.
pub(crate) fn with_view(mut shown: Tool, tool: &catalog::Tool, config: &SafetyConfig) -> Tool {
    if let Some(view) = tool.view.filter(|_| is_viewed(tool, config)) {
        name_page(&mut shown, Page::of(view), None);
    }
    shown
}
