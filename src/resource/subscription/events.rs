//! Follows what happens to containers, and to services of a swarm: one stream of the Engine's events for all who want to know.

use std::collections::HashMap;
use std::sync::Arc;

use bollard::query_parameters::EventsOptions;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::{Patience, STANDING};
use crate::call::Runtime;
use crate::engine::labels::{PROJECT, SERVICE, TASK_OF};
use crate::engine::{EngineError, Request, record};
use crate::erased;
use crate::params::unix_text;

/// How much may happen while someone does not listen; beyond that it is [`News::Anything`].
const BACKLOG: usize = 256;

/// The Engine's events; the stream closes when this is dropped.
#[derive(Debug)]
pub(super) struct Events {
    sender: broadcast::Sender<News>,
    _task: AbortOnDropHandle<()>,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A container was made, removed or renamed, or is in another state.
    Container {
        /// Its full id.
        id: String,
        /// The Compose project and service that it is of.
        service: Option<(String, String)>,
        /// The id of the service of the swarm that it is a task of.
        task_of: Option<String>,
        /// Not only its pausing.
        changes_list: bool,
    },
    /// A service of the swarm was made, changed or removed.
    Service {
        /// Its full id.
        id: String,
        /// It is there no more, or was not before.
        changes_list: bool,
    },
    /// A node of the swarm is in another state.
    Node,
    /// Nobody knows: the Engine was away, or too much happened.
    Anything,
}

impl News {
    /// Whether the list of resources may be another.
    pub(super) fn changes_list(&self) -> bool {
        match self {
            Self::Container { changes_list, .. } | Self::Service { changes_list, .. } => {
                *changes_list
            }
            Self::Node => false,
            Self::Anything => true,
        }
    }
}

impl Events {
    pub(super) fn start(runtime: Arc<Runtime>) -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        let task = erased::spawn(follow(runtime, sender.clone()));
        Self {
            sender,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }
}

/// The next that happens.
pub(super) async fn next(news: &mut broadcast::Receiver<News>) -> News {
    match news.recv().await {
        Ok(news) => news,
        Err(RecvError::Lagged(_)) => News::Anything,
        // Whoever listens keeps the sender.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

async fn follow(runtime: Arc<Runtime>, sender: broadcast::Sender<News>) {
    let engine = runtime.engine();
    let mut patience = Patience::default();
    let mut away = false;
    let of_swarm = runtime.config().safety.toolsets.has(Some("swarm"));
    // It fails where nobody listens at the moment.
    let tell = |news| drop(sender.send(news));
    loop {
        let opened = Instant::now();
        // The Engine's own time: it tells again what happens between this and the opening.
        if let Ok(now) = time(&runtime).await
            && let Ok(request) = request(now, of_swarm)
        {
            if away {
                tell(News::Anything);
            }
            let mut events = engine.with_deadline(STANDING).objects(request);
            while let Ok(Some(event)) = events.try_next().await {
                read(&event).into_iter().for_each(tell);
            }
        }
        away = true;
        patience.rewarded(opened);
        patience.wait().await;
    }
}

async fn time(runtime: &Runtime) -> Result<Option<Timestamp>, EngineError> {
    let request = record(|docker| async move { docker.info().await })?;
    let info = runtime.engine().json(request).await?;
    let time = info.get("SystemTime").and_then(Value::as_str);
    Ok(time.and_then(|time| time.parse().ok()))
}

/// All events of containers, and of what a swarm has: not every Engine filters by the names of the actions.
fn request(since: Option<Timestamp>, of_swarm: bool) -> Result<Request, EngineError> {
    let mut types = vec!["container"];
    if of_swarm {
        types.extend(["service", "node"]);
    }
    let types = types.into_iter().map(str::to_owned).collect();
    let types = ("type".to_owned(), types);
    let options = EventsOptions {
        since: since.map(unix_text),
        filters: Some(HashMap::from([types])),
        ..EventsOptions::default()
    };
    record(|docker| async move { docker.events(Some(options)).boxed().try_next().await })
}

/// What an event says, if it is one that matters. Podman has names of its own for some.
fn read(event: &Value) -> Option<News> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let action = text("/Action").or_else(|| text("/status"))?;
    match text("/Type") {
        Some("service") => {
            return Some(News::Service {
                id: text("/Actor/ID")?.to_owned(),
                changes_list: action != "update",
            });
        }
        Some("node") => return Some(News::Node),
        _ => {}
    }
    let changes_list = match action {
        "create" | "start" | "die" | "died" | "destroy" | "remove" | "rename" => true,
        "pause" | "unpause" => false,
        _ => return None,
    };
    let attributes = event.pointer("/Actor/Attributes");
    let label = |name: &str| Some(attributes?.get(name)?.as_str()?.to_owned());
    Some(News::Container {
        id: text("/Actor/ID").or_else(|| text("/id"))?.to_owned(),
        service: label(PROJECT).map(|project| (project, label(SERVICE).unwrap_or_default())),
        task_of: label(TASK_OF),
        changes_list,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_health_check_does_is_no_news() {
        let news = |action: &str| {
            read(&json!({ "Type": "container", "Action": action, "Actor": { "ID": "1" } }))
        };
        assert_eq!(news("exec_start: /bin/true"), None);
        assert_eq!(news("health_status: healthy"), None);
        assert!(news("die").is_some_and(|news| news.changes_list()));
        assert!(news("pause").is_some_and(|news| !news.changes_list()));
    }
}
