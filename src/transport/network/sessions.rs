//! Keeps the sessions that are open, so many and no more, each for whoever opened it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::call::gate::Owner;

/// How many requests of one session may run at once, so that there is room for others.
pub(super) const MOST_AT_ONCE: usize = 64;

/// The open sessions by their ids, with what a transport needs to find of one.
#[derive(Debug)]
pub(super) struct Sessions<T> {
    most: usize,
    open: Mutex<HashMap<Arc<str>, (Owner, T)>>,
}

impl<T: Clone> Sessions<T> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::default(),
        }
    }

    /// How many there may be.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Whether there is no room for another.
    pub(super) fn is_full(&self) -> bool {
        self.lock().len() >= self.most
    }

    /// Opens a session; false, and nothing opened, where there is no room.
    pub(super) fn open(&self, id: Arc<str>, owner: Owner, session: T) -> bool {
        let mut open = self.lock();
        let room = open.len() < self.most;
        if room {
            open.insert(id, (owner, session));
        }
        room
    }

    /// The session of that id, if there is one and it belongs to whoever asks.
    pub(super) fn find(&self, id: &str, asking: &Owner) -> Option<T> {
        let open = self.lock();
        let (owner, session) = open.get(id)?;
        (owner == asking).then(|| session.clone())
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<(Arc<str>, T)> {
        let open = self.lock();
        let copy = |(id, (_, session)): (&Arc<str>, &(Owner, T))| (Arc::clone(id), session.clone());
        open.iter().map(copy).collect()
    }

    /// Takes a session out.
    pub(super) fn close(&self, id: &str) -> Option<T> {
        self.lock().remove(id).map(|(_, session)| session)
    }

    /// Takes all of them out.
    pub(super) fn close_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, (Owner, T)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
