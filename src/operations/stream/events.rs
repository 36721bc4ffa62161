//! Reads what has happened on the Engine, and what happens next: `docker_events`.
//!
//! The Engine remembers its last 256 events, and none from before its start. So the result says from
//! when on it is whole.

use std::collections::HashMap;
use std::time::Duration;

use bollard::query_parameters::EventsOptions;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::event::{self, Happened, Item};
use super::event_filter::EventFilter;
use super::newest::Newest;
use super::stretch::Stretch;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Request, record};
use crate::generated::params::events::Params;
use crate::generated::reply::events::Reply;
use crate::operations::budget;
use crate::operations::units::count;
use crate::output::{Hinted, beyond_limit};
use crate::params::{InvalidArgument, Now, Time, unix_text};

/// How far ahead an end may be.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(300);

/// How long after the end the Engine may take to end its reply.
const LAST_WORD: Duration = Duration::from_secs(5);

/// How to ask for less.
const NARROWER: &str = "ask for less with `filters`, `since` or `until`";

/// Gives the newest events of a stretch of time, oldest first; what is still to come of it is waited
/// for, and told as it happens.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Item>>, CallError> {
    let now = call.engine.now().await?;
    let until = params.until.unwrap_or(Time::NOW);
    let stretch = Stretch::new(Some(params.since), Some(until), now)?;
    let ends = stretch.until.unwrap_or(now.latest);
    let wait = wait(ends, now)?;
    let filter = EventFilter::of(params.filters.as_ref(), params.execs, call).await?;
    let mut seen = Seen::new(params, call, stretch, filter);
    if seen.filter.is_set() {
        seen.known = oldest(now, call).await?;
    }
    if wait.is_positive() {
        seen.live = Some(now.earliest);
    }
    seen.read(ends, wait).await?;
    Ok(seen.into_reply())
}

/// How long the end of a stretch is still to come, at the most.
fn wait(ends: Timestamp, now: Now) -> Result<SignedDuration, InvalidArgument> {
    let ahead = now.latest.duration_until(ends);
    if ahead > LONGEST_WAIT {
        return Err(InvalidArgument(format!(
            "`until` ({ends:.0}) is {} s ahead, and a call waits for {} s at most: give an earlier end, such as `+60s`; by \
             the Engine's clock it is {:.0}",
            ahead.as_secs(),
            LONGEST_WAIT.as_secs(),
            now.earliest
        )));
    }
    Ok(ahead)
}

fn request(
    since: Timestamp,
    until: Timestamp,
    filters: Option<HashMap<String, Vec<String>>>,
) -> Result<Request, EngineError> {
    let options = EventsOptions {
        since: Some(unix_text(since)),
        until: Some(unix_text(until)),
        filters,
    };
    record(|docker| async move { docker.events(Some(options)).boxed().try_next().await })
}

/// When the oldest event was that the Engine remembers. An end that has surely passed lets it answer
/// at once where there is none.
async fn oldest(now: Now, call: &Call<'_>) -> Result<Option<Timestamp>, EngineError> {
    let request = request(Timestamp::UNIX_EPOCH, now.earliest, None)?;
    let oldest = call.engine.objects(request).try_next().await?;
    Ok(oldest.and_then(|event| Happened::read(&event).time))
}

/// What was seen of a stretch so far.
struct Seen<'a> {
    call: &'a Call<'a>,
    stretch: Stretch,
    filter: EventFilter,
    limit: u64,
    budget: usize,
    newest: Newest<Item>,
    /// When the oldest event was that is known.
    known: Option<Timestamp>,
    /// What happens from then on is told as it happens.
    live: Option<Timestamp>,
    told: u32,
    clipped: bool,
}

impl<'a> Seen<'a> {
    fn new(params: &Params, call: &'a Call<'a>, stretch: Stretch, filter: EventFilter) -> Self {
        let limit = params.limit.unsigned_abs();
        let budget = budget::budget(call);
        Self {
            call,
            stretch,
            filter,
            limit,
            budget,
            newest: Newest::new(usize::try_from(limit).unwrap_or(usize::MAX), budget),
            known: None,
            live: None,
            told: 0,
            clipped: false,
        }
    }

    /// Reads the events of the stretch, until its end. Without filters, those before it show from when
    /// on the list is whole.
    async fn read(&mut self, ends: Timestamp, wait: SignedDuration) -> Result<(), CallError> {
        let begins = match self.stretch.since {
            Some(since) if self.filter.is_set() => since,
            _ => Timestamp::UNIX_EPOCH,
        };
        let request = request(begins, ends, self.filter.sent())?;
        let wait = Duration::try_from(wait).unwrap_or_default();
        // Nothing may happen for as long.
        let engine = self.call.engine.with_more_time(wait);
        if wait.is_zero() {
            return Ok(self.take(engine.objects(request)).await?);
        }
        let request = self.call.waiting(request).await?;
        let reading = self.take(engine.objects(request));
        match tokio::time::timeout(wait + LAST_WORD, reading).await {
            Ok(read) => Ok(read?),
            // An Engine that does not keep to the end has said all the same.
            Err(_) => Ok(()),
        }
    }

    async fn take(
        &mut self,
        mut events: impl Stream<Item = Result<Value, EngineError>> + Unpin,
    ) -> Result<(), EngineError> {
        while let Some(mut event) = events.try_next().await? {
            // Before long texts are cut.
            self.call.redactor.value(&mut event);
            self.add(&Happened::read(&event));
        }
        Ok(())
    }

    fn add(&mut self, event: &Happened) {
        if let Some(time) = event.time {
            self.known = Some(self.known.map_or(time, |known| known.min(time)));
            if self.stretch.since.is_some_and(|since| time < since) {
                self.filter.pass_over(event);
                return;
            }
        }
        if !self.filter.chooses(event) {
            return;
        }
        if self.live.is_some_and(|live| event.time >= Some(live)) {
            self.told += 1;
            let told = f64::from(self.told);
            self.call.progress.report_each(told, event.told());
        }
        let (item, clipped) = event.item(self.budget / 10);
        self.clipped |= clipped;
        // With its comma.
        let cost = item.cost() + 1;
        self.newest.push(item, cost);
    }

    fn into_reply(self) -> Hinted<Reply<Item>> {
        let since = self.stretch.since.unwrap_or_default();
        let cut_to_fit = self.clipped || self.newest.is_cut_by_budget();
        let truncated = self.clipped || self.newest.is_cut();
        let events: Vec<Item> = self.newest.into_items().collect();
        let reply = Reply {
            count: count(events.len()),
            truncated,
            since_known: self.known.map(event::written),
            since: event::written(since),
            events,
        };
        let advice = format!("the newest are kept, and long texts are cut short; {NARROWER}");
        let left_out = if cut_to_fit {
            budget::advice(self.call, &advice)
        } else {
            beyond_limit(self.limit, Some(NARROWER))
        };
        Hinted::from(reply)
            .hinted(truncated.then_some(left_out))
            .noted(unknown(since, self.known))
            .noted(self.stretch.note())
    }
}

/// What is not known of a stretch that begins then.
fn unknown(since: Timestamp, known: Option<Timestamp>) -> Option<String> {
    match known {
        Some(known) if known <= since => None,
        Some(known) => Some(format!(
            "what happened before {} is not known: the Engine remembers 256 events, and none from before its start",
            event::written(known)
        )),
        None => Some(
            "the Engine remembers no event, so what happened is not known: it may have started since"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_end_may_be_ahead_but_not_too_far() {
        let now = Now::at(at("2026-05-01T10:00:00Z"));
        let wait = |ends| wait(at(ends), now).map(|wait| wait.as_secs());
        assert_eq!(wait("2026-05-01T09:00:00Z"), Ok(-3600));
        assert_eq!(wait("2026-05-01T10:05:00Z"), Ok(300));
        let error = wait("2026-05-01T10:05:01Z").unwrap_err().0;
        assert!(
            error.contains("301 s ahead") && error.contains("300 s at most"),
            "{error}"
        );
    }

    #[test]
    fn what_the_engine_has_forgotten_is_not_called_nothing() {
        let since = at("2026-05-01T10:00:00Z");
        assert_eq!(unknown(since, Some(since)), None);
        let late = unknown(since, Some(at("2026-05-01T11:00:00Z"))).unwrap();
        assert!(
            late.contains("before 2026-05-01T11:00:00Z is not known"),
            "{late}"
        );
        assert!(unknown(since, None).unwrap().contains("no event"));
    }
}
