//! Tells whoever made a call how far it is, at a pace that a client can take.
//!
//! An operation says where it stands as often as it likes; [`Progress::report`] never waits and
//! keeps the latest report only. Beside the operation, and no longer than it, the latest is sent on,
//! at most ten times a second, and where there is nothing new for some seconds, how long it has
//! been. Nothing is sent after the result, nor after the call was dropped. What has happened is sent
//! a moment before the result.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{self, BoxFuture};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::redaction::Redactor;

/// The least time between two notifications; eight a second leave room for the last one, which
/// does not wait.
const GAP: Duration = Duration::from_millis(125);

/// How long a call may take without a word.
const FIRST_HEARTBEAT: Duration = Duration::from_secs(2);

/// How long after the last notification the next one comes, whatever happens.
const HEARTBEAT: Duration = Duration::from_secs(4);

/// How long a result comes after the last of what has happened. The TypeScript SDK forgets whoever listens
/// to a call when it reads the result, with what it has read just before it.
const APART: Duration = Duration::from_millis(25);

/// How many reports of which none is to be passed over may wait to be sent; the oldest give way.
const MOST_WAITING: usize = 1000;

/// How long a result waits for the notifications before it to be read.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where a call tells how far it is; clones tell the same listener, if there is one.
#[derive(Clone, Default)]
pub struct Progress {
    listener: Option<Arc<Listener>>,
    redactor: Option<Redactor>,
}

struct Listener {
    latest: watch::Sender<Option<Report>>,
    waiting: Mutex<VecDeque<Report>>,
    send: Box<dyn Fn(Report) -> BoxFuture<'static, ()> + Send + Sync>,
}

/// How far a call is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// How much is done, in any unit.
    pub done: f64,
    /// How much there is to do, in the same unit, where that is known.
    pub total: Option<f64>,
    /// What a person reads.
    pub message: String,
}

/// A message in parts, each of which is redacted by itself.
///
/// What stands before a word tells whether it is a secret: behind the name of a container that is called
/// `my-token`, the words of this server would be taken for one. A part is a whole text, never a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence(Vec<String>);

impl Sentence {
    /// What these say together.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(parts.into_iter().map(str::to_owned).collect())
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self(vec![text])
    }
}

impl Progress {
    /// Nobody listens.
    pub fn none() -> Self {
        Self::default()
    }

    /// Sends reports by `send`, each after the one before has been sent. `done` rises with each of
    /// them, as MCP wants it.
    pub fn to(send: impl Fn(Report) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        let listener = Listener {
            latest: watch::Sender::new(None),
            waiting: Mutex::default(),
            send: Box::new(send),
        };
        Self {
            listener: Some(Arc::new(listener)),
            redactor: None,
        }
    }

    /// The same listener, which is told nothing that the redactor takes out.
    pub(crate) fn redacted_by(self, redactor: Redactor) -> Self {
        Self {
            redactor: Some(redactor),
            ..self
        }
    }

    /// Says how far the call is. Costs nothing to speak of and never waits; what comes too often
    /// for the listener is passed over, but the last report is sent.
    pub fn report(&self, done: f64, total: Option<f64>, message: impl Into<String>) {
        if let Some(listener) = &self.listener {
            listener.latest(Report {
                done,
                total,
                message: self.redacted(message.into()),
            });
        }
    }

    /// Says what has happened, `done` counting such reports. None of them is passed over.
    pub(crate) fn report_each(&self, done: f64, message: impl Into<Sentence>) {
        let Some(listener) = &self.listener else {
            return;
        };
        let Sentence(parts) = message.into();
        let message = parts.into_iter().map(|part| self.redacted(part)).collect();
        let report = Report {
            done,
            total: None,
            message,
        };
        let mut waiting = listener.waiting();
        waiting.push_back(report.clone());
        if waiting.len() > MOST_WAITING {
            waiting.pop_front();
        }
        drop(waiting);
        listener.latest(report);
    }

    fn redacted(&self, mut text: String) -> String {
        if let Some(Cow::Owned(redacted)) = self.redactor.as_ref().map(|it| it.text(&text)) {
            text = redacted;
        }
        text
    }

    /// Does the work and sends its reports meanwhile. A listener that does not listen slows nothing
    /// but the end, and that by half a second at most.
    pub(crate) async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(listener) = &self.listener else {
            return work.await;
        };
        let over = CancellationToken::new();
        let reports = listener.latest.subscribe();
        let work = async {
            let result = work.await;
            over.cancel();
            result
        };
        let telling = async {
            // Dropping a notification on its way would let it arrive after the result.
            let impatience = async {
                over.cancelled().await;
                sleep(PATIENCE).await;
            };
            tokio::select! {
                () = listener.tell(reports, &over) => {}
                () = impatience => {}
            }
        };
        future::join(work, telling).await.0
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field(
                "latest",
                &self.listener.as_ref().map(|it| it.latest.borrow()),
            )
            .finish()
    }
}

impl Listener {
    fn latest(&self, report: Report) {
        let report = Some(report);
        self.latest.send_if_modified(|latest| {
            let new = *latest != report;
            *latest = report;
            new
        });
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<Report>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a report, or all that wait, of which it is the last. Whether some did.
    async fn pass_on(&self, report: Report, scale: &mut Scale) -> bool {
        let mut waiting = std::mem::take(&mut *self.waiting());
        let some = !waiting.is_empty();
        if !some {
            waiting.push_back(report);
        }
        for report in waiting {
            (self.send)(scale.place(report)).await;
        }
        some
    }

    /// Sends reports until the work is over, and then the last one.
    async fn tell(&self, mut reports: watch::Receiver<Option<Report>>, over: &CancellationToken) {
        let started = Instant::now();
        let mut scale = Scale::default();
        let mut earliest = started;
        let mut heartbeat = started + FIRST_HEARTBEAT;
        let mut happened = None;
        loop {
            let new = async {
                sleep_until(earliest).await;
                // This listener holds the sender.
                let _ = reports.changed().await;
            };
            let quiet = tokio::select! {
                biased;
                () = over.cancelled() => break,
                () = new => false,
                () = sleep_until(heartbeat) => true,
            };
            let mut report = latest(&mut reports);
            if quiet {
                report.message = with_time(&report.message, started.elapsed());
            }
            let sent = Instant::now();
            if self.pass_on(report, &mut scale).await {
                happened = Some(Instant::now());
            }
            earliest = sent + GAP;
            heartbeat = sent + HEARTBEAT;
        }
        if reports.has_changed().unwrap_or(false) {
            let last = latest(&mut reports);
            if self.pass_on(last, &mut scale).await {
                happened = Some(Instant::now());
            }
        }
        if let Some(happened) = happened {
            sleep_until(happened + APART).await;
        }
    }
}

/// The latest report; an empty one of an operation that reports nothing.
fn latest(reports: &mut watch::Receiver<Option<Report>>) -> Report {
    reports.borrow_and_update().clone().unwrap_or_default()
}

fn with_time(message: &str, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if message.is_empty() {
        format!("running for {seconds} s")
    } else {
        format!("{message} ({seconds} s)")
    }
}

/// Makes every value greater than the one before.
#[derive(Debug, Default)]
struct Scale(Option<f64>);

impl Scale {
    fn place(&mut self, mut report: Report) -> Report {
        if let Some(before) = self.0
            && report.done <= before
        {
            // A little of the way to the next whole unit, so as not to run ahead of the work.
            let room = before.floor() + 1.0 - before;
            report.done = (before + room / 100.0).max(before.next_up());
        }
        report.total = report.total.filter(|total| report.done <= *total);
        self.0 = Some(report.done);
        report
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
