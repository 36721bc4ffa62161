//! Holds why a request of a program goes no further, as the program is told.

use hyper::StatusCode;

use crate::engine::error::EngineError;

/// Why a request goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) text: String,
    /// It is this server that does not let it pass; else the Engine, or the way there.
    pub(super) is_ours: bool,
}

impl Refused {
    /// It is in a form that cannot be judged.
    pub(super) fn malformed(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            text: text.into(),
            is_ours: true,
        }
    }

    /// It does what this call may not.
    pub(super) fn forbidden(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::malformed(text)
        }
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        let of_the_engine = |status: u16, text: String| Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
            text,
            is_ours: false,
        };
        match error {
            EngineError::NotFound { message, .. } => of_the_engine(404, message),
            EngineError::Conflict { message } => of_the_engine(409, message),
            EngineError::Rejected { status, message } | EngineError::Failed { status, message } => {
                of_the_engine(status, message)
            }
            EngineError::Refused(_) | EngineError::NotSent(_) => Self::forbidden(error.to_string()),
            other => of_the_engine(502, other.to_string()),
        }
    }
}
