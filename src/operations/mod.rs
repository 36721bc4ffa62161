//! Holds the operations that a TOML file cannot express, one file for each.
//!
//! A tool whose file says `handler = "exec"` runs [`exec::run`] with its typed parameters. An
//! operation gives the result's keys and nothing else; policy, redaction and the audit are the
//! business of [`crate::call`]. Each keeps its memory bounded by the budget of one result, however
//! much the Engine sends.

use std::time::Duration;

use crate::call::Call;
use crate::params::{InvalidArgument, Variables};

pub(crate) mod build;
pub(crate) mod create;
pub(crate) mod disk_usage;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod healthcheck;
pub(crate) mod list_images;
pub(crate) mod logs;
pub(crate) mod prune_images;
pub(crate) mod prune_volumes;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod remove_container;
pub(crate) mod remove_image;
pub(crate) mod remove_volume;
pub(crate) mod restart;
pub(crate) mod start;
pub(crate) mod stats;
pub(crate) mod system_prune;

mod age;
mod build_context;
mod confined;
mod dockerignore;
mod event;
mod event_filter;
mod frames;
mod head_and_tail;
mod image_layers;
mod image_space;
mod layers;
mod lines;
mod newest;
mod objects;
mod prune_build_cache;
mod prune_filter;
mod prune_lists;
mod prune_networks;
mod prune_removal;
mod records;
mod redacted;
mod registry;
mod steps;
mod stretch;
mod usage;

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
