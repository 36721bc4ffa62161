//! Tells how the Engine is, and what it holds.

pub(crate) mod disk_usage;
pub(crate) mod healthcheck;
