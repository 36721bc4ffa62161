//! Holds what a program may ask for at most: the list of its tool, less what no program may.

use super::head::Head;
use super::refused::Refused;
use crate::engine::policy::known::{
    CONNECT, CONTAINER, DISCONNECT, EXEC, EXEC_START, NETWORK, Shape, VOLUME,
};
use crate::vocabulary::endpoint::{Endpoint, fits};

/// What the program of one call may ask for.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The Compose project that the call is about: what is changed has to be its own.
    pub project: String,
    /// The requests, as `POST containers/*/start`: a method, and a path in which `*` stands for one part and
    /// `**` for one or more. With `GET` goes `HEAD`.
    pub endpoints: &'static [&'static str],
}

/// What a request brings along.
pub(super) enum Brings {
    Nothing,
    /// A JSON object of that shape.
    Json(&'static Shape),
    /// An archive, however large.
    Archive,
}

impl Bounds {
    /// The endpoint that a request is of, if it may be asked for.
    pub(super) fn endpoint(&self, head: &Head) -> Result<&'static Endpoint, Refused> {
        let asked = match head.method.as_str() {
            "HEAD" => "GET",
            method => method,
        };
        let path = head.path.trim_start_matches('/');
        let is_listed = self.endpoints.iter().any(|line| {
            let line = line.split_once(' ');
            line.is_some_and(|(method, form)| method == asked && fits(form, path))
        });
        if !is_listed {
            return Err(refused(head, "is not among the requests of this tool"));
        }
        match Endpoint::of(head.method.as_str(), &head.path) {
            Some(endpoint) if endpoint.is_for_programs() => Ok(endpoint),
            _ => Err(refused(head, "is not for programs")),
        }
    }
}

/// That a request was not sent, and why.
pub(super) fn refused(head: &Head, why: &str) -> Refused {
    Refused::forbidden(format!("`{head}` was not sent: it {why}"))
}

/// What a request brings along, by its endpoint.
pub(super) fn brings(head: &Head) -> Brings {
    match (head.method.as_str(), head.segments().as_slice()) {
        ("POST", ["containers", "create"]) => Brings::Json(&CONTAINER),
        ("POST", ["containers", _, "exec"]) => Brings::Json(&EXEC),
        ("POST", ["exec", _, "start"]) => Brings::Json(&EXEC_START),
        ("POST", ["networks", "create"]) => Brings::Json(&NETWORK),
        ("POST", ["networks", _, "connect"]) => Brings::Json(&CONNECT),
        ("POST", ["networks", _, "disconnect"]) => Brings::Json(&DISCONNECT),
        ("POST", ["volumes", "create"]) => Brings::Json(&VOLUME),
        ("PUT", ["containers", _, "archive"]) => Brings::Archive,
        _ => Brings::Nothing,
    }
}
