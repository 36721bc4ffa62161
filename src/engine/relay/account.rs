//! Keeps what came of a program's requests: what it made and changed, and what it was refused.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::engine::Engine;
use crate::engine::objects::ObjectKind;

/// So many of each are kept.
const MOST: usize = 1000;

/// Something that a program has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What it did: `created`, `started`, `removed`.
    pub verb: &'static str,
    /// To which kind of object.
    pub kind: ObjectKind,
    /// What the object is called.
    pub name: String,
    /// Its id, where it has one.
    pub id: Option<String>,
}

/// What came of a program's requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What it did, in order.
    pub done: Vec<Done>,
    /// Why requests of it were refused, each reason once.
    pub refusals: Vec<String>,
}

impl Engine {
    /// What programs of this call changed: ids, and of volumes their names.
    pub(crate) fn changed_by_programs(&self) -> Vec<String> {
        self.scope.all_changed()
    }
}

/// An account that is still written.
#[derive(Debug)]
pub(super) struct Ledger {
    account: Mutex<Account>,
    /// What containers and the like are called, by the ids that were told.
    names: Mutex<HashMap<String, String>>,
    followers: Mutex<Vec<mpsc::UnboundedSender<Done>>>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            account: Mutex::default(),
            names: Mutex::default(),
            followers: Mutex::default(),
        }
    }

    pub(super) fn done(&self, done: Done) {
        locked(&self.followers).retain(|follower| follower.send(done.clone()).is_ok());
        let mut account = locked(&self.account);
        if account.done.len() < MOST {
            account.done.push(done);
        }
    }

    pub(super) fn refused(&self, reason: &str) {
        let mut account = locked(&self.account);
        let is_new = account.refusals.iter().all(|known| known != reason);
        if is_new && account.refusals.len() < MOST {
            account.refusals.push(reason.to_owned());
        }
    }

    /// What is done from now on, as it is done.
    pub(super) fn follow(&self) -> mpsc::UnboundedReceiver<Done> {
        let (sender, receiver) = mpsc::unbounded_channel();
        locked(&self.followers).push(sender);
        receiver
    }

    pub(super) fn name(&self, id: &str, name: &str) {
        let mut names = locked(&self.names);
        if names.len() < MOST {
            names.insert(id.to_owned(), name.trim_start_matches('/').to_owned());
        }
    }

    /// What the object of that id is called, or else the id.
    pub(super) fn named(&self, id: &str) -> String {
        let names = locked(&self.names);
        names.get(id).map_or(id, String::as_str).to_owned()
    }

    pub(super) fn account(&self) -> Account {
        locked(&self.account).clone()
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
