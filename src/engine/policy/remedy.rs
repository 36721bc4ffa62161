//! Words a refusal, with the setting that would allow what was refused.

use std::fmt::Display;

use http::Method;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::engine::error::EngineError;

/// Which setting allows what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    Privileged,
    /// The path, and by that the allow-list.
    Mount,
    /// The file of this server's own, and by that the allow-list.
    Kept,
    None,
}

/// The refusal for that reason.
pub(super) fn refused(reason: impl Display, remedy: Remedy) -> EngineError {
    let remedy = match remedy {
        Remedy::Privileged => {
            ". The operator allows it with SAFETY_ALLOW_PRIVILEGED_CONTAINERS=true"
        }
        Remedy::Mount => {
            ". The operator allows it by naming the path in SAFETY_VOLUME_MOUNT_ALLOWLIST"
        }
        Remedy::Kept => {
            ". The operator allows it by naming that file in SAFETY_VOLUME_MOUNT_ALLOWLIST, or keeps it elsewhere"
        }
        Remedy::None => "",
    };
    Refusal(format!("{reason}; nothing was done{remedy}")).into()
}

/// What makes a setting, by the name of the field and its value, reach into the host.
pub(super) fn reaches(field: &str, value: impl Display) -> EngineError {
    refused(
        format!("{field}: {value} reaches into the host, which this server does not allow"),
        Remedy::Privileged,
    )
}

/// A value as a refusal repeats it.
pub(super) fn shown(value: impl Display) -> String {
    const LONGEST: usize = 120;
    let text = value.to_string();
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().map(plain).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    format!("`{shown}`")
}

pub(super) fn text<'a>(body: &'a Map<String, Value>, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a value says nothing, so that the Engine's own default holds.
pub(super) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// That nobody knows what a request does.
pub(super) fn unlisted_endpoint(method: &Method, path: &str) -> EngineError {
    let why = "is not on the list in `src/vocabulary/endpoint.rs`";
    unjudged(method, path, why)
}

pub(super) fn unjudged(method: &Method, path: &str, why: &str) -> EngineError {
    let reason = format!("`{method} {path}` {why}, so this server does not send it");
    refused(reason, Remedy::None)
}
