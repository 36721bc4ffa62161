//! Says why a call gave no result, in words for the model that made it.

use std::any::Any;
use std::borrow::Cow;

use crate::catalog::Tool;
use crate::engine::EngineError;
use crate::params::{InvalidArgument, NotAssignable};
use crate::safety::{Answer, Question, Redactor, Refusal};

/// Why a call gave no result, in words for the model that made it.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The arguments do not fit.
    #[error(transparent)]
    Argument(#[from] InvalidArgument),
    /// The configuration does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A person has to agree first, and their answer comes with another call.
    #[error("{0}")]
    Unconfirmed(Question),
    /// A person was asked and did not agree.
    #[error("{0}")]
    Unagreed(Answer),
    /// The Engine refused or did not answer.
    #[error(transparent)]
    Engine(EngineError),
    /// Too many other calls ran for too long.
    #[error(
        "{permits} operations {doing} for all of the last {seconds} s, so this one did not start: \
         try again, or raise SAFETY_MAX_CONCURRENT_OPERATIONS"
    )]
    Busy {
        /// How many calls may run at once.
        permits: usize,
        /// What they did: `were running`.
        doing: &'static str,
        /// How long this one waited.
        seconds: u64,
    },
    /// The operation cannot be done as things stand.
    #[error("{0}")]
    Operation(String),
    /// A mistake of this server.
    #[error(
        "`{tool}` failed inside the server ({reason}); what it did to the Engine is not known: look before you try again"
    )]
    Panicked {
        /// The tool.
        tool: &'static str,
        /// What the panic said.
        reason: String,
    },
}

impl CallError {
    /// The error with a text that holds no secret. Of one that did, what happened remains, and of
    /// the Engine's and the operation's only the text.
    pub(super) fn redacted(self, redactor: &Redactor) -> Self {
        let text = self.to_string();
        let Cow::Owned(redacted) = redactor.text(&text) else {
            return self;
        };
        match self {
            Self::Argument(_) => Self::Argument(InvalidArgument(redacted)),
            Self::Refused(_) | Self::Unagreed(_) => Self::Refused(Refusal(redacted)),
            // Its text was redacted when it was written, and its state is none of a reader's.
            Self::Unconfirmed(_) => self,
            Self::Engine(_) | Self::Busy { .. } | Self::Operation(_) | Self::Panicked { .. } => {
                Self::Operation(redacted)
            }
        }
    }

    /// The error of a call that panicked.
    pub(super) fn panicked(tool: &'static Tool, panic: &(dyn Any + Send)) -> Self {
        let reason = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".to_owned());
        Self::Panicked {
            tool: tool.name,
            reason,
        }
    }
}

impl From<EngineError> for CallError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => Self::Refused(refusal),
            error => Self::Engine(error),
        }
    }
}

impl From<NotAssignable> for CallError {
    fn from(error: NotAssignable) -> Self {
        Self::Argument(InvalidArgument(error.0))
    }
}
