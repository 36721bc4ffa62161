//! Says what the removal of an image frees, for `docker_remove_image`.

use serde::{Deserialize, Serialize};

use super::images::{Space, freed_by};
use super::usage::{LAYERS, PATIENCE, Usage};
use crate::call::gate::names_left;
use crate::call::{Call, CallError};
use crate::engine::{Items, Told, record};
use crate::generated::params::remove_image::Params;

/// What comes free.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) space: Space,
}

/// Of an image its names, and what it was built from.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
    parent: Told<String>,
    repo_tags: Items<String>,
    repo_digests: Items<String>,
}

/// Gives the bytes that come: none where only a name of the image goes, or a container keeps its
/// layers.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let reference: &str = &params.image;
    let request = record(|docker| async move { docker.inspect_image(reference).await })?;
    let image: Image = call.engine.told(request.about("image", reference)).await?;
    let space = if names_left(&image, reference).is_empty() {
        of_image(&image, params.noprune, call).await
    } else {
        Space::NOTHING
    };
    Ok(Plan { space })
}

async fn of_image(image: &Image, noprune: bool, call: &Call<'_>) -> Space {
    let id = image.id.text();
    let usage = Usage::ask(LAYERS, PATIENCE, call).await;
    if usage.users_of_image(id) > Some(0) {
        return Space::NOTHING;
    }
    // What it was built from stays with the layers that both have.
    let parent = Some(image.parent.text()).filter(|id| noprune && !id.is_empty());
    let kept: Vec<&str> = parent.into_iter().collect();
    freed_by(&[id], &kept, &usage, call).await
}
