//! A client's session of either transport, which sends and receives without a care for which.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Call, Got, PATIENCE, Server, initialize};

/// A session of either transport, in one of the versions that have `initialize`.
pub struct Session {
    address: SocketAddr,
    path: String,
    token: Option<String>,
    id: Option<String>,
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
        let got = session.post(&initialize(capabilities)).send().await;
        assert!(got.status.is_success(), "{}", got.text().await);
        if server.transport == "http" {
            session.id = Some(got.header("mcp-session-id").to_owned());
            session.read(got);
        }
        let answer = session.next().await;
        assert!(answer["result"].is_object(), "{answer}");
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        session.send(&initialized).await;
        session
    }

    /// What tells the session from others: a part of a path, or of a header.
    pub fn id(&self) -> &str {
        let in_path = || self.path.split_once("session_id=").map(|(_, id)| id);
        self.id.as_deref().or_else(in_path).unwrap()
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
        let got = self.post(message).send().await;
        let status = got.status;
        self.read(got);
        status
    }

    /// Sends what may be no message.
    pub async fn send_text(&mut self, text: impl Into<Bytes>) {
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
