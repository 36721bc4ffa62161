//! Tells what happened, one thing after another.

use crate::call::progress::Progress;

/// What happened so far.
#[derive(Debug)]
pub(crate) struct Tally {
    progress: Progress,
    done: f64,
}

impl Tally {
    pub(crate) fn new(progress: &Progress) -> Self {
        Self {
            progress: progress.clone(),
            done: 0.0,
        }
    }

    /// One thing more.
    pub(crate) fn tell(&mut self, what: impl Into<String>) {
        self.done += 1.0;
        let what: String = what.into();
        self.progress.report_each(self.done, what);
    }
}
