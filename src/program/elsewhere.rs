//! Says on systems other than Unix that programs are not run there yet: their way to the Engine is a socket.

use std::path::PathBuf;

use super::error::ProgramError;
use super::found::Found;
use super::run::{Ran, Run};
use crate::engine::Engine;
use crate::engine::relay::Done;
use crate::vocabulary::Needs as Program;

/// Programs are not run here.
///
/// # Errors
/// Always.
pub async fn run(
    _: &Engine,
    run: Run<'_>,
    _: impl FnMut(Done) + Send,
) -> Result<Ran, ProgramError> {
    Err(ProgramError::Unavailable(run.program))
}

/// Programs are not run here.
///
/// # Errors
/// Always.
pub async fn run_found(
    engine: &Engine,
    _: &Found,
    run: Run<'_>,
    on_done: impl FnMut(Done) + Send,
) -> Result<Ran, ProgramError> {
    self::run(engine, run, on_done).await
}

/// Programs are not looked for here.
pub fn folders(_: Program) -> Vec<PathBuf> {
    Vec::new()
}

/// Programs are not looked for here.
///
/// # Errors
/// Always.
pub async fn find(program: Program) -> Result<Found, ProgramError> {
    Err(ProgramError::Unavailable(program))
}

/// Programs are not looked for here.
///
/// # Errors
/// Always.
pub async fn find_in(program: Program, _: &[PathBuf]) -> Result<Found, ProgramError> {
    find(program).await
}

/// None runs.
pub fn running() -> usize {
    0
}
