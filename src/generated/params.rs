//! Holds the parameters of each tool, with the types that its TOML file says.

/// The names that generated parameters may use; which of them they do depends on the catalogue.
#[allow(unused_imports, reason = "which are used depends on the catalogue")]
mod prelude {
    pub(super) use std::collections::BTreeMap;
    pub(super) use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    pub(super) use serde::Serialize;
    pub(super) use serde_json::Value;

    pub(super) use crate::arguments::Arguments;
    pub(super) use crate::params::*;
}

#[allow(unused_imports, reason = "which are used depends on what is built")]
use prelude::*;

include!(concat!(env!("OUT_DIR"), "/params.rs"));

/// Reads a value as that type, and gives it back as it is taken on.
#[cfg(test)]
fn read<T: Parameter>(value: Value) -> Result<Value, Mismatch> {
    T::parse(value).map(|read| serde_json::to_value(read).unwrap())
}

#[cfg(test)]
mod tests;
