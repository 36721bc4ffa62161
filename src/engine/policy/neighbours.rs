//! Knows where the other Engines of this machine keep their data: who mounts one's data on another has all
//! that its containers have.
//!
//! An Engine that runs beside the server is asked once. One that does not answer at once is left alone for
//! a while, so that it delays nothing of another; what it said earlier holds on.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio::time::{Instant, timeout};

/// How long one may take to say where its data is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long one that did not say so is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// Asks an Engine where its data is; none where it does not say.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// The Engines at sockets of this machine, where there are several.
#[derive(Debug, Default)]
pub struct Neighbours(Vec<Neighbour>);

/// One of them.
pub struct Neighbour {
    place: String,
    ask: Ask,
    known: Mutex<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    root: Option<String>,
    failed: Option<Instant>,
}

impl Neighbour {
    /// The Engine at that socket or address, and how it is asked.
    pub fn new(place: &str, ask: Ask) -> Self {
        Self {
            place: place.to_owned(),
            ask,
            known: Mutex::default(),
        }
    }

    async fn data_root(&self) -> Option<String> {
        let known = self.known().clone();
        let is_left_alone = known.failed.is_some_and(|at| at.elapsed() < LEFT_ALONE);
        if known.root.is_some() || is_left_alone {
            return known.root;
        }
        let root = timeout(PATIENCE, (self.ask)()).await.unwrap_or_default();
        *self.known() = Known {
            failed: root.is_none().then(Instant::now),
            root: root.clone(),
        };
        root
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Neighbours {
    /// These Engines.
    pub fn of(all: Vec<Neighbour>) -> Self {
        Self(all)
    }

    /// Where they keep their data, but for the one at that socket.
    pub(super) async fn data_roots(&self, own: Option<&str>) -> Vec<String> {
        let others = self.0.iter().filter(|it| Some(it.place.as_str()) != own);
        let roots = join_all(others.map(Neighbour::data_root)).await;
        roots.into_iter().flatten().collect()
    }
}

impl fmt::Debug for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Neighbour").field(&self.place).finish()
    }
}
