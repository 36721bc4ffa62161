//! What the test crates share.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test crate uses its own part"
)]

pub mod authority;
pub mod client;
pub mod compose;
pub mod exchange;
#[cfg(unix)]
pub mod fake_compose;
// Its socket is of a kind that the program uses on Unix alone.
#[cfg(unix)]
pub mod fake_engine;
#[cfg(unix)]
pub mod fake_scanner;
#[cfg(unix)]
pub mod files;
#[cfg(unix)]
pub mod http;
#[cfg(unix)]
pub mod issuer;
pub mod own_tool;
#[cfg(target_os = "linux")]
pub mod terminal;
pub mod workplace;
