//! A Docker Engine that answers by script, on a Unix socket, and remembers what it was asked.
//!
//! ```ignore
//! let docker = FakeEngine::start()
//!     .on("GET /containers/json", json!([{ "Id": "1", "State": "running" }]))
//!     .on("POST /containers/*/stop", Reply::empty(204))
//!     .on("GET /containers/*/json", Reply::error(404, "No such container: web"));
//! let engine = Engine::new(&docker.config());
//! …
//! assert_eq!(docker.requests(), ["GET /containers/json?all=true"]);
//! ```
//!
//! `GET /version` says API 1.41 unless scripted; anything else unscripted is a 404. Its clock is this
//! machine's until it is set.

mod commands;
mod elsewhere;
pub mod labels;
mod reply;
mod script;
pub mod swarm;
mod tunnel;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use mcp_docker::catalog::Tier;
use mcp_docker::config::DockerConfig;
use mcp_docker::engine::{Engine, Rights};
use serde_json::{Value, json};
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use commands::frame;
use labels::Labels;
use reply::End;
pub use reply::Reply;
use script::{Answer, Rewriting, matches};

/// A Docker Engine that answers by script; it ends with its owner.
pub struct FakeEngine {
    folder: Arc<tempfile::TempDir>,
    script: Arc<Script>,
    server: JoinHandle<()>,
}

/// A request that the fake Engine received.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`, `POST`, …
    pub method: String,
    /// The version in front of the path, such as `1.41`.
    pub version: Option<String>,
    /// The path and query after the version.
    pub target: String,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// What happened to a request, by its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// It came.
    Asked(String),
    /// The answer to it began.
    Answered(String),
}

struct Script {
    /// By how many seconds its clock is ahead of this machine's.
    ahead: AtomicI64,
    rules: Mutex<Vec<(String, Answer)>>,
    /// An id as the rules have it, and what it is instead.
    renamed: Mutex<Option<(String, String)>>,
    /// What every object has of labels beside its own.
    labels: Mutex<Labels>,
    rewriting: Mutex<Option<Rewriting>>,
    seen: Mutex<Vec<Seen>>,
    history: Mutex<Vec<Moment>>,
    open: watch::Sender<usize>,
    /// How many connections were made.
    made: AtomicUsize,
}

impl FakeEngine {
    /// Starts on a socket of its own. Needs a Tokio runtime.
    pub fn start() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let script = Arc::new(Script {
            ahead: AtomicI64::new(0),
            rules: Mutex::default(),
            renamed: Mutex::default(),
            labels: Mutex::default(),
            rewriting: Mutex::default(),
            seen: Mutex::default(),
            history: Mutex::default(),
            open: watch::Sender::new(0),
            made: AtomicUsize::new(0),
        });
        let server = serve(&folder.path().join("docker.sock"), &script);
        Self {
            folder,
            script,
            server,
        }
        .on("GET /version", version("1.41"))
    }

    /// Sets its clock so many seconds ahead of this machine's, or behind it.
    pub fn set_ahead(&self, seconds: i64) {
        self.script.ahead.store(seconds, Ordering::Relaxed);
    }

    /// Sets its clock to that time.
    pub fn set_now(&self, now: &str) {
        let now: Timestamp = now.parse().unwrap();
        self.set_ahead(Timestamp::now().duration_until(now).as_secs());
    }

    pub fn now(&self) -> Timestamp {
        self.script.now()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// The socket as an address, `unix://…`.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// A configuration that leads here and to nowhere else.
    pub fn config(&self) -> DockerConfig {
        config(&self.address())
    }

    /// A door to this Engine that serves a call of the highest tier, so that the policy alone refuses.
    pub fn door(&self) -> Engine {
        Engine::new(&self.config()).serving(Rights::of("docker_anything", Tier::Destructive))
    }

    /// The requests so far, as `METHOD path?query`, without the version and without its negotiation.
    pub fn requests(&self) -> Vec<String> {
        let seen = self.seen();
        let requests = seen.iter().filter(|request| !request.negotiates());
        requests.map(Seen::line).collect()
    }

    /// The JSON bodies of the requests so far that had one.
    pub fn bodies(&self) -> Vec<Value> {
        let seen = self.seen();
        seen.iter()
            .filter_map(|request| serde_json::from_slice(&request.body).ok())
            .collect()
    }

    /// All requests so far, negotiation included.
    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }

    /// What happened so far, in order.
    pub fn history(&self) -> Vec<Moment> {
        self.script.history.lock().unwrap().clone()
    }

    /// How often the version was asked for without one.
    pub fn negotiations(&self) -> usize {
        let seen = self.seen();
        seen.iter().filter(|request| request.negotiates()).count()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.script.made.load(Ordering::Relaxed)
    }

    /// Waits for a request of that pattern; fails after ten seconds.
    pub async fn asked(&self, pattern: &str) {
        let come = async {
            while !self.seen().iter().any(|seen| seen.is(pattern)) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let come = tokio::time::timeout(Duration::from_secs(10), come).await;
        assert!(come.is_ok(), "no `{pattern}`: {:?}", self.requests());
    }

    /// Waits until no connection is open; fails after ten seconds.
    pub async fn all_closed(&self) {
        let mut open = self.script.open.subscribe();
        let closed = open.wait_for(|open| *open == 0);
        let closed = tokio::time::timeout(Duration::from_secs(10), closed).await;
        assert!(closed.is_ok(), "a connection is still open");
    }

    /// Kills the Engine with all its connections; the socket file stays, as after a crash.
    pub async fn kill(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// Starts again on the same socket after [`kill`](Self::kill).
    pub fn restart(&mut self) {
        let _ = std::fs::remove_file(self.socket());
        self.server = serve(&self.socket(), &self.script);
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A configuration of this address alone.
pub fn config(address: &str) -> DockerConfig {
    DockerConfig {
        base_url: Some(address.to_owned()),
        timeout: Duration::from_secs(20),
        ..DockerConfig::default()
    }
}

/// An answer to `GET /version`.
pub fn version(api: &str) -> Value {
    json!({ "Version": "20.10.24", "ApiVersion": api, "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64" })
}

impl Seen {
    /// `METHOD path?query`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Whether it is of that pattern; the query counts only where the pattern has one.
    fn is(&self, pattern: &str) -> bool {
        let line = self.line();
        let path = line.split('?').next().unwrap_or(&line);
        matches(pattern, if pattern.contains('?') { &line } else { path })
    }

    fn negotiates(&self) -> bool {
        self.version.is_none() && self.line() == "GET /version"
    }
}

fn serve(socket: &Path, script: &Arc<Script>) -> JoinHandle<()> {
    let listener = UnixListener::bind(socket).unwrap();
    let script = Arc::clone(script);
    tokio::spawn(async move {
        // Dropped with this task, and every connection with it.
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let connection = Open::count(&script);
            connections.spawn(async move {
                let script = Arc::clone(&connection.0);
                let service = service_fn(move |request| respond(Arc::clone(&script), request));
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades()
                    .await;
                drop(connection);
            });
        }
    })
}

/// Counts a connection for as long as it is open.
struct Open(Arc<Script>);

impl Open {
    fn count(script: &Arc<Script>) -> Self {
        script.made.fetch_add(1, Ordering::Relaxed);
        script.open.send_modify(|open| *open += 1);
        Self(Arc::clone(script))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

type Body = StreamBody<stream::BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>>;

async fn respond(
    script: Arc<Script>,
    mut request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, std::io::Error> {
    let upgrade = hyper::upgrade::on(&mut request);
    let seen = read(request).await;
    let line = seen.line();
    let happened = |moment| script.history.lock().unwrap().push(moment);
    happened(Moment::Asked(line.clone()));
    let reply = script.answer(&seen);
    script.seen.lock().unwrap().push(seen);
    match reply.end {
        End::DieBeforeReply => return Err(std::io::Error::other("scripted to die")),
        End::HangBeforeReply => std::future::pending().await,
        End::Echo => return Ok(tunnel::echo(upgrade)),
        End::Complete | End::Hang | End::Die => {}
    }
    let Reply {
        status,
        kind,
        path_stat,
        chunks,
        delay,
        pause,
        end,
    } = reply;
    tokio::time::sleep(delay).await;
    happened(Moment::Answered(line));
    let date = script
        .now()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let chunks = stream::iter(chunks).then(move |chunk| async move {
        // Even without a pause each chunk is to go out by itself.
        tokio::time::sleep(pause.max(Duration::from_millis(1))).await;
        Ok(Frame::data(chunk))
    });
    let end = match end {
        End::Hang => stream::pending().boxed(),
        End::Die => stream::once(async {
            // What was written before is to arrive.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(std::io::Error::other("scripted to die"))
        })
        .boxed(),
        _ => stream::empty().boxed(),
    };
    let response = hyper::Response::builder()
        .status(status)
        .header("content-type", kind)
        .header("date", date);
    let response = match path_stat {
        Some(stat) => response.header("x-docker-container-path-stat", stat),
        None => response,
    };
    let response = response.body(StreamBody::new(chunks.chain(end).boxed()));
    Ok(response.unwrap())
}

async fn read(request: hyper::Request<Incoming>) -> Seen {
    let (parts, body) = request.into_parts();
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let versioned = target
        .strip_prefix("/v")
        .and_then(|rest| rest.split_once('/'))
        .filter(|(version, _)| version.starts_with(|first: char| first.is_ascii_digit()));
    let (version, target) = match versioned {
        Some((version, rest)) => (Some(version.to_owned()), format!("/{rest}")),
        None => (None, target.to_owned()),
    };
    Seen {
        method: parts.method.to_string(),
        version,
        target,
        headers: parts.headers,
        body: body
            .collect()
            .await
            .map(|body| body.to_bytes())
            .unwrap_or_default(),
    }
}

impl Script {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed))
    }
}
