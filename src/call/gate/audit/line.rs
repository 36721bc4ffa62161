//! Makes the line that a call gets in the audit log: what it may hold, and how long it may be.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Decision, Via};
use crate::call::error::CallError;
use crate::call::gate::principal::Subject;
use crate::catalog::Tool;
use crate::ordered::object;
use crate::params::{Now, clip};
use crate::redaction::Redactor;
use crate::trace::Trace;
use crate::vocabulary::ErrorKind;

/// What stands for the value of an argument that is not recorded.
const LEFT_OUT: &str = "(not recorded)";

/// How much of an argument, an error or a name is recorded, in characters.
const LONGEST: usize = 2_000;

/// How many arguments are recorded; no tool has as many.
const MOST_ARGUMENTS: usize = 60;

/// How many ids are recorded; a prune can have any number.
const MOST_IDS: usize = 1_000;

/// How far apart two clocks may be without a word, in seconds.
const CLOSE: i64 = 5;

/// One line of the audit log. Every key is always there, but for `signed_in`, `host`, the last and those of a trace.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    /// When the call came, by the clock of this machine.
    #[serde(serialize_with = "to_the_millisecond")]
    time: Timestamp,
    /// What the lines of one call share.
    call: String,
    /// `cli` or `mcp`.
    caller: &'static str,
    /// The name and version that an MCP client gives itself.
    client: Value,
    /// Where in a trace the client says that the call stands, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracestate: Option<String>,
    /// Who signed in: issuer, subject and client, where somebody did.
    #[serde(skip_serializing_if = "Value::is_null")]
    signed_in: Value,
    tool: &'static str,
    tier: &'static str,
    /// Which Engine it went to, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<String>,
    /// What was asked for, as it was sent, but no secret.
    arguments: Value,
    /// Whether it was allowed.
    pub(super) decision: Decision,
    /// The full ids of the objects it was about, of a volume its name.
    ids: Vec<String>,
    /// What came of it.
    pub(super) result: Outcome,
    /// Why it failed, where it did.
    error: Value,
    /// How long it took.
    pub(super) milliseconds: u64,
    /// By how many seconds the Engine's clock is ahead of `time`'s, or behind where negative: what the
    /// Engine itself recorded is to be looked for there.
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_clock_ahead_seconds: Option<i64>,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// It is about to send its first request; another line follows.
    Started,
    /// It gave a result.
    Ok,
    /// It gave an error.
    Failed,
    /// Whoever made it did not wait for its end.
    Cancelled,
}

impl Line {
    /// A call that came just now and has no end yet.
    pub(super) fn new(
        call: String,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
        via: &Via,
        redactor: &Redactor,
    ) -> Self {
        let (caller, client) = match via {
            Via::CommandLine => ("cli", None),
            Via::Client { name, .. } => ("mcp", name.clone()),
        };
        let trace = via.trace();
        let shown = |text: &str| redactor.text(text).into_owned();
        Self {
            time: Timestamp::now(),
            call,
            caller,
            client: told(Value::from(client), redactor),
            traceparent: trace.map(|trace| shown(trace.parent())),
            tracestate: trace.and_then(Trace::state).map(shown),
            signed_in: Value::Null,
            tool: tool.name,
            tier: tool.tier.name(),
            host: None,
            arguments: told(Value::Object(without_secrets(tool, arguments)), redactor),
            decision: Decision::Refused,
            ids: Vec::new(),
            result: Outcome::Cancelled,
            error: Value::Null,
            milliseconds: 0,
            engine_clock_ahead_seconds: None,
        }
    }

    /// Where in a trace the call stands: the `traceparent` and the `tracestate`.
    pub(super) fn trace(&self) -> (Option<&str>, Option<&str>) {
        (self.traceparent.as_deref(), self.tracestate.as_deref())
    }

    /// Says who signed in.
    pub(super) fn by(&mut self, subject: Option<&Subject>, redactor: &Redactor) {
        let subject = subject.and_then(|subject| serde_json::to_value(subject).ok());
        self.signed_in = subject.map_or(Value::Null, |subject| told(subject, redactor));
    }

    /// Says how far the Engine's clock is from this machine's, where that is far.
    pub(super) fn clock(&mut self, engine: Now) {
        let ahead = engine.ahead_of(Timestamp::now());
        self.engine_clock_ahead_seconds = (ahead.abs() > CLOSE).then_some(ahead);
    }

    /// Adds the ids in a document of the Engine or the reply of an operation.
    pub(super) fn about(&mut self, document: &Value, redactor: &Redactor) {
        for id in ids(document) {
            // What an Engine calls an object is a text of its own.
            let id = &*redactor.text(id);
            if self.ids.len() < MOST_IDS && !self.ids.iter().any(|known| known == id) {
                self.ids.push(clip(id, LONGEST));
            }
        }
    }

    /// Says how the call ended, by an error that holds no secret. One that was allowed may still have met a refusal on its way.
    pub(super) fn end(&mut self, error: Option<&CallError>) {
        self.result = match error {
            None => Outcome::Ok,
            Some(_) => Outcome::Failed,
        };
        self.error = cut(Value::from(error.map(ToString::to_string)));
        let kind = error.map(CallError::kind);
        let refused = matches!(kind, Some(ErrorKind::Refused | ErrorKind::Argument));
        let went_ahead = matches!(
            self.decision,
            Decision::Allowed | Decision::Confirmed | Decision::Repeated | Decision::Waived
        );
        if refused && went_ahead {
            self.decision = Decision::Refused;
        }
    }
}

/// The arguments, but no value of a `secret` parameter, nor of one that is not to be recorded, nor of one that the tool does not have: it
/// may be a `secret` one misspelt.
fn without_secrets(tool: &Tool, arguments: &Map<String, Value>) -> Map<String, Value> {
    let recorded = |name: &str| {
        let mut open = tool
            .params
            .iter()
            .filter(|param| !param.secret && !param.unrecorded);
        open.any(|param| param.name == name || param.aliases.contains(&name))
    };
    let arguments = arguments.iter().take(MOST_ARGUMENTS);
    object(arguments.map(|(name, value)| {
        let value = if recorded(name) {
            value.clone()
        } else {
            Value::from(LEFT_OUT)
        };
        (clip(name, LONGEST), value)
    }))
}

/// What came from elsewhere as the log may hold it: first without secrets, then cut, because what is
/// left of a secret may not look like one.
fn told(mut value: Value, redactor: &Redactor) -> Value {
    redactor.value(&mut value);
    match value {
        Value::Object(members) => {
            let members = members.into_iter();
            object(members.map(|(name, value)| (name, cut(value)))).into()
        }
        other => cut(other),
    }
}

fn cut(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let short = clip(&text, LONGEST);
    if short == text {
        value
    } else {
        Value::String(short)
    }
}

/// The id of the object that a document describes, or the ids of those that were deleted.
fn ids(document: &Value) -> Vec<&str> {
    let one = ["Id", "container_id", "image_id", "id"]
        .iter()
        .find_map(|key| document.get(key))
        // A volume has no id, but its mountpoint tells it from everything else that has a name.
        .or_else(|| document.get("Mountpoint").and(document.get("Name")));
    let members = document.as_object().into_iter().flatten();
    let deleted = members
        .filter(|(key, _)| key.ends_with("deleted"))
        .map(|(_, deleted)| deleted)
        .chain([document])
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|item| item.get("Deleted").or(Some(item)));
    one.into_iter()
        .chain(deleted)
        .filter_map(Value::as_str)
        .collect()
}

fn to_the_millisecond<S: serde::Serializer>(
    time: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}
