//! Serves clients over WebSocket: one session a socket, one JSON-RPC message a text.
//!
//! `GET /ws` opens it, with the subprotocol `mcp`. A token comes with that request alone.

use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use http::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::bearer::Bearer;
use super::body::MOST;
use super::sessions::Sessions;
use crate::call::gate::Principal;
use crate::erased;
use crate::server::Server;
use crate::transport::session;
use crate::transport::wire::{Text, Wire, Written};

/// What MCP is called among the protocols that are spoken over WebSocket.
const SUBPROTOCOL: &str = "mcp";

/// How often the client is asked whether it is still there.
const PING: Duration = Duration::from_secs(15);

/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(30);

/// How long it may take to hear that the socket is closed.
const LAST: Duration = Duration::from_secs(1);

/// What hears that the answer to a ping is sent.
type Sent = oneshot::Sender<()>;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The transport and its open sessions.
pub(super) struct WebSocket {
    server: Server,
    sessions: Arc<Sessions<()>>,
    work: TaskTracker,
    closing: CancellationToken,
    stop: CancellationToken,
}

/// How long messages are taken in.
struct Until {
    /// Cancelled when the server leaves.
    closing: CancellationToken,
    /// When the token that came with the handshake ends: no other can come with a message.
    expires: Option<Instant>,
}

/// What both directions of a socket know of it.
#[derive(Debug, Default)]
struct Shared {
    /// When the client was asked whether it is there, where it has said nothing since.
    asked: Mutex<Option<Instant>>,
    /// Why the socket is closed, where that is not because the client left.
    why: Mutex<Option<CloseFrame>>,
}

impl WebSocket {
    /// `work` hears of the sessions that are open, and `stop` ends them.
    pub(super) fn new(
        server: Server,
        most: usize,
        work: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        Self {
            server: server.for_client(Principal::stranger()),
            sessions: Arc::new(Sessions::new(most)),
            work,
            closing: CancellationToken::new(),
            stop,
        }
    }

    pub(super) fn answer(&self, mut request: Request<Incoming>, bearer: &Bearer) -> Answer {
        if request.uri().path() != "/ws" {
            return answer::not_found("/ws");
        }
        if request.method() != Method::GET {
            return answer::method_not_allowed("GET");
        }
        let upgraded = hyper::upgrade::on(&mut request);
        let request = request.map(|_| ());
        let mut accepted = match create_response_with_body(&request, Empty::<Bytes>::new) {
            Ok(accepted) => accepted.map(|body| body.boxed()),
            Err(error) => return no_handshake(&error),
        };
        if !offers(request.headers()) {
            let why =
                format!("offer the subprotocol `{SUBPROTOCOL}`: MCP is all that is spoken here");
            return answer::text(StatusCode::BAD_REQUEST, why);
        }
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        accepted
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        match self.open(upgraded, bearer) {
            true => accepted,
            false => answer::too_many_sessions(self.sessions.most()),
        }
    }

    /// Lets the sessions finish what runs in them, and take in nothing more.
    pub(super) fn close(&self) {
        self.closing.cancel();
    }

    /// Opens a session on a socket that is about to be one; false where there is no room.
    fn open(&self, upgraded: OnUpgrade, bearer: &Bearer) -> bool {
        let id: Arc<str> = Uuid::new_v4().to_string().into();
        if !self
            .sessions
            .open(Arc::clone(&id), bearer.owner.clone(), ())
        {
            return false;
        }
        let principal = bearer.principal(Some(Arc::clone(&id)));
        let server = self.server.for_client(principal);
        let sessions = Arc::clone(&self.sessions);
        let until = Until {
            closing: self.closing.clone(),
            expires: bearer.expires,
        };
        let ended = self.stop.child_token();
        self.work.spawn(erased::task(async move {
            match upgraded.await {
                Ok(upgraded) => speak(server, TokioIo::new(upgraded), until, ended).await,
                Err(error) => tracing::debug!(%error, "a client left before its socket was open"),
            }
            sessions.close(&id);
        }));
        true
    }
}

/// The answer to a request that opens no socket.
fn no_handshake(error: &Error) -> Answer {
    let why = format!("MCP is spoken over WebSocket here, and this is no handshake: {error}");
    let mut answer = answer::text(StatusCode::UPGRADE_REQUIRED, why);
    let upgrade = HeaderValue::from_static("websocket");
    answer.headers_mut().insert(UPGRADE, upgrade);
    answer
}

/// Whether a client speaks MCP, by what it says of itself.
fn offers(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
    let lists = lists.filter_map(|list| list.to_str().ok());
    let mut offered = lists.flat_map(|list| list.split(','));
    offered.any(|protocol| protocol.trim() == SUBPROTOCOL)
}

/// Serves the client at the other end of a socket until either has enough.
async fn speak(server: Server, io: TokioIo<Upgraded>, until: Until, ended: CancellationToken) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST))
        .max_frame_size(Some(MOST));
    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let (sink, source) = socket.split();
    let (inbox, texts) = mpsc::channel(1);
    let (outbox, written) = mpsc::unbounded_channel();
    let texts = futures_util::stream::unfold(texts, |mut texts| async {
        let text = texts.recv().await?;
        Some((text, texts))
    });
    let wire = Wire::new(texts.boxed(), outbox, ended.clone());
    let (pongs, pinged) = mpsc::channel(1);
    let shared = Shared::default();
    let session = async {
        if let Err(error) = session::run(server, wire, ended.clone()).await {
            tracing::warn!(%error, "a session failed");
        }
        // Whoever reads ends too.
        ended.cancel();
    };
    let reading = async {
        tokio::select! {
            () = read(source, inbox, pongs, &shared, &until) => {}
            () = ended.cancelled() => return,
        }
        // What runs comes to its end where the server leaves, and else has nobody any more who waits for it.
        if !until.is_over() {
            ended.cancel();
        }
    };
    let writing = async {
        write(sink, written, pinged, &shared).await;
        ended.cancel();
    };
    tokio::join!(session, reading, writing);
}

/// Hands on what the client sends, until it leaves, does what cannot be, or the server is leaving.
async fn read(
    mut source: SplitStream<Socket>,
    inbox: mpsc::Sender<Text>,
    pongs: mpsc::Sender<Sent>,
    shared: &Shared,
    until: &Until,
) {
    let mut over = pin!(until.over());
    loop {
        // What waits is not read, and so neither is what says that the client is there.
        let room = tokio::select! {
            room = inbox.reserve() => room,
            (code, why) = &mut over => return shared.close(code, why),
        };
        let Ok(room) = room else { return };
        let text = loop {
            let message = tokio::select! {
                message = timeout(PONG, source.next()) => message,
                (code, why) = &mut over => return shared.close(code, why),
            };
            let Ok(message) = message else {
                match shared.is_silent() {
                    true => return shared.close(CloseCode::Away, "the client is silent"),
                    false => continue,
                }
            };
            shared.heard();
            match message {
                Some(Ok(Message::Text(text))) => break text,
                Some(Ok(Message::Binary(_))) => {
                    let why = "a message is a text of JSON";
                    return shared.close(CloseCode::Unsupported, why);
                }
                Some(Ok(Message::Ping(_))) => {
                    // One that asks and does not read the answers is not read either: they would pile up.
                    tokio::select! {
                        answered = answered(&pongs) => if !answered { return },
                        (code, why) = &mut over => return shared.close(code, why),
                    }
                }
                Some(Ok(Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(Error::Capacity(_))) => {
                    let why = format!("a message takes at most {MOST} bytes");
                    return shared.close(CloseCode::Size, &why);
                }
                Some(Err(Error::Utf8(_))) => {
                    return shared.close(CloseCode::Invalid, "a text is UTF-8");
                }
                Some(Err(Error::Protocol(error))) => {
                    return shared.close(CloseCode::Protocol, &error.to_string());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            }
        };
        room.send(Text::Whole(text.into()));
    }
}

/// Waits until a ping is answered; false where it never is.
async fn answered(pongs: &mpsc::Sender<Sent>) -> bool {
    let (sent, is_sent) = oneshot::channel();
    pongs.send(sent).await.is_ok() && is_sent.await.is_ok()
}

/// Sends what there is to send, asks whether the client is there where there is nothing, and closes the socket
/// with the session.
async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut written: mpsc::UnboundedReceiver<Written>,
    mut pinged: mpsc::Receiver<Sent>,
    shared: &Shared,
) {
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let sent = tokio::select! {
            next = written.recv() => {
                let Some((text, done)) = next else { break };
                let text = Utf8Bytes::try_from(Bytes::from(text)).map_err(io::Error::other);
                let sent = match text {
                    Ok(text) => sink.send(Message::Text(text)).await.map_err(io::Error::other),
                    Err(error) => Err(error),
                };
                let is_sent = sent.is_ok();
                // Who waited may have been dropped meanwhile.
                let _ = done.send(sent);
                is_sent
            }
            // The answer lies ready since the ping was read.
            Some(answered) = pinged.recv() => {
                let is_sent = sink.flush().await.is_ok();
                // Who waited may have been dropped meanwhile.
                let _ = answered.send(());
                is_sent
            }
            _ = ping.tick() => {
                let sent = sink.send(Message::Ping(Bytes::new())).await;
                shared.ask();
                sent.is_ok()
            }
        };
        if !sent {
            return;
        }
    }
    let close = Message::Close(shared.why());
    let closing = async {
        // Where the other end closed, that is refused, because the answer lies ready.
        let _ = sink.send(close).await;
        sink.flush().await
    };
    // The other end may be gone already.
    let _ = timeout(LAST, closing).await;
}

impl Until {
    /// Waits for that to be over, and says why.
    async fn over(&self) -> (CloseCode, &'static str) {
        let expired = async {
            match self.expires {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.closing.cancelled() => (CloseCode::Away, "the server ends"),
            () = expired => (CloseCode::Policy, "the access token has expired; come again with a new one"),
        }
    }

    fn is_over(&self) -> bool {
        let expired = || self.expires.is_some_and(|at| at <= Instant::now());
        self.closing.is_cancelled() || expired()
    }
}

impl Shared {
    fn ask(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get_or_insert_with(Instant::now);
    }

    fn heard(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it has said nothing for too long since it was asked.
    fn is_silent(&self) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_some_and(|asked| asked.elapsed() >= PONG)
    }

    fn close(&self, code: CloseCode, reason: &str) {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
    }

    fn why(&self) -> Option<CloseFrame> {
        self.why
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
