//! Turns the arguments of a call into typed parameters, or says which one does not fit and why.
//!
//! Each type parses; nothing is checked twice. A value that reached a params struct is good.
//! [`assign`](assign()) then puts it into bollard's options and bodies.

use serde::Serialize;
use serde_json::Value;

mod arguments;
mod assign;
mod command;
mod filters;
mod health;
mod host;
mod image;
mod json;
mod literal;
mod model;
mod mounts;
mod pairs;
mod pattern;
mod ports;
mod reference;
mod restart;
mod scalar;
mod size;
mod time;

pub use arguments::{Arguments, InvalidArgument, secrets};
pub use assign::{Assign, NotAssignable, assign};
pub use command::{Command, Entrypoint};
pub use filters::Filters;
pub use health::HealthCheck;
pub use host::{ExtraHosts, Gpus, Tmpfs, Ulimit, Ulimits};
pub use image::{ImageRef, Platform, Repository, Tag};
pub(crate) use json::clip;
pub use model::EngineModel;
pub use mounts::{Mount, Mounts};
pub use pairs::Variables;
pub use pattern::Pattern;
pub use ports::{HostPort, Port, Ports, Protocol};
pub use reference::{ContainerRef, NetworkRef, VolumeRef};
pub use restart::RestartPolicy;
pub use scalar::Tail;
pub use size::Size;
pub use time::{Now, Time, unix_text};

/// A type that a catalogue parameter can have; it serialises to the form the contract gives it.
pub trait Parameter: Sized + Serialize {
    /// Reads a JSON value. Lenient forms (a JSON string that holds the object or array, `"true"`,
    /// `"10"`, the Docker CLI's own spelling) are accepted here.
    ///
    /// # Errors
    /// [`Mismatch::Kind`] where the JSON type is wrong, [`Mismatch::Reason`] where the value is.
    fn parse(value: Value) -> Result<Self, Mismatch>;
}

/// Why a value is not of a parameter's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Another JSON type; what is wanted is in the catalogue's record.
    Kind,
    /// What is wrong with the value. Where the parameter may be secret, it quotes names and keys
    /// only, because quoting values is for the caller to decide.
    Reason(String),
}

impl Mismatch {
    fn because(reason: impl Into<String>) -> Self {
        Self::Reason(reason.into())
    }
}
