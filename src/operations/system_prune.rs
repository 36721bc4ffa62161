//! Removes what nothing uses: `docker_system_prune`.
//!
//! In the order of the Docker CLI, because a container that goes frees its networks, volumes and
//! image. Each part goes on where another failed.

use std::collections::HashMap;

use bollard::query_parameters::{
    ListVolumesOptions, PruneBuildOptions, PruneContainersOptions, PruneImagesOptions,
    PruneNetworksOptions,
};
use serde_json::{Value, json};

use super::prune_volumes::{self, Pruned};
use crate::call::{Call, CallError};
use crate::catalog::generated::system_prune::Params;
use crate::engine::{EngineError, Request, record};
use crate::params::Filters;

/// Gives what went, part by part, the space it took, and which parts failed.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let filters = params.filters.clone().unwrap_or_default();
    let labels_and_age = only(&filters, &["label", "label!", "until"]);
    let mut outcome = Outcome::default();

    let options = PruneContainersOptions {
        filters: sent(&labels_and_age),
    };
    let request = record(|docker| async move { docker.prune_containers(Some(options)).await });
    let reply = send(request, call).await;
    let containers = outcome.part("containers", "ContainersDeleted", reply);

    let options = PruneNetworksOptions {
        filters: sent(&labels_and_age),
    };
    let request = record(|docker| async move { docker.prune_networks(Some(options)).await });
    let reply = send(request, call).await;
    let networks = outcome.part("networks", "NetworksDeleted", reply);

    let volumes = if params.volumes {
        let pruned = volumes(&only(&filters, &["label", "label!"]), call).await;
        outcome.volumes(pruned)
    } else {
        Vec::new()
    };

    // Dangling ones: others go only by a filter that is never sent here.
    let options = PruneImagesOptions {
        filters: sent(&labels_and_age),
    };
    let request = record(|docker| async move { docker.prune_images(Some(options)).await });
    let reply = send(request, call).await;
    let images = outcome.part("images", "ImagesDeleted", reply);

    let build_cache = match build_cache(&filters, call).await.transpose() {
        Some(reply) => outcome.part("build cache", "CachesDeleted", reply),
        None => json!([]),
    };

    let (space_reclaimed, failed) = outcome.conclude()?;
    Ok(json!({
        "containers_deleted": containers,
        "networks_deleted": networks,
        "volumes_deleted": volumes,
        "images_deleted": images,
        "build_cache_deleted": build_cache,
        "space_reclaimed": space_reclaimed,
        "failed": failed,
    }))
}

/// Those that nothing uses by now, after the containers went.
async fn volumes(filters: &Filters, call: &Call<'_>) -> Result<Pruned, CallError> {
    let options = ListVolumesOptions {
        filters: Some(HashMap::from([(
            "dangling".to_owned(),
            vec!["true".to_owned()],
        )])),
    };
    let request = record(|docker| async move { docker.list_volumes(Some(options)).await });
    let unused = send(request, call).await?;
    prune_volumes::anonymous(&unused, filters, call).await
}

/// The Engine's reply; none where there is nothing to prune. The records of a build cache have an
/// age but no labels, so that a label asked for is on none of them.
async fn build_cache(filters: &Filters, call: &Call<'_>) -> Result<Option<Value>, CallError> {
    if filters.0.contains_key("label") {
        return Ok(None);
    }
    let options = PruneBuildOptions {
        filters: sent(&only(filters, &["until"])),
        ..PruneBuildOptions::default()
    };
    let request = record(|docker| async move { docker.prune_build(Some(options)).await });
    match send(request, call).await {
        // Podman has none, and neither has an Engine with its builder switched off.
        Err(CallError::Engine(EngineError::NotFound { .. })) => Ok(None),
        reply => reply.map(Some),
    }
}

async fn send(request: Result<Request, EngineError>, call: &Call<'_>) -> Result<Value, CallError> {
    Ok(call.engine.json(request?).await?)
}

/// The filters of these names.
fn only(filters: &Filters, names: &[&str]) -> Filters {
    let known = filters
        .0
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    Filters(
        known
            .map(|(name, values)| (name.clone(), values.clone()))
            .collect(),
    )
}

fn sent(filters: &Filters) -> Option<HashMap<String, Vec<String>>> {
    (!filters.0.is_empty()).then(|| HashMap::from_iter(filters.0.clone()))
}

/// What came of the parts so far.
#[derive(Default)]
struct Outcome {
    space_reclaimed: u64,
    failed: Vec<Value>,
    first_error: Option<CallError>,
    any_went_well: bool,
}

impl Outcome {
    /// The entries under `key` in the reply of a part; none where it failed.
    fn part(&mut self, part: &str, key: &str, reply: Result<Value, CallError>) -> Value {
        let mut reply = self.note(part, reply).unwrap_or_default();
        let space = reply.get("SpaceReclaimed").and_then(Value::as_u64);
        self.space_reclaimed += space.unwrap_or(0);
        match reply.get_mut(key).map(Value::take) {
            None | Some(Value::Null) => json!([]),
            Some(deleted) => deleted,
        }
    }

    fn volumes(&mut self, pruned: Result<Pruned, CallError>) -> Vec<String> {
        let pruned = self.note("volumes", pruned).unwrap_or_default();
        self.space_reclaimed += pruned.space_reclaimed;
        self.failed.extend(pruned.failed);
        pruned.deleted
    }

    fn note<T>(&mut self, part: &str, reply: Result<T, CallError>) -> Option<T> {
        match reply {
            Ok(reply) => {
                self.any_went_well = true;
                Some(reply)
            }
            Err(error) => {
                let text = error.to_string();
                self.failed.push(json!({ "part": part, "error": text }));
                self.first_error.get_or_insert(error);
                None
            }
        }
    }

    /// The space and the failures; the first error where no part went well.
    fn conclude(self) -> Result<(u64, Vec<Value>), CallError> {
        match self.first_error {
            Some(error) if !self.any_went_well => Err(error),
            _ => Ok((self.space_reclaimed, self.failed)),
        }
    }
}
