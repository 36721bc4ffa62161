//! A built server that is reached over HTTP, and clients of it: of its HTTP, and of its MCP.

mod session;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::time::timeout;

use super::client;
pub use session::Session;

/// How long anything may take that should be quick, on a machine with other work to do.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, at a port of its own.
pub struct Server {
    process: Option<Child>,
    home: TempDir,
    /// `sse`, `http` or `websocket`.
    pub transport: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one with these variables.
    pub async fn start(transport: &'static str, env: &[(&str, &str)]) -> Self {
        Self::start_with(transport, &[], env).await
    }

    /// Starts one with these arguments too.
    pub async fn start_with(
        transport: &'static str,
        arguments: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let home = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(home.path().join("stderr.log")).unwrap();
        let process = client::command(home.path())
            .args(["--transport", transport, "--port", "0"])
            .args(arguments)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self {
            process: Some(process),
            home,
            transport,
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
        };
        let since = Instant::now();
        loop {
            let log = server.log();
            if let Some((_, rest)) = log.split_once("Listening at ")
                && let Some((url, _)) = rest.split_once("\n")
            {
                server.address = url.split('/').nth(2).unwrap().parse().unwrap();
                return server;
            }
            let process = server.process.as_mut().unwrap();
            let ended = process.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended:\n{log}");
            assert!(since.elapsed() < PATIENCE, "the server is silent:\n{log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// One that listens in this process, over HTTP.
    pub fn here(url: &str) -> Self {
        let address = url.split('/').nth(2).unwrap();
        Self {
            process: None,
            home: tempfile::tempdir().unwrap(),
            transport: "http",
            address: address.parse().unwrap(),
        }
    }

    /// The same over another transport.
    pub fn over(self, transport: &'static str) -> Self {
        Self { transport, ..self }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("stderr.log")).unwrap_or_default()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        let process = self.process.as_ref().expect("a process of its own");
        process.id().expect("the server runs")
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, signal: &str) {
        let mut kill = std::process::Command::new("kill");
        let kill = kill.arg(format!("-{signal}")).arg(self.pid().to_string());
        assert!(kill.status().unwrap().success());
    }

    /// Waits for it to end, and gives its exit code; none where a signal killed it.
    pub async fn ended(&mut self) -> Option<i32> {
        let process = self.process.as_mut().expect("a process of its own");
        let status = timeout(PATIENCE, process.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("it does not end:\n{}", self.log()));
        status.unwrap().code()
    }

    /// A request, on a connection of its own.
    pub fn request(&self, method: &str, path: &str) -> Call {
        Call {
            address: self.address,
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// The request for a socket, of a client that does not say what it speaks.
    pub fn handshake(&self) -> Call {
        self.handshake_at("/ws")
    }

    /// The same, with more in the address.
    pub fn handshake_at(&self, path: &str) -> Call {
        self.request("GET", path)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// The request that opens the door: `GET /sse`, `GET /ws`, or a `POST /mcp` with `initialize`.
    pub fn knock(&self) -> Call {
        match self.transport {
            "sse" => self.request("GET", "/sse"),
            "websocket" => self.handshake().header("sec-websocket-protocol", "mcp"),
            _ => self.request("POST", "/mcp").json(&initialize(json!({}))),
        }
    }
}

/// A request to be sent.
pub struct Call {
    address: SocketAddr,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// What came of a request.
pub struct Got {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Incoming,
    buffer: BytesMut,
}

impl Call {
    /// With a header; another value of one that is there already.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    /// With a bearer token, if there is one.
    pub fn bearer(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.header("authorization", &format!("Bearer {token}")),
            None => self,
        }
    }

    /// With these bytes.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// With a message.
    pub fn json(self, message: &Value) -> Self {
        self.header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(message.to_string())
    }

    /// Sends it.
    pub async fn send(self) -> Got {
        let sent = timeout(PATIENCE, self.try_send()).await;
        sent.expect("the server answers")
            .expect("the server is there")
    }

    /// Sends it; an error where the server closes the connection.
    pub async fn try_send(self) -> hyper::Result<Got> {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(tcp)).await?;
        // It ends when the answer is dropped.
        tokio::spawn(connection);
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        if !request.headers().contains_key("host") {
            let host = self.address.to_string().parse().unwrap();
            request.headers_mut().insert("host", host);
        }
        let (parts, body) = sender.send_request(request).await?.into_parts();
        Ok(Got {
            status: parts.status,
            headers: parts.headers,
            body,
            buffer: BytesMut::new(),
        })
    }
}

impl Got {
    /// The status; 200 where a socket opens, too.
    pub fn outcome(&self) -> u16 {
        match self.status {
            StatusCode::SWITCHING_PROTOCOLS => 200,
            other => other.as_u16(),
        }
    }

    /// The value of a header, empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The whole body.
    pub async fn text(self) -> String {
        let body = timeout(PATIENCE, self.body.collect()).await;
        let body = body.expect("the body ends").unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    /// The next event of a stream, as it is.
    pub async fn raw_event(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|it| it == b"\n\n") {
                let event = self.buffer.split_to(end + 2);
                return String::from_utf8(event.to_vec()).unwrap();
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            self.buffer.extend_from_slice(frame.data_ref().unwrap());
        }
    }

    /// The next event of a stream that has data: its name and its data. None at the end.
    pub async fn event(&mut self) -> Option<(String, String)> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|it| it == b"\n\n") {
                let event = self.buffer.split_to(end + 2);
                let field = |name: &str| {
                    let lines = std::str::from_utf8(&event).unwrap().lines();
                    let mut values = lines.filter_map(|line| line.strip_prefix(name));
                    values.next().unwrap_or_default().trim().to_owned()
                };
                match field("data:") {
                    data if data.is_empty() => continue,
                    data => return Some((field("event:"), data)),
                }
            }
            let frame = self.body.frame().await?.ok()?;
            self.buffer.extend_from_slice(frame.data_ref()?);
        }
    }

    /// The next message of a stream, or the one that the body is.
    pub async fn message(&mut self) -> Option<Value> {
        if self.header("content-type") == "application/json" {
            let body = (&mut self.body).collect().await.ok()?.to_bytes();
            return serde_json::from_slice(&body).ok();
        }
        let (_, data) = self.event().await?;
        Some(serde_json::from_str(&data).unwrap())
    }
}

/// The message that opens a session.
pub fn initialize(capabilities: Value) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        },
    })
}

/// A request in the version that has no sessions.
pub fn modern(server: &Server, id: i64, method: &str, mut params: Value) -> Call {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let call = server
        .request("POST", "/mcp")
        .json(&message)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method);
    match params["name"].as_str() {
        Some(name) => call.header("mcp-name", name),
        None => call,
    }
}
