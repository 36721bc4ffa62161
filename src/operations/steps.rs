//! Follows a pull, a push or a build, step by step, to its end or its failure.

use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::Value;

use super::layers::Layers;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Request};
use crate::output::text;

/// How long the Engine may go without a sign of life.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The most of a failure that is repeated, in bytes; it may quote a whole command.
const LONGEST_MESSAGE: usize = 4000;

/// Why the steps ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The Engine's words inside the stream: by then it has answered 200.
    Step(String),
    /// The Engine refused the request or fell silent.
    Engine(EngineError),
}

/// Sends a request, tells the client how far it is and hands on each object of the reply.
pub(super) async fn follow(
    call: &Call<'_>,
    request: Request,
    mut step: impl FnMut(&Value),
) -> Result<(), Failure> {
    let mut layers = Layers::new(call.redactor.clone());
    let mut steps = call.engine.with_deadline(PATIENCE).objects(request);
    while let Some(object) = steps.try_next().await.map_err(Failure::Engine)? {
        if let Some(message) = failure(&object) {
            let message = call.redactor.text(message);
            return Err(Failure::Step(
                text::head(&message, LONGEST_MESSAGE).to_owned(),
            ));
        }
        layers.follow(&object, &call.progress);
        step(&object);
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

/// The failure that a step tells of.
fn failure(step: &Value) -> Option<&str> {
    step.pointer("/errorDetail/message")
        .or_else(|| step.get("error"))?
        .as_str()
}

impl Failure {
    /// The Engine's own words, where it is the Engine that failed and not the way to it.
    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Self::Step(message) => Some(message),
            Self::Engine(error) => error_message(error),
        }
    }

    /// The failure as that of an operation, such as "pulling `web:1`".
    pub(super) fn of(self, operation: &str) -> CallError {
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

    #[test]
    fn a_failure_inside_the_stream_is_seen() {
        assert_eq!(
            failure(&json!({"status": "Pulling fs layer", "id": "ab"})),
            None
        );
        let step = json!({"errorDetail": {"code": 1, "message": "denied"}, "error": "denied"});
        assert_eq!(failure(&step), Some("denied"));
        assert_eq!(
            failure(&json!({"error": "no space left on device"})),
            Some("no space left on device")
        );
    }
}
