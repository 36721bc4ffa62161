//! Holds what the operator allows requests to reach.

use std::sync::{Arc, OnceLock};

use super::judged::Observer;
use super::neighbours::Neighbours;
use super::surroundings::Surroundings;
use crate::engine::scope::ObjectScope;

/// What requests may reach beside Docker itself. The default is the strict one: nothing.
#[derive(Debug, Default)]
pub struct Policy {
    pub(super) allow_privileged: bool,
    /// Host paths that may be mounted wherever they are, as the operator wrote them.
    pub(super) allowed: Vec<String>,
    /// Files and folders of this server, which nobody is to change through a mount.
    pub(super) kept: Vec<String>,
    /// The sockets of this machine that lead to any of the hosts.
    pub(super) sockets: Vec<String>,
    /// Where Engines beside this server keep their data.
    pub(super) neighbours: Arc<Neighbours>,
    pub(super) surroundings: OnceLock<Surroundings>,
    /// The objects that may be changed.
    pub(crate) scope: ObjectScope,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl Policy {
    /// The same policy, whose verdicts somebody hears.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// The same policy, which keeps the data of these Engines too.
    #[must_use]
    pub fn beside(self, neighbours: Arc<Neighbours>) -> Self {
        Self { neighbours, ..self }
    }

    /// The same policy for a process that runs elsewhere than this one seems to.
    #[must_use]
    pub fn within(self, surroundings: Surroundings) -> Self {
        Self {
            surroundings: surroundings.into(),
            ..self
        }
    }

    /// Whether an Engine at that socket has the same files and processes around it as this server.
    pub(crate) fn is_beside(&self, socket: &str) -> bool {
        self.surroundings().hold(socket)
    }

    pub(super) fn surroundings(&self) -> &Surroundings {
        self.surroundings.get_or_init(Surroundings::of_this_process)
    }
}
