//! Proves what can be proved without a Docker Engine: laws, goldens, the wire, the generator.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on is to fail, and says so best by panicking"
)]

mod arguments;
#[cfg(unix)]
mod audit;
mod cli;
#[cfg(unix)]
mod clock;
#[cfg(unix)]
mod commands;
#[cfg(unix)]
mod completions;
#[cfg(unix)]
mod compose;
mod config;
#[cfg(unix)]
mod confirmation;
mod docs;
#[cfg(unix)]
mod doctor;
#[cfg(unix)]
mod engine;
mod errors;
#[cfg(unix)]
mod files;
mod floors;
mod generator;
mod golden;
#[cfg(target_os = "linux")]
mod guards;
#[cfg(unix)]
mod helpers;
#[cfg(unix)]
mod hints;
#[cfg(unix)]
mod hosts;
#[cfg(unix)]
mod http;
#[cfg(unix)]
mod insight;
mod install;
mod laws;
mod lifecycle;
#[cfg(unix)]
mod lists;
mod messages;
mod one_call;
mod packaging;
#[cfg(unix)]
mod plan;
#[cfg(unix)]
mod policy;
#[cfg(unix)]
mod program;
mod promised;
#[cfg(unix)]
mod prompts;
mod protocol;
#[cfg(unix)]
mod prune;
#[cfg(unix)]
mod redaction;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod resources;
#[cfg(unix)]
mod results;
#[cfg(unix)]
mod scan;
#[cfg(target_os = "linux")]
mod scope;
mod screens;
#[cfg(target_os = "linux")]
mod secrets;
mod services;
mod shell;
mod spelling;
#[cfg(unix)]
mod subscriptions;
mod swarm;
#[cfg(unix)]
mod tasks;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(unix)]
mod tiers;
#[cfg(unix)]
mod toolsets;
mod top;
#[cfg(unix)]
mod trace;
#[cfg(unix)]
mod turns;
mod uncompilable;
#[cfg(unix)]
mod views;
#[cfg(unix)]
mod wire;

#[path = "../support/mod.rs"]
mod support;
