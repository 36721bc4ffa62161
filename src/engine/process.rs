//! Runs a program of the user's for a request, so that it ends with the request, and with it all that it
//! started.

use std::io;

use tokio::process::{Child, Command};

/// What a program started, and itself: killed when this is dropped.
#[derive(Debug)]
pub(super) struct ProcessGroup {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

/// Starts a program, in a group of processes of its own where the system has such.
pub(super) fn spawn(mut command: Command) -> io::Result<(Child, ProcessGroup)> {
    #[cfg(unix)]
    command.process_group(0);
    let child = command.kill_on_drop(true).spawn()?;
    let group = ProcessGroup {
        #[cfg(unix)]
        leader: child
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?)),
    };
    Ok((child, group))
}

impl ProcessGroup {
    /// The program has ended by itself and was waited for: its number may be another's from now on.
    pub(super) fn ended(self) {
        #[cfg(unix)]
        {
            let mut this = self;
            this.leader = None;
        }
    }
}

#[cfg(unix)]
impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // It is gone, if that fails.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}
