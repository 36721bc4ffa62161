//! Watches one resource of one container and says when it is worth reading again.

use std::sync::Arc;
use std::time::Duration;

use bollard::query_parameters::{InspectContainerOptions, LogsOptions};
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::events::{self, Events, News};
use super::{Patience, STANDING};
use crate::call::{CallError, ErrorKind, Runtime};
use crate::catalog::{Resource, Tool, Updates};
use crate::engine::{EngineError, Request, record};

/// How often what always changes is read again.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long the state of a container is believed without an event about it.
const BELIEF: Duration = Duration::from_secs(60);

/// How long after its output has ended a container is given to be stopped.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// A resource that is watched for as long as this is kept.
#[derive(Debug)]
pub(super) struct Watch {
    changes: watch::Receiver<()>,
    _task: AbortOnDropHandle<()>,
}

/// How a container was when it was looked at.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Its full id.
    pub(super) id: String,
    status: String,
    running: bool,
    /// One that was restarted in between is another.
    started: String,
    /// When it was looked at, by the Engine's clock; none where that is not known.
    seen: Option<Timestamp>,
}

impl State {
    /// Looks at a container, for a resource that is read by that tool.
    pub(super) async fn of(
        runtime: &Runtime,
        tool: &Tool,
        reference: &str,
    ) -> Result<Self, CallError> {
        let request = record(|docker| async move {
            let options = None::<InspectContainerOptions>;
            docker.inspect_container(reference, options).await
        })?;
        let document = runtime
            .ask(tool, request.about("container", reference))
            .await?;
        let text = |pointer: &str| {
            let text = document.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Ok(Self {
            id: text("/Id"),
            status: text("/State/Status"),
            running: document.pointer("/State/Running") == Some(&Value::Bool(true)),
            started: text("/State/StartedAt"),
            seen: runtime.engine().last_now().map(|now| now.earliest),
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.id == other.id
            && self.status == other.status
            && self.running == other.running
            && self.started == other.started
    }
}

impl Watch {
    pub(super) fn start(
        runtime: Arc<Runtime>,
        resource: &'static Resource,
        state: State,
        events: Arc<Events>,
    ) -> Self {
        let (changed, changes) = watch::channel(());
        let watcher = Watcher {
            runtime,
            resource,
            id: state.id.clone(),
            changed,
            news: events.subscribe(),
            _events: events,
        };
        Self {
            changes,
            _task: AbortOnDropHandle::new(tokio::spawn(watcher.run(state))),
        }
    }

    /// What changes from now on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        let mut changes = self.changes.clone();
        changes.mark_unchanged();
        changes
    }
}

struct Watcher {
    runtime: Arc<Runtime>,
    resource: &'static Resource,
    id: String,
    changed: watch::Sender<()>,
    news: broadcast::Receiver<News>,
    _events: Arc<Events>,
}

/// Why a watcher stopped waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// The container may be in another state.
    Change,
    /// It is time to read again.
    Time,
    /// The Engine broke off, so that something may have been missed.
    Loss,
}

impl Watcher {
    /// Watches until the container is gone, which is the last that is told.
    async fn run(mut self, mut state: State) {
        let mut patience = Patience::default();
        loop {
            let begun = Instant::now();
            let woken = match self.resource.updates {
                _ if !state.running => self.told(BELIEF, Woken::Change).await,
                Updates::Output => self.follow(state.seen).await,
                Updates::Interval => self.told(INTERVAL, Woken::Time).await,
            };
            patience.rewarded(begun);
            if woken == Woken::Loss {
                patience.wait().await;
            }
            let mut lost = woken == Woken::Loss;
            let now = loop {
                match State::of(&self.runtime, self.resource.tool, &self.id).await {
                    Ok(now) => break now,
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        self.tell();
                        return;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "cannot look at a container that is subscribed to");
                        lost = true;
                        patience.wait().await;
                    }
                }
            };
            let due = woken == Woken::Time && now.running;
            if lost || due || !now.is_same(&state) {
                self.tell();
            }
            state = now;
        }
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }

    /// Follows the container's output since that time until it ends.
    async fn follow(&mut self, since: Option<Timestamp>) -> Woken {
        let Ok(request) = output(&self.id, since) else {
            return Woken::Loss;
        };
        let engine = self.runtime.engine().with_deadline(STANDING);
        let mut output = engine.bytes(request);
        loop {
            tokio::select! {
                chunk = output.try_next() => match chunk {
                    Ok(Some(_)) => self.tell(),
                    Ok(None) => return self.told(LAST_BREATH, Woken::Change).await,
                    Err(_) => return Woken::Loss,
                },
                news = news_of(&self.id, &mut self.news) => match news {
                    // Left alone the output goes on, and none of it is missed.
                    News::Container { .. } => self.tell(),
                    News::Anything => return Woken::Loss,
                },
            }
        }
    }

    /// Waits for an event, or for that long.
    async fn told(&mut self, limit: Duration, otherwise: Woken) -> Woken {
        let news = news_of(&self.id, &mut self.news);
        match timeout(limit, news).await {
            Ok(_) => Woken::Change,
            Err(_) => otherwise,
        }
    }
}

/// The next event about a container, or that may be about it.
async fn news_of(id: &str, news: &mut broadcast::Receiver<News>) -> News {
    loop {
        match events::next(news).await {
            News::Container { id: other, .. } if other != id => {}
            news => return news,
        }
    }
}

/// What a container writes since that time, so that nothing is missed that it writes before the Engine
/// takes the request; where the time is not known, from then on. What came earlier in the same second
/// is told too: an occasion too many, as one reads again.
fn output(id: &str, since: Option<Timestamp>) -> Result<Request, EngineError> {
    let since = since.and_then(|since| i32::try_from(since.as_second()).ok());
    let options = LogsOptions {
        follow: true,
        stdout: true,
        stderr: true,
        tail: if since.is_some() { "all" } else { "0" }.to_owned(),
        since: since.unwrap_or(0),
        ..LogsOptions::default()
    };
    let request =
        record(|docker| async move { docker.logs(id, Some(options)).boxed().try_next().await })?;
    Ok(request.about("container", id))
}
