//! Judges what `docker stack` makes of Compose files: a loader of its own, which knows fewer keys than Compose,
//! passes over some of them, and has services run where only a swarm knows.

mod contents;
mod ignored;
mod judge;
mod keys;
mod model;
mod service;

pub use contents::contents;
pub use judge::judge_stack;
pub use model::{StackModel, read_stack};
