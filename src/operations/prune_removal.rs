//! Removes what a plan names, one object after the other, and keeps account of it.

use serde_json::{Value, json};

use super::bytes;
use crate::call::{Call, CallError};
use crate::engine::EngineError;

/// The account of a removal.
#[derive(Debug)]
pub(super) struct Removal<'a> {
    pub(super) call: &'a Call<'a>,
    /// What was freed, in bytes; what is not known counts as nothing.
    pub(super) space_reclaimed: u64,
    planned: usize,
    done: usize,
    any_went: bool,
    failed: Vec<Value>,
    /// The Engine went away or hung: nothing more is tried.
    lost: Option<EngineError>,
}

impl<'a> Removal<'a> {
    /// Nothing was removed yet of so many objects.
    pub(super) fn of(planned: usize, call: &'a Call<'a>) -> Self {
        Self {
            call,
            space_reclaimed: 0,
            planned,
            done: 0,
            any_went: false,
            failed: Vec::new(),
            lost: None,
        }
    }

    /// Removes an object. What comes of it, or nothing where the object was gone already.
    ///
    /// # Errors
    /// It is still there; the reason is not accounted for yet.
    pub(super) async fn attempt<T>(
        &mut self,
        removing: impl Future<Output = Result<T, CallError>>,
    ) -> Result<Option<T>, CallError> {
        if self.lost.is_some() {
            return Err(CallError::Operation(
                "not tried, because the Engine stopped answering".to_owned(),
            ));
        }
        self.done = self.planned.min(self.done + 1);
        let message = format!("{} of {}", self.done, self.planned);
        let progress = &self.call.progress;
        progress.report(self.done as f64, Some(self.planned as f64), message);
        match removing.await {
            Ok(outcome) => {
                self.any_went = true;
                Ok(Some(outcome))
            }
            Err(CallError::Engine(EngineError::NotFound { .. })) => Ok(None),
            Err(error) => {
                if let CallError::Engine(
                    reason @ (EngineError::TimedOut { .. }
                    | EngineError::Unreachable { .. }
                    | EngineError::Interrupted { .. }),
                ) = &error
                {
                    self.lost = Some(reason.clone());
                }
                Err(error)
            }
        }
    }

    /// Notes that an object is still there: what names it, and why.
    pub(super) fn failed(&mut self, object: Value, error: &CallError) {
        let Value::Object(mut failure) = object else {
            return;
        };
        failure.insert("error".to_owned(), error.to_string().into());
        self.failed.push(failure.into());
    }

    /// The same for a planned object in that part of a prune.
    pub(super) fn failed_in(&mut self, part: &str, planned: &Value, error: &CallError) {
        let object = json!({ "part": part, "id": planned["id"], "name": planned["name"] });
        self.failed(object, error);
    }

    /// The space that was freed, and `{…, error}` of what is still there.
    ///
    /// # Errors
    /// The Engine went away before anything was removed.
    pub(super) fn conclude(self) -> Result<(i64, Vec<Value>), CallError> {
        match self.lost {
            Some(error) if !self.any_went => Err(error.into()),
            _ => Ok((bytes(self.space_reclaimed), self.failed)),
        }
    }
}
