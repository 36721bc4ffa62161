//! Answers at the door what an operation may choose among.

use serde_json::Value;

use crate::engine::Engine;
use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;

impl Engine {
    /// Whether calls may change some objects alone.
    pub(crate) fn is_scoped(&self) -> bool {
        !self.policy.scope.scope.is_all()
    }

    /// Whether calls may change an object with these labels.
    pub(crate) fn may_change(&self, label: impl Fn(&str) -> Option<String>) -> bool {
        self.policy.scope.owns(label)
    }

    /// Refuses an object that a call that removes it has looked at and that is not in the scope: nobody is
    /// asked about it.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner.
    pub(crate) fn judge_looked(
        &self,
        kind: ObjectKind,
        document: &Value,
    ) -> Result<(), EngineError> {
        self.policy.scope.judge_looked(kind, document)
    }
}
