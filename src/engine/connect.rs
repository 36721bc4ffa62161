//! Opens a connection to the address found, with TLS where that is asked for, and agrees with the
//! Engine on the API version.
//!
//! What cannot be done as configured is an error: nothing here falls back to plain text, to
//! another address or to another version.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use http::uri::{Authority, Uri};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::address::Address;
use super::certificates::Certificates;
use super::clock::Clock;
use super::error::EngineError;
#[cfg(unix)]
use super::idle::Idle;
use super::policy::judged::Judged;
use super::policy::rules::Policy;
use super::record::record;
use super::route::Route;
#[cfg(unix)]
use super::socket;
use super::stranger;
use crate::config::DockerConfig;

/// bollard's own limit, put out of the way: it would cut before the deadline of the call.
pub(super) const NO_LIMIT: u64 = u32::MAX as u64;

/// The bytes of a reply, as bollard hands them on.
pub(super) type Chunks = BoxStream<'static, Result<Bytes, Error>>;

/// What the create policy has to know of an Engine's host.
#[derive(Debug)]
pub(crate) struct Host {
    /// Where the Engine keeps its data.
    pub(crate) data_root: Option<String>,
    /// It takes paths of Windows.
    pub(crate) has_drives: bool,
}

/// An Engine that answered, and what was agreed with it.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    docker: Docker,
    #[cfg(unix)]
    pub(super) route: Route,
    /// What a program's requests leave open; none of this server's own takes them.
    #[cfg(unix)]
    pub(super) idle: Idle,
    pub(super) address: Arc<Address>,
    pub(super) version: ClientVersion,
    pub(super) clock: Clock,
    /// What is known of the Engine's host, once that was asked for.
    pub(super) host: Arc<OnceCell<Host>>,
    /// The container that this server runs in, once that was asked for.
    pub(super) own: Arc<OnceCell<Option<Value>>>,
}

impl Connection {
    /// Finds the Engine and asks for its version.
    pub(super) async fn open(config: &DockerConfig, policy: &Policy) -> Result<Self, EngineError> {
        let mut address = Address::resolve(config)?;
        let certificates = Certificates::wanted(&address, config)?;
        let clock = Clock::default();
        let route = route(&address, certificates.as_ref())?;
        let docker = route
            .clone()
            .client(&clock)
            .map_err(|error| address.unreachable(&error))?;
        address.shown = certificates.and_then(|certificates| Some(certificates.client?.cert));
        let request = record(|docker| async move { docker.version().await })?;
        let line = request.line();
        let mut chunks = send(&docker, None, policy.reading(request)?)?;
        let mut reply = BytesMut::new();
        let failed = |error| {
            stranger::refusal(&error, &address)
                .unwrap_or_else(|| line.failure(error, &address, false))
        };
        while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
            line.take(&mut reply, &chunk)?;
        }
        let version = stranger::version(&reply, &address)?;
        let offered = |key| parse_version(version.get(key)?.as_str()?);
        let newest = offered("ApiVersion")
            .ok_or_else(|| line.unreadable(&"its `ApiVersion` is no version of the API"))?;
        if let Some(oldest) = offered("MinAPIVersion").filter(|oldest| oldest > API_DEFAULT_VERSION)
        {
            return Err(EngineError::Incompatible {
                oldest: oldest.to_string(),
                ours: API_DEFAULT_VERSION.to_string(),
            });
        }
        Ok(Self {
            docker,
            #[cfg(unix)]
            route,
            #[cfg(unix)]
            idle: Idle::default(),
            address: Arc::new(address),
            clock,
            host: Arc::default(),
            own: Arc::default(),
            version: if newest < *API_DEFAULT_VERSION {
                newest
            } else {
                *API_DEFAULT_VERSION
            },
        })
    }

    /// Sends a request under the agreed version; nothing happens before the first chunk is asked for.
    pub(super) fn send(&self, request: Judged) -> Result<Chunks, EngineError> {
        send(&self.docker, Some(self.version), request)
    }
}

fn parse_version(text: &str) -> Option<ClientVersion> {
    let (major, minor) = text.split_once('.')?;
    Some(ClientVersion {
        major_version: major.parse().ok()?,
        minor_version: minor.parse().ok()?,
    })
}

/// Sends the recorded request in place of an `export_container`, because of bollard's methods this
/// one hands on the bytes of any reply, after it turned an error status into an error.
fn send(
    docker: &Docker,
    version: Option<ClientVersion>,
    request: Judged,
) -> Result<Chunks, EngineError> {
    let judged = Mutex::new(Some(request.into_sent(version)?));
    let reply = docker
        .clone()
        .with_request_modifier(move |template| {
            let judged = judged.lock().unwrap_or_else(PoisonError::into_inner).take();
            // The template has no mark, so that the transport refuses it.
            judged.unwrap_or(template)
        })
        .export_container("_");
    Ok(reply.boxed())
}

/// What leads to an address, over TLS where there is a say in the certificates.
fn route(address: &Address, tls: Option<&Certificates>) -> Result<Route, EngineError> {
    let wrong = |what| misconfigured(address, what);
    let url = address.url.as_str();
    let (scheme, _) = url
        .split_once("://")
        .ok_or_else(|| wrong("has no scheme such as `unix://` or `tcp://`"))?;
    match scheme {
        #[cfg(unix)]
        "unix" => {
            let socket = Path::new(url.strip_prefix("unix://").unwrap_or(url));
            if !socket.is_absolute() {
                return Err(wrong(
                    "needs an absolute path, such as `unix:///var/run/docker.sock`",
                ));
            }
            // A socket in a closed folder is no absent one, and a file none that nobody listens to.
            let metadata =
                std::fs::metadata(socket).map_err(|error| address.unreachable(&error))?;
            if let Some((what, mend)) = socket::wrong(socket, &metadata) {
                let remedy = address.origin.remedy();
                return Err(EngineError::Misconfigured(format!(
                    "the Docker address {address} {what}; {mend}{remedy}"
                )));
            }
            Ok(Route::Socket(socket.to_owned()))
        }
        #[cfg(not(unix))]
        "unix" => Err(wrong("is a Unix socket, which this system does not have")),
        #[cfg(windows)]
        "npipe" => Ok(Route::Pipe(url.replacen("npipe://", "", 1))),
        #[cfg(not(windows))]
        "npipe" => Err(wrong("is a named pipe, which only Windows has")),
        "tcp" | "http" | "https" => network(address, scheme, tls),
        "ssh" => Ok(Route::Ssh(authority(url).map_err(wrong)?)),
        _ => Err(wrong(
            "has an unknown scheme; `unix`, `npipe`, `tcp`, `http`, `https` and `ssh` are known",
        )),
    }
}

fn network(
    address: &Address,
    scheme: &str,
    tls: Option<&Certificates>,
) -> Result<Route, EngineError> {
    let authority = authority(&address.url).map_err(|what| misconfigured(address, what))?;
    if scheme == "http" && tls.is_some() {
        return Err(misconfigured(
            address,
            "is plain HTTP, although the settings (`DOCKER_TLS_VERIFY` or certificates) ask for TLS",
        ));
    }
    let port = match (scheme, tls) {
        ("tcp", None) => 2375,
        ("tcp", Some(_)) => 2376,
        (_, None) => 80,
        (_, Some(_)) => 443,
    };
    match tls {
        None => Ok(Route::Tcp(authority, port)),
        Some(certificates) => {
            Route::tls(authority, port, certificates).map_err(|wrong| address.without_tls(&wrong))
        }
    }
}

/// Refuses an address that has the form of none.
pub(super) fn check(address: &Address) -> Result<(), EngineError> {
    match address.url.split_once("://") {
        Some(("tcp" | "http" | "https" | "ssh", _)) => authority(&address.url)
            .map(drop)
            .map_err(|what| misconfigured(address, what)),
        _ => Ok(()),
    }
}

fn misconfigured(address: &Address, what: &str) -> EngineError {
    EngineError::Misconfigured(format!(
        "the Docker address {address} {what}; {}",
        address.origin.remedy()
    ))
}

/// The host and port of an address that is nothing but these, with a user for SSH.
fn authority(url: &str) -> Result<Authority, &'static str> {
    const FORM: &str = "is not a host and port, such as `tcp://192.0.2.1:2376`";
    let parts = url.parse::<Uri>().map_err(|_| FORM)?.into_parts();
    let authority = parts.authority.ok_or(FORM)?;
    let (user, place) = match authority.as_str().rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, authority.as_str()),
    };
    let port = place.strip_prefix(authority.host());
    if authority.host().is_empty() || port != Some("") && authority.port_u16().is_none() {
        return Err(FORM);
    }
    if parts.path_and_query.is_some_and(|path| path != "/") {
        return Err("has a path after the host, which is not supported");
    }
    match (url.starts_with("ssh://"), user) {
        (true, Some(user)) if user.contains(':') => {
            Err("holds a password, which ssh does not take from an address")
        }
        (false, Some(_)) => Err("holds a user name, which only `ssh://` has"),
        _ => Ok(authority),
    }
}
