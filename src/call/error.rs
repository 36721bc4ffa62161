//! Says why a call gave no result, in words for the model that made it.
//!
//! What happened, the [`ErrorKind`], and the words for it stay apart: codes, exit statuses and records go by
//! the kind, and redaction changes the words alone.

use std::any::Any;
use std::borrow::Cow;

use super::gate::confirmation::person::{Answer, Question};
use crate::catalog::Tool;
use crate::engine::EngineError;
use crate::engine::policy::Refusal;
use crate::params::{InvalidArgument, NotAssignable};
use crate::program::ProgramError;
use crate::redaction::{MarkerGiven, Redactor};
use crate::vocabulary::ErrorKind;

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
    /// As many calls of this client go on as tasks as may.
    #[error(
        "{most} tasks of this client run already, so this call did not start: wait until one is over, or cancel one"
    )]
    TooManyTasks {
        /// How many may run at once.
        most: usize,
    },
    /// There is no such thing, by the labels of what there is.
    #[error("{0}")]
    Missing(String),
    /// The operation cannot be done as things stand.
    #[error("{0}")]
    Operation(String),
    /// None of several hosts gave a result.
    #[error("no host gave a result: {text}")]
    Nowhere {
        /// What happened at the first of them.
        kind: ErrorKind,
        /// What happened at each.
        text: String,
    },
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
    /// Any of these whose words held a secret.
    #[error("{text}")]
    Redacted {
        /// What happened.
        kind: ErrorKind,
        /// The words without the secret.
        text: String,
    },
}

impl CallError {
    /// What happened, which is the same whatever redaction makes of the words.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Argument(_) => ErrorKind::Argument,
            Self::Refused(_) => ErrorKind::Refused,
            Self::Unconfirmed(_) => ErrorKind::Unconfirmed,
            Self::Unagreed(_) => ErrorKind::Unagreed,
            Self::Engine(engine) => engine.kind(),
            Self::Busy { .. } | Self::TooManyTasks { .. } => ErrorKind::Busy,
            Self::Missing(_) => ErrorKind::NotFound,
            Self::Operation(_) => ErrorKind::Operation,
            Self::Panicked { .. } => ErrorKind::Panicked,
            Self::Nowhere { kind, .. } | Self::Redacted { kind, .. } => *kind,
        }
    }

    /// The same error in words that hold no secret.
    pub(super) fn redacted(self, redactor: &Redactor) -> Self {
        match self {
            // Its text was redacted when it was written, and its state is none of a reader's.
            Self::Unconfirmed(_) => self,
            Self::Unagreed(answer) => Self::Unagreed(answer.redacted(redactor)),
            error => {
                let text = match redactor.text(&error.to_string()) {
                    Cow::Owned(text) => text,
                    Cow::Borrowed(_) => return error,
                };
                let kind = error.kind();
                Self::Redacted { kind, text }
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

impl From<ProgramError> for CallError {
    fn from(error: ProgramError) -> Self {
        Self::Operation(error.to_string())
    }
}

impl From<MarkerGiven> for CallError {
    fn from(marker: MarkerGiven) -> Self {
        Self::Argument(InvalidArgument(marker.to_string()))
    }
}

impl From<NotAssignable> for CallError {
    fn from(error: NotAssignable) -> Self {
        Self::Argument(InvalidArgument(error.0))
    }
}
