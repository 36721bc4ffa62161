//! Reads the Engine's clock from the `Date` of its replies.
//!
//! The Engine judges every time that it is given, and every time that it gives, by its own clock.
//! That of this machine may be another: a virtual machine that slept, a machine far away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderMap;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use crate::params::Now;

/// How long a reading is good for; the clocks do not drift apart within it.
const FRESH: Duration = Duration::from_secs(30);

/// How much the two clocks of this machine may drift apart within that. More means that it slept:
/// only one of them went on.
const SLEPT: Duration = Duration::from_secs(1);

/// The most that a reading may leave open: `Date` has whole seconds, and a reply takes its time.
const SHARP: SignedDuration = SignedDuration::from_secs(2);

/// The Engine's clock, as its last replies told it.
///
/// Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock(Arc<Mutex<Option<Reading>>>);

/// What a reply said, counted on to this moment of a clock that nobody sets.
#[derive(Debug, Clone, Copy)]
struct Reading {
    now: Now,
    heard: Instant,
    /// The same moment by the clock of this machine.
    wall: SystemTime,
    /// When the oldest reply came that this rests on.
    since: Instant,
}

impl Clock {
    /// Takes note of the head of a reply to a request that was sent then.
    pub(super) fn heard(&self, head: &HeaderMap, sent: Instant) {
        let date = head.get(DATE).and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok())
        else {
            return;
        };
        let at = Instant::now();
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Reading::new(date, sent, at, SystemTime::now());
        *reading = Some(match &*reading {
            Some(old) => old.and(new),
            None => new,
        });
    }

    /// The Engine's time, where the replies tell it surely enough.
    pub(super) fn now(&self) -> Option<Now> {
        let (at, wall) = (Instant::now(), SystemTime::now());
        let reading = self.last()?;
        let sure = reading.now.spread() <= SHARP && reading.holds(at, wall);
        sure.then(|| reading.at(at))
    }

    /// The Engine's time as well as it is known: that of this machine where it does not say.
    pub(super) fn at_best(&self) -> Now {
        match self.last() {
            Some(reading) => reading.at(Instant::now()),
            None => Now::at(Timestamp::now()),
        }
    }

    fn last(&self) -> Option<Reading> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    /// The Engine wrote the second that its clock was in, some time between request and reply.
    fn new(date: Timestamp, sent: Instant, heard: Instant, wall: SystemTime) -> Self {
        let waited = heard.saturating_duration_since(sent);
        let latest = Now::at(date).later(Duration::from_secs(1) + waited).latest;
        Self {
            now: Now {
                earliest: date,
                latest,
            },
            heard,
            wall,
            since: heard,
        }
    }

    /// What a newer one adds: the moment that both allow. Where there is none the clock was set.
    fn and(&self, new: Self) -> Self {
        let old = self.at(new.heard);
        let both = Now {
            earliest: old.earliest.max(new.now.earliest),
            latest: old.latest.min(new.now.latest),
        };
        if self.holds(new.heard, new.wall) && both.earliest <= both.latest {
            Self {
                now: both,
                since: self.since,
                ..new
            }
        } else {
            new
        }
    }

    /// Whether it is still good for anything.
    fn holds(&self, at: Instant, wall: SystemTime) -> bool {
        let elapsed = at.saturating_duration_since(self.heard);
        let by_wall = wall.duration_since(self.wall).unwrap_or_default();
        at.saturating_duration_since(self.since) < FRESH && by_wall.abs_diff(elapsed) < SLEPT
    }

    fn at(&self, at: Instant) -> Now {
        self.now.later(at.saturating_duration_since(self.heard))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "2026-05-01T10:00:00Z";

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// A reading of a reply that came at once, so long after the first, of an Engine whose clock shows
    /// so much more than at the first.
    fn reading(first: Instant, after: f64, shows: i64) -> Reading {
        let date = SENT.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(shows);
        let heard = first + seconds(after);
        Reading::new(date, heard, heard, SystemTime::UNIX_EPOCH + seconds(after))
    }

    /// From when to when it may be there, in seconds after the first reply.
    fn now(reading: &Reading, first: Instant, after: f64) -> (f64, f64) {
        let now = reading.at(first + seconds(after));
        let begin: Timestamp = SENT.parse().unwrap();
        let since = |time: Timestamp| begin.duration_until(time).as_secs_f64();
        (since(now.earliest), since(now.latest))
    }

    #[test]
    fn the_second_of_a_reply_is_any_moment_in_it() {
        let first = Instant::now();
        let reading = reading(first, 0.0, 0);
        assert_eq!(now(&reading, first, 0.0), (0.0, 1.0));
        assert_eq!(now(&reading, first, 10.0), (10.0, 11.0));
    }

    #[test]
    fn a_reply_that_took_long_may_have_been_written_at_any_time_until_it_came() {
        let first = Instant::now();
        let date = SENT.parse().unwrap();
        let slow = Reading::new(date, first, first + seconds(5.0), SystemTime::UNIX_EPOCH);
        assert_eq!(now(&slow, first, 5.0), (0.0, 6.0));
        assert!(slow.now.spread() > SHARP);
    }

    #[test]
    fn replies_narrow_each_other() {
        let first = Instant::now();
        let both = reading(first, 0.0, 0).and(reading(first, 0.25, 1));
        assert_eq!(now(&both, first, 0.25), (1.0, 1.25));
    }

    #[test]
    fn a_clock_that_was_set_is_read_anew() {
        let first = Instant::now();
        for (after, shows) in [(1.0, 7200), (1.0, -7200)] {
            let set = reading(first, 0.0, 0).and(reading(first, after, shows));
            let expected = (shows as f64, shows as f64 + 1.0);
            assert_eq!(now(&set, first, after), expected);
        }
    }

    #[test]
    fn a_reading_is_not_good_for_ever_nor_over_a_sleep() {
        let first = Instant::now();
        let reading = reading(first, 0.0, 0);
        let holds = |after, by_wall| {
            let wall = SystemTime::UNIX_EPOCH + seconds(by_wall);
            reading.holds(first + seconds(after), wall)
        };
        assert!(holds(20.0, 20.0));
        assert!(!holds(40.0, 40.0));
        assert!(!holds(5.0, 3605.0));
    }

    #[test]
    fn the_head_of_a_reply_tells_it() {
        let clock = Clock::default();
        let mut head = HeaderMap::new();
        clock.heard(&head, Instant::now());
        assert!(clock.now().is_none());
        head.insert(DATE, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        clock.heard(&head, Instant::now());
        let now = clock.now().unwrap();
        assert_eq!(now.earliest.as_second(), 784_111_777);
    }
}
