//! Proves what can be proved without a Docker Engine: laws, goldens, the wire, the generator.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs
)]

mod generator;
mod golden;
