//! Tells subscribers when a resource is worth reading again, and when containers and services come and go.
//!
//! However many subscribe, the Engine is followed once: one stream of events in all, and of
//! each container whose output is subscribed to one of that. What is open belongs to those who
//! subscribed: it closes when the last of them lets go, and is opened again after the Engine was
//! away. Only the fact of a change is told; what has changed is read on the one path of a call.

mod events;
mod service;
mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep, sleep_until};

use crate::call::{CallError, Runtime};
use crate::fleet::Fleet;
use crate::resource::{Address, ResourceError, Subject, permit};
use events::{Events, News};
use watch::{State, Watch};

/// The most resources that are watched at once.
pub const MOST: usize = 100;

/// The least time between two notifications of the same.
const PACE: Duration = Duration::from_secs(1);

/// How long a stream may be silent before it counts as dead and is opened anew. A container may
/// have nothing to say for much longer.
const STANDING: Duration = Duration::from_secs(3600);

/// All that is subscribed to; the parts are shared by whoever wants the same.
#[derive(Debug)]
pub struct Subscriptions {
    fleet: Arc<Fleet>,
    /// By the hosts.
    events: Mutex<HashMap<Host, Weak<Events>>>,
    watches: Mutex<HashMap<Watched, Weak<Watch>>>,
}

/// The name of a host, where there are several.
type Host = Option<String>;

/// The name of a resource, the host and what it is about.
type Watched = (&'static str, Host, Subject);

/// A subscription to a resource; it ends when it is dropped.
#[derive(Debug)]
pub struct Subscription {
    seen: tokio::sync::watch::Receiver<()>,
    pace: Pace,
    _watch: Arc<Watch>,
}

/// A subscription to the list of containers; it ends when it is dropped.
#[derive(Debug)]
pub struct ListSubscription {
    /// Of each host.
    news: Vec<broadcast::Receiver<News>>,
    pace: Pace,
    _events: Vec<Arc<Events>>,
}

impl Subscriptions {
    /// Nothing is subscribed to yet.
    pub fn new(fleet: Arc<Fleet>) -> Self {
        Self {
            fleet,
            events: Mutex::default(),
            watches: Mutex::default(),
        }
    }

    /// Subscribes to a resource.
    ///
    /// # Errors
    /// The operator has taken its tool away, there is no such container, the Engine cannot be
    /// asked, or too much is subscribed to.
    pub async fn subscribe(&self, address: &Address) -> Result<Subscription, ResourceError> {
        let resource = address.resource();
        let runtime = self.fleet.runtime_of(address.host())?;
        permit(resource, &runtime.config().safety).map_err(CallError::from)?;
        let subject = address.subject().map_err(CallError::from)?;
        let state = State::of(runtime, resource.tool, subject).await?;
        let host = runtime.host().map(str::to_owned);
        let key = (resource.name, host, state.subject.clone());

        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        watches.retain(|_, watch| watch.strong_count() > 0);
        let shared = watches.get(&key).and_then(Weak::upgrade);
        let watch = match shared {
            Some(watch) => watch,
            None if watches.len() >= MOST => return Err(too_many().into()),
            None => {
                let (of, events) = (Arc::clone(runtime), self.events(runtime));
                let watch = Arc::new(Watch::start(of, resource, state, events));
                watches.insert(key, Arc::downgrade(&watch));
                watch
            }
        };
        Ok(Subscription {
            seen: watch.changes(),
            pace: Pace::default(),
            _watch: watch,
        })
    }

    /// Subscribes to the coming and going of containers.
    pub fn subscribe_to_list(&self) -> ListSubscription {
        let events: Vec<_> = self.fleet.runtimes().map(|it| self.events(it)).collect();
        ListSubscription {
            news: events.iter().map(|events| events.subscribe()).collect(),
            pace: Pace::default(),
            _events: events,
        }
    }

    /// The one stream of events of a host.
    fn events(&self, runtime: &Arc<Runtime>) -> Arc<Events> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let events = events.entry(runtime.host().map(str::to_owned)).or_default();
        events.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Events::start(Arc::clone(runtime)));
            *events = Arc::downgrade(&started);
            started
        })
    }
}

impl Subscription {
    /// Waits for the next change; false where there will be none, because the container is gone.
    /// Changes that follow each other closely are one.
    pub async fn changed(&mut self) -> bool {
        if self.seen.changed().await.is_err() {
            return false;
        }
        self.pace.keep().await;
        self.seen.mark_unchanged();
        true
    }
}

impl ListSubscription {
    /// Waits until the list of resources may be another.
    pub async fn changed(&mut self) {
        let changed = self
            .news
            .iter_mut()
            .map(|news| Box::pin(async move { while !events::next(news).await.changes_list() {} }));
        select_all(changed).await;
        self.pace.keep().await;
        // What came meanwhile is told with it.
        for news in &mut self.news {
            *news = news.resubscribe();
        }
    }
}

/// Keeps notifications apart; the first one is not held up.
#[derive(Debug, Default)]
struct Pace(Option<Instant>);

impl Pace {
    async fn keep(&mut self) {
        if let Some(last) = self.0 {
            sleep_until(last + PACE).await;
        }
        self.0 = Some(Instant::now());
    }
}

/// Waits longer from time to time while the Engine is away.
#[derive(Debug)]
struct Patience(Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_millis(500))
    }
}

impl Patience {
    const LONGEST: Duration = Duration::from_secs(15);

    async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(Self::LONGEST);
    }

    /// Begins anew after something that went well for so long.
    fn rewarded(&mut self, since: Instant) {
        if since.elapsed() >= Self::LONGEST {
            *self = Self::default();
        }
    }
}

fn too_many() -> CallError {
    CallError::Operation(format!(
        "{MOST} resources are subscribed to already; unsubscribe from one that is not needed any more"
    ))
}
