//! Sees what an Engine does not tell, where it runs on this machine beside this server.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
#[cfg(target_os = "linux")]
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use crate::engine::Engine;

/// Where the Engine's name server listens in each container of a user's network; that is nothing of the
/// container's own.
#[cfg(target_os = "linux")]
const NAME_SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11));

/// How a port is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Transport {
    Tcp,
    Udp,
}

/// The ports of this host that something listens on; none where the Engine's host is another or
/// cannot be looked at.
pub(super) fn host_ports(engine: &Engine) -> Option<BTreeSet<(Transport, u16)>> {
    engine.is_beside().then(listening)?
}

/// The Engine's host, where that is this machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine(());

/// The main process of a container, as this machine shows it.
#[derive(Debug)]
pub(super) struct Process(#[cfg(target_os = "linux")] procfs::process::Process);

impl Machine {
    /// This machine, where the Engine names its kernel and its host: a virtual machine of its own may have
    /// its socket here.
    pub(super) fn of(engine: &Engine, kernel: &str, name: &str) -> Option<Self> {
        let told = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let same = |path: &str, told_by_engine: &str| {
            !told_by_engine.is_empty() && told(path).trim() == told_by_engine
        };
        let is_this = engine.is_beside()
            && same("/proc/sys/kernel/osrelease", kernel)
            && same("/proc/sys/kernel/hostname", name);
        is_this.then_some(Self(()))
    }

    /// Whether a path is not there; one that may not be looked at counts as there.
    pub(super) fn lacks(self, path: &str) -> bool {
        let found = Path::new(path).symlink_metadata();
        found.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    }

    /// How many bytes of the disk at a path are free, and how many it has.
    #[cfg(unix)]
    pub(super) fn disk(self, path: &str) -> Option<(u64, u64)> {
        let disk = rustix::fs::statvfs(path).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        // As `df` counts: what is kept for root is neither free nor used.
        let used = disk.f_blocks.saturating_sub(disk.f_bfree);
        Some((bytes(disk.f_bavail), bytes(used + disk.f_bavail)))
    }

    /// Elsewhere nobody knows.
    #[cfg(not(unix))]
    pub(super) fn disk(self, _path: &str) -> Option<(u64, u64)> {
        None
    }

    /// The process with that number, where it is of the container with that id.
    #[cfg(target_os = "linux")]
    pub(super) fn process(self, pid: i32, id: &str) -> Option<Process> {
        let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        let process = procfs::process::Process::new(pid).ok()?;
        (!id.is_empty() && groups.contains(id)).then_some(Process(process))
    }

    /// Elsewhere there is none to be seen.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn process(self, _pid: i32, _id: &str) -> Option<Process> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Process {
    /// Where something in the container listens.
    pub(super) fn listens(&self) -> Option<Vec<SocketAddr>> {
        let all = self.0.tcp().ok()?.into_iter();
        let all = all.chain(self.0.tcp6().unwrap_or_default());
        let listening = all.filter(|it| it.state == procfs::net::TcpState::Listen);
        let listening = listening.map(|it| it.local_address);
        Some(listening.filter(|it| it.ip() != NAME_SERVER).collect())
    }

    /// The mounts whose source was removed, by where they are.
    pub(super) fn gone(&self) -> Vec<String> {
        let mounts = self.0.mountinfo().ok().into_iter().flat_map(|it| it.0);
        let gone = mounts.filter_map(|mount| {
            let source = mount.root.strip_suffix("//deleted")?;
            Some(format!("{source} at {}", mount.mount_point.display()))
        });
        gone.collect()
    }
}

#[cfg(not(target_os = "linux"))]
impl Process {
    /// Elsewhere nobody knows.
    pub(super) fn listens(&self) -> Option<Vec<SocketAddr>> {
        None
    }

    /// Elsewhere nobody knows.
    pub(super) fn gone(&self) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(target_os = "linux")]
fn listening() -> Option<BTreeSet<(Transport, u16)>> {
    use procfs::net::{TcpState, tcp, tcp6, udp, udp6};
    let tcp = tcp().ok()?.into_iter().chain(tcp6().unwrap_or_default());
    let tcp = tcp
        .filter(|entry| entry.state == TcpState::Listen)
        .map(|entry| (Transport::Tcp, entry.local_address.port()));
    let udp = udp().ok()?.into_iter().chain(udp6().unwrap_or_default());
    // One that is connected receives from there alone.
    let udp = udp
        .filter(|entry| entry.remote_address.port() == 0)
        .map(|entry| (Transport::Udp, entry.local_address.port()));
    Some(crate::ordered::set(tcp.chain(udp)))
}

#[cfg(not(target_os = "linux"))]
fn listening() -> Option<BTreeSet<(Transport, u16)>> {
    None
}
