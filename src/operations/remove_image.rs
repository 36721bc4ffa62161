//! Says what the removal of an image frees, for `docker_remove_image`.

use serde_json::{Value, json};

use super::image_space::{Space, freed_by};
use super::usage::{LAYERS, PATIENCE, Usage};
use crate::call::gate::names_left;
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::remove_image::Params;

/// Gives the bytes that come: none where only a name of the image goes, or a container keeps its
/// layers.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let reference: &str = &params.image;
    let request = record(|docker| async move { docker.inspect_image(reference).await })?;
    let image = call.engine.json(request.about("image", reference)).await?;
    let space = if names_left(&image, reference).is_empty() {
        of_image(&image, params.noprune, call).await
    } else {
        Space::NOTHING
    };
    Ok(json!({ "space": space.to_value() }))
}

async fn of_image(image: &Value, noprune: bool, call: &Call<'_>) -> Space {
    let id = image["Id"].as_str().unwrap_or_default();
    let usage = Usage::ask(LAYERS, PATIENCE, call).await;
    if usage.users_of_image(id) > Some(0) {
        return Space::NOTHING;
    }
    // What it was built from stays with the layers that both have.
    let parent = image["Parent"]
        .as_str()
        .filter(|id| noprune && !id.is_empty());
    let kept: Vec<&str> = parent.into_iter().collect();
    freed_by(&[id], &kept, &usage, call).await
}
