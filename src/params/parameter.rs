//! Says what each parameter type can do, and why a value is not of it.

use serde::Serialize;
use serde_json::Value;

use super::schema::Schema;

/// A type that a catalogue parameter can have; it serialises to the form the contract gives it.
pub trait Parameter: Sized + Serialize {
    /// What clients are told that it reads; a test holds it to [`parse`](Self::parse).
    const SCHEMA: Schema;

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
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self::Reason(reason.into())
    }
}

/// An argument that does not fit, in words for the model that sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidArgument(pub String);
