//! Runs a program of the user's for one call: Docker Compose, so far.
//!
//! It is [found](find()) where the Docker CLI would find it, and runs by itself: with an environment made from
//! nothing, folders of its own that are gone afterwards, and a [relay](crate::engine::relay) for its only
//! way to the Engine. It ends with the call, and with it all that it started.
//!
//! What it does by itself, such as reading a file, passes no door: that is judged before it is run.

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod environment;
mod error;
#[cfg(unix)]
mod finding;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod room;
mod run;

use std::path::PathBuf;

pub use crate::vocabulary::Needs as Program;
#[cfg(not(unix))]
pub use elsewhere::{find, find_in, folders, run, running};
pub use error::ProgramError;
#[cfg(unix)]
pub use finding::{find, find_in, folders};
#[cfg(unix)]
pub use process::running;
pub use run::{Ran, Run};
#[cfg(unix)]
pub use run::{run, run_found};

/// A program that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself, such as `2.40.3`.
    pub version: String,
}
