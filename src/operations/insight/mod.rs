//! Looks closer at containers, each alone and all together.

pub(crate) mod list_ports;

mod machine;
