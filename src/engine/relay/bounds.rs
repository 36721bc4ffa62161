//! Holds what a program may ask for at most: the list of its tool, less what no program may.

use std::collections::BTreeSet;
use std::fmt;

use super::head::Head;
use super::refused::Refused;
use crate::engine::labels::{NAMESPACE, PROJECT};
use crate::engine::policy::known::{
    CONNECT, CONTAINER, DISCONNECT, EXEC, EXEC_START, NETWORK, SECRET, SERVICE, Shape, VOLUME,
};
use crate::vocabulary::endpoint::{Endpoint, fits};

/// Whose it is what a program may change.
#[derive(Clone)]
pub enum Whose {
    /// A Compose project's of that name.
    Project(String),
    /// A stack's of that name, whose secrets and configs hold one of these, in base64.
    Stack(String, BTreeSet<String>),
    /// Nobody's: nothing is changed, and of images only the one of that id is read.
    Image(String),
}

impl Whose {
    /// The label that tells it, and its value.
    pub(super) fn label(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Project(name) => Some((PROJECT, name)),
            Self::Stack(name, _) => Some((NAMESPACE, name)),
            Self::Image(_) => None,
        }
    }

    /// Whether there is such a thing there: a Compose project has nothing in a swarm.
    fn has(&self, head: &Head) -> bool {
        let segments = head.segments();
        let is_of_swarm = matches!(
            segments.as_slice(),
            ["services" | "secrets" | "configs", ..]
        );
        matches!(self, Self::Stack(..)) || !is_of_swarm
    }
}

impl fmt::Debug for Whose {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{self}")
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(name) => write!(to, "the project `{name}`"),
            Self::Stack(name, _) => write!(to, "the stack `{name}`"),
            Self::Image(id) => write!(to, "the image `{id}`"),
        }
    }
}

/// What the program of one call may ask for.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// What is changed has to be its own.
    pub whose: Whose,
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
            Some(endpoint) if endpoint.is_for_programs() && self.whose.has(head) => Ok(endpoint),
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
        ("POST", ["services", "create"] | ["services", _, "update"]) => Brings::Json(&SERVICE),
        ("POST", ["secrets" | "configs", "create"] | ["secrets" | "configs", _, "update"]) => {
            Brings::Json(&SECRET)
        }
        ("POST", ["networks", _, "connect"]) => Brings::Json(&CONNECT),
        ("POST", ["networks", _, "disconnect"]) => Brings::Json(&DISCONNECT),
        ("POST", ["volumes", "create"]) => Brings::Json(&VOLUME),
        ("PUT", ["containers", _, "archive"]) => Brings::Archive,
        _ => Brings::Nothing,
    }
}
