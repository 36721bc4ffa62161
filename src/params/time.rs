//! Reads a point in time.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Mismatch, Parameter};

/// A point in time, from 1970 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl Time {
    /// Whole seconds since 1970.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Seconds since 1970 with nanoseconds, as the Engine takes them: `1700000000.000000123`.
    pub fn unix_text(self) -> String {
        format!("{}.{:09}", self.0.as_second(), self.0.subsec_nanosecond())
    }
}

impl Parameter for Time {
    fn parse(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => read(&text, Timestamp::now()),
            Value::Number(number) => read(&number.to_string(), Timestamp::now()),
            _ => Err(Mismatch::Kind),
        }
    }
}

fn read(text: &str, now: Timestamp) -> Result<Time, Mismatch> {
    // jiff overlooks blanks around a duration.
    if text.trim() != text {
        return Err(Mismatch::because("it begins or ends with whitespace"));
    }
    let time = if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        // jiff reads no bare seconds, but it reads every digit of a duration in seconds.
        let since_1970: SignedDuration = format!("{text}s").parse().map_err(|_| Mismatch::Kind)?;
        Timestamp::from_duration(since_1970)
            .map_err(|_| Mismatch::because("it is out of range; Unix time is in seconds"))?
    } else if let Ok(time) = text.parse::<Timestamp>() {
        time
    } else {
        let span: Span = text.parse().map_err(|_| Mismatch::Kind)?;
        if span.is_negative() {
            return Err(Mismatch::because(
                "it is negative; `15m` already means fifteen minutes ago",
            ));
        }
        let back = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| Mismatch::because("months and years have no fixed length"))?;
        now.checked_sub(back)
            .map_err(|_| Mismatch::because("it reaches back before 1970"))?
    };
    if time < Timestamp::UNIX_EPOCH {
        return Err(Mismatch::because("it is before 1970"));
    }
    Ok(Time(time))
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn unix(text: &str) -> Result<String, Mismatch> {
        read(text, Timestamp::from_second(NOW).unwrap()).map(Time::unix_text)
    }

    #[test]
    fn all_three_forms_are_read() {
        for (given, seconds) in [
            ("0", 0),
            ("1699999999", 1_699_999_999),
            ("2023-11-14T22:13:20Z", NOW),
            ("2023-11-14T23:13:20+01:00", NOW),
            ("2023-11-14t22:13:20z", NOW),
            ("90s", NOW - 90),
            ("15m", NOW - 900),
            ("1h30m", NOW - 5400),
            ("7d", NOW - 7 * 86400),
            ("2w", NOW - 14 * 86400),
            ("0s", NOW),
        ] {
            assert_eq!(unix(given), Ok(format!("{seconds}.000000000")), "{given}");
        }
        assert_eq!(
            unix("1700000000.000000123").unwrap(),
            "1700000000.000000123"
        );
        assert_eq!(
            unix("2023-11-14T22:13:20.5Z").unwrap(),
            "1700000000.500000000"
        );
        assert_eq!(unix("1.5s").unwrap(), "1699999998.500000000");
    }

    #[test]
    fn json_numbers_are_unix_seconds() {
        for (given, text) in [
            (json!(1_700_000_000), "1700000000.000000000"),
            (json!(1_700_000_000.5), "1700000000.500000000"),
        ] {
            assert_eq!(Time::parse(given).unwrap().unix_text(), text);
        }
        assert_eq!(
            Time::parse(json!("1700000000")).unwrap().unix_seconds(),
            NOW
        );
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
            "15m ago",
            "15m\n",
            "1700000000\n",
            " 15m",
            "2023-11-14T22:13:20Z\n",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "1700000000000000",
            "99999999999999999999",
            "60y",
            "1mo",
            "99999d",
            "1969-12-31T23:59:59Z",
            "yesterday",
            "m",
            "1e9x",
            "15m30",
        ] {
            assert!(unix(given).is_err(), "{given:?}");
        }
        for given in [json!(-1), json!(1e300), json!(1_700_000_000_000_000_i64)] {
            assert!(Time::parse(given.clone()).is_err(), "{given}");
        }
    }

    #[test]
    fn a_time_serialises_as_rfc_3339() {
        let time = read("1700000000", Timestamp::now()).unwrap();
        assert_eq!(
            serde_json::to_value(time).unwrap(),
            json!("2023-11-14T22:13:20Z")
        );
    }
}
