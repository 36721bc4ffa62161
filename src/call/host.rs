//! Names the host that calls go to, where there are several.

use std::sync::Arc;

use crate::catalog::Tool;
use crate::config::SafetyConfig;
use crate::engine::policy::Refusal;

/// The name of one host of several, and what the server allows on any.
#[derive(Debug, Clone)]
pub struct HostName {
    name: Arc<str>,
    anywhere: Arc<SafetyConfig>,
}

impl HostName {
    /// The host of that name, of a server that allows so much.
    pub fn new(name: &str, anywhere: &Arc<SafetyConfig>) -> Self {
        Self {
            name: name.into(),
            anywhere: Arc::clone(anywhere),
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// A refusal by the tier in the words of whoever wrote the file, where it is this host that does not allow
    /// what the server does.
    pub(super) fn explained(
        &self,
        tool: &Tool,
        refusal: Refusal,
        allowed: impl Fn(&SafetyConfig) -> bool,
    ) -> Refusal {
        if !allowed(&self.anywhere) {
            return refusal;
        }
        let (tool, name) = (tool.name, &self.name);
        Refusal(format!(
            "the host `{name}` does not allow this call of `{tool}`; nothing was done. The operator allows it with \
             `tier` in `[hosts.{name}]` of the configuration file"
        ))
    }
}
