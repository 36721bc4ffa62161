//! Holds what the handler of each tool gives that has one, with the keys and types of its TOML file.

/// The names that generated replies may use; which of them they do depends on the catalogue.
#[allow(unused_imports, reason = "which are used depends on the catalogue")]
mod prelude {
    pub(super) use std::collections::BTreeMap;

    pub(super) use serde::{Deserialize, Serialize};
    pub(super) use serde_json::Value;

    pub(super) use crate::engine::Told;
}

include!(concat!(env!("OUT_DIR"), "/reply.rs"));
