//! Says what the removal of a volume frees, for `docker_remove_volume`.

use serde_json::{Value, json};

use super::image_space::Space;
use super::usage::{PATIENCE, Usage, VOLUMES};
use crate::call::{Call, CallError};
use crate::generated::params::remove_volume::Params;

/// Gives the bytes that come, if the Engine does not take too long to measure them.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let usage = Usage::ask(VOLUMES, PATIENCE, call).await;
    let size = usage.of_volume(&params.volume_name);
    Ok(json!({ "space": Space::NOTHING.with(vec![size]).to_value() }))
}
