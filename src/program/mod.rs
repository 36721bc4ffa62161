//! Runs a program of the user's for one call: Docker Compose, the Docker CLI, or a scanner of images.
//!
//! It is [found](find()) where the Docker CLI would find it, and runs by itself: with an environment made from
//! nothing, folders of its own that are gone afterwards, and a [relay](crate::engine::relay) for its only
//! way to the Engine. It ends with the call, and with it all that it started.
//!
//! On Linux the server starts itself in its place, and [confines](confinement) itself before it becomes the
//! program. What it does by itself, such as reading a file, passes no door: that is judged before it is run.

#[cfg(unix)]
mod allowance;
#[cfg(unix)]
mod cache;
#[cfg(target_os = "linux")]
pub mod confinement;
#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod environment;
mod error;
#[cfg(unix)]
mod finding;
mod found;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod room;
mod run;

pub use crate::vocabulary::Needs as Program;
#[cfg(not(unix))]
pub use elsewhere::{find, find_in, folders, run, run_found, running};
pub use error::ProgramError;
#[cfg(unix)]
pub use finding::{find, find_in, folders};
pub use found::Found;
#[cfg(unix)]
pub use process::running;
pub use run::{Ran, Run};
#[cfg(unix)]
pub use run::{run, run_found};
