//! What several of the tests stand on.

// Each test crate uses its own part of it.
#![allow(dead_code)]

pub mod fake_engine;
