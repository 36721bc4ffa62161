//! Turns the arguments of a call into typed parameters, or says which one does not fit and why.
//!
//! Each type parses; nothing is checked twice. A value that reached a params struct is good.

use serde_json::{Map, Value};

use crate::catalog::Tool;

/// A type that a catalogue parameter can have.
pub trait Parameter: Sized {
    /// Reads a JSON value. Lenient forms (a JSON string that holds the object or array, `"true"`,
    /// `"10"`) are accepted here.
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
    /// What is wrong with the value; never quotes it whole, the caller decides on that.
    Reason(String),
}

/// An argument that does not fit, in words for the model that sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidArgument(pub String);

/// The arguments of one call, taken one by one by the generated `parse`.
#[derive(Debug)]
pub struct Arguments {
    tool: &'static Tool,
    given: Map<String, Value>,
}
