//! Brings numbers into the types of parameters and results.

use std::time::Duration;

/// A number of things in the type of the results.
pub(super) fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// A number of bytes in the type of the results.
pub(super) fn bytes(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// A parameter in seconds as a duration; the catalogue lets no negative one through.
pub(super) fn seconds(value: i64) -> Duration {
    Duration::from_secs(value.unsigned_abs())
}
