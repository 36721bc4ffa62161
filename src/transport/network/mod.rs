//! Serves many clients over HTTP, by one of its transports.
//!
//! Whoever wants in passes the guard first. Then `sse`, `http` or `websocket` carries the messages, and
//! [`server`](crate::server) is told with each request how much its client reaches. `GET /healthz`
//! says that the process is there, to anyone who asks.

mod answer;
mod bearer;
mod body;
mod connection;
mod cors;
mod guard;
mod http;
mod newcomers;
mod refusals;
mod resource_server;
mod router;
mod sessions;
mod sse;
mod tls;
mod websocket;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Terms;
use self::guard::Guard;
use self::http::Http;
use self::newcomers::Newcomers;
use self::router::{Router, Transport};
use self::sse::Sse;
use self::websocket::WebSocket;
use super::Signals;
use crate::config::{Config, NetworkConfig};
use crate::erased;
use crate::fleet::Fleet;
use crate::server::Server;

/// How long what runs may take to come to its end once a signal came.
const FINISH: Duration = Duration::from_secs(3);

/// How long what is then cancelled may take to say so.
const LEAVE: Duration = Duration::from_millis(1500);

/// Connections that a session may need at once: its stream, and requests beside each other.
const CONNECTIONS_PER_SESSION: usize = 4;

/// Connections for those who have no session: yet, any more, or ever.
const CONNECTIONS_BESIDE: usize = 64;

/// Which of the transports is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP with SSE, of protocol version 2024-11-05: `/sse` and `/messages`.
    Sse,
    /// Streamable HTTP, since 2025-03-26: `/mcp`.
    Http,
    /// One socket a session: `/ws`.
    WebSocket,
}

/// Why there is nobody to listen, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What was set does not allow it.
    #[error("{0}")]
    Setting(String),
    /// The system does not.
    #[error("cannot listen at {place}: {reason}")]
    System {
        /// Where.
        place: String,
        /// Why not.
        reason: io::Error,
    },
}

/// The address where clients connect, with all that is asked of them.
pub struct Listener {
    protocol: Protocol,
    listener: TcpListener,
    address: SocketAddr,
    guard: Guard,
    terms: Terms,
    config: NetworkConfig,
    notices: Vec<String>,
}

impl Listener {
    /// Listens at that address, 0 being any free port. Nobody is let in yet.
    ///
    /// # Errors
    /// A setting cannot be used, the address is open to others without a token, or the system has
    /// no such address or keeps it for someone else.
    pub async fn open(
        protocol: Protocol,
        host: &str,
        port: u16,
        config: &Config,
    ) -> Result<Self, OpenError> {
        let network = &config.network;
        let guard = Guard::new(host, config).map_err(OpenError::Setting)?;
        let tls = match (&network.tls_cert, &network.tls_key) {
            (Some(cert), Some(key)) => Some(tls::acceptor(cert, key).map_err(OpenError::Setting)?),
            _ => None,
        };
        let failed = |reason| OpenError::System {
            place: format!("{host}, port {port}"),
            reason,
        };
        let found = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<SocketAddr> = found.map_err(failed)?.collect();
        let local = addresses.iter().all(|address| address.ip().is_loopback());
        let notices = exposure(host, local, tls.is_some(), config)?;
        let listener = TcpListener::bind(addresses.as_slice()).await;
        let listener = listener.map_err(failed)?;
        Ok(Self {
            protocol,
            address: listener.local_addr().map_err(failed)?,
            listener,
            guard,
            terms: Terms {
                tls,
                limit: network.request_timeout,
                closing: CancellationToken::new(),
            },
            config: network.clone(),
            notices,
        })
    }

    /// What the operator should know of how it is set up.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The address for clients, such as `http://127.0.0.1:8000/mcp`.
    pub fn url(&self) -> String {
        let (scheme, path) = match self.protocol {
            Protocol::Sse => ("http", "sse"),
            Protocol::Http => ("http", "mcp"),
            Protocol::WebSocket => ("ws", "ws"),
        };
        let scheme = match self.terms.tls {
            Some(_) => format!("{scheme}s"),
            None => scheme.to_owned(),
        };
        format!("{scheme}://{}/{path}", self.address)
    }

    /// Serves clients until a signal comes, and then lets what runs come to its end, for a few
    /// seconds. A second signal does not wait for that.
    ///
    /// # Errors
    /// The signals could not be taken over.
    pub async fn serve(self, fleet: Arc<Fleet>) -> io::Result<()> {
        let mut signals = Signals::take_over()?;
        let (work, connections) = (TaskTracker::new(), TaskTracker::new());
        let stop = CancellationToken::new();
        let Self {
            listener, terms, ..
        } = self;
        let closing = terms.closing.clone();
        let server = Server::new(fleet);
        let most = self.config.max_sessions;
        let transport = match self.protocol {
            Protocol::Sse => Transport::Sse(Sse::new(
                server,
                most,
                terms.limit,
                work.clone(),
                stop.clone(),
            )),
            Protocol::Http => Transport::Http(Http::new(
                &server,
                most,
                terms.limit,
                work.clone(),
                stop.clone(),
            )),
            Protocol::WebSocket => {
                Transport::WebSocket(WebSocket::new(server, most, work.clone(), stop.clone()))
            }
        };
        let router = Arc::new(Router::new(self.guard, transport));
        tokio::select! {
            () = accept(&listener, &terms, most, &router, &connections) => {}
            () = router.tidy(self.config.idle_timeout) => {}
            () = signals.next() => {}
        }
        drop(listener);
        let leave = async {
            closing.cancel();
            router.close();
            work.close();
            // Whether or not all came to its end, there is no more time.
            let _ = timeout(FINISH, work.wait()).await;
            stop.cancel();
            connections.close();
            let _ = timeout(LEAVE, connections.wait()).await;
        };
        tokio::select! {
            () = leave => {}
            () = signals.next() => {}
        }
        Ok(())
    }
}

/// Takes connections in, as many as the sessions can make use of. Where there is no room for another, one that says nothing
/// makes it.
async fn accept(
    listener: &TcpListener,
    terms: &Terms,
    sessions: usize,
    router: &Arc<Router>,
    connections: &TaskTracker,
) {
    let room = Arc::new(Semaphore::new(
        sessions * CONNECTIONS_PER_SESSION + CONNECTIONS_BESIDE,
    ));
    let newcomers = Newcomers::default();
    loop {
        let tcp = match listener.accept().await {
            Ok((tcp, _)) => tcp,
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                // Out of files, most likely, which lasts.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if room.available_permits() == 0 {
            newcomers.close_oldest();
        }
        // The system keeps those that come now until there is room.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (terms, router, newcomer) = (terms.clone(), Arc::clone(router), newcomers.add());
        connections.spawn(erased::task(async move {
            let answer = |request| {
                let router = Arc::clone(&router);
                let newcomer = &newcomer;
                async move { router.answer(request, newcomer).await }
            };
            tokio::select! {
                () = connection::serve(tcp, terms, answer) => {}
                () = newcomer.closed.cancelled() => {}
            }
            drop(place);
        }));
    }
}

/// What others can do where the server listens, as far as it is worth saying.
fn exposure(host: &str, local: bool, tls: bool, config: &Config) -> Result<Vec<String>, OpenError> {
    let server = &config.server;
    let token = server.auth_token.is_some()
        || server.readonly_token.is_some()
        || config.sign_in.issuer.is_some();
    if !local && !token {
        return Err(OpenError::Setting(format!(
            "`--host {host}` lets other machines in, and who reaches this server reaches Docker: set `MCP_DOCKER_AUTH_TOKEN`, \
             `MCP_DOCKER_READONLY_TOKEN` or `MCP_DOCKER_OAUTH_ISSUER`, or listen at `127.0.0.1`"
        )));
    }
    let mut notices = Vec::new();
    if !token {
        notices.push(
            "neither `MCP_DOCKER_AUTH_TOKEN` nor `MCP_DOCKER_READONLY_TOKEN` is set, so every user of this machine reaches \
             Docker through this server"
                .to_owned(),
        );
    }
    if !local && !tls {
        notices.push(format!(
            "`--host {host}` lets other machines in, and tokens and results go over the network unencrypted: set \
             `MCP_DOCKER_TLS_CERT` and `MCP_DOCKER_TLS_KEY`, unless a proxy in front does the same"
        ));
    }
    Ok(notices)
}
