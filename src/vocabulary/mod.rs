//! Keeps what build time and run time share, each once; `build.rs` takes its files by their paths.

pub(crate) mod endpoint;
mod nearest;
pub(crate) mod plan_filters;
pub(crate) mod prompt_template;

pub(crate) use nearest::nearest;
