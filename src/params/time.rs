//! Reads a point in time: one by itself, or one that is counted from the Engine's now.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// A point in time, from 1970 on. One that is counted from now becomes one by itself when the
/// request is made that needs it, and on the clock of the Engine that gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(Given);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    At(Timestamp),
    /// A date and time without a zone, which counts as UTC.
    Zoneless(Timestamp),
    /// So long before now; after it where negative.
    Back(SignedDuration),
}

/// The Engine's present time: its replies tell it, and leave something open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The earliest that it can be.
    pub earliest: Timestamp,
    /// The latest that it can be.
    pub latest: Timestamp,
}

impl Time {
    /// Now.
    pub const NOW: Self = Self(Given::Back(SignedDuration::ZERO));

    /// Where a stretch begins, so that nothing is missed that is younger.
    pub fn begins(self, now: Now) -> Timestamp {
        self.counted_from(now.earliest)
    }

    /// Where a stretch ends, so that nothing is missed that is older.
    pub fn ends(self, now: Now) -> Timestamp {
        self.counted_from(now.latest)
    }

    fn counted_from(self, now: Timestamp) -> Timestamp {
        match self.0 {
            Given::At(time) | Given::Zoneless(time) => time,
            Given::Back(back) => match now.checked_sub(back) {
                Ok(time) => time.max(Timestamp::UNIX_EPOCH),
                Err(_) if back.is_negative() => Timestamp::MAX,
                Err(_) => Timestamp::UNIX_EPOCH,
            },
        }
    }

    /// Whether it is counted from now.
    pub fn is_relative(self) -> bool {
        matches!(self.0, Given::Back(_))
    }

    /// The time that was read as UTC, where no zone was given.
    pub fn assumed_utc(self) -> Option<Timestamp> {
        match self.0 {
            Given::Zoneless(time) => Some(time),
            Given::At(_) | Given::Back(_) => None,
        }
    }
}

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(Given::At(time))
    }
}

impl Now {
    /// A present time that is known.
    pub fn at(now: Timestamp) -> Self {
        Self {
            earliest: now,
            latest: now,
        }
    }

    /// The present time so much later.
    #[must_use]
    pub fn later(self, by: Duration) -> Self {
        let later = |time: Timestamp| time.checked_add(by).unwrap_or(Timestamp::MAX);
        Self {
            earliest: later(self.earliest),
            latest: later(self.latest),
        }
    }

    /// How much it leaves open.
    pub fn spread(self) -> SignedDuration {
        self.earliest.duration_until(self.latest)
    }

    /// By how many seconds it is surely ahead of another clock's, or behind where negative.
    pub fn ahead_of(self, other: Timestamp) -> i64 {
        other
            .clamp(self.earliest, self.latest)
            .duration_since(other)
            .as_secs()
    }
}

/// Seconds since 1970 with nanoseconds, as the Engine takes them: `1700000000.000000123`.
pub fn unix_text(time: Timestamp) -> String {
    format!("{}.{:09}", time.as_second(), time.subsec_nanosecond())
}

impl Parameter for Time {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => read(&text),
            Value::Number(number) => read(&number.to_string()),
            _ => Err(Mismatch::Kind),
        }
    }
}

fn read(text: &str) -> Result<Time, Mismatch> {
    // jiff overlooks blanks around a duration.
    if text.trim() != text {
        return Err(Mismatch::because("it begins or ends with whitespace"));
    }
    let given = if text.eq_ignore_ascii_case("now") {
        Given::Back(SignedDuration::ZERO)
    } else if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        // jiff reads no bare seconds, but it reads every digit of a duration in seconds.
        let since_1970: SignedDuration = format!("{text}s").parse().map_err(|_| unknown())?;
        let time = Timestamp::from_duration(since_1970)
            .map_err(|_| Mismatch::because("it is out of range; Unix time is in seconds"))?;
        Given::At(time)
    } else if let Ok(time) = text.parse() {
        Given::At(time)
    } else if let Some(time) = zoneless(text) {
        Given::Zoneless(time)
    } else {
        Given::Back(duration(text)?)
    };
    match given {
        Given::At(time) | Given::Zoneless(time) if time < Timestamp::UNIX_EPOCH => {
            Err(Mismatch::because("it is before 1970"))
        }
        given => Ok(Time(given)),
    }
}

/// A date, or a date and time, in UTC where nothing else is said.
fn zoneless(text: &str) -> Option<Timestamp> {
    // jiff would pass over a zone that it cannot read.
    let plain = |byte: u8| byte.is_ascii_digit() || b"-:.Tt ".contains(&byte);
    let time: DateTime = text.parse().ok().filter(|_| text.bytes().all(plain))?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn duration(text: &str) -> Result<SignedDuration, Mismatch> {
    let ahead = text.strip_prefix('+');
    // To jiff, what is `ago` is negative.
    let length = match ahead {
        Some(length) => length,
        None => text
            .strip_suffix(" ago")
            .map_or(text, |it| it.trim_end_matches(' ')),
    };
    let span: Span = length.parse().map_err(|_| unknown())?;
    if span.is_negative() {
        return Err(Mismatch::because(if length.starts_with('-') {
            "it is negative; `15m` already means fifteen minutes ago"
        } else {
            "it is `ago` twice, or ahead and `ago` at once; `15m` means fifteen minutes ago, `+15m` in fifteen minutes"
        }));
    }
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| Mismatch::because("months and years have no fixed length"))?;
    if ahead.is_some() {
        return Ok(-length);
    }
    Timestamp::now()
        .checked_sub(length)
        .ok()
        .filter(|time| *time >= Timestamp::UNIX_EPOCH)
        .map(|_| length)
        .ok_or_else(|| Mismatch::because("it reaches back before 1970"))
}

fn unknown() -> Mismatch {
    Mismatch::because("it is neither a date nor a duration; a day ago is `24h`")
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Given::At(time) | Given::Zoneless(time) => serializer.collect_str(&time),
            Given::Back(SignedDuration::ZERO) => serializer.serialize_str("now"),
            Given::Back(back) if back.is_negative() => {
                serializer.collect_str(&format_args!("+{:#}", back.abs()))
            }
            Given::Back(back) => serializer.collect_str(&format_args!("{back:#}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn unix(text: &str) -> Result<String, Mismatch> {
        let now = Now::at(Timestamp::from_second(NOW).unwrap());
        read(text).map(|time| unix_text(time.begins(now)))
    }

    #[test]
    fn all_forms_are_read() {
        for (given, seconds) in [
            ("0", 0),
            ("1699999999", 1_699_999_999),
            ("2023-11-14T22:13:20Z", NOW),
            ("2023-11-14T23:13:20+01:00", NOW),
            ("2023-11-14t22:13:20z", NOW),
            ("2023-11-14T22:13:20", NOW),
            ("2023-11-14 22:13", NOW - 20),
            ("2023-11-14", NOW - (22 * 60 + 13) * 60 - 20),
            ("now", NOW),
            ("Now", NOW),
            ("90s", NOW - 90),
            ("15m", NOW - 900),
            ("1h30m", NOW - 5400),
            ("7d", NOW - 7 * 86400),
            ("2w", NOW - 14 * 86400),
            ("0s", NOW),
            ("5 minutes ago", NOW - 300),
            ("15m ago", NOW - 900),
            ("1h 30m  ago", NOW - 5400),
            ("2 days, 3 hours ago", NOW - 51 * 3600),
            ("+90s", NOW + 90),
        ] {
            assert_eq!(unix(given), Ok(format!("{seconds}.000000000")), "{given}");
        }
        for (given, text) in [
            ("1700000000.000000123", "1700000000.000000123"),
            ("2023-11-14T22:13:20.5Z", "1700000000.500000000"),
            ("1.5s", "1699999998.500000000"),
        ] {
            assert_eq!(unix(given).unwrap(), text);
        }
    }

    #[test]
    fn what_the_clock_leaves_open_makes_a_stretch_longer_at_both_ends() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = Now {
            earliest: at(NOW),
            latest: at(NOW + 1),
        };
        let minute = read("1m").unwrap();
        assert_eq!(minute.begins(now), at(NOW - 60));
        assert_eq!(minute.ends(now), at(NOW - 59));
        let fixed = read("1700000000").unwrap();
        assert_eq!((fixed.begins(now), fixed.ends(now)), (at(NOW), at(NOW)));
    }

    #[test]
    fn how_far_a_clock_is_ahead_is_nothing_within_what_it_leaves_open() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = Now {
            earliest: at(NOW),
            latest: at(NOW + 1),
        };
        for (other, ahead) in [
            (NOW, 0),
            (NOW + 1, 0),
            (NOW - 7200, 7200),
            (NOW + 7201, -7200),
        ] {
            assert_eq!(now.ahead_of(at(other)), ahead, "{other}");
        }
    }

    #[test]
    fn json_numbers_are_unix_seconds() {
        for (given, text) in [
            (json!(1_700_000_000), "1700000000.000000000"),
            (json!(1_700_000_000.5), "1700000000.500000000"),
            (json!("1700000000"), "1700000000.000000000"),
        ] {
            let time = Time::parse(given).unwrap();
            let now = Now::at(Timestamp::UNIX_EPOCH);
            assert_eq!(unix_text(time.begins(now)), text);
        }
        assert_eq!(Time::parse(json!(true)), Err(Mismatch::Kind));
    }

    #[test]
    fn negative_absurd_and_ragged_times_are_refused() {
        for given in [
            "",
            ".",
            "1.2.3",
            "-5",
            "-15m",
            "-15m ago",
            "+15m ago",
            "15m ago ago",
            "ago",
            " ago",
            "1mo ago",
            "15m\n",
            "1700000000\n",
            " 15m",
            "+-15m",
            "2023-11-14T22:13:20Z\n",
            "2023-11-14T22:13:20+99:00",
            "2023-11-14T22:13:20 Berlin",
            "2023-13-14",
            "1700000000000000",
            "99999999999999999999",
            "60y",
            "1mo",
            "99999d",
            "1969-12-31T23:59:59Z",
            "1969-12-31",
            "yesterday",
            "m",
            "1e9x",
            "15m30",
        ] {
            let Err(Mismatch::Reason(reason)) = read(given) else {
                panic!("{given:?} was read or is refused without a reason")
            };
            assert!(!reason.is_empty(), "{given:?}");
        }
        for given in [json!(-1), json!(1e300), json!(1_700_000_000_000_000_i64)] {
            assert!(Time::parse(given.clone()).is_err(), "{given}");
        }
    }

    #[test]
    fn a_time_is_written_as_it_was_meant() {
        for (given, written) in [
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("2023-11-14", "2023-11-14T00:00:00Z"),
            ("15m", "15m"),
            ("90s", "1m 30s"),
            ("+1h", "+1h"),
            ("0s", "now"),
        ] {
            let time = read(given).unwrap();
            assert_eq!(serde_json::to_value(time).unwrap(), json!(written));
        }
        assert!(read("2023-11-14").unwrap().assumed_utc().is_some());
        assert!(
            read("2023-11-14T00:00:00Z")
                .unwrap()
                .assumed_utc()
                .is_none()
        );
    }
}
