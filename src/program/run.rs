//! Runs a program once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(unix)]
use super::found::Found;
use crate::engine::relay::{Account, Bounds};
#[cfg(unix)]
use crate::engine::{Engine, relay::Done};
use crate::vocabulary::Needs as Program;

/// One run of a program.
#[derive(Debug)]
pub struct Run<'a> {
    /// Which one.
    pub program: Program,
    /// What it is told.
    pub args: Vec<String>,
    /// What it reads from its standard input.
    pub stdin: Option<Vec<u8>>,
    /// The directory it runs in.
    pub directory: &'a Path,
    /// The files that it may read.
    pub reads: &'a BTreeSet<PathBuf>,
    /// The variables that it finds besides those it is given anyway.
    pub variables: BTreeMap<String, String>,
    /// What it may ask the Engine for; without, it does not reach the Engine.
    pub relay: Option<Bounds>,
    /// It may fetch what it has to know over TCP, if it is a program that does.
    pub online: bool,
    /// How long it may take.
    pub limit: Duration,
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// The exit status, where the program ended by itself.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said besides: the end of it, where that is long.
    pub stderr: String,
    /// What it did to the Engine, and was refused there.
    pub account: Account,
}

/// Finds a program and runs it until it ends, and tells what it does to the Engine as it does it. It is ended
/// when this is dropped, and with it all that it started.
///
/// # Errors
/// It is not there, is too old, cannot be started, takes too long or prints too much. That it failed
/// is none: see [`Ran::code`].
#[cfg(unix)]
pub async fn run(
    engine: &Engine,
    run: Run<'_>,
    on_done: impl FnMut(Done) + Send,
) -> Result<Ran, super::error::ProgramError> {
    let found = super::finding::find(run.program).await?;
    run_found(engine, &found, run, on_done).await
}

/// Runs a program that was found, as [`run()`] does.
///
/// # Errors
/// Those of [`run()`].
#[cfg(unix)]
pub async fn run_found(
    engine: &Engine,
    found: &Found,
    run: Run<'_>,
    mut on_done: impl FnMut(Done) + Send,
) -> Result<Ran, super::error::ProgramError> {
    use super::allowance::Allowance;
    use super::cache::Cache;
    #[cfg(target_os = "linux")]
    use super::confinement;
    use super::error::ProgramError;
    use super::output::{self, Unheard};
    use super::room::Room;
    use super::{environment, process};
    use crate::engine::relay::Relay;

    let Run { program, limit, .. } = run;
    let no_room = |error| ProgramError::NoRoom { program, error };
    let start = |error| ProgramError::Start { program, error };
    let allowance = Allowance::of(program);
    let cache = Cache::of(program);
    let room = match allowance.unpacks {
        true => Room::open_large(),
        false => Room::open(),
    };
    let room = room.map_err(no_room)?;
    let relay = run.relay.map(|bounds| Relay::open(engine, bounds));
    let relay = relay.transpose().map_err(no_room)?;
    let address = relay.as_ref().map(Relay::address);
    #[cfg(target_os = "linux")]
    let mut command = {
        let has = confinement::Has {
            allowance,
            reads: run.reads,
            cache: cache.as_ref().map(|cache| cache.folder.clone()),
            socket: relay.as_ref().map(Relay::socket),
            online: run.online && allowance.fetches,
        };
        confinement::command(engine, found, &room, has).map_err(start)?
    };
    #[cfg(not(target_os = "linux"))]
    let mut command = std::process::Command::new(&found.path);
    command.env_clear();
    command
        .args(&run.args)
        .current_dir(run.directory)
        .envs(environment::of(
            program,
            &room,
            address.as_deref(),
            cache.as_ref(),
            run.variables,
        ));
    let mut process = process::start(command, room).await.map_err(start)?;
    let mut told = relay.as_ref().map(Relay::follow);
    let serving = relay.map(|relay| relay.serve(process.id()));
    let said = tokio::time::timeout(limit, async {
        let mut said = std::pin::pin!(output::of(&mut process, run.stdin, allowance.output));
        loop {
            let next = async {
                match &mut told {
                    Some(told) => told.recv().await,
                    None => None,
                }
            };
            tokio::select! {
                biased;
                Some(done) = next => on_done(done),
                said = &mut said => return said,
            }
        }
    })
    .await;
    drop(process);
    let account = match serving {
        Some(serving) => serving.end().await,
        None => Account::default(),
    };
    while let Some(done) = told.as_mut().and_then(|told| told.try_recv().ok()) {
        on_done(done);
    }
    let said = said.map_err(|_| ProgramError::TooLong { program, limit })?;
    let said = said.map_err(|unheard| match unheard {
        Unheard::TooMuch => ProgramError::TooMuch {
            program,
            most: allowance.output,
        },
        Unheard::Lost(error) => start(error),
    })?;
    #[cfg(target_os = "linux")]
    if said.code == Some(confinement::FAILED.into()) {
        let said = String::from_utf8_lossy(&said.stderr);
        return Err(start(std::io::Error::other(said.trim().to_owned())));
    }
    Ok(Ran {
        code: said.code,
        stdout: said.stdout,
        stderr: String::from_utf8_lossy(&said.stderr).into_owned(),
        account,
    })
}
