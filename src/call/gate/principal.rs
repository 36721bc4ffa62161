//! Says whose a call is: how much their token reaches, and by which session they came.

use std::sync::Arc;

use crate::catalog::{Tier, Tool};
use crate::engine::policy::Refusal;

/// How much of what the configuration allows a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it.
    Full,
    /// The safe tools of it.
    ReadOnly,
}

/// Whose a call is. What one of them was asked, no other can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// How much their token reaches. No two tokens reach the same, so it also tells them apart.
    pub access: Access,
    /// The session by which the call comes, where the transport knows several.
    pub session: Option<Arc<str>>,
}

impl Principal {
    /// Whoever started the server and is alone with it.
    pub fn operator() -> Self {
        Self {
            access: Access::Full,
            session: None,
        }
    }

    /// The same one by whichever session they come: clients elsewhere open one for each call.
    pub(crate) fn in_any_session(self) -> Self {
        Self {
            session: None,
            ..self
        }
    }

    /// One of whom nothing is known.
    pub fn stranger() -> Self {
        Self {
            access: Access::ReadOnly,
            session: None,
        }
    }
}

impl Access {
    /// The highest tier that the client's token reaches.
    pub(crate) fn reaches(self) -> Tier {
        match self {
            Self::Full => Tier::Destructive,
            Self::ReadOnly => Tier::Safe,
        }
    }

    /// Whether the client's token reaches a tool.
    ///
    /// # Errors
    /// It does not; the text says which one would.
    pub(crate) fn permit(self, tool: &Tool) -> Result<(), Refusal> {
        if self == Self::Full || tool.tier == Tier::Safe {
            return Ok(());
        }
        Err(Refusal(format!(
            "`{}` is not a safe tool, and the token of this client (MCP_DOCKER_READONLY_TOKEN) reaches no other; nothing \
             was done. With the token of MCP_DOCKER_AUTH_TOKEN it would reach more",
            tool.name
        )))
    }
}
