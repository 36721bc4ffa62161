//! Runs one session to its end over a transport that can outlive rmcp's patience.

use std::io;

use rmcp::RoleServer;
use rmcp::ServiceExt as _;
use rmcp::service::{QuitReason, ServerInitializeError};
use rmcp::transport::{Transport, TransportAdapterIdentity};
use tokio_util::sync::CancellationToken;

use crate::server::Server;

/// Serves the client at the other end of the transport, whose clones share that end, until it
/// leaves or `stop` is cancelled.
///
/// # Errors
/// The session failed from within. A client that leaves, in whatever state, is no error.
pub(super) async fn run<T>(server: Server, transport: T, stop: CancellationToken) -> io::Result<()>
where
    T: Transport<RoleServer> + Clone + 'static,
{
    loop {
        let session = server
            .clone()
            .serve_with_ct::<_, _, TransportAdapterIdentity>(transport.clone(), stop.clone());
        match session.await {
            Ok(running) => {
                return match running.waiting().await {
                    Ok(QuitReason::JoinError(error)) | Err(error) => Err(io::Error::other(error)),
                    Ok(_) => Ok(()),
                };
            }
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(_) if stop.is_cancelled() => return Ok(()),
            // A notification or a reply before the client has opened the session, such as the
            // cancellation of a probe that took too long, or an opening that was refused. rmcp
            // gives up on either; the client is still there.
            Err(
                ServerInitializeError::ExpectedInitializeRequest(_)
                | ServerInitializeError::InitializeFailed(_),
            ) => {}
            Err(error) => return Err(io::Error::other(error)),
        }
    }
}
