//! Joins each tool's record with its parameters and what it does.

use crate::arguments::Arguments;
use crate::call::Operation;
use crate::catalog::Tool;
use crate::params::InvalidArgument;

/// The names that generated operations may use; which of them they do depends on the catalogue.
#[allow(unused_imports, reason = "which are used depends on the catalogue")]
mod prelude {
    pub(super) use std::time::Duration;

    pub(super) use futures_util::future::BoxFuture;
    pub(super) use serde_json::Value;

    pub(super) use crate::arguments::Arguments;
    pub(super) use crate::call::{Call, CallError, Look, Operation};
    pub(super) use crate::catalog::{Path, Root};
    pub(super) use crate::engine::record;
    pub(super) use crate::output::Hinted;
    pub(super) use crate::params::*;

    /// The parameters as JSON; their types are plain, so that this cannot fail.
    pub(super) fn to_value(params: &impl serde::Serialize) -> Value {
        serde_json::to_value(params).unwrap_or_default()
    }

    /// A part of a plan, into which the paths of a catalogue file go: into the items of a list, and past
    /// an option, as into the part itself.
    #[allow(dead_code, reason = "no catalogue need have plans with lists")]
    pub(super) struct Part<'p, T>(pub &'p T);

    #[allow(dead_code, reason = "no catalogue need have plans with lists")]
    impl<'p, T> Part<'p, Vec<T>> {
        pub(super) fn item(&self) -> Option<&'p T> {
            self.0.first()
        }
    }

    #[allow(dead_code, reason = "no catalogue need have plans with options")]
    impl<'p, T> Part<'p, Option<T>> {
        pub(super) fn item(&self) -> Option<&'p T> {
            self.0.as_ref()
        }
    }

    /// A part that is neither a list nor an option: rustc takes what [`Part`] says of those first.
    #[allow(dead_code, reason = "no catalogue need have plans with parts")]
    pub(super) trait Whole<'p, T> {
        fn item(&self) -> Option<&'p T>;
    }

    impl<'p, T> Whole<'p, T> for Part<'p, T> {
        fn item(&self) -> Option<&'p T> {
            Some(self.0)
        }
    }

    /// What a handler gives, which has to be the reply of the tool.
    pub(super) fn given<R: serde::Serialize>(
        reply: impl Into<Hinted<R>>,
    ) -> Result<Value, CallError> {
        Ok(reply.into().into_value())
    }
}

/// Reads the arguments of a call of that tool.
///
/// # Errors
/// What does not fit is named, with what is wanted; so is a tool that the catalogue has not.
pub fn parse(
    tool: &Tool,
    arguments: &mut Arguments,
) -> Result<Box<dyn Operation>, InvalidArgument> {
    let none = || InvalidArgument(format!("there is no operation of `{}`", tool.name));
    operation(tool.name, arguments)?.ok_or_else(none)
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));
