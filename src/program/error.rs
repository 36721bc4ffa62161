//! Says why a program did not run to its end.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::vocabulary::Needs as Program;

/// Why a program did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// Programs are not run on this system.
    #[error("{} is not run on this system yet: this tool works on Linux and macOS", .0.title())]
    Unavailable(Program),
    /// It is in none of the folders.
    #[error(
        "{} {} or newer is needed, and there is no `{}` where this server runs: install it there, {}; \
         the server's own image holds no programs",
        .0.title(), shown(.0.oldest()), .0.file(), .0.way()
    )]
    Missing(Program),
    /// It is of a version that is not served.
    #[error(
        "`{}` is {} {version}, which is too old: install {} or newer",
        path.display(), program.title(), shown(program.oldest())
    )]
    TooOld {
        /// The program.
        program: Program,
        /// Where it is.
        path: PathBuf,
        /// What it says of itself.
        version: String,
    },
    /// It does not run, or says nothing of its version.
    #[error("`{}` does not say which version of {} it is", path.display(), program.title())]
    Broken {
        /// The program.
        program: Program,
        /// Where it is.
        path: PathBuf,
    },
    /// There is no place for what it needs.
    #[error("there is no place for the socket and the folders that {} needs: {error}", program.title())]
    NoRoom {
        /// The program.
        program: Program,
        /// Why.
        error: io::Error,
    },
    /// It could not be started, or watched.
    #[error("{} could not be started: {error}", program.title())]
    Start {
        /// The program.
        program: Program,
        /// Why.
        error: io::Error,
    },
    /// It took longer than it may, and was ended.
    #[error("{} was ended after {} s", program.title(), limit.as_secs())]
    TooLong {
        /// The program.
        program: Program,
        /// How long it had.
        limit: Duration,
    },
    /// It printed more than is read, and was ended.
    #[error("{} was ended, because it printed more than {} MiB", program.title(), most >> 20)]
    TooMuch {
        /// The program.
        program: Program,
        /// So many bytes are read.
        most: usize,
    },
}

fn shown((major, minor): (u64, u64)) -> String {
    format!("{major}.{minor}")
}
