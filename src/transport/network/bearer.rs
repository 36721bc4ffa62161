//! Says who sends a request, once their token was found to be good.

use std::sync::Arc;

use tokio::time::Instant;

use super::answer::Answer;
use super::resource_server::ResourceServer;
use crate::call::gate::{Access, Owner, Principal};

/// Who sends a request, and how much they reach.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    pub(super) owner: Owner,
    pub(super) access: Access,
    /// When their token ends, where it does.
    pub(super) expires: Option<Instant>,
    /// The scopes of theirs that open something, where there are scopes.
    pub(super) scopes: Option<(Arc<ResourceServer>, Vec<String>)>,
}

impl Bearer {
    /// One who has a token that the operator gave them, or needs none.
    pub(super) fn of(owner: Owner, access: Access) -> Self {
        Self {
            owner,
            access,
            expires: None,
            scopes: None,
        }
    }

    /// The same by a session.
    pub(super) fn principal(&self, session: Option<Arc<str>>) -> Principal {
        Principal {
            owner: self.owner.clone(),
            access: self.access,
            session,
        }
    }

    /// The answer to a call of a tool that they would have to sign in again for.
    pub(super) fn insufficient(&self, tool: &str) -> Option<Answer> {
        let (server, scopes) = self.scopes.as_ref()?;
        server.insufficient(tool, self.access, scopes)
    }
}
