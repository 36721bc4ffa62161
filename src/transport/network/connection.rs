//! Speaks HTTP/1.1 on one connection, with a client that may be slow, silent or gone.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use crate::erased::{self, Duplex};

/// The most bytes of a request's head, and of what is written at once.
const BUFFER: usize = 64 * 1024;

/// Silence after which it is asked whether the client is still there.
const SILENCE: Duration = Duration::from_secs(30);

/// What a connection is held to.
#[derive(Clone)]
pub(super) struct Terms {
    /// Where TLS is spoken.
    pub(super) tls: Option<TlsAcceptor>,
    /// How long a client may take for a request's head, between two requests, for the handshake of
    /// TLS, and to take on what it is sent.
    pub(super) limit: Duration,
    /// Cancelled when no more requests are to be taken.
    pub(super) closing: CancellationToken,
}

/// Answers the requests of a connection until either side has enough.
pub(super) async fn serve<A, F>(tcp: TcpStream, terms: Terms, answer: A)
where
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    // Where the system does not know an option, the connection is as good without.
    let _ = prepare(&tcp, terms.limit);
    let mut stream = TimeoutStream::new(tcp);
    // One that does not read must not hold up its session, and with it what the session holds.
    stream.set_write_timeout(Some(terms.limit));
    let stream = Box::pin(stream);
    match &terms.tls {
        None => speak(stream, &terms, answer).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(terms.limit, tls.accept(stream)).await {
                speak(stream, &terms, answer).await;
            }
        }
    }
}

async fn speak<A, F>(stream: impl Duplex + 'static, terms: &Terms, answer: A)
where
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    let service = service_fn(|request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(terms.limit)
        .max_buf_size(BUFFER)
        .serve_connection(erased::connection(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    // A client that breaks off, or sends what is no HTTP, is no failure of the server.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = terms.closing.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

fn prepare(tcp: &TcpStream, limit: Duration) -> io::Result<()> {
    // Without it every event waits for the acknowledgement of the last, some 40 ms.
    tcp.set_nodelay(true)?;
    let socket = SockRef::from(tcp);
    let probes = TcpKeepalive::new().with_time(SILENCE);
    #[cfg(not(windows))]
    let probes = probes.with_interval(SILENCE / 3).with_retries(3);
    socket.set_tcp_keepalive(&probes)?;
    // While something is unacknowledged, nothing is probed.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(limit))?;
    #[cfg(not(target_os = "linux"))]
    let _ = limit;
    Ok(())
}
