//! Says why the configuration does not allow something.

/// Why the configuration does not allow a call, and which setting would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub(crate) String);
