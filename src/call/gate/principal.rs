//! Says whose a call is, how much their token reaches, and by which session they came.

use std::sync::Arc;

use serde::Serialize;

use crate::catalog::{Tier, Tool};
use crate::engine::policy::Refusal;

/// How much of what the configuration allows a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it.
    Full,
    /// The safe tools of it.
    ReadOnly,
    /// What the scopes of an access token open.
    Scopes {
        /// The highest tier that they do.
        open: Tier,
        /// The highest that any scope does: a client that needs it can ask for more.
        most: Tier,
    },
}

/// Whose a session is, and what was asked in it, whatever they may do at the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Whoever started the server, has the token that reaches all, or is let in without any.
    Operator,
    /// Whoever has the token that reaches the safe tools.
    Reader,
    /// Somebody who signed in.
    SignedIn(Arc<Subject>),
}

/// Somebody who signed in, by a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// Who says so.
    pub issuer: String,
    /// Whom they call so.
    pub subject: String,
    /// By which client, where it is known.
    pub client: Option<String>,
}

/// Whose a call is. What one of them was asked, no other can answer.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Who it is.
    pub owner: Owner,
    /// How much their token reaches.
    pub access: Access,
    /// The session by which the call comes, where the transport knows several.
    pub session: Option<Arc<str>>,
}

/// The same in the same session, even where they may do more by now.
impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && self.session == other.session
    }
}

impl Eq for Principal {}

impl Principal {
    /// Whoever started the server and is alone with it.
    pub fn operator() -> Self {
        Self {
            owner: Owner::Operator,
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
            owner: Owner::Reader,
            access: Access::ReadOnly,
            session: None,
        }
    }
}

impl Owner {
    /// Who signed in, where somebody did.
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::SignedIn(subject) => Some(subject),
            Self::Operator | Self::Reader => None,
        }
    }
}

impl Access {
    /// The highest tier that the client's token reaches.
    pub(crate) fn reaches(self) -> Tier {
        match self {
            Self::Full => Tier::Destructive,
            Self::ReadOnly => Tier::Safe,
            Self::Scopes { open, .. } => open,
        }
    }

    /// What the client is told of: a tool that it could have by asking for more is not refused.
    pub(crate) fn in_lists(self) -> Self {
        match self {
            Self::Scopes { most, .. } => Self::Scopes { open: most, most },
            other => other,
        }
    }

    /// Whether the client's token reaches a tool.
    ///
    /// # Errors
    /// It does not; the text says which one would.
    pub(crate) fn permit(self, tool: &Tool) -> Result<(), Refusal> {
        if tool.tier <= self.reaches() {
            return Ok(());
        }
        let (name, tier) = (tool.name, tool.tier.name());
        Err(Refusal(match self {
            Self::Full | Self::ReadOnly => format!(
                "`{name}` is not a safe tool, and the token of this client (MCP_DOCKER_READONLY_TOKEN) reaches no other; \
                 nothing was done. With the token of MCP_DOCKER_AUTH_TOKEN it would reach more"
            ),
            Self::Scopes { most, .. } if tool.tier <= most => format!(
                "`{name}` is a {tier} tool, which the access token of this client does not open; nothing was done. The \
                 person can sign in again and allow more (MCP_DOCKER_OAUTH_SCOPES says which scope opens it)"
            ),
            Self::Scopes { .. } => format!(
                "`{name}` is a {tier} tool, which no scope opens (MCP_DOCKER_OAUTH_SCOPES); nothing was done"
            ),
        }))
    }
}
