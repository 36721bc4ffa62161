//! Lists what can have happened to a call, apart from the words for it: the closed list that clients
//! are told.

/// What happened, without the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The arguments do not fit.
    Argument,
    /// The configuration does not allow it.
    Refused,
    /// A person has to agree first.
    Unconfirmed,
    /// A person did not agree.
    Unagreed,
    /// The Engine knows no such object.
    NotFound,
    /// The state of an object does not allow it.
    Conflict,
    /// The Engine does not accept the request.
    Rejected,
    /// The Engine failed.
    Failed,
    /// The Engine did not answer in time.
    TimedOut,
    /// There is no Engine, or none that can be spoken with.
    Unreachable,
    /// The connection was lost before or within the answer.
    Interrupted,
    /// Too much else was going on.
    Busy,
    /// The operation failed, or cannot be done as things stand.
    Operation,
    /// The client took the request back.
    Cancelled,
    /// A mistake of this server.
    Panicked,
}

impl ErrorKind {
    /// All there are.
    pub const ALL: [Self; 15] = [
        Self::Argument,
        Self::Refused,
        Self::Unconfirmed,
        Self::Unagreed,
        Self::NotFound,
        Self::Conflict,
        Self::Rejected,
        Self::Failed,
        Self::TimedOut,
        Self::Unreachable,
        Self::Interrupted,
        Self::Busy,
        Self::Operation,
        Self::Cancelled,
        Self::Panicked,
    ];

    /// What a client is told, and the log says.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "invalid_argument",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
            Self::Unagreed => "declined",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::Failed => "engine_failed",
            Self::TimedOut => "timeout",
            Self::Unreachable => "unreachable",
            Self::Interrupted => "interrupted",
            Self::Busy => "busy",
            Self::Operation => "operation_failed",
            Self::Cancelled => "cancelled",
            Self::Panicked => "internal",
        }
    }

    /// What it means, and what comes of the same call made again.
    pub fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::Argument => (
                "the arguments do not fit, or name no tool, prompt or page",
                "the same",
            ),
            Self::Refused => (
                "the operator's settings, the policy or the client's token do not allow it",
                "the same, until the operator changes a setting",
            ),
            Self::Unconfirmed => (
                "a person has to agree first: the text is the plan, and how to confirm it",
                "the plan anew",
            ),
            Self::Unagreed => (
                "a person was asked and did not agree, or did not answer",
                "they are asked anew",
            ),
            Self::NotFound => ("there is no such object or resource", "the same"),
            Self::Conflict => (
                "the state of an object does not allow it, or its name is taken",
                "the same, until that changes",
            ),
            Self::Rejected => ("the Engine does not accept the request", "the same"),
            Self::Failed => (
                "the Engine failed, or answered with what cannot be used",
                "perhaps another",
            ),
            Self::TimedOut => (
                "the Engine did not answer in time; what changes something may have happened",
                "look first",
            ),
            Self::Unreachable => (
                "no Engine could be reached at the address, or what answers there is none; nothing was sent",
                "the same, until it is there",
            ),
            Self::Interrupted => (
                "the connection was lost within the answer; what changes something may have happened",
                "look first",
            ),
            Self::Busy => (
                "too many other calls ran for too long; nothing was done",
                "perhaps another, later",
            ),
            Self::Operation => (
                "the operation failed on its way, or cannot be done as things stand",
                "the text says",
            ),
            Self::Cancelled => (
                "the client took the request back; what was sent may have happened",
                "another call",
            ),
            Self::Panicked => (
                "a mistake of this server or of a template; what was done is not known",
                "look first",
            ),
        }
    }
}
