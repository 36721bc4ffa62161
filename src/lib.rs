//! An MCP server that lets an AI assistant manage Docker.

#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub mod call;
pub mod catalog;
pub mod config;
pub mod engine;
mod nearest;
mod operations;
pub mod output;
pub mod params;
pub mod safety;
pub mod server;
pub mod transport;
