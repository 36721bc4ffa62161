//! Holds what the generator made of the tools of `catalog/` beside their records.
//!
//! Emitted line by line from the TOML, so some of it is not how a person would write it.

#[allow(
    unused_variables,
    clippy::all,
    reason = "a tool without parameters reads no arguments"
)]
pub mod params;
pub mod reply;
#[allow(
    unused_imports,
    unused_mut,
    unused_variables,
    clippy::all,
    reason = "what is used of a request depends on what the TOML says of it"
)]
pub mod table;
