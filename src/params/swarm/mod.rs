//! Reads what a service of a swarm publishes, mounts, may take, and how it is changed.

mod mounts;
mod ports;

use std::fmt;

use jiff::SignedDuration;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::health::{HealthCheck, duration};
use super::json::{self, Many, clip};
use super::parameter::{Mismatch, Parameter};
use super::scalar::Cpus;
use super::schema::Schema;
use super::size::Size;
use crate::vocabulary::nearest;

pub use mounts::{ServiceMount, ServiceMounts};
pub use ports::{ServicePort, ServicePorts};

/// What a task may take at most, or has to itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resources {
    /// Processors.
    pub cpus: Option<Cpus>,
    /// Memory.
    pub memory: Option<Size>,
    /// Processes.
    pub pids: Option<i64>,
}

/// How one task after another is replaced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rollout {
    /// How many at once; 0 for all.
    pub parallelism: Option<i64>,
    /// What lies between two.
    pub delay: Option<SignedDuration>,
    /// How long each is watched.
    pub monitor: Option<SignedDuration>,
    /// `pause`, `continue` or `rollback`.
    pub failure_action: Option<&'static str>,
    /// Which part of them may fail.
    pub max_failure_ratio: Option<f64>,
    /// `stop-first` or `start-first`.
    pub order: Option<&'static str>,
}

/// When a swarm puts another task in the place of one that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRestarts {
    /// `none`, `on-failure` or `any`.
    pub condition: &'static str,
    /// How often; without end if absent.
    pub max_attempts: Option<i64>,
}

/// The settings of one item, as the Docker CLI's `key=value,…` or an object; none where it is written
/// otherwise.
fn settings(item: &Value) -> Option<Vec<(String, Value)>> {
    match item {
        Value::Object(members) => Some(members.clone().into_iter().collect()),
        Value::String(text) if text.contains('=') => {
            let settings = text.split(',').map(|part| match part.split_once('=') {
                Some((key, value)) => (key.to_owned(), value.into()),
                None => (part.to_owned(), true.into()),
            });
            Some(settings.collect())
        }
        _ => None,
    }
}

fn unknown(key: &str, known: &[&str]) -> Mismatch {
    let advice = match nearest(key, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are `{}`", known.join("`, `")),
    };
    Mismatch::Reason(format!("`{}` is unknown; {advice}", clip(key, 40)))
}

fn wrong(key: &str, value: &Value, wanted: &str) -> Mismatch {
    let value = clip(&value.to_string(), 40);
    Mismatch::Reason(format!("`{key}` is given {value}, which is not {wanted}"))
}

fn one_of(
    key: &str,
    value: &Value,
    known: &'static [&'static str],
) -> Result<&'static str, Mismatch> {
    let found = known.iter().find(|known| value.as_str() == Some(known));
    found
        .copied()
        .ok_or_else(|| wrong(key, value, &format!("one of `{}`", known.join("`, `"))))
}

/// The settings of an object, or of `key=value` as the Docker CLI takes them.
fn members(value: Value) -> Result<Vec<(String, Value)>, Mismatch> {
    match json::many(value)? {
        Many::Object(members) => Ok(members.into_iter().collect()),
        Many::Items(items) => {
            let items = items
                .iter()
                .map(|item| settings(item).ok_or(Mismatch::Kind));
            Ok(items.collect::<Result<Vec<_>, _>>()?.concat())
        }
    }
}

impl Parameter for Resources {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        const KNOWN: &[&str] = &["cpus", "memory", "pids"];
        let mut resources = Self::default();
        for (key, value) in members(value)? {
            match key.as_str() {
                "cpus" | "cpu" => {
                    let cpus = Cpus::parse(value.clone()).ok();
                    let cpus = cpus.filter(|cpus| cpus.0 > 0.0);
                    resources.cpus =
                        Some(cpus.ok_or_else(|| wrong(&key, &value, "a number such as 0.5"))?);
                }
                "memory" | "mem" => {
                    let memory = Size::parse(value.clone()).ok();
                    resources.memory =
                        Some(memory.ok_or_else(|| wrong(&key, &value, "a size such as `512m`"))?);
                }
                "pids" => {
                    let pids = json::integer(&value).filter(|pids| *pids > 0);
                    resources.pids = Some(pids.ok_or_else(|| wrong(&key, &value, "a count"))?);
                }
                key => return Err(unknown(key, KNOWN)),
            }
        }
        Ok(resources)
    }
}

impl Serialize for Resources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = json!({ "cpus": self.cpus, "memory": self.memory, "pids": self.pids });
        if let Some(members) = written.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        written.serialize(serializer)
    }
}

impl Parameter for Rollout {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        #[rustfmt::skip]
        const KNOWN: &[&str] = &[
            "parallelism", "delay", "monitor", "failure_action", "max_failure_ratio", "order",
        ];
        let mut rollout = Self::default();
        for (key, value) in members(value)? {
            match key.as_str() {
                "parallelism" => {
                    let count = json::integer(&value).filter(|count| *count >= 0);
                    let count = count.ok_or_else(|| wrong(&key, &value, "a count"))?;
                    rollout.parallelism = Some(count);
                }
                "delay" => rollout.delay = Some(duration(&key, &value)?),
                "monitor" => rollout.monitor = Some(duration(&key, &value)?),
                "failure_action" => {
                    let action = one_of(&key, &value, &["pause", "continue", "rollback"])?;
                    rollout.failure_action = Some(action);
                }
                "max_failure_ratio" => {
                    let ratio = f64::parse(value.clone()).ok();
                    let ratio = ratio.filter(|ratio| (0.0..=1.0).contains(ratio));
                    let ratio = ratio.ok_or_else(|| wrong(&key, &value, "a number from 0 to 1"))?;
                    rollout.max_failure_ratio = Some(ratio);
                }
                "order" => {
                    rollout.order = Some(one_of(&key, &value, &["stop-first", "start-first"])?);
                }
                key => return Err(unknown(key, KNOWN)),
            }
        }
        Ok(rollout)
    }
}

impl Serialize for Rollout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |time: Option<SignedDuration>| time.map(|time| format!("{time:#}"));
        let mut written = json!({
            "parallelism": self.parallelism, "delay": text(self.delay), "monitor": text(self.monitor),
            "failure_action": self.failure_action, "max_failure_ratio": self.max_failure_ratio,
            "order": self.order,
        });
        if let Some(members) = written.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        written.serialize(serializer)
    }
}

impl Rollout {
    /// In the Engine's own words.
    pub fn settings(&self) -> Map<String, Value> {
        let mut settings = Map::new();
        let mut set = |key: &str, value: Value| {
            if !value.is_null() {
                settings.insert(key.to_owned(), value);
            }
        };
        set("Parallelism", json!(self.parallelism));
        set("Delay", json!(HealthCheck::nanoseconds(self.delay)));
        set("Monitor", json!(HealthCheck::nanoseconds(self.monitor)));
        set("FailureAction", json!(self.failure_action));
        set("MaxFailureRatio", json!(self.max_failure_ratio));
        set("Order", json!(self.order));
        settings
    }
}

impl Parameter for TaskRestarts {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let text = json::text(value)?;
        let (name, count) = match text.split_once(':') {
            Some((name, count)) => (name, Some(count)),
            None => (&*text, None),
        };
        let condition = match name {
            "none" | "no" => "none",
            "any" | "always" | "unless-stopped" => "any",
            "on-failure" => "on-failure",
            _ => return Err(Mismatch::Kind),
        };
        let max_attempts = match count {
            None => None,
            Some(_) if condition == "none" => {
                return Err(Mismatch::because("`none` takes no count"));
            }
            Some(count) => {
                let count = json::integer(&Value::from(count));
                let count = count.filter(|count| (0..=i64::from(i32::MAX)).contains(count));
                let wrong = || Mismatch::because("what follows the colon is not a count");
                Some(count.ok_or_else(wrong)?)
            }
        };
        Ok(Self {
            condition,
            max_attempts,
        })
    }
}

impl fmt::Display for TaskRestarts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max_attempts {
            Some(count) => write!(f, "{}:{count}", self.condition),
            None => f.write_str(self.condition),
        }
    }
}

impl Serialize for TaskRestarts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
