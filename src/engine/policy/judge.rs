//! Goes one request's way to its verdict; what it looks at is in the files beside it.

use tokio::sync::OnceCell;

use super::kept::Held;
use super::path_rules::PathRules;
use super::rules::Policy;
use crate::engine::probe::PolicyProbe;

/// One request's way to its verdict.
pub(super) struct Judge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) engine: PolicyProbe<'a>,
    /// The host paths of the Engine are those that this process sees.
    pub(super) sees_files: bool,
    /// What is mounted may be of any machine of a swarm.
    pub(super) of_a_swarm: bool,
    pub(super) path_rules: OnceCell<PathRules>,
    pub(super) held: OnceCell<Held>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(policy: &'a Policy, engine: PolicyProbe<'a>) -> Self {
        let socket = engine.socket();
        let sees_files = socket.is_some_and(|socket| policy.surroundings().hold(socket))
            || engine.is_local_pipe();
        Self {
            policy,
            engine,
            sees_files,
            of_a_swarm: false,
            path_rules: OnceCell::new(),
            held: OnceCell::new(),
        }
    }

    /// The same way for what a swarm is to run.
    pub(super) fn of_a_swarm(self) -> Self {
        Self {
            of_a_swarm: true,
            ..self
        }
    }
}
