//! Works in Compose projects: by the labels of their containers, and by their files.

pub(crate) mod compose_down;
pub(crate) mod compose_exec;
pub(crate) mod compose_logs;
pub(crate) mod compose_ls;
pub(crate) mod compose_ps;
pub(crate) mod compose_restart;
pub(crate) mod compose_start;
pub(crate) mod compose_stop;
pub(crate) mod compose_validate;
pub(crate) mod compose_write_file;

mod change;
mod images;
mod inspected;
mod labels;
mod selection;
