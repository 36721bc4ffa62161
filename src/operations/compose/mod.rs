//! Works in Compose projects: by the labels of their containers, and by their files.

pub(crate) mod compose_ls;
pub(crate) mod compose_ps;
pub(crate) mod compose_validate;

mod labels;
