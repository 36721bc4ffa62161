//! Answers at the door what an operation may choose among.

use serde_json::Value;

use crate::config::Scope;
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

    /// Refuses an object with these labels, where calls may not change it.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner.
    pub(crate) fn judge_planned(
        &self,
        kind: ObjectKind,
        name: &str,
        label: impl Fn(&str) -> Option<String>,
    ) -> Result<(), EngineError> {
        let scope = &self.policy.scope;
        if scope.owns(&label) {
            return Ok(());
        }
        let owner = scope.marks()?.owner(label);
        Err(scope.refusal(format_args!("{} `{name}` {owner}", kind.name())))
    }

    /// Refuses a Compose project or a stack of another name than the scope's, before anything is done for it.
    ///
    /// # Errors
    /// [`EngineError::Refused`].
    pub(crate) fn judge_project(&self, name: &str) -> Result<(), EngineError> {
        let scope = &self.policy.scope;
        match &scope.scope {
            Scope::Project(own) if own != name => {
                Err(scope.refusal(format_args!("project `{name}` is another one")))
            }
            _ => Ok(()),
        }
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
