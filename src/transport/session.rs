//! Runs one session to its end over a transport that can outlive rmcp's patience.

use std::io;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::ServiceExt as _;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
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
    T: Transport<RoleServer, Error = io::Error> + Clone + 'static,
{
    run_any(server, AnyTransport(Box::new(transport)), stop).await
}

async fn run_any(
    server: Server,
    transport: AnyTransport,
    stop: CancellationToken,
) -> io::Result<()> {
    loop {
        let session = server
            .clone()
            .serve_with_ct::<_, _, TransportAdapterIdentity>(transport.0.same(), stop.clone());
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

/// A transport of any type: what rmcp makes of each is 30 kB of code.
struct AnyTransport(Box<dyn Ends>);

/// What is asked of a transport.
trait Ends: Send {
    fn send(&mut self, message: ServerJsonRpcMessage) -> BoxFuture<'static, io::Result<()>>;
    fn receive(&mut self) -> BoxFuture<'_, Option<ClientJsonRpcMessage>>;
    fn close(&mut self) -> BoxFuture<'_, io::Result<()>>;
    fn same(&self) -> AnyTransport;
}

impl<T> Ends for T
where
    T: Transport<RoleServer, Error = io::Error> + Clone + 'static,
{
    fn send(&mut self, message: ServerJsonRpcMessage) -> BoxFuture<'static, io::Result<()>> {
        Transport::send(self, message).boxed()
    }

    fn receive(&mut self) -> BoxFuture<'_, Option<ClientJsonRpcMessage>> {
        Transport::receive(self).boxed()
    }

    fn close(&mut self) -> BoxFuture<'_, io::Result<()>> {
        Transport::close(self).boxed()
    }

    fn same(&self) -> AnyTransport {
        AnyTransport(Box::new(self.clone()))
    }
}

impl Transport<RoleServer> for AnyTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.0.send(message)
    }

    fn receive(&mut self) -> impl Future<Output = Option<ClientJsonRpcMessage>> + Send {
        self.0.receive()
    }

    fn close(&mut self) -> impl Future<Output = io::Result<()>> + Send {
        self.0.close()
    }
}
