//! Says what the removal of a volume frees, for `docker_remove_volume`.

use serde::Serialize;

use super::images::Space;
use super::usage::{PATIENCE, Usage, VOLUMES};
use crate::call::{Call, CallError};
use crate::generated::params::remove_volume::Params;

/// What comes free.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) space: Space,
}

/// Gives the bytes that come, if the Engine does not take too long to measure them.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let usage = Usage::ask(VOLUMES, PATIENCE, call).await;
    let size = usage.of_volume(&params.volume_name);
    let space = Space::NOTHING.with(vec![size]);
    Ok(Plan { space })
}
