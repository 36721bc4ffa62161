//! What the test crates share.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test crate uses its own part"
)]

pub mod authority;
pub mod client;
pub mod fake_engine;
pub mod http;
