//! Says what has to be judged of a request, by the closed list of what may be sent.

use http::Method;

use crate::vocabulary::endpoint::{Deed, Endpoint, Matter};

/// What a request does, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect<'a> {
    pub(super) deed: Deed,
    pub(super) matter: Matter,
    /// The container or network that the path names; empty where it names none.
    pub(super) object: &'a str,
}

impl<'a> Effect<'a> {
    /// The effect of a request; none where the list does not have it.
    pub(super) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let known = Endpoint::of(method.as_str(), path)?;
        Some(Self {
            deed: known.deed,
            matter: known.matter,
            object: path.split('/').nth(2).unwrap_or_default(),
        })
    }

    /// Whether the body has a part in the verdict.
    pub(super) fn is_in_the_body(self) -> bool {
        match self.matter {
            Matter::Create | Matter::Update | Matter::Exec | Matter::Commit => true,
            Matter::CreateNetwork | Matter::Connect | Matter::Disconnect => true,
            Matter::CreateVolume => true,
            Matter::Nothing | Matter::Enter | Matter::Start | Matter::Restart => false,
            Matter::Disturb | Matter::Build => false,
        }
    }

    /// The container of the path, where something happens to it that it did not ask for.
    pub(super) fn disturbs(self) -> Option<&'a str> {
        match self.matter {
            Matter::Update | Matter::Exec | Matter::Enter => Some(self.object),
            Matter::Restart | Matter::Disturb => Some(self.object),
            _ => None,
        }
    }
}
