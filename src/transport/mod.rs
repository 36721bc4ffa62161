//! Carries MCP messages between clients and the server.
//!
//! A transport moves messages and answers for those that are none; what a request means is
//! [`server`](crate::server)'s business.

mod message;
pub mod stdio;

use std::io;

/// Takes over the signals by which the operating system or the person at the terminal asks the
/// process to end, and gives the wait for the first of them.
///
/// # Errors
/// They cannot be taken over.
pub fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}
