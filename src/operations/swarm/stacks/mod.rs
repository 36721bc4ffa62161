//! Works on stacks: services, networks, secrets and configs with the same label.

pub(crate) mod list_stacks;
pub(crate) mod remove_stack;
pub(crate) mod stack_deploy;

mod going;
mod members;
mod model;
