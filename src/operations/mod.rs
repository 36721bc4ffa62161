//! Holds the operations that a TOML file cannot express, one file for each, in rooms.
//!
//! A tool whose file says `handler = "exec"` runs [`exec::run`] with its typed parameters: the handlers
//! are listed here by name, wherever they are. An operation gives the `Reply` that is made of the file's
//! `[output]`, or its own `Plan`; policy, redaction and the audit are the business of [`crate::call`]. Each keeps its memory bounded by the budget of one result, however
//! much the Engine sends.

use std::time::Duration;

use crate::call::Call;
use crate::params::{InvalidArgument, Variables};

pub(crate) mod build;

mod containers;
mod images;
mod objects;
mod prune;
mod space;
mod stream;
mod system;

// The handlers, by the names that TOML files call them.
pub(crate) use containers::{create, exec, restart, start, stats};
pub(crate) use images::{list_images, pull, push};
pub(crate) use prune::images as prune_images;
pub(crate) use prune::system as system_prune;
pub(crate) use prune::volumes as prune_volumes;
pub(crate) use space::{remove_container, remove_image, remove_volume};
pub(crate) use stream::{events, logs};
pub(crate) use system::{disk_usage, healthcheck};

/// What a result may take beside its texts or items: its other keys and the message around it.
const ENVELOPE: usize = 1024;

/// The bytes of minified JSON that a result's texts or items may take together.
fn budget(call: &Call<'_>) -> usize {
    call.config
        .safety
        .max_response_bytes
        .saturating_sub(ENVELOPE)
}

/// What a result that the budget cut says of how to get the rest.
fn advice(call: &Call<'_>, advice: &str) -> String {
    let most = call.config.safety.max_response_bytes;
    format!("not all of it fits ({most} bytes at most): {advice}")
}

/// Refuses variables that would set another one: the Engine splits `NAME=value` at the first `=`.
fn check_environment(environment: Option<&Variables>) -> Result<(), InvalidArgument> {
    let mut names = environment.into_iter().flat_map(|them| them.0.keys());
    match names.find(|name| name.is_empty() || name.contains(['=', '\0'])) {
        None => Ok(()),
        // What stands behind the `=` is a value, which is not repeated.
        Some(name) => Err(InvalidArgument(format!(
            "`environment` has a variable whose name begins with {:?}; a name is not empty and holds no `=`",
            name.split(['=', '\0']).next().unwrap_or_default()
        ))),
    }
}

/// A number of things in the type of the results.
fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// A number of bytes in the type of the results.
fn bytes(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// A parameter in seconds as a duration; the catalogue lets no negative one through.
fn seconds(value: i64) -> Duration {
    Duration::from_secs(value.unsigned_abs())
}
