//! Waits until something happens to containers: `docker_wait`.
//!
//! Whether it has happened already is looked at once the Engine tells events, so that nothing falls between
//! the two. Each event is told as it happens.

mod line;
mod standing;

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::selection::{Chosen, Selection};
use crate::call::progress::Sentence;
use crate::call::{Call, CallError};
use crate::generated::params::wait::Params;
use crate::generated::reply::wait::Reply;
use crate::operations::stream::event::Item;
use crate::operations::stream::newest::Newest;
use crate::operations::{budget, units};
use crate::output::Hinted;
use crate::params::InvalidArgument;

/// How many events a result holds.
const MOST_EVENTS: usize = 100;

/// How many containers a hint names.
const MOST_NAMED: usize = 5;

/// Something that happened while the call waited.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Event {
    Happened(Item),
    Written(line::Written),
}

/// Waits for what was asked for; that it did not come in time is a result, too.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Event>>, CallError> {
    let goal = params.r#for.as_str();
    check(goal, params)?;
    let selection = Selection {
        project: params.project.as_deref(),
        containers: params.containers.as_deref(),
        filters: params.filters.as_ref(),
    };
    let mut wait = Wait::new(call, units::seconds(params.timeout));
    let unmet = match (goal, &params.grep) {
        ("log", Some(grep)) => line::wait(grep, &selection, &mut wait).await?,
        _ => standing::wait(goal, &selection, &mut wait).await?,
    };
    Ok(wait.into_reply(unmet))
}

fn check(goal: &str, params: &Params) -> Result<(), InvalidArgument> {
    match (goal, &params.grep) {
        ("log", None) => Err(InvalidArgument(
            "`for` is `log`, so `grep` has to say which line is waited for: give a regular expression, such as `ready`"
                .to_owned(),
        )),
        ("log", Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(InvalidArgument(format!(
            "`grep` is for lines of a log: leave it out, or set `for` to `log` (got `{goal}`)"
        ))),
    }
}

/// A call that waits, and what it has seen so far.
struct Wait<'a> {
    call: &'a Call<'a>,
    started: Instant,
    time: Duration,
    events: Newest<Event>,
    told: u32,
}

impl<'a> Wait<'a> {
    fn new(call: &'a Call<'a>, time: Duration) -> Self {
        Self {
            call,
            started: Instant::now(),
            time,
            events: Newest::new(MOST_EVENTS, budget::budget(call)),
            told: 0,
        }
    }

    /// When the time is up.
    fn ends(&self) -> Instant {
        self.started + self.time
    }

    /// Tells of an event as it happens, and keeps it.
    fn tell(&mut self, event: Event, cost: usize, message: Sentence) {
        self.told += 1;
        self.call
            .progress
            .report_each(f64::from(self.told), message);
        // With its comma.
        self.events.push(event, cost + 1);
    }

    fn into_reply(self, unmet: Option<String>) -> Hinted<Reply<Event>> {
        let cut = self.events.is_cut();
        let tenths = self.started.elapsed().as_millis() / 100;
        let reply = Reply {
            met: unmet.is_none(),
            waited: u32::try_from(tenths).map_or(f64::INFINITY, f64::from) / 10.0,
            events: self.events.into_items().collect(),
        };
        let left_out = "of the events the newest are kept; each was told as progress";
        Hinted::from(reply)
            .noted(unmet)
            .noted(cut.then(|| left_out.to_owned()))
    }
}

/// The containers that were chosen; that there are none is an error, for nothing could ever come of it.
fn some(chosen: Vec<Chosen>) -> Result<Vec<Chosen>, CallError> {
    if chosen.is_empty() {
        let none = "no container is chosen, so there is nothing to wait for: change `filters`, or create one first";
        return Err(CallError::Operation(none.to_owned()));
    }
    Ok(chosen)
}

/// Some names in a line, and how many more there are.
fn named(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = all.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}
