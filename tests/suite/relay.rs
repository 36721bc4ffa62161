//! A program's socket leads to the Engine by the one door, however the program asks.

mod attempts;
mod bodies;
mod images;
mod owners;
mod pulls;
mod replay;
mod rooms;
mod stacks;
mod streams;
mod upgrades;
mod ways;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use mcp_docker::catalog::Tier;
use mcp_docker::engine::relay::{Bounds, Relay, Serving, Whose};
use mcp_docker::engine::{Engine, Rights};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::support::fake_engine::{FakeEngine, Reply};

const ID: &str = "0a41f289c23b1e4f4d3961fecca22e2d965ddc12ed14596519390aaf74de2c99";
const NEW: &str = "b0a63179e1d15e411c2d3bbc572dd4eac22cd1c9b830a5975e742374b7312caf";

/// All that a tool could list.
const EVERYTHING: &[&str] = &["GET **", "POST **", "PUT **", "DELETE **"];

/// A relay and what it leads to.
struct Place {
    docker: FakeEngine,
    serving: Serving,
    socket: PathBuf,
    _folder: TempDir,
}

impl Place {
    /// A relay for the processes of this test, for a call of that tier about the project `shop`.
    fn of(docker: FakeEngine, tier: Tier) -> Self {
        let rights = Rights::of("docker_compose_test", tier);
        Self::with(docker, EVERYTHING, rights)
    }

    fn with(docker: FakeEngine, endpoints: &'static [&'static str], rights: Rights) -> Self {
        let engine = Engine::new(&docker.config()).serving(rights);
        Self::before(docker, &engine, endpoints)
    }

    fn before(docker: FakeEngine, engine: &Engine, endpoints: &'static [&'static str]) -> Self {
        Self::within(docker, engine, bounds(endpoints))
    }

    fn within(docker: FakeEngine, engine: &Engine, bounds: Bounds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::open_in(folder.path(), engine, bounds).unwrap();
        let socket = relay.address().strip_prefix("unix://").unwrap().into();
        Self {
            docker,
            serving: relay.serve(own_group()),
            socket,
            _folder: folder,
        }
    }

    /// Sends a request and reads the whole answer.
    async fn ask(&self, line: &str, body: impl Into<Bytes>) -> (u16, Value) {
        self.ask_as(line, &[("content-type", "application/json")], body)
            .await
    }

    async fn ask_as(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> (u16, Value) {
        let answer = self.send(line, headers, body).await;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn send(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> hyper::Response<Incoming> {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(target)
            .header("host", "api.moby.localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let stream = UnixStream::connect(&self.socket).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection.with_upgrades());
        sender.send_request(request).await.unwrap()
    }

    /// Writes bytes as they are, and reads until the other end closes.
    async fn say(&self, text: &str) -> String {
        let mut stream = UnixStream::connect(&self.socket).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        let read = stream.read_to_end(&mut said);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await;
        assert!(read.is_ok(), "{text} keeps the connection open: {said:?}");
        String::from_utf8_lossy(&said).into_owned()
    }

    /// That a request was refused in the Engine's form, that the account says why, and that nothing went on.
    #[track_caller]
    fn assert_refused(&self, what: &str, answer: &(u16, Value), words: &str) {
        let (status, body) = answer;
        assert!(matches!(status, 400 | 403), "{what}: {status} {body}");
        let text = body["message"].as_str().unwrap_or_default();
        assert!(text.contains(words), "{what}: {body}");
        let account = self.serving.account();
        assert!(account.refusals.iter().any(|it| it == text), "{account:?}");
        assert!(account.done.is_empty(), "{what}: {account:?}");
        let changed = self.changes();
        assert!(changed.is_empty(), "{what}: {changed:?}");
    }

    /// The requests so far that came to the Engine and are no looks.
    fn changes(&self) -> Vec<String> {
        let requests = self.docker.requests();
        requests
            .into_iter()
            .filter(|it| !it.starts_with("GET "))
            .collect()
    }
}

fn bounds(endpoints: &'static [&'static str]) -> Bounds {
    Bounds {
        whose: Whose::Project("shop".to_owned()),
        endpoints,
    }
}

/// The group of this process, whose requests are let in.
fn own_group() -> u32 {
    let group = rustix::process::getpgrp().as_raw_nonzero().get();
    group.try_into().unwrap()
}

/// The labels of what belongs to a project.
fn labels(project: &str) -> Value {
    json!({ "com.docker.compose.project": project, "com.docker.compose.service": "web", "com.docker.compose.container-number": "1" })
}

/// An Engine with one of everything of that project.
fn engine(project: &str) -> FakeEngine {
    let labels = labels(project);
    let container = json!({ "Id": ID, "Name": "/shop-web-1", "Config": { "Labels": labels }, "HostConfig": {} });
    FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on("GET /containers/*/json", container)
        .on(
            "GET /networks/*",
            json!({ "Id": ID, "Name": "shop_front", "Labels": labels }),
        )
        .on(
            "GET /volumes/*",
            json!({ "Name": "shop_data", "Driver": "local", "Labels": labels }),
        )
        .on(
            "GET /images/*/json",
            json!({ "Id": "sha256:1", "Config": { "Labels": labels } }),
        )
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": NEW })),
        )
        .on(
            "POST /networks/create",
            Reply::json(201, &json!({ "Id": NEW })),
        )
        .on(
            "POST /volumes/create",
            Reply::json(201, &json!({ "Name": "shop_data" })),
        )
        .on(
            "POST /images/create",
            Reply::chunks(["{\"status\":\"Pulling\"}\n"]),
        )
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": "e1" })),
        )
        .on("POST /containers/*/start", Reply::empty(204))
        .on("POST /containers/*/stop", Reply::empty(204))
        .on("POST /containers/*/rename", Reply::empty(204))
        .on("POST /networks/*/connect", Reply::empty(200))
        .on("POST /networks/*/disconnect", Reply::empty(200))
        .on("PUT /containers/*/archive", Reply::empty(200))
        .on("DELETE *", Reply::empty(204))
}
