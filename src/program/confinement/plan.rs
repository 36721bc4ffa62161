//! Holds what the server tells itself when it starts a program.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a program is to have.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The number of the server.
    pub(super) server: u32,
    /// The program; none where it is only asked what it would not have.
    pub(super) program: Option<PathBuf>,
    /// Sockets that it does not find.
    pub(super) hides: Vec<PathBuf>,
    /// Files that it may read.
    pub(super) reads: Vec<PathBuf>,
    /// Folders that it may look into, with what is in them.
    pub(super) lists: Vec<PathBuf>,
    /// Folders that it may write in.
    pub(super) writes: Vec<PathBuf>,
    /// Its way to the Engine.
    pub(super) socket: Option<PathBuf>,
    /// Whether it may open connections over TCP, and find out where to and whom to trust.
    pub(super) online: bool,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// Seconds of processor time.
    pub(super) processor: u64,
    /// Bytes that a file may grow to that it writes.
    pub(super) file: u64,
}

/// What a program that is run here is kept from by the system.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// The version of Landlock that holds, where the kernel has it.
    pub landlock: Option<u32>,
    /// Whether the Engine's own sockets are hidden; else why not.
    pub hidden: Result<(), String>,
}
