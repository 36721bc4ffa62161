//! Removes what a plan names, one object after the other, and keeps account of it.

use serde::Serialize;

use crate::call::{Call, CallError};
use crate::engine::EngineError;
use crate::operations::units::bytes;
use crate::ordered;

/// What a plan says of a container, or of a record of the build cache.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: Option<u64>,
    pub(crate) notes: Vec<String>,
}

/// Planned objects by their names and ids.
pub(crate) fn sorted<T>(mut planned: Vec<T>, by: fn(&T) -> (&str, &str)) -> Vec<T> {
    ordered::sort_by(&mut planned, |one, other| by(one).cmp(&by(other)));
    planned
}

/// An object that is still there: what names it, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) error: String,
}

impl Failure {
    /// One of which only the reason is said.
    pub(crate) fn of(error: &CallError) -> Self {
        Self {
            part: None,
            id: None,
            name: None,
            tags: None,
            error: error.to_string(),
        }
    }
}

/// The account of a removal.
#[derive(Debug)]
pub(crate) struct Removal<'a> {
    pub(crate) call: &'a Call<'a>,
    /// What was freed, in bytes; what is not known counts as nothing.
    pub(crate) space_reclaimed: u64,
    planned: usize,
    done: usize,
    any_went: bool,
    failed: Vec<Failure>,
    /// The Engine went away or hung: nothing more is tried.
    lost: Option<EngineError>,
}

impl<'a> Removal<'a> {
    /// Nothing was removed yet of so many objects.
    pub(crate) fn of(planned: usize, call: &'a Call<'a>) -> Self {
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

    /// Whether the Engine went away or hung, so that nothing more is tried.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Removes an object. What comes of it, or nothing where the object was gone already.
    ///
    /// # Errors
    /// It is still there; the reason is not accounted for yet.
    pub(crate) async fn attempt<T>(
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

    /// Whether anything is still there that was to go.
    pub(crate) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Notes that an object is still there.
    pub(crate) fn failed(&mut self, failure: Failure) {
        self.failed.push(failure);
    }

    /// The space that was freed, and what is still there.
    ///
    /// # Errors
    /// The Engine went away before anything was removed.
    pub(crate) fn conclude(self) -> Result<(i64, Vec<Failure>), CallError> {
        match self.lost {
            Some(error) if !self.any_went => Err(error.into()),
            _ => Ok((bytes(self.space_reclaimed), self.failed)),
        }
    }
}
