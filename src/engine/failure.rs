//! Tells from a failure in bollard, or in what lies below it, which [`EngineError`] it is.
//!
//! bollard's own texts end at "client error (Connect)"; the reason is further down the chain of
//! sources, and where one has a type, the type decides and not its text.

use std::error::Error;
use std::io;

use super::address::Address;
use super::error::{EngineError, Reason, RequestLine, is_about_the_version};
use super::route::{Unconnected, Unjudged, Unresolved};
use super::ssh::Complaint;
use super::swarm;
use super::tls;

/// The most of the Engine's text that an error repeats, in characters.
const LONGEST_MESSAGE: usize = 1000;

impl RequestLine {
    /// What a failed request means; `answering` says that part of the answer had come.
    pub(super) fn failure(
        &self,
        error: bollard::errors::Error,
        address: &Address,
        answering: bool,
    ) -> EngineError {
        use bollard::errors::Error as Failure;
        match error {
            // What a Go server says on a TLS port.
            Failure::DockerResponseServerError { ref message, .. }
                if message.contains("HTTP request to an HTTPS server") =>
            {
                let detail = "only TLS is spoken there; set `DOCKER_TLS_VERIFY=true`";
                unreachable(address, Reason::Tls(detail.to_owned()))
            }
            Failure::DockerResponseServerError {
                status_code,
                message,
            } => self.refusal(status_code, &message),
            Failure::IOError { .. } if is_among_causes::<Unjudged>(within(&error)) => {
                EngineError::NotSent(format!("`{self}` was not sent: {Unjudged}"))
            }
            Failure::HyperResponseError { .. } | Failure::IOError { .. }
                if is_among_causes::<Unconnected>(within(&error)) =>
            {
                address.unreachable(within(&error))
            }
            Failure::HyperResponseError { .. } | Failure::IOError { .. } => {
                match reason(within(&error), address) {
                    reason @ Reason::Tls(_) if !answering => unreachable(address, reason),
                    // Nobody knows how far `ssh` got with it.
                    reason @ Reason::Ssh(_) if !answering && self.method.is_safe() => {
                        unreachable(address, reason)
                    }
                    _ => self.interrupted(deepest(within(&error)), answering),
                }
            }
            // The request was built once already, so it is the host that makes no URL.
            Failure::URLParseError { .. } | Failure::InvalidURIError { .. } => {
                EngineError::Misconfigured(format!(
                    "the Docker address {address} cannot be used ({error}); {}",
                    address.origin.remedy()
                ))
            }
            other => self.unreadable(&other),
        }
    }

    fn refusal(&self, status: u16, message: &str) -> EngineError {
        if let Some(state) = swarm::without(&self.method, message).filter(|_| status >= 500) {
            return state;
        }
        let message = clip(swarm::own_words(message));
        match status {
            404 => EngineError::NotFound {
                // The Engine may miss another object than the one in the path: connecting a
                // network answers 404 for the container as well.
                subject: self
                    .subject
                    .clone()
                    .filter(|subject| message.contains(&subject.reference)),
                message,
            },
            409 => EngineError::Conflict { message },
            _ if swarm::is_outdated(&message) => EngineError::Conflict { message },
            400 if is_about_the_version(&message) => EngineError::Rejected {
                status,
                message: format!("{message}; another version is agreed on next, so try again"),
            },
            400..500 => EngineError::Rejected { status, message },
            _ => EngineError::Failed { status, message },
        }
    }
}

impl Address {
    /// No connection could be made, for the reason that the chain of sources shows.
    pub(super) fn unreachable(&self, error: &(dyn Error + 'static)) -> EngineError {
        let reason = match reason(error, self) {
            Reason::Absent | Reason::Denied if !is_local(&self.url) => {
                Reason::Other(deepest(error))
            }
            reason => reason,
        };
        unreachable(self, reason)
    }

    /// TLS could not be set up.
    pub(super) fn without_tls(&self, wrong: &str) -> EngineError {
        unreachable(self, Reason::Tls(tls::in_general(wrong)))
    }
}

fn unreachable(address: &Address, reason: Reason) -> EngineError {
    EngineError::Unreachable {
        address: Box::new(address.clone()),
        reason,
    }
}

/// A file that is absent or closed to this user is the socket here; over SSH it is the `ssh`
/// program or a key.
fn is_local(url: &str) -> bool {
    url.starts_with("unix:") || url.starts_with("npipe:")
}

/// bollard's error, or the one of the system that it stands for and leaves out of the causes.
fn within(error: &bollard::errors::Error) -> &(dyn Error + 'static) {
    match error {
        bollard::errors::Error::IOError { err } => err,
        error => error,
    }
}

/// The error and what caused it. An [`io::Error`] leaves out what it wraps, so that is asked for.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

fn is_among_causes<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<T>())
}

fn deepest(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn reason(error: &(dyn Error + 'static), address: &Address) -> Reason {
    if let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return Reason::Tls(tls::explain(error, address));
    }
    if let Some(Complaint(text)) = causes(error).find_map(|cause| cause.downcast_ref()) {
        return Reason::Ssh(text.clone());
    }
    if is_among_causes::<Unresolved>(error) {
        return Reason::Unresolved;
    }
    causes(error)
        .find_map(|cause| io_reason(cause.downcast_ref()?))
        .unwrap_or_else(|| Reason::Other(deepest(error)))
}

fn io_reason(error: &io::Error) -> Option<Reason> {
    match error.kind() {
        io::ErrorKind::NotFound => Some(Reason::Absent),
        io::ErrorKind::ConnectionRefused => Some(Reason::Refused),
        io::ErrorKind::PermissionDenied => Some(Reason::Denied),
        // How rustls reports a peer that hung up.
        io::ErrorKind::UnexpectedEof if error.to_string().contains("tls") => {
            Some(Reason::Tls(tls::in_general("the other end hung up")))
        }
        _ => None,
    }
}

/// The Engine's text without what would drown the reader.
pub(super) fn clip(message: &str) -> String {
    let message = message.trim();
    if message.is_empty() {
        return "it gave no reason".to_owned();
    }
    if message.starts_with('<') {
        return "the answer is an HTML page, so a proxy or another server answers in its place"
            .to_owned();
    }
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => {
            let beginning = message.get(..end).unwrap_or(message);
            // Half a word may be a secret that is no longer seen to be one.
            let whole_words = beginning.rfind(char::is_whitespace);
            let shown = whole_words.and_then(|end| beginning.get(..end));
            format!("{}…", shown.unwrap_or(beginning))
        }
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Origin, Subject};
    use http::Method;

    fn socket() -> Address {
        Address {
            url: "unix:///nowhere/docker.sock".to_owned(),
            origin: Origin::Platform,
            certificates: None,
            shown: None,
        }
    }

    /// What hyper-util puts around the reasons of a failed connection.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Wrapped(&'static str, #[source] io::Error);

    fn text(address: &Address, error: &(dyn Error + 'static)) -> String {
        address.unreachable(error).to_string()
    }

    #[test]
    fn permission_denied_says_how_to_come_in_and_names_the_variable() {
        let error = Wrapped(
            "client error (Connect)",
            io::ErrorKind::PermissionDenied.into(),
        );
        let text = text(&socket(), &error);
        assert!(
            text.contains("`unix:///nowhere/docker.sock` (from the platform's default)"),
            "{text}"
        );
        assert!(
            text.contains("permission denied; its folder is closed to this user"),
            "{text}"
        );
        assert!(text.contains("set `DOCKER_HOST`"), "{text}");
    }

    #[test]
    fn a_reason_inside_an_io_error_is_found() {
        let issuer = rustls::Error::from(rustls::CertificateError::UnknownIssuer);
        let rustls = io::Error::new(io::ErrorKind::InvalidData, issuer);
        let error = Wrapped("client error (Connect)", io::Error::other(rustls));
        let text = text(&socket(), &error);
        assert!(
            text.contains("was not signed by an authority known here; name the file"),
            "{text}"
        );
    }

    #[test]
    fn a_host_name_that_leads_nowhere_says_so() {
        let unknown = io::Error::other("Name or service not known");
        let error = Wrapped("no connection", io::Error::other(Unresolved(unknown)));
        assert_eq!(reason(&error, &socket()), Reason::Unresolved);
    }

    #[test]
    fn what_ssh_complains_of_comes_with_what_helps() {
        let address = Address {
            url: "ssh://me@far".to_owned(),
            origin: Origin::Host,
            certificates: None,
            shown: None,
        };
        for (complaint, advice) in [
            ("there is no `ssh` program on the `PATH`", "install OpenSSH"),
            ("Host key verification failed.", "connect once by hand"),
            ("me@far: Permission denied (publickey).", "`ssh-copy-id`"),
            (
                "bash: line 1: docker: command not found",
                "install the Docker CLI there",
            ),
            ("sh: 1: docker: not found", "install the Docker CLI there"),
            (
                "ssh: connect to host far port 22: Connection refused",
                "`ssh ssh://me@far docker version`",
            ),
        ] {
            let error = io::Error::other(Complaint(complaint.to_owned()));
            let text = text(&address, &error);
            assert!(text.contains(complaint) && text.contains(advice), "{text}");
        }
    }

    #[test]
    fn a_404_names_the_subject_only_where_the_engine_means_it() {
        let line = RequestLine {
            method: Method::POST,
            path: "/networks/front/connect".to_owned(),
            subject: Some(Subject {
                kind: "network",
                reference: "front".to_owned(),
            }),
        };
        let text = |message| line.refusal(404, message).to_string();
        assert_eq!(
            text("network front not found"),
            "no such network: `front`; docker_list_networks shows what there is"
        );
        assert_eq!(text("No such container: web\n"), "No such container: web");
    }

    #[test]
    fn long_answers_and_html_pages_are_not_repeated() {
        assert_eq!(clip(&"ä".repeat(5000)).chars().count(), LONGEST_MESSAGE + 1);
        assert!(clip("<html><body>502</body></html>").contains("HTML page"));
        assert_eq!(clip("  \n"), "it gave no reason");
    }
}
