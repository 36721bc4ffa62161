//! Knows the connections on which no token was taken yet, and closes the oldest of them where another one has no room.
//!
//! Whoever has no token could otherwise take every place by saying nothing, as long as a request may take.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The connections that nobody was let in by, the oldest first; clones share them.
#[derive(Clone, Default)]
pub(super) struct Newcomers(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    next: u64,
    connections: BTreeMap<u64, CancellationToken>,
}

impl Newcomers {
    /// Counts a connection among them.
    pub(super) fn add(&self) -> Newcomer {
        let mut waiting = self.waiting();
        let number = waiting.next;
        waiting.next += 1;
        let closed = CancellationToken::new();
        waiting.connections.insert(number, closed.clone());
        Newcomer {
            number,
            closed,
            among: self.clone(),
        }
    }

    /// Closes the oldest, where there is one.
    pub(super) fn close_oldest(&self) {
        if let Some((_, oldest)) = self.waiting().connections.pop_first() {
            oldest.cancel();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of them; it is none any more once it was let in or is dropped.
pub(super) struct Newcomer {
    number: u64,
    /// Cancelled when it has to go.
    pub(super) closed: CancellationToken,
    among: Newcomers,
}

impl Newcomer {
    /// A token of its was taken, or none is asked for.
    pub(super) fn let_in(&self) {
        self.among.waiting().connections.remove(&self.number);
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        self.let_in();
    }
}
