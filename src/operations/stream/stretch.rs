//! Settles from when to when something is asked for, on the Engine's clock.

use jiff::Timestamp;

use crate::call::{Call, CallError};
use crate::params::{InvalidArgument, Now, Time};

/// A stretch of the Engine's time, either end of which may be open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    given: (Option<Time>, Option<Time>),
}

impl Stretch {
    /// The stretch that was asked for, as of the Engine's now.
    ///
    /// # Errors
    /// It ends before it begins.
    pub(crate) fn new(
        since: Option<Time>,
        until: Option<Time>,
        now: Now,
    ) -> Result<Self, InvalidArgument> {
        let stretch = Self {
            since: since.map(|since| since.begins(now)),
            until: until.map(|until| until.ends(now)),
            given: (since, until),
        };
        match (stretch.since, stretch.until) {
            (Some(since), Some(until)) if since > until => Err(InvalidArgument(format!(
                "`since` ({since:.0}) is later than `until` ({until:.0}): nothing lies between; by the Engine's clock it \
                 is {:.0}",
                now.earliest
            ))),
            _ => Ok(stretch),
        }
    }

    /// The stretch that a call asks for; where it asks for none, the time is not looked up.
    ///
    /// # Errors
    /// It ends before it begins, or those of asking the Engine.
    pub(crate) async fn of(
        since: Option<Time>,
        until: Option<Time>,
        call: &Call<'_>,
    ) -> Result<Self, CallError> {
        let now = match (since, until) {
            (None, None) => Now::at(Timestamp::UNIX_EPOCH),
            _ => call.engine.now().await?,
        };
        Ok(Self::new(since, until, now)?)
    }

    /// Both ends as bollard's options of a log take them, 0 where one is open. The Engine takes fractions
    /// of a second, but the options hold whole ones: they ask for a little more, and the times of the
    /// lines tell what is too much.
    pub(crate) fn seconds(&self) -> (i32, i32) {
        let clamp = |seconds: i64| i32::try_from(seconds).unwrap_or(i32::MAX);
        let since = self.since.map_or(0, |since| clamp(since.as_second()));
        let until = |until: Timestamp| {
            // Zero would mean no end.
            clamp(until.as_second() + i64::from(has_fraction(until))).max(1)
        };
        (since, self.until.map_or(0, until))
    }

    /// Whether an end of it is within a second.
    pub(crate) fn has_fraction(&self) -> bool {
        let ends = [self.since, self.until];
        ends.into_iter().flatten().any(has_fraction)
    }

    /// Whether a time is of it; one that is not known counts as such.
    pub(crate) fn holds(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
    }

    /// What a caller has to know of how its times were read.
    pub(crate) fn note(&self) -> Option<String> {
        let ends = [("since", self.given.0), ("until", self.given.1)];
        let assumed: Vec<String> = ends
            .iter()
            .filter_map(|(name, time)| Some((name, (*time)?.assumed_utc()?)))
            .map(|(name, time)| format!("`{name}` has no zone and was read as UTC: {time}"))
            .collect();
        (!assumed.is_empty()).then(|| assumed.join("; "))
    }
}

fn has_fraction(time: Timestamp) -> bool {
    time.subsec_nanosecond() != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Parameter as _;

    fn now() -> Now {
        Now::at("2026-05-01T10:00:00Z".parse().unwrap())
    }

    fn stretch(since: &str, until: &str) -> Result<Stretch, InvalidArgument> {
        let time = |text: &str| (!text.is_empty()).then(|| Time::parse(text.into()).unwrap());
        Stretch::new(time(since), time(until), now())
    }

    #[test]
    fn a_stretch_that_ends_before_it_begins_is_refused_with_both_ends() {
        for (since, until) in [
            ("1h", "2h"),
            ("now", "2026-05-01T09:00:00"),
            ("+1m", "now"),
            ("2026-05-02", "2026-05-01"),
        ] {
            let error = stretch(since, until).unwrap_err().0;
            assert!(error.contains("`since` (2026-05-0"), "{error}");
            assert!(error.contains("`until` (2026-05-01T"), "{error}");
            assert!(error.contains("it is 2026-05-01T10:00:00Z"), "{error}");
        }
        for (since, until) in [("2h", "1h"), ("now", "now"), ("", "1h"), ("1h", "")] {
            assert!(stretch(since, until).is_ok(), "{since} {until}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_said_to_have_been_read_as_utc() {
        let note = stretch("2026-05-01T09:00:00", "2026-05-01").map(|it| it.note());
        assert!(note.is_err());
        let note = stretch("2026-04-30", "2026-05-01T09:00:00")
            .unwrap()
            .note()
            .unwrap();
        assert!(note.contains("`since` has no zone and was read as UTC: 2026-04-30T00:00:00Z"));
        assert!(note.contains("`until`"), "{note}");
        assert_eq!(stretch("2026-04-30T00:00:00Z", "1h").unwrap().note(), None);
    }
}
