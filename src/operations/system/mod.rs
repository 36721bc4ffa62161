//! Tells how the Engine is, and what it holds.

pub(crate) mod df;
pub(crate) mod healthcheck;
