//! Looks closer at containers, each alone and all together.

pub(crate) mod diagnose;
pub(crate) mod list_ports;
pub(crate) mod search_logs;

mod fold;
mod lane;
mod machine;
mod merged;
mod selection;
