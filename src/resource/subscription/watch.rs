//! Watches one resource of a container, project or service, and says when it is worth reading again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bollard::query_parameters::{InspectContainerOptions, ListContainersOptions, LogsOptions};
use futures_util::stream::select_all;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::events::{self, Events, News};
use super::{Patience, STANDING, service};
use crate::call::{CallError, ErrorKind, Runtime};
use crate::catalog::{Resource, Tool, Updates};
use crate::engine::labels::{PROJECT, SERVICE};
use crate::engine::{EngineError, Request, record};
use crate::erased;
use crate::ordered;
use crate::resource::Subject;

/// How often what always changes is read again.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long the state of a container is believed without an event about it.
const BELIEF: Duration = Duration::from_secs(60);

/// The most containers of one service whose output is followed.
const MOST_FOLLOWED: usize = 50;

/// How long after its output has ended a container is given to be stopped.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// A resource that is watched for as long as this is kept.
#[derive(Debug)]
pub(super) struct Watch {
    changes: watch::Receiver<()>,
    _task: AbortOnDropHandle<()>,
}

/// How all that a resource is about was when it was looked at.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// What it is about, a container by its full id.
    pub(super) subject: Subject,
    parts: Vec<Part>,
    /// When it was looked at, by the Engine's clock; none where that is not known.
    seen: Option<Timestamp>,
}

/// How a container was, or a task of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) running: bool,
    /// One that was restarted in between is another; a list does not tell.
    pub(super) started: String,
}

impl State {
    /// Looks at it, for a resource that is read by that tool.
    pub(super) async fn of(
        runtime: &Runtime,
        tool: &Tool,
        subject: Subject,
    ) -> Result<Self, CallError> {
        let (subject, parts) = match subject {
            Subject::Container(reference) => {
                let container = container(runtime, tool, &reference).await?;
                (Subject::Container(container.id.clone()), vec![container])
            }
            Subject::SwarmService(reference) => {
                let (id, tasks) = service::tasks(runtime, tool, &reference).await?;
                (Subject::SwarmService(id), tasks)
            }
            Subject::Services { project, service } => {
                let containers = services(runtime, tool, &project, service.as_deref()).await?;
                (Subject::Services { project, service }, containers)
            }
        };
        Ok(Self {
            subject,
            parts,
            seen: runtime.engine().last_now().map(|now| now.earliest),
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.parts == other.parts
    }

    fn runs(&self) -> bool {
        self.parts.iter().any(|it| it.running)
    }
}

/// A container, by its inspect.
async fn container(runtime: &Runtime, tool: &Tool, reference: &str) -> Result<Part, CallError> {
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
    Ok(Part {
        id: text("/Id"),
        status: text("/State/Status"),
        running: document.pointer("/State/Running") == Some(&Value::Bool(true)),
        started: text("/State/StartedAt"),
    })
}

/// The containers of a project, or of one of its services.
async fn services(
    runtime: &Runtime,
    tool: &Tool,
    project: &str,
    service: Option<&str>,
) -> Result<Vec<Part>, CallError> {
    let labels = std::iter::once(format!("{PROJECT}={project}"));
    let labels = labels.chain(service.map(|service| format!("{SERVICE}={service}")));
    let options = ListContainersOptions {
        all: true,
        filters: Some(HashMap::from([("label".to_owned(), labels.collect())])),
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    let list = runtime.ask(tool, request).await?;
    let mut containers: Vec<Part> = list
        .as_array()
        .into_iter()
        .flatten()
        // An Engine that does not know the filter sends everything.
        .filter(|item| {
            let is = |label: &str, value: &str| {
                item.get("Labels")
                    .and_then(|it| it.get(label))
                    .is_some_and(|it| it == value)
            };
            is(PROJECT, project) && service.is_none_or(|service| is(SERVICE, service))
        })
        .map(|item| {
            let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            Part {
                id: text("Id").to_owned(),
                status: text("State").to_owned(),
                running: text("State") == "running",
                started: String::new(),
            }
        })
        .collect();
    ordered::sort_by(&mut containers, |one, other| one.id.cmp(&other.id));
    if containers.is_empty() {
        let text = match service {
            Some(service) => format!("no such service: `{service}` of the project `{project}`"),
            None => format!("no such project: `{project}`"),
        };
        return Err(CallError::Missing(text));
    }
    Ok(containers)
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
            subject: state.subject.clone(),
            changed,
            news: events.subscribe(),
            _events: events,
        };
        Self {
            changes,
            _task: AbortOnDropHandle::new(erased::spawn(watcher.run(state))),
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
    subject: Subject,
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
    /// Watches until all of it is gone, which is the last that is told.
    async fn run(mut self, mut state: State) {
        let mut patience = Patience::default();
        loop {
            let begun = Instant::now();
            let woken = match self.resource.updates {
                // What happens on other nodes is no event of this Engine's.
                _ if matches!(self.subject, Subject::SwarmService(_)) => {
                    self.told(INTERVAL, Woken::Time).await
                }
                _ if !state.runs() => self.told(BELIEF, Woken::Time).await,
                Updates::State => self.told(BELIEF, Woken::Time).await,
                Updates::Output => self.follow(&state).await,
                Updates::Interval => self.told(INTERVAL, Woken::Time).await,
            };
            patience.rewarded(begun);
            if woken == Woken::Loss {
                patience.wait().await;
            }
            let mut lost = woken == Woken::Loss;
            let now = loop {
                match State::of(&self.runtime, self.resource.tool, self.subject.clone()).await {
                    Ok(now) => break now,
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        self.tell();
                        return;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "cannot look at what is subscribed to");
                        lost = true;
                        patience.wait().await;
                    }
                }
            };
            let is_due = self.resource.updates == Updates::Interval && now.runs();
            let due = woken == Woken::Time && is_due;
            // A list does not show that one was restarted.
            let is_many = matches!(self.subject, Subject::Services { .. });
            let told = woken == Woken::Change && is_many;
            if lost || due || told || !now.is_same(&state) {
                self.tell();
            }
            state = now;
        }
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }

    /// Follows the output of what runs since it was looked at until it ends.
    async fn follow(&mut self, state: &State) -> Woken {
        let engine = self.runtime.engine().with_deadline(STANDING);
        let running = state
            .parts
            .iter()
            .filter(|it| it.running)
            .take(MOST_FOLLOWED);
        let requests: Result<Vec<Request>, _> =
            running.map(|it| output(&it.id, state.seen)).collect();
        let Ok(requests) = requests else {
            return Woken::Loss;
        };
        let outputs = requests
            .into_iter()
            .map(|request| Box::pin(engine.bytes(request)));
        let mut output = select_all(outputs);
        loop {
            tokio::select! {
                chunk = output.try_next() => match chunk {
                    Ok(Some(_)) => self.tell(),
                    Ok(None) => return self.told(LAST_BREATH, Woken::Time).await,
                    Err(_) => return Woken::Loss,
                },
                news = news_of(&self.subject, &mut self.news) => match news {
                    // One more may write by now.
                    News::Container { .. } if matches!(self.subject, Subject::Services { .. }) => {
                        return Woken::Change;
                    }
                    // Left alone the output goes on, and none of it is missed.
                    News::Container { .. } => self.tell(),
                    News::Service { .. } | News::Node => {}
                    News::Anything => return Woken::Loss,
                },
            }
        }
    }

    /// Waits for an event, or for that long.
    async fn told(&mut self, limit: Duration, otherwise: Woken) -> Woken {
        let news = news_of(&self.subject, &mut self.news);
        match timeout(limit, news).await {
            Ok(_) => Woken::Change,
            Err(_) => otherwise,
        }
    }
}

/// The next event about that, or that may be about it.
async fn news_of(subject: &Subject, news: &mut broadcast::Receiver<News>) -> News {
    loop {
        let next = events::next(news).await;
        let is_about = match (&next, subject) {
            (News::Anything, _) => true,
            (News::Container { id, .. }, Subject::Container(of)) => id == of,
            (News::Container { task_of, .. }, Subject::SwarmService(of)) => {
                task_of.as_ref() == Some(of)
            }
            (News::Service { id, .. }, Subject::SwarmService(of)) => id == of,
            (News::Node, Subject::SwarmService(_)) => true,
            (News::Service { .. } | News::Node, _) => false,
            (
                News::Container { service, .. },
                Subject::Services {
                    project,
                    service: of,
                },
            ) => service.as_ref().is_some_and(|(other, name)| {
                other == project && of.as_ref().is_none_or(|of| of == name)
            }),
        };
        if is_about {
            return next;
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
