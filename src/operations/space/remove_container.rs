//! Says what the removal of a container frees, for `docker_remove_container`.

use bollard::query_parameters::InspectContainerOptions;
use serde::{Deserialize, Serialize};

use super::images::Space;
use super::usage::{PATIENCE, Usage, VOLUMES, written};
use crate::call::gate::anonymous_volumes;
use crate::call::{Call, CallError};
use crate::engine::{Items, Told, record};
use crate::generated::params::remove_container::Params;
use crate::operations::objects::Mount;

/// What comes free.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) space: Space,
}

/// Of a container what goes with it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    size_rw: Told<i64>,
    mounts: Items<Mount>,
}

/// Gives the bytes that come; sizes that the Engine takes long to measure are not waited for.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let id: &str = &params.container_id;
    let options = InspectContainerOptions { size: true };
    let request =
        record(|docker| async move { docker.inspect_container(id, Some(options)).await })?;
    let asking = call
        .engine
        .told::<Container>(request.about("container", id));
    let container = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(container) => Some(container?),
        Err(_) => None,
    };
    let own = container.as_ref().and_then(|it| written(*it.size_rw));
    let mut sizes = vec![own];
    if params.volumes {
        let mounts = container.unwrap_or_default().mounts;
        sizes.extend(of_volumes(&mounts, call).await);
    }
    let space = Space::NOTHING.with(sizes);
    Ok(Plan { space })
}

/// What the anonymous volumes take that no other container uses.
async fn of_volumes(mounts: &Items<Mount>, call: &Call<'_>) -> Vec<Option<u64>> {
    let names = anonymous_volumes(mounts);
    if names.is_empty() {
        return Vec::new();
    }
    let usage = Usage::ask(VOLUMES, PATIENCE, call).await;
    let goes = |name: &&String| usage.users_of_volume(name).is_none_or(|users| users <= 1);
    let going = names.iter().filter(goes);
    going.map(|name| usage.of_volume(name)).collect()
}
