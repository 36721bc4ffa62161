//! Carries MCP messages between clients and the server.
//!
//! A transport moves messages and answers for those that are none; what a request means is
//! [`server`](crate::server)'s business.

mod message;
pub mod stdio;

use std::io;

/// Waits until the operating system or the person at the terminal asks the process to end.
async fn asked_to_stop() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
