//! Follows a pull, a push or a build, step by step, to its end or its failure.

use std::time::Duration;

use futures_util::TryStreamExt;
use serde::Deserialize;
use serde_json::Value;

use super::layers::Layers;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Part, Request, Told};
use crate::output::text;
use crate::redaction::Redactor;

/// How long the Engine may go without a sign of life.
pub(super) const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The most of a failure that is repeated, in bytes; it may quote a whole command.
const LONGEST_MESSAGE: usize = 4000;

/// One object of the reply; each has a few of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Message {
    pub(crate) status: Told<String>,
    /// The layer, or the tag that a pull begins with.
    pub(crate) id: Told<String>,
    #[serde(rename = "progressDetail")]
    pub(crate) progress: Part<Carried>,
    /// What a build writes.
    pub(crate) stream: Told<String>,
    pub(crate) aux: Part<Outcome>,
    error: Told<String>,
    #[serde(rename = "errorDetail")]
    error_detail: Part<ErrorDetail>,
}

/// How much of a layer came or went.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Carried {
    pub(crate) current: Told<u64>,
    pub(crate) total: Told<u64>,
}

/// What a build has made, or a push has sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome {
    #[serde(rename = "ID")]
    pub(crate) id: Told<String>,
    #[serde(rename = "Digest")]
    pub(crate) digest: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorDetail {
    message: Told<String>,
}

impl Message {
    /// Reads an object; of what is none nothing is told.
    pub(crate) fn read(object: &Value) -> Self {
        Self::deserialize(object).unwrap_or_default()
    }

    /// The failure that it tells of, without secrets and not too long.
    pub(super) fn told_failure(&self, redactor: &Redactor) -> Option<String> {
        let failure = redactor.text(self.failure()?);
        Some(text::head(&failure, LONGEST_MESSAGE).to_owned())
    }

    /// The failure that it tells of.
    fn failure(&self) -> Option<&str> {
        let Self {
            error,
            error_detail,
            ..
        } = self;
        error_detail.message.as_deref().or(error.as_deref())
    }
}

/// Why the steps ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The Engine's words inside the stream: by then it has answered 200.
    Step(String),
    /// The Engine refused the request or fell silent.
    Engine(EngineError),
}

/// Sends a request, tells the client how far it is and hands on each object of the reply.
pub(crate) async fn follow(
    call: &Call<'_>,
    request: Request,
    mut step: impl FnMut(Message),
) -> Result<(), Failure> {
    let mut layers = Layers::new(call.redactor.clone());
    let mut steps = call.engine.with_deadline(PATIENCE).objects(request);
    while let Some(object) = steps.try_next().await.map_err(Failure::Engine)? {
        let message = Message::read(&object);
        if let Some(failure) = message.told_failure(&call.redactor) {
            return Err(Failure::Step(failure));
        }
        layers.follow(&message, &call.progress);
        step(message);
    }
    Ok(())
}

fn error_message(error: &EngineError) -> Option<&str> {
    match error {
        EngineError::NotFound { message, .. }
        | EngineError::Rejected { message, .. }
        | EngineError::Failed { message, .. } => Some(message),
        _ => None,
    }
}

impl Failure {
    /// The Engine's own words, where it is the Engine that failed and not the way to it.
    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Step(message) => Some(message),
            Self::Engine(error) => error_message(error),
        }
    }

    /// The failure as that of an operation, such as "pulling `web:1`".
    pub(crate) fn of(self, operation: &str) -> CallError {
        match self {
            Self::Engine(error) if error_message(&error).is_none() => error.into(),
            failed => {
                let message = failed.message().unwrap_or_default();
                CallError::Operation(format!("{operation} failed: {message}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(step: &Value) -> Option<String> {
        Message::read(step).failure().map(str::to_owned)
    }

    #[test]
    fn a_failure_inside_the_stream_is_seen() {
        assert_eq!(
            failure(&json!({"status": "Pulling fs layer", "id": "ab"})),
            None
        );
        let step = json!({"errorDetail": {"code": 1, "message": "denied"}, "error": "denied"});
        assert_eq!(failure(&step).as_deref(), Some("denied"));
        assert_eq!(
            failure(&json!({"error": "no space left on device"})).as_deref(),
            Some("no space left on device")
        );
    }
}
