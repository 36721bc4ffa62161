//! Reads a YAML file into a tree that keeps all that Compose can see in it, with the places: a loader
//! that drops a key, a tag or a second document judges another file than Compose reads.
//!
//! Scalars stay text, because versions of Compose differ in what they make of them.

mod merge;
mod read;
mod source;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use read::read;
pub use tree::Place;
pub(super) use tree::{Entry, Kind, Node, shown};
