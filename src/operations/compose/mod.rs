//! Works in Compose projects: by the labels of their containers, and by their files.

pub(crate) mod compose_build;
pub(crate) mod compose_config;
pub(crate) mod compose_down;
pub(crate) mod compose_exec;
pub(crate) mod compose_logs;
pub(crate) mod compose_ls;
pub(crate) mod compose_ps;
pub(crate) mod compose_pull;
pub(crate) mod compose_restart;
pub(crate) mod compose_scale;
pub(crate) mod compose_start;
pub(crate) mod compose_stop;
pub(crate) mod compose_up;
pub(crate) mod compose_validate;
pub(crate) mod compose_write_file;

#[allow(
    dead_code,
    reason = "no tool of the catalogue need be one run of a program and no more"
)]
pub(crate) mod once;

mod bring;
mod change;
mod failure;
mod going;
mod images;
mod inspected;
mod labels;
mod model;
mod preview;
mod program;
mod provision;
mod ready;
mod said;
mod selection;
mod tally;

// What `docker stack` has in common with it.
pub(super) use bring::in_words;
pub(super) use model::Unresolved;
pub(super) use said::{Said, why_it_ended};
pub(super) use tally::Tally;
