//! Keeps rmcp's sessions, each for whoever opened it, until they are deleted or idle.
//!
//! rmcp ends a session that is silent for a while, even where its client holds a stream open or
//! waits for a call; what counts here is that nobody is connected. And it keeps as many as are opened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt as _};
use http::request::Parts;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _, ServerJsonRpcMessage};
use rmcp::transport::common::server_side_http::{ServerSseMessage, SessionId};
use rmcp::transport::streamable_http_server::SessionManager;
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::replay::{self, ReplayBuffer};
use crate::call::gate::Owner;
use crate::erased;
use crate::server::ClientIdentity;
use crate::transport::network::sessions::{MOST_AT_ONCE, Sessions};

/// The sessions.
pub(super) struct OwnedSessions {
    local: Arc<LocalSessionManager>,
    replay: ReplayBuffer,
    sessions: Sessions<Life>,
}

/// Whether a session is in use; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Life {
    ended: CancellationToken,
    uses: Arc<Mutex<Uses>>,
}

#[derive(Debug)]
struct Uses {
    now: usize,
    last: Instant,
    running: usize,
}

/// A connection of a session; it is in use until this is dropped.
#[derive(Debug)]
pub(super) struct Use(Arc<Mutex<Uses>>);

/// A request of a session, which may go on without its connection.
#[derive(Debug)]
pub(super) struct Running(Arc<Mutex<Uses>>);

/// Why a session cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("as many sessions are open as may be")]
    Full,
    #[error("it is not known who opens the session")]
    Unowned,
    #[error(transparent)]
    Local(#[from] LocalSessionManagerError),
}

impl OwnedSessions {
    pub(super) fn new(most: usize) -> Self {
        let mut local = LocalSessionManager::default();
        local.session_config.keep_alive = None;
        // What is left of cancelled calls.
        local.session_config.completed_cache_ttl = Duration::ZERO;
        Self {
            local: Arc::new(local),
            replay: ReplayBuffer::default(),
            sessions: Sessions::new(most),
        }
    }

    pub(super) fn most(&self) -> usize {
        self.sessions.most()
    }

    pub(super) fn is_full(&self) -> bool {
        self.sessions.is_full()
    }

    pub(super) fn find(&self, id: &str, asking: &Owner) -> Option<Life> {
        self.sessions.find(id, asking)
    }

    /// Ends the sessions that were not in use for so long.
    pub(super) fn end_idle(&self, idle: Duration) {
        for (id, life) in self.sessions.all() {
            if life.is_idle(idle) {
                self.sessions.close(&id);
                life.ended.cancel();
                let local = Arc::clone(&self.local);
                // One whose client does not read takes its time.
                erased::spawn(async move { drop(local.close_session(&id).await) });
            }
        }
    }
}

impl Life {
    /// Cancelled when the session is over.
    pub(super) fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// Puts the session in use.
    pub(super) fn in_use(&self) -> Use {
        self.lock().now += 1;
        Use(Arc::clone(&self.uses))
    }

    /// Takes note of one request more, until what is returned is dropped.
    pub(super) fn running(&self) -> Running {
        self.lock().running += 1;
        Running(Arc::clone(&self.uses))
    }

    /// Whether so much runs in it that others might suffer.
    pub(super) fn is_crowded(&self) -> bool {
        self.lock().running > MOST_AT_ONCE
    }

    fn lock(&self) -> MutexGuard<'_, Uses> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_idle(&self, idle: Duration) -> bool {
        let uses = self.lock();
        uses.now == 0 && uses.last.elapsed() >= idle
    }
}

impl Default for Uses {
    fn default() -> Self {
        Self {
            now: 0,
            last: Instant::now(),
            running: 0,
        }
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.now -= 1;
        uses.last = Instant::now();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.running -= 1;
    }
}

impl SessionManager for OwnedSessions {
    type Error = SessionError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), SessionError> {
        Ok(self.local.create_session().await?)
    }

    /// rmcp hands the request over here for the first time, and with it who makes it.
    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, SessionError> {
        let owner = owner(&message).ok_or(SessionError::Unowned)?;
        if !self.sessions.open(Arc::clone(id), owner, Life::default()) {
            self.local.close_session(id).await?;
            return Err(SessionError::Full);
        }
        Ok(self.local.initialize_session(id, message).await?)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, SessionError> {
        Ok(self.local.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), SessionError> {
        if let Some(life) = self.sessions.close(id) {
            life.ended.cancel();
        }
        Ok(self.local.close_session(id).await?)
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        let events = self.local.create_stream(id, message).await?;
        Ok(self.replay.answering(id, events))
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), SessionError> {
        Ok(self.local.accept_message(id, message).await?)
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        Ok(self.local.create_standalone_stream(id).await?)
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        if let Some(events) = self.replay.after(id, &last_event_id) {
            return Ok(stream::iter(events).left_stream());
        }
        let answer = replay::is_of_an_answer(&last_event_id);
        let events = self.local.resume(id, last_event_id).await?;
        Ok(match answer {
            true => self.replay.answering(id, events).left_stream(),
            // What comes of itself goes to whoever listens next.
            false => events.right_stream(),
        }
        .right_stream())
    }
}

fn owner(message: &ClientJsonRpcMessage) -> Option<Owner> {
    let ClientJsonRpcMessage::Request(request) = message else {
        return None;
    };
    let parts = request.request.extensions().get::<Parts>()?;
    let identity = parts.extensions.get::<ClientIdentity>()?;
    Some(identity.principal.owner.clone())
}
