//! Starts a program in a group of its own, and ends the group with the call.
//!
//! Each program has a thread that starts it, waits for it and buries it. It lives as long as the program, so
//! that the system can end the program with it; and what a call leaves behind is ended here, after it.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::oneshot;

use super::room::Room;

/// How long a program may take to leave once it was asked to. Compose does not listen while it parses.
const PARTING: Duration = Duration::from_secs(2);

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// How many programs have not ended yet, whether or not their calls have.
pub fn running() -> usize {
    RUNNING.load(Ordering::SeqCst)
}

/// A program that was started; it is ended when this is dropped.
pub(super) struct Process {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
    pub(super) status: oneshot::Receiver<io::Result<ExitStatus>>,
    group: Group,
}

impl Process {
    /// The number of the program and of its group.
    pub(super) fn id(&self) -> u32 {
        self.group.leader.as_raw_pid().unsigned_abs()
    }
}

/// The processes of a program.
struct Group {
    leader: Pid,
    life: Arc<Life>,
}

/// Whether a program is there: once it was buried, its number may be another's.
#[derive(Default)]
struct Life {
    is_over: Mutex<bool>,
    over: Condvar,
}

impl Life {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a program was started with.
struct Started {
    pipes: (
        std::process::ChildStdin,
        std::process::ChildStdout,
        std::process::ChildStderr,
    ),
    status: oneshot::Receiver<io::Result<ExitStatus>>,
    group: Group,
}

/// Starts a program that has these folders.
pub(super) async fn start(mut command: Command, room: Room) -> io::Result<Process> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let (sender, started) = oneshot::channel();
    let counted = Counted::new();
    thread::Builder::new()
        .name("program".to_owned())
        .spawn(move || {
            watch(command, room, sender);
            drop(counted);
        })?;
    let Started {
        pipes: (stdin, stdout, stderr),
        status,
        group,
    } = started.await.map_err(io::Error::other)??;
    Ok(Process {
        stdin: Some(ChildStdin::from_std(stdin)?),
        stdout: ChildStdout::from_std(stdout)?,
        stderr: ChildStderr::from_std(stderr)?,
        status,
        group,
    })
}

/// Starts a program, tells so, and stays until it is buried.
fn watch(mut command: Command, room: Room, told: oneshot::Sender<io::Result<Started>>) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let _ = told.send(Err(error));
            return;
        }
    };
    let (end, status) = oneshot::channel();
    let life = Arc::new(Life::default());
    match started(&mut child, &life, status) {
        // Where nobody waits for it any more, it is dropped here, and so ended.
        Ok(started) => drop(told.send(Ok(started))),
        Err(error) => {
            let _ = child.kill();
            let _ = told.send(Err(error));
        }
    }
    if let Some(leader) = leader(&child) {
        // Its number stays its own until it is waited for.
        while let Err(Errno::INTR) = waitid(
            WaitId::Pid(leader),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        ) {}
        let mut is_over = life.lock();
        // What it leaves behind; it is gone, if that fails.
        let _ = kill_process_group(leader, Signal::KILL);
        let ended = child.wait();
        *is_over = true;
        life.over.notify_all();
        drop(is_over);
        drop(room);
        let _ = end.send(ended);
    }
}

fn started(
    child: &mut Child,
    life: &Arc<Life>,
    status: oneshot::Receiver<io::Result<ExitStatus>>,
) -> io::Result<Started> {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::other("it has no pipes"));
    };
    let leader = leader(child).ok_or_else(|| io::Error::other("it has no number"))?;
    Ok(Started {
        pipes: (stdin, stdout, stderr),
        status,
        group: Group {
            leader,
            life: Arc::clone(life),
        },
    })
}

fn leader(child: &Child) -> Option<Pid> {
    Pid::from_raw(child.id().try_into().ok()?)
}

impl Group {
    /// Sends all of it a signal, as long as its number is its own.
    fn signal(leader: Pid, is_over: &bool, signal: Signal) {
        if !is_over {
            let _ = kill_process_group(leader, signal);
        }
    }

    /// Asks all of it to leave, and sees to it that it does.
    fn end(&self) {
        Self::signal(self.leader, &self.life.lock(), Signal::TERM);
        let (leader, life) = (self.leader, Arc::clone(&self.life));
        let counted = Counted::new();
        let follow = move || {
            let _counted = counted;
            let waited = life
                .over
                .wait_timeout_while(life.lock(), PARTING, |is_over| !*is_over);
            let (is_over, _) = waited.unwrap_or_else(PoisonError::into_inner);
            Self::signal(leader, &is_over, Signal::KILL);
        };
        if thread::Builder::new().spawn(follow).is_err() {
            Self::signal(self.leader, &self.life.lock(), Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let is_over = *self.life.lock();
        if !is_over {
            self.end();
        }
    }
}

/// One of those that run, until this is dropped.
struct Counted;

impl Counted {
    fn new() -> Self {
        RUNNING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}
