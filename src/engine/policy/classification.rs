//! Says what has to be judged of a request, by the closed list of what may be sent.

use http::Method;

use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};

/// What a request does, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Classification<'a> {
    pub(super) effect: Effect,
    pub(super) concern: Concern,
    /// The container or network that the path names; empty where it names none.
    pub(super) object: &'a str,
}

impl<'a> Classification<'a> {
    /// Those of a request; none where the list does not have it.
    pub(super) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let known = Endpoint::of(method.as_str(), path)?;
        Some(Self {
            effect: known.effect,
            concern: known.concern,
            object: path.split('/').nth(2).unwrap_or_default(),
        })
    }

    /// Whether the body has a part in the verdict.
    pub(super) fn is_in_the_body(self) -> bool {
        match self.concern {
            Concern::Create | Concern::Update | Concern::Exec | Concern::Commit => true,
            Concern::CreateNetwork | Concern::Connect | Concern::Disconnect => true,
            Concern::CreateVolume => true,
            Concern::Service | Concern::CreateSecret | Concern::UpdateNode => true,
            Concern::Nothing | Concern::Enter | Concern::Start | Concern::Restart => false,
            Concern::Disturb | Concern::Build | Concern::Load => false,
        }
    }

    /// The container of the path, where something happens to it that it did not ask for.
    pub(super) fn disturbs(self) -> Option<&'a str> {
        match self.concern {
            Concern::Update | Concern::Exec | Concern::Enter => Some(self.object),
            Concern::Restart | Concern::Disturb => Some(self.object),
            _ => None,
        }
    }
}
