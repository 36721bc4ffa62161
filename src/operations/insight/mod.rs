//! Looks closer at containers, each alone and all together.

pub(crate) mod check_updates;
pub(crate) mod diagnose;
pub(crate) mod disk_usage;
pub(crate) mod list_ports;
pub(crate) mod search_logs;
pub(crate) mod wait;

mod fold;
mod lane;
mod late;
mod machine;
mod merged;
mod selection;
pub(crate) mod services;
