//! Says what the removal of a container frees, for `docker_remove_container`.

use bollard::query_parameters::InspectContainerOptions;
use serde_json::{Value, json};

use super::image_space::Space;
use super::usage::{PATIENCE, Usage, VOLUMES, written};
use crate::call::gate::anonymous_volumes;
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::remove_container::Params;

/// Gives the bytes that come; sizes that the Engine takes long to measure are not waited for.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let id: &str = &params.container_id;
    let options = InspectContainerOptions { size: true };
    let request =
        record(|docker| async move { docker.inspect_container(id, Some(options)).await })?;
    let asking = call.engine.json(request.about("container", id));
    let container = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(container) => container?,
        Err(_) => Value::Null,
    };
    let mut sizes = vec![
        (!container.is_null())
            .then(|| written(&container))
            .flatten(),
    ];
    if params.volumes {
        sizes.extend(of_volumes(&container, call).await);
    }
    let space = Space::NOTHING.with(sizes);
    Ok(json!({ "space": space.to_value() }))
}

/// What the anonymous volumes take that no other container uses.
async fn of_volumes(container: &Value, call: &Call<'_>) -> Vec<Option<u64>> {
    let names = anonymous_volumes(&container["Mounts"]);
    if names.is_empty() {
        return Vec::new();
    }
    let usage = Usage::ask(VOLUMES, PATIENCE, call).await;
    let goes = |name: &&String| usage.users_of_volume(name).is_none_or(|users| users <= 1);
    let going = names.iter().filter(goes);
    going.map(|name| usage.of_volume(name)).collect()
}
