//! Tells the processes of a program from others that connect to its socket.
//!
//! The folder of the socket keeps other users out; this keeps out what the same user runs beside. A process
//! of the group can still hand its connection on, which nothing here can see.

use rustix::process::{Pid, getpgid};
use tokio::net::UnixStream;

/// The processes of a program: the group that it leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group(Option<Pid>);

impl Group {
    pub(super) fn led_by(leader: u32) -> Self {
        Self(i32::try_from(leader).ok().and_then(Pid::from_raw))
    }

    /// Whether the process that connected is one of the group.
    pub(super) fn has(self, stream: &UnixStream) -> bool {
        let peer = stream.peer_cred().ok().and_then(|peer| peer.pid());
        let Some(peer) = peer.and_then(Pid::from_raw) else {
            return false;
        };
        let handle = Handle::of(stream);
        let group = getpgid(Some(peer)).ok();
        // Alive to the end, so that the group was that of no other process with the same number.
        self.0.is_some() && group == self.0 && handle.is_alive()
    }
}

/// The process that connected, whatever its number is by now; none where the system has no such handles.
struct Handle(#[cfg(target_os = "linux")] Option<std::os::fd::OwnedFd>);

impl Handle {
    #[cfg(target_os = "linux")]
    fn of(stream: &UnixStream) -> Self {
        use nix::sys::socket::{getsockopt, sockopt::PeerPidfd};
        Self(getsockopt(stream, PeerPidfd).ok())
    }

    #[cfg(not(target_os = "linux"))]
    fn of(_: &UnixStream) -> Self {
        Self()
    }

    /// Whether it has not ended; a handle can be read once it has.
    #[cfg(target_os = "linux")]
    fn is_alive(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let Some(process) = &self.0 else { return true };
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut ended = [PollFd::new(process, PollFlags::IN)];
        matches!(poll(&mut ended, Some(&now)), Ok(0))
    }

    #[cfg(not(target_os = "linux"))]
    fn is_alive(&self) -> bool {
        true
    }
}
