//! A client's session of any transport, which sends and receives without a care for which.

use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{Call, Got, PATIENCE, Server, initialize};

/// A session of any transport, in one of the versions that have `initialize`.
pub struct Session {
    address: SocketAddr,
    path: String,
    token: Option<String>,
    id: Option<String>,
    socket: Option<SplitSink<WebSocketStream<TcpStream>, Message>>,
    sender: mpsc::UnboundedSender<Value>,
    messages: mpsc::UnboundedReceiver<Value>,
    /// The streams that are being read; closed with the session.
    pub streams: JoinSet<()>,
}

impl Session {
    /// Opens one, for a client with these capabilities and this token.
    pub async fn open(server: &Server, token: Option<&str>, capabilities: Value) -> Self {
        let (sender, messages) = mpsc::unbounded_channel();
        let mut session = Self {
            address: server.address,
            path: "/mcp".to_owned(),
            token: token.map(str::to_owned),
            id: None,
            socket: None,
            sender,
            messages,
            streams: JoinSet::new(),
        };
        if server.transport == "sse" {
            let mut stream = server.request("GET", "/sse").bearer(token).send().await;
            assert_eq!(stream.status, 200);
            let (name, path) = stream.event().await.unwrap();
            assert_eq!(name, "endpoint");
            session.path = path;
            session.read(stream);
        }
        let initialize = initialize(capabilities);
        if server.transport == "websocket" {
            session.connect().await;
            session.send(&initialize).await;
        } else {
            let got = session.post(&initialize).send().await;
            assert!(got.status.is_success(), "{}", got.text().await);
            if server.transport == "http" {
                session.id = Some(got.header("mcp-session-id").to_owned());
                session.read(got);
            }
        }
        let answer = session.next().await;
        assert!(answer["result"].is_object(), "{answer}");
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        session.send(&initialized).await;
        session
    }

    /// What tells the session from others: a part of a path, or of a header. A socket needs nothing of the kind.
    pub fn id(&self) -> &str {
        let in_path = || self.path.split_once("session_id=").map(|(_, id)| id);
        self.id.as_deref().or_else(in_path).unwrap_or_default()
    }

    /// Goes on with another token.
    pub fn becomes(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    /// A request of the session with this message.
    pub fn post(&self, message: &Value) -> Call {
        let call = Call {
            address: self.address,
            method: Method::POST,
            path: self.path.clone(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let call = call.json(message).bearer(self.token.as_deref());
        match &self.id {
            Some(id) => call.header("mcp-session-id", id),
            None => call,
        }
    }

    /// Sends a message; the answers to it are among the [`next`](Self::next).
    pub async fn send(&mut self, message: &Value) -> StatusCode {
        if self.socket.is_some() {
            self.send_text(message.to_string()).await;
            return StatusCode::ACCEPTED;
        }
        let got = self.post(message).send().await;
        let status = got.status;
        self.read(got);
        status
    }

    /// Sends what may be no message.
    pub async fn send_text(&mut self, text: impl Into<Bytes>) {
        if let Some(socket) = &mut self.socket {
            let text = text.into().try_into().expect("a text of a socket is UTF-8");
            // It may be closed by then, as the next message shows.
            let _ = socket.send(Message::Text(text)).await;
            return;
        }
        let got = self.post(&Value::Null).body(text).send().await;
        self.read(got);
    }

    /// Sends a request.
    pub async fn request(&mut self, id: i64, method: &str, params: Value) {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let status = self.send(&request).await;
        assert!(status.is_success(), "{method}: {status}");
    }

    /// Calls a tool.
    pub async fn call(&mut self, id: i64, tool: &str, arguments: Value) {
        let params = json!({ "name": tool, "arguments": arguments });
        self.request(id, "tools/call", params).await;
    }

    /// The next message from the server that is no notification.
    pub async fn next(&mut self) -> Value {
        loop {
            let message = timeout(PATIENCE, self.messages.recv()).await;
            let message = message.expect("a message comes").unwrap();
            if message.get("method").is_none() || message.get("id").is_some() {
                return message;
            }
        }
    }

    /// Opens the socket, whose messages are among the [`next`](Self::next).
    async fn connect(&mut self) {
        let mut request = format!("ws://{}/ws", self.address)
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "mcp".parse().unwrap());
        if let Some(token) = &self.token {
            headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let opened = timeout(PATIENCE, tokio_tungstenite::client_async(request, tcp)).await;
        let (socket, answer) = opened.expect("the socket opens").unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "mcp");
        let (sink, mut source) = socket.split();
        self.socket = Some(sink);
        let sender = self.sender.clone();
        self.streams.spawn(async move {
            while let Some(Ok(message)) = source.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                if sender.send(serde_json::from_str(&text).unwrap()).is_err() {
                    return;
                }
            }
        });
    }

    fn read(&mut self, mut got: Got) {
        let sender = self.sender.clone();
        self.streams.spawn(async move {
            while let Some(message) = got.message().await {
                let last = got.header("content-type") == "application/json";
                if sender.send(message).is_err() || last {
                    return;
                }
            }
        });
    }
}
