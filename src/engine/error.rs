//! Says why the Engine gave no answer or a refusal, in words for the person or model that asked.

use std::fmt;
use std::time::Duration;

use http::Method;

use super::address::Address;
#[cfg(unix)]
use super::socket::SocketGroup;
use super::ssh;
use super::subject::Subject;
use super::swarm;
use crate::engine::policy::refusal::Refusal;
use crate::vocabulary::ErrorKind;

/// Why the Engine gave no answer, or a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The configuration leads to no Engine; holds what is wrong and how to mend it.
    #[error("{0}")]
    Misconfigured(String),
    /// No connection could be made, so nothing was sent.
    #[error("cannot reach the Docker Engine at {address}: {}", reason.explain(address))]
    Unreachable {
        /// The address that was tried.
        address: Box<Address>,
        /// Why it failed.
        reason: Reason,
    },
    /// The Engine is too new for every API version known here.
    #[error(
        "the Docker Engine speaks API {oldest} and newer, mcp-docker {ours} and older; update mcp-docker"
    )]
    Incompatible {
        /// The oldest version the Engine offers.
        oldest: String,
        /// The newest version known here.
        ours: String,
    },
    /// What answers is another server.
    #[error(
        "what answers at {address} does not look like a Docker Engine, because `GET /version` got {answer}; {advice}"
    )]
    Stranger {
        /// The address that was tried.
        address: Box<Address>,
        /// What came of it.
        answer: String,
        /// How to mend it.
        advice: String,
    },
    /// The deadline passed.
    #[error(
        "the Docker Engine did not {} within {} s; {aftermath}",
        if *answering { format!("go on with its answer to `{request}`") } else { format!("answer `{request}`") },
        limit.as_secs_f32()
    )]
    TimedOut {
        /// The method and path of the request.
        request: String,
        /// The deadline of the whole answer, or of one pause in a stream.
        limit: Duration,
        /// Part of the answer had come.
        answering: bool,
        /// What that means for the operation, and what to do.
        aftermath: String,
    },
    /// The Engine does not know an object (404).
    #[error("{}", subject.as_ref().map_or_else(|| message.clone(), |subject| subject.missing()))]
    NotFound {
        /// The object, where it is the one the request was about.
        subject: Option<Subject>,
        /// The Engine's text.
        message: String,
    },
    /// The object's state does not allow the operation (409).
    #[error("the Docker Engine refused because of a conflict: {message}")]
    Conflict {
        /// The Engine's text.
        message: String,
    },
    /// The Engine does not accept the request (400 and other 4xx).
    #[error("the Docker Engine rejected the request ({status}): {message}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The Engine's text.
        message: String,
    },
    /// The Engine failed (5xx), or something else answered in its place.
    #[error("the Docker Engine failed ({status}): {message}")]
    Failed {
        /// The HTTP status.
        status: u16,
        /// The Engine's text.
        message: String,
    },
    /// The connection was lost before or within the answer.
    #[error(
        "the connection to the Docker Engine was lost {} `{request}` ({detail}); {aftermath}",
        if *answering { "in the middle of its answer to" } else { "before it answered" }
    )]
    Interrupted {
        /// The method and path of the request.
        request: String,
        /// Part of the answer had come.
        answering: bool,
        /// What the transport said.
        detail: String,
        /// What that means for the operation, and what to do.
        aftermath: String,
    },
    /// The answer is not what the Engine answers with.
    #[error(
        "the reply is not what a Docker Engine sends: that to `{request}` cannot be used, because {detail}; see whether the \
         Docker address leads to an Engine, and what stands between"
    )]
    Unreadable {
        /// The method and path of the request.
        request: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The Engine can tell and change nothing of a swarm as it stands; says why and what helps.
    #[error("{0}")]
    NoSwarm(&'static str),
    /// The request was refused here, or could not be built.
    #[error("{0}")]
    NotSent(String),
    /// The policy does not let the request pass.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Why no connection could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The socket does not exist.
    Absent,
    /// Nothing listens there.
    Refused,
    /// This user may not open the socket.
    Denied,
    /// The two ends did not come to trust each other; says why, and after a semicolon what helps.
    Tls(String),
    /// `ssh` ended with this complaint.
    Ssh(String),
    /// The host name leads nowhere.
    Unresolved,
    /// Anything else, in the system's words.
    Other(String),
}

impl EngineError {
    /// What happened, without the words for it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Misconfigured(_) | Self::Unreachable { .. } => ErrorKind::Unreachable,
            Self::Incompatible { .. } | Self::Stranger { .. } => ErrorKind::Unreachable,
            Self::TimedOut { .. } => ErrorKind::TimedOut,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::Rejected { .. } | Self::NotSent(_) => ErrorKind::Rejected,
            Self::Failed { .. } | Self::Unreadable { .. } => ErrorKind::Failed,
            Self::Interrupted { .. } => ErrorKind::Interrupted,
            Self::NoSwarm(_) => ErrorKind::Operation,
            Self::Refused(_) => ErrorKind::Refused,
        }
    }

    /// Whether another Engine may be there by now: it went away, or it refuses the agreed version.
    pub(super) fn ends_connection(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Interrupted { .. } => true,
            Self::Rejected { message, .. } => is_about_the_version(message),
            _ => false,
        }
    }
}

impl Reason {
    /// What it means for an address, a semicolon, and what helps.
    pub fn explain(&self, address: &Address) -> String {
        let remedy = address.origin.remedy();
        match self {
            Self::Absent => format!("the socket does not exist; start Docker, or {remedy}"),
            Self::Refused => {
                format!("connection refused, nothing listens there; start Docker, or {remedy}")
            }
            Self::Denied => format!("permission denied; {}, or {remedy}", way_in(&address.url)),
            Self::Tls(detail) => format!("TLS failed: {detail}, or {remedy}"),
            Self::Ssh(complaint) => {
                format!(
                    "{complaint}; {}, or {remedy}",
                    ssh::remedy(complaint, &address.url)
                )
            }
            Self::Unresolved => {
                format!("the host name cannot be resolved; check its spelling, or {remedy}")
            }
            Self::Other(detail) => {
                format!("{detail}; check that Docker runs there, or {remedy}")
            }
        }
    }
}

/// How this user comes to open a socket or a pipe that is closed to them.
fn way_in(url: &str) -> String {
    #[cfg(unix)]
    if let Some(path) = url.strip_prefix("unix://") {
        return match std::fs::metadata(path) {
            Ok(socket) => SocketGroup::of(path, &socket).remedy(),
            Err(_) => {
                "its folder is closed to this user, so run this as the one whose Engine it is"
                    .to_owned()
            }
        };
    }
    let _ = url;
    "add yourself to the group `docker-users`, and log in again".to_owned()
}

/// What errors and the log say of a request.
#[derive(Debug, Clone)]
pub(super) struct RequestLine {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) subject: Option<Subject>,
}

impl fmt::Display for RequestLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl RequestLine {
    pub(super) fn timed_out(&self, limit: Duration, sent: bool, answering: bool) -> EngineError {
        EngineError::TimedOut {
            request: self.to_string(),
            limit,
            answering,
            aftermath: if sent && !self.method.is_safe() {
                self.doubt()
            } else if sent && swarm::is_of_swarm(&self.path) {
                "a swarm that has lost its leader answers after 20 s; docker_swarm_info shows whether it has"
                    .to_owned()
            } else {
                "it may be busy or hung; try again, or raise `DOCKER_TIMEOUT`".to_owned()
            },
        }
    }

    pub(super) fn interrupted(&self, detail: String, answering: bool) -> EngineError {
        EngineError::Interrupted {
            request: self.to_string(),
            answering,
            detail,
            aftermath: if self.method.is_safe() {
                "it may have been restarted; try again".to_owned()
            } else {
                self.doubt()
            },
        }
    }

    pub(super) fn unreadable(&self, detail: &dyn fmt::Display) -> EngineError {
        EngineError::Unreadable {
            request: self.to_string(),
            detail: detail.to_string(),
        }
    }

    /// The operation may have happened, and where to look.
    fn doubt(&self) -> String {
        let place = match &self.subject {
            Some(Subject { kind, reference }) => format!("inspect the {kind} `{reference}`"),
            None => "list what is there".to_owned(),
        };
        format!("the operation may have happened all the same: {place} before trying again")
    }
}

/// The Engine was replaced by one that does not speak the version agreed with its predecessor:
/// "client version 1.53 is too new. Maximum supported API version is 1.41".
pub(super) fn is_about_the_version(message: &str) -> bool {
    message.starts_with("client version ")
}
