//! An MCP server that lets an AI assistant manage Docker.

pub mod call;
pub mod catalog;
pub mod config;
pub mod engine;
pub mod operations;
pub mod output;
pub mod params;
pub mod safety;
