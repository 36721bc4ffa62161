//! Holds the secrets that calls name, which are hidden wherever they occur as long as the process lives.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::call_secrets::CallSecrets;
use super::marker::{self, Markers};

/// Secrets that every redactor of this process knows by their value.
#[derive(Default)]
pub(super) struct Lasting {
    pub(super) markers: Arc<Markers>,
    /// Absent until there is one, so that nothing is spent on none.
    known: OnceLock<RwLock<CallSecrets>>,
}

impl Lasting {
    /// Adds some; what was added stays, because it may be in use still.
    pub(super) fn learn<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) {
        let known = self.known.get_or_init(RwLock::default);
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        known.learn_whole(secrets);
    }

    /// The clean text of any number of lines with a marker in place of each of them.
    pub(super) fn hide<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        let Some(known) = self.known.get() else {
            return text;
        };
        let mut spans = Vec::new();
        let known = known.read().unwrap_or_else(PoisonError::into_inner);
        known.find(&text, &mut spans);
        match marker::hide(&self.markers, &text, spans) {
            Cow::Borrowed(_) => text,
            Cow::Owned(hidden) => Cow::Owned(hidden),
        }
    }
}

impl fmt::Debug for Lasting {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lasting").finish_non_exhaustive()
    }
}
