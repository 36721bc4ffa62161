//! Sees what an Engine does not tell, where it runs on this machine beside this server.

use std::collections::BTreeSet;

use crate::engine::Engine;

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
    Some(tcp.chain(udp).collect())
}

#[cfg(not(target_os = "linux"))]
fn listening() -> Option<BTreeSet<(Transport, u16)>> {
    None
}
