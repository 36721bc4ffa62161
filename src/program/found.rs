//! Holds a program that serves.

use std::path::PathBuf;

/// A program that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself, such as `2.40.3`.
    pub version: String,
}
