//! Makes containers, starts them, runs commands in them and measures them.

pub(crate) mod create;
pub(crate) mod exec;
pub(super) mod leftover;
pub(crate) mod recreate;
pub(crate) mod restart;
pub(crate) mod run;
pub(crate) mod start;
pub(crate) mod stats;
