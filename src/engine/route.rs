//! Carries a request to the Engine and brings the reply back, over whatever leads there: a socket,
//! a pipe, TCP, TLS or `ssh`.
//!
//! bollard's own clients keep the head of a reply to themselves, and with it the Engine's clock. So
//! bollard is given this for its transport. A request that changes something has a connection of its own, one
//! that reads may take one that is open still.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bollard::errors::Error;
use bollard::models::ErrorResponse;
use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use http::header::HOST;
use http::uri::{Authority, Uri};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Certificates, Client};
use super::clock::Clock;
use super::connect::NO_LIMIT;
use super::idle::Idle;
use super::path_stat::PathStatSlot;
use super::policy::judged::Cleared;
use super::ssh;
use crate::erased::{self, Duplex};
use crate::spans::RequestSpan;

/// What an Engine that is no host of the network is called in a request's head.
const LOCAL: HeaderValue = HeaderValue::from_static("docker");

/// How many bytes of a refusal are read; what is repeated of it is far less.
const LONGEST_REFUSAL: usize = 1 << 20;

/// What leads to an Engine.
#[derive(Clone)]
pub(super) enum Route {
    /// A Unix socket.
    #[cfg(unix)]
    Socket(PathBuf),
    /// A named pipe.
    #[cfg(windows)]
    Pipe(String),
    /// A host, and the port where it names none.
    Tcp(Authority, u16),
    /// The same where TLS is spoken, and what the other end is checked by.
    Tls(Authority, u16, TlsConnector, ServerName<'static>),
    /// An `ssh` that runs the Docker CLI there.
    Ssh(Authority),
}

/// No connection could be made, so that nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("no connection was made")]
pub(super) struct Unconnected(#[source] io::Error);

/// The request is not one that was judged, so that nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("it is not the request that was judged")]
pub(super) struct Unjudged;

/// The name of a host leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unresolved(#[source] pub(super) io::Error);

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Route")
    }
}

impl Route {
    /// A route over TLS, with the system's authorities and those of the certificates.
    pub(super) fn tls(
        authority: Authority,
        port: u16,
        certificates: &Certificates,
    ) -> Result<Self, String> {
        let name = ServerName::try_from(bare(authority.host()).to_owned())
            .map_err(|error| error.to_string())?;
        let connector = TlsConnector::from(Arc::new(config(certificates)?));
        Ok(Self::Tls(authority, port, connector, name))
    }

    /// The client whose requests take this route, and from whose replies the clock is read.
    pub(super) fn client(self, clock: &Clock) -> Result<Docker, Error> {
        // bollard refuses a host that makes no URL.
        let host = match &self {
            Self::Tcp(authority, _) | Self::Tls(authority, ..) => format!("http://{authority}"),
            _ => "http://docker".to_owned(),
        };
        let clock = clock.clone();
        let idle = Idle::default();
        let exchange = move |request: BollardRequest| {
            let (route, clock, idle) = (self.clone(), clock.clone(), idle.clone());
            async move { accepted(route.answer(request, &idle, &clock).await?).await }
        };
        Docker::connect_with_custom_transport(exchange, Some(host), NO_LIMIT, API_DEFAULT_VERSION)
    }

    /// The answer to a request that was judged, whatever the answer is.
    pub(super) async fn answer(
        self,
        mut request: BollardRequest,
        idle: &Idle,
        clock: &Clock,
    ) -> Result<Response<Incoming>, Error> {
        if request.extensions_mut().remove::<Cleared>().is_none() {
            return Err(io::Error::other(Unjudged).into());
        }
        let path_stat = request.extensions_mut().remove::<PathStatSlot>();
        let span = RequestSpan::of(request.extensions_mut());
        let sent = Instant::now();
        let response = self.exchange(request, idle).await?;
        span.answered(response.status().as_u16());
        clock.heard(response.headers(), sent);
        if let Some(slot) = path_stat {
            slot.heard(response.headers());
        }
        Ok(response)
    }

    async fn exchange(
        self,
        request: BollardRequest,
        idle: &Idle,
    ) -> Result<Response<Incoming>, Error> {
        let host = match &self {
            Self::Tcp(authority, _) | Self::Tls(authority, ..) => named(authority),
            _ => LOCAL,
        };
        let request = match idle.send(to_origin(request, host)).await {
            Ok(response) => return Ok(response),
            Err(unsent) => unsent,
        };
        let unconnected = |error| Error::from(io::Error::other(Unconnected(error)));
        match self {
            #[cfg(unix)]
            Self::Socket(path) => {
                let socket = tokio::net::UnixStream::connect(path).await;
                send(socket.map_err(unconnected)?, request, idle).await
            }
            #[cfg(windows)]
            Self::Pipe(path) => {
                let pipe = open_pipe(&path).await.map_err(unconnected)?;
                send(pipe, request, idle).await
            }
            Self::Tcp(authority, port) => {
                let stream = connect(&authority, port).await.map_err(unconnected)?;
                send(stream, request, idle).await
            }
            Self::Tls(authority, port, connector, name) => {
                let stream = connect(&authority, port).await.map_err(unconnected)?;
                let stream = connector.connect(name, stream).await;
                send(stream.map_err(unconnected)?, request, idle).await
            }
            Self::Ssh(authority) => ssh::exchange(&authority, request, idle).await,
        }
    }
}

/// A reply, unless it refuses the request or tells of a failure: of that no more is read than fits. bollard
/// would read it to its end, which may never come.
async fn accepted(response: Response<Incoming>) -> Result<Response<Incoming>, Error> {
    let status = response.status();
    let is_success = status.is_success()
        || [StatusCode::NOT_MODIFIED, StatusCode::SWITCHING_PROTOCOLS].contains(&status);
    if is_success {
        return Ok(response);
    }
    let mut body = response.into_body();
    let mut said = Vec::new();
    while said.len() < LONGEST_REFUSAL
        && let Some(frame) = body.frame().await
    {
        said.extend_from_slice(&frame?.into_data().unwrap_or_default());
    }
    let message = match serde_json::from_slice(&said) {
        Ok(ErrorResponse { message }) => message,
        Err(_) => String::from_utf8_lossy(&said).into_owned(),
    };
    Err(Error::DockerResponseServerError {
        status_code: status.as_u16(),
        message,
    })
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

fn named(authority: &Authority) -> HeaderValue {
    HeaderValue::try_from(authority.as_str()).unwrap_or(LOCAL)
}

async fn connect(authority: &Authority, port: u16) -> io::Result<TcpStream> {
    let port = authority.port_u16().unwrap_or(port);
    let place = (bare(authority.host()), port);
    let places = tokio::net::lookup_host(place).await;
    let places: Vec<_> = places
        .map_err(|error| io::Error::other(Unresolved(error)))?
        .collect();
    TcpStream::connect(places.as_slice()).await
}

/// Opens a named pipe, whose ends may all be in use for a moment.
#[cfg(windows)]
async fn open_pipe(path: &str) -> io::Result<tokio::net::windows::named_pipe::NamedPipeClient> {
    use tokio::net::windows::named_pipe::ClientOptions;

    /// `ERROR_PIPE_BUSY`.
    const BUSY: i32 = 231;
    loop {
        match ClientOptions::new().open(path) {
            Err(error) if error.raw_os_error() == Some(BUSY) => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            opened => return opened,
        }
    }
}

async fn send(
    stream: impl Duplex + 'static,
    request: BollardRequest,
    idle: &Idle,
) -> Result<Response<Incoming>, Error> {
    let (mut sender, connection) = http1::handshake(erased::connection(stream)).await?;
    let connection = tokio::spawn(connection.with_upgrades());
    match sender.send_request(request).await {
        Ok(response) => {
            idle.keep(sender);
            Ok(response)
        }
        // The connection knows why it broke, such as that the other end refused a certificate.
        Err(error) if error.is_canceled() || error.is_closed() => match connection.await {
            Ok(Err(reason)) => Err(reason.into()),
            _ => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// A request as a server expects it that is no proxy: the path alone, the host in its head.
fn to_origin(mut request: BollardRequest, host: HeaderValue) -> BollardRequest {
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(path);
    }
    request.headers_mut().insert(HOST, host);
    request
}

fn config(certificates: &Certificates) -> Result<ClientConfig, String> {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(ca) = &certificates.ca {
        authorities.add_parsable_certificates(read(ca)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(authorities);
    let Some(Client { cert, key }) = &certificates.client else {
        return Ok(config.with_no_client_auth());
    };
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| format!("{}: {error}", key.display()))?;
    config
        .with_client_auth_cert(read(cert)?, secret)
        .map_err(|error| error.to_string())
}

fn read(file: &std::path::Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::engine::error::{EngineError, RequestLine};
    use crate::engine::{Address, Origin};

    /// bollard builds requests of its own, such as the one that stands in for that which was judged.
    #[tokio::test]
    async fn a_request_that_was_not_judged_is_not_sent_in_the_place_of_one_that_was() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let listener = tokio::net::UnixListener::bind(&socket).unwrap();
        let docker = Route::Socket(socket).client(&Clock::default()).unwrap();

        let error = tokio::select! {
            answer = docker.version() => answer.unwrap_err(),
            _ = listener.accept() => panic!("something was sent"),
        };

        let line = RequestLine {
            method: http::Method::GET,
            path: "/version".to_owned(),
            subject: None,
        };
        let address = Address {
            url: "unix:///docker.sock".to_owned(),
            origin: Origin::Platform,
            certificates: None,
            shown: None,
        };
        let error = line.failure(error, &address, false);
        assert!(matches!(error, EngineError::NotSent(_)), "{error:?}");
        assert!(error.to_string().contains("was not sent"), "{error}");
    }
}
