//! The tests that need no Docker Engine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod protocol;
#[path = "../support/mod.rs"]
mod support;
