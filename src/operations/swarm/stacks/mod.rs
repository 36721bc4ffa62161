//! Works on stacks: services, networks, secrets and configs with the same label.

pub(crate) mod list_stacks;
pub(crate) mod remove_stack;

mod members;
