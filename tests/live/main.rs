//! Runs every tool against a real Docker Engine, through the built binary and a real MCP client.
//!
//! `tests/run.sh` makes sure of an Engine and runs these tests. They need `MCP_DOCKER_LIVE=1`,
//! `DOCKER_HOST` and the image `tests/engine.sh` makes. Without `MCP_DOCKER_LIVE=1` each one says
//! on stderr that it was not run; with it, none is passed over: no Engine is a failure.
//!
//! What a test expects is read from the Engine itself ([`docker`]), never from the server under
//! test, and what it makes is gone when it ends, however it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on is to fail, and says so best by panicking"
)]
#![cfg(unix)]

mod daemon;
mod docker;
mod registry;
mod relay;
mod session;

#[path = "../support/authority.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the other test crate uses its own part"
)]
mod authority;
#[path = "../support/client.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the other test crate uses all of it"
)]
mod client;
#[path = "../support/compose.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the other test crate uses its own part"
)]
mod compose;
#[path = "../support/exchange.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the other test crate uses all of it"
)]
mod exchange;
#[path = "../support/workplace.rs"]
mod workplace;

mod absence;
mod archives;
mod build;
mod calls;
mod cancellation;
mod changing;
mod clock;
mod compose_door;
mod compose_up;
mod containers;
mod create;
mod create_refusals;
mod exec;
mod files;
mod hosts;
mod identity_token;
mod images;
mod insight;
mod lifecycle;
mod log_stream;
mod logs;
mod mounts;
mod networks;
mod own;
mod plan;
mod policy;
mod projects;
mod prompts;
mod prune;
mod recreate;
mod redaction;
mod registries;
mod resources;
mod run;
mod scan;
mod scope;
mod space;
mod subscriptions;
mod swarm;
mod system;
mod tasks;
mod turns;
mod volumes;
