//! Starts a program with less than the user may: the server starts itself once more, gives up what the program
//! is not to have, and becomes the program.
//!
//! So nothing runs between fork and exec, where hardly anything may. What a step is refused by the system, such
//! as a namespace in a container, is left out: what a program does is judged before it is run, and
//! [`Report`] says what holds besides.

mod enter;
mod executables;
mod namespace;
mod plan;
mod rules;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{self, Command};
use std::sync::OnceLock;
use std::time::Duration;

use super::allowance::Allowance;
use super::found::Found;
use super::output;
use super::room::Room;
use crate::engine::{Address, Engine};
use crate::vocabulary::Needs as Program;
pub use enter::enter;
use plan::Plan;
pub use plan::Report;

/// The word that the server starts itself with for this; it is no command of anybody's.
pub const WORD: &str = "confined";

/// The exit status of a program that was not started.
pub const FAILED: u8 = 125;

/// How long it takes at most to see what the system offers.
const PATIENCE: Duration = Duration::from_secs(10);

static LAUNCHER: OnceLock<PathBuf> = OnceLock::new();

/// Says which program is this server: it is started with [`WORD`] and a path, and then calls [`enter`].
/// Before this was said, no program is run.
pub fn confine_by(launcher: PathBuf) {
    let _ = LAUNCHER.set(launcher);
}

/// What a program is to have beside its folders.
pub(super) struct Has<'a> {
    pub(super) allowance: Allowance,
    /// The files that it may read.
    pub(super) reads: &'a BTreeSet<PathBuf>,
    /// Where it keeps what it has fetched.
    pub(super) cache: Option<PathBuf>,
    /// Its way to the Engine.
    pub(super) socket: Option<PathBuf>,
    /// It may open connections.
    pub(super) online: bool,
}

/// What starts a program so that it has no more than this.
pub(super) fn command(
    engine: &Engine,
    found: &Found,
    room: &Room,
    has: Has<'_>,
) -> io::Result<Command> {
    let allowance = has.allowance;
    start(
        room,
        &Plan {
            server: process::id(),
            program: Some(found.path.clone()),
            hides: hides(engine),
            reads: has.reads.iter().cloned().collect(),
            lists: vec![room.programs(), room.home(), room.settings()],
            writes: has.cache.into_iter().chain([room.scratch()]).collect(),
            socket: has.socket,
            online: has.online,
            memory: allowance.memory,
            processor: allowance.processor,
            file: allowance.file,
        },
    )
}

fn start(room: &Room, plan: &Plan) -> io::Result<Command> {
    let launcher = LAUNCHER
        .get()
        .ok_or_else(|| io::Error::other("this program does not say how programs are confined"))?;
    fs::write(room.plan(), serde_json::to_vec(plan)?)?;
    let mut command = Command::new(launcher);
    command.arg(WORD).arg(room.plan());
    Ok(command)
}

/// What a program that is run here cannot do, as it turns out.
///
/// # Errors
/// It cannot be told.
pub async fn report(engine: &Engine) -> io::Result<Report> {
    let room = Room::open()?;
    let allowance = Allowance::of(Program::Compose);
    let plan = Plan {
        server: process::id(),
        program: None,
        hides: hides(engine),
        reads: Vec::new(),
        lists: Vec::new(),
        writes: vec![room.scratch()],
        socket: None,
        online: false,
        memory: allowance.memory,
        processor: allowance.processor,
        file: allowance.file,
    };
    let mut command = start(&room, &plan)?;
    command.env_clear();
    let mut process = super::process::start(command, room).await?;
    let said = output::of(&mut process, None, 4 << 10);
    match tokio::time::timeout(PATIENCE, said).await {
        Ok(Ok(said)) if said.code == Some(0) => Ok(serde_json::from_slice(&said.stdout)?),
        Ok(Ok(said)) => Err(io::Error::other(
            String::from_utf8_lossy(&said.stderr).trim().to_owned(),
        )),
        Ok(Err(_)) | Err(_) => Err(io::Error::other("it does not come to an end")),
    }
}

fn hides(engine: &Engine) -> Vec<PathBuf> {
    let sockets = Address::sockets(engine.address().ok().as_ref());
    sockets.into_iter().collect()
}
