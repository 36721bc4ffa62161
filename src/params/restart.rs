//! Reads when the Engine restarts a container.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// When the Engine restarts a container that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartPolicy {
    /// `no`, `always`, `unless-stopped` or `on-failure`.
    pub name: &'static str,
    /// How often, for `on-failure`; without end if absent.
    pub maximum_retry_count: Option<i64>,
}

impl Parameter for RestartPolicy {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let text = json::text(value)?;
        let (given, count) = match text.split_once(':') {
            Some((name, count)) => (name, Some(count)),
            None => (&*text, None),
        };
        let name = ["no", "always", "unless-stopped", "on-failure"]
            .into_iter()
            .find(|name| *name == given)
            .ok_or(Mismatch::Kind)?;
        let maximum_retry_count = match count {
            None => None,
            Some(_) if name != "on-failure" => {
                return Err(Mismatch::because("only `on-failure` takes a count"));
            }
            Some(count) => match json::integer(&Value::from(count)) {
                Some(count) if (0..=i64::from(i32::MAX)).contains(&count) => Some(count),
                _ => return Err(Mismatch::because("what follows the colon is not a count")),
            },
        };
        Ok(Self {
            name,
            maximum_retry_count,
        })
    }
}

impl fmt::Display for RestartPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.maximum_retry_count {
            Some(count) => write!(f, "{}:{count}", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl Serialize for RestartPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_on_failure_takes_a_count() {
        for given in [
            "no",
            "always",
            "unless-stopped",
            "on-failure",
            "on-failure:0",
            "on-failure:5",
        ] {
            let policy = RestartPolicy::parse(json!(given)).unwrap();
            assert_eq!(serde_json::to_value(policy).unwrap(), json!(given));
        }
        for given in [
            "",
            "yes",
            "Always",
            "always:3",
            "on-failure:",
            "on-failure:-1",
            "on-failure:x",
            "no ",
            "on-failure:5:6",
            "on-failure:99999999999",
            "unless_stopped",
            "always\n",
        ] {
            assert!(RestartPolicy::parse(json!(given)).is_err(), "{given:?}");
        }
        assert_eq!(RestartPolicy::parse(json!(false)), Err(Mismatch::Kind));
    }
}
