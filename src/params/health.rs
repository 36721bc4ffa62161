//! Reads how the Engine finds out whether a container is healthy.

use jiff::SignedDuration;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::json::{self, clip};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// A health check. What is absent is as the image has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// `CMD` with words, `CMD-SHELL` with a line, or `NONE`.
    pub test: Option<Vec<String>>,
    /// Between two checks.
    pub interval: Option<SignedDuration>,
    /// How long one may take.
    pub timeout: Option<SignedDuration>,
    /// How long a container may take to start.
    pub start_period: Option<SignedDuration>,
    /// After how many failures it is unhealthy.
    pub retries: Option<i64>,
}

/// A `test` may be words too, and a time a number of seconds.
const KEYS: &[(&str, Schema)] = &[
    ("test", Schema::String),
    ("interval", Schema::String),
    ("timeout", Schema::String),
    ("retries", Schema::Integer),
    ("start_period", Schema::String),
];

impl Parameter for HealthCheck {
    const SCHEMA: Schema = Schema::Record(KEYS);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        // The test alone, as the Docker CLI's `--health-cmd` takes it.
        let mut members = match value {
            Value::String(text) if !text.starts_with('{') => {
                Map::from_iter([("test".into(), text.into())])
            }
            value => json::object(value)?,
        };
        members.retain(|_, value| !value.is_null() && value != "");
        let is_known = |given: &str| KEYS.iter().any(|(key, _)| *key == given);
        if let Some(unknown) = members.keys().find(|key| !is_known(key)) {
            let known: Vec<String> = KEYS.iter().map(|(key, _)| format!("`{key}`")).collect();
            return Err(Mismatch::Reason(format!(
                "`{}` is unknown; there are {}",
                clip(unknown, 40),
                known.join(", ")
            )));
        }
        let mut time = |key| {
            members
                .remove(key)
                .map(|given| duration(key, &given))
                .transpose()
        };
        Ok(Self {
            interval: time("interval")?,
            timeout: time("timeout")?,
            start_period: time("start_period")?,
            retries: members
                .remove("retries")
                .map(|given| retries(&given))
                .transpose()?,
            test: members.remove("test").map(test).transpose()?,
        })
    }
}

/// A line is for a shell, as in the Docker CLI and in Compose; words are run as they are.
fn test(given: Value) -> Result<Vec<String>, Mismatch> {
    let words = match given {
        Value::String(line) if !line.trim_start().starts_with('[') => {
            let is_none = line.trim().eq_ignore_ascii_case("none");
            return Ok(if is_none {
                vec!["NONE".to_owned()]
            } else {
                vec!["CMD-SHELL".to_owned(), line]
            });
        }
        // `[ -f /ready ]` is a line too; only what is JSON as well is an array.
        Value::String(line) => match serde_json::from_str(&line) {
            Ok(words @ Value::Array(_)) => words,
            _ => return Ok(vec!["CMD-SHELL".to_owned(), line]),
        },
        words => words,
    };
    let mut words = json::strings(words).map_err(|reason| match reason {
        Mismatch::Kind => Mismatch::because("`test` is neither a string nor an array of strings"),
        Mismatch::Reason(reason) => Mismatch::Reason(format!("of `test`, {reason}")),
    })?;
    let kind = words.first().map(|word| word.to_ascii_uppercase());
    match (kind.as_deref(), words.len()) {
        (Some("NONE"), 1) => Ok(vec!["NONE".to_owned()]),
        (Some("CMD"), 2..) | (Some("CMD-SHELL"), 2) => Ok(words),
        (None | Some("NONE" | "CMD" | "CMD-SHELL" | ""), _) => Err(Mismatch::because(
            "`test` is a line for a shell, `none`, or the words of a command",
        )),
        _ => {
            words.insert(0, "CMD".to_owned());
            Ok(words)
        }
    }
}

pub(super) fn duration(key: &str, given: &Value) -> Result<SignedDuration, Mismatch> {
    /// A check that takes longer is a number meant as nanoseconds.
    const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 365);
    let read = match given {
        Value::Number(_) => json::integer(given).map(SignedDuration::from_secs),
        // jiff overlooks blanks around a duration.
        Value::String(text) if text.trim() == text => text.parse().ok(),
        _ => None,
    };
    match read {
        Some(time) if time.is_zero() => Ok(time),
        Some(time) if SignedDuration::from_millis(1) <= time && time <= LONGEST => Ok(time),
        _ => Err(Mismatch::Reason(format!(
            "`{key}` is given {}: it takes a duration from 1ms such as `30s` or `1m30s`",
            clip(&given.to_string(), 40)
        ))),
    }
}

fn retries(given: &Value) -> Result<i64, Mismatch> {
    let count = json::integer(given).filter(|count| (0..=i64::from(i32::MAX)).contains(count));
    count.ok_or_else(|| Mismatch::because("`retries` is not a count"))
}

impl HealthCheck {
    /// Nanoseconds, as the Engine takes them.
    pub fn nanoseconds(time: Option<SignedDuration>) -> Option<i64> {
        i64::try_from(time?.as_nanos()).ok()
    }
}

impl Serialize for HealthCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |time: &Option<SignedDuration>| time.map(|time| format!("{time:#}"));
        let mut written = json!({
            "test": self.test,
            "interval": text(&self.interval),
            "timeout": text(&self.timeout),
            "start_period": text(&self.start_period),
            "retries": self.retries,
        });
        if let Value::Object(members) = &mut written {
            members.retain(|_, value| !value.is_null());
        }
        written.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test_of(given: Value) -> Vec<String> {
        let check = HealthCheck::parse(json!({ "test": given }));
        check.unwrap().test.unwrap()
    }

    #[test]
    fn a_test_is_a_line_or_words_or_none() {
        for (given, read) in [
            (
                json!("curl -f localhost || exit 1"),
                vec!["CMD-SHELL", "curl -f localhost || exit 1"],
            ),
            (json!("[ -f /ready ]"), vec!["CMD-SHELL", "[ -f /ready ]"]),
            (json!(["CMD", "true"]), vec!["CMD", "true"]),
            (json!(["CMD-SHELL", "a | b"]), vec!["CMD-SHELL", "a | b"]),
            (
                json!(["pg_isready", "-U", "x"]),
                vec!["CMD", "pg_isready", "-U", "x"],
            ),
            (json!(r#"["CMD","true"]"#), vec!["CMD", "true"]),
            (json!("none"), vec!["NONE"]),
            (json!("NONE"), vec!["NONE"]),
            (json!(["NONE"]), vec!["NONE"]),
        ] {
            assert_eq!(test_of(given.clone()), read, "{given}");
        }
        assert_eq!(
            HealthCheck::parse(json!("none")),
            HealthCheck::parse(json!({"test": "none"}))
        );
    }

    #[test]
    fn times_are_durations() {
        let given = json!({
            "interval": "1m30s", "timeout": 5, "start_period": "1.5s", "retries": "3",
        });
        let check = HealthCheck::parse(given).unwrap();
        let nanoseconds = HealthCheck::nanoseconds;
        assert_eq!(nanoseconds(check.interval), Some(90_000_000_000));
        assert_eq!(nanoseconds(check.timeout), Some(5_000_000_000));
        assert_eq!(nanoseconds(check.start_period), Some(1_500_000_000));
        assert_eq!((check.retries, &check.test), (Some(3), &None));
        let written = serde_json::to_value(&check).unwrap();
        assert_eq!(HealthCheck::parse(written), Ok(check));
    }

    #[test]
    fn anything_else_is_refused() {
        for given in [
            json!({"tests": "x"}),
            json!({"test": []}),
            json!({"test": ["CMD"]}),
            json!({"test": ["CMD-SHELL", "a", "b"]}),
            json!({"test": ["NONE", "a"]}),
            json!({"test": [5]}),
            json!({"test": 5}),
            json!({"interval": "soon"}),
            json!({"interval": "-5s"}),
            json!({"interval": " 5s"}),
            json!({"interval": "1us"}),
            json!({"interval": 30_000_000_000_i64}),
            json!({"retries": -1}),
            json!({"retries": "many"}),
            json!(["CMD", "true"]),
            json!(5),
        ] {
            assert!(HealthCheck::parse(given.clone()).is_err(), "{given}");
        }
    }
}
