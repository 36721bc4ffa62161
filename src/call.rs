//! Carries one tool call from its arguments to its result: the one path that every call takes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::Config;
use crate::engine::{Engine, EngineError};
use crate::params::InvalidArgument;

/// What an operation has at hand while it runs.
#[derive(Debug)]
pub struct Call<'a> {
    /// The door to Docker, with this call's deadline.
    pub engine: Engine,
    /// The replies of the requests made before the operation.
    pub look: Look,
    /// The configuration in force.
    pub config: &'a Config,
}

/// The replies of the requests made before an operation, by the names the TOML file gives them.
#[derive(Debug, Clone, Default)]
pub struct Look(BTreeMap<&'static str, Value>);

/// Why a call gave no result, in words for the model that made it.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The arguments do not fit.
    #[error(transparent)]
    Argument(#[from] InvalidArgument),
    /// The Engine refused or did not answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The operation cannot be done as things stand.
    #[error("{0}")]
    Operation(String),
}
