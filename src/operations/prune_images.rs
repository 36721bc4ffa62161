//! Removes the images that nobody needs, or all of them: `docker_prune_images`.

use std::collections::HashMap;

use bollard::query_parameters::{PruneImagesOptions, RemoveImageOptions};
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::catalog::generated::prune_images::Params;
use crate::engine::{Engine, EngineError, record};
use crate::nearest::nearest;
use crate::params::{Filters, InvalidArgument};

/// The filters that the Engine's prune of images knows, without the one that `all` sets.
const KNOWN: [&str; 3] = ["until", "label", "label!"];

/// Gives the Engine's entries of what went, and what was freed.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    if let Some(filters) = &params.filters {
        check(filters, params.force_all)?;
    }
    if params.force_all {
        let images = call.look.get("images").as_array();
        return remove_each(images.map_or(&[][..], Vec::as_slice), &call.engine).await;
    }
    let options = PruneImagesOptions {
        filters: Some(filters(params)),
    };
    let request = record(|docker| async move { docker.prune_images(Some(options)).await })?;
    let reply = call.engine.json(request).await?;
    Ok(json!({
        "deleted": reply.get("ImagesDeleted"),
        "space_reclaimed": reply.get("SpaceReclaimed"),
        "failed": [],
    }))
}

fn check(filters: &Filters, force_all: bool) -> Result<(), InvalidArgument> {
    if force_all && !filters.0.is_empty() {
        return Err(InvalidArgument(
            "`force_all` removes every image, so it takes no `filters`: leave out either"
                .to_owned(),
        ));
    }
    let Some(stray) = filters
        .0
        .keys()
        .find(|name| !KNOWN.contains(&name.as_str()))
    else {
        return Ok(());
    };
    let advice = match nearest(stray, KNOWN) {
        _ if stray == "dangling" => "; `all` decides about tagged images".to_owned(),
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    Err(InvalidArgument(format!(
        "`filters` holds `{stray}`, which the prune of images does not know: `until`, `label` and `label!` are known{advice}"
    )))
}

/// What was asked for, and whether images with a tag go too; without that the Engine takes those
/// without one.
fn filters(params: &Params) -> HashMap<String, Vec<String>> {
    let given = params.filters.iter().flat_map(|filters| filters.0.clone());
    let all = params
        .all
        .then(|| ("dangling".to_owned(), vec!["false".to_owned()]));
    given.chain(all).collect()
}

/// Removes images by force, one by one. One that others are built on can go after these only, so
/// those that failed are tried again as long as that gets anywhere.
async fn remove_each(images: &[Value], engine: &Engine) -> Result<Value, CallError> {
    let mut left: Vec<&Value> = images.iter().collect();
    let (mut deleted, mut freed) = (Vec::new(), 0);
    loop {
        let before = left.len();
        let mut failed = Vec::new();
        for image in left {
            match remove(image, engine).await {
                Ok(entries) => {
                    deleted.extend(entries);
                    freed += image
                        .get("Size")
                        .and_then(Value::as_i64)
                        .unwrap_or_default();
                }
                // It went with another.
                Err(EngineError::NotFound { .. }) => {}
                Err(error @ (EngineError::Conflict { .. } | EngineError::Failed { .. })) => {
                    failed.push((image, error));
                }
                Err(error) if deleted.is_empty() => return Err(error.into()),
                Err(error) => failed.push((image, error)),
            }
        }
        if failed.is_empty() || failed.len() == before {
            let failed: Vec<Value> = failed
                .into_iter()
                .map(|(image, error)| {
                    json!({ "id": image.get("Id"), "tags": image.get("RepoTags"), "error": error.to_string() })
                })
                .collect();
            return Ok(json!({ "deleted": deleted, "space_reclaimed": freed, "failed": failed }));
        }
        left = failed.into_iter().map(|(image, _)| image).collect();
    }
}

async fn remove(image: &Value, engine: &Engine) -> Result<Vec<Value>, EngineError> {
    let id = image.get("Id").and_then(Value::as_str).unwrap_or_default();
    let options = RemoveImageOptions {
        force: true,
        ..RemoveImageOptions::default()
    };
    let request =
        record(|docker| async move { docker.remove_image(id, Some(options), None).await })?;
    let reply = engine.json(request.about("image", id)).await?;
    Ok(reply.as_array().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters_of(names: &[&str]) -> Filters {
        Filters(
            names
                .iter()
                .map(|name| (name.to_string(), vec!["x".to_owned()]))
                .collect(),
        )
    }

    #[test]
    fn only_filters_of_this_endpoint_are_taken() {
        assert!(check(&filters_of(&KNOWN), false).is_ok());
        assert!(check(&filters_of(&[]), true).is_ok());
        for (names, force_all, part) in [
            (&["labels"][..], false, "did you mean `label"),
            (&["dangling"], false, "`all` decides"),
            (&["until", "status"], false, "holds `status`"),
            (&["until"], true, "takes no `filters`"),
        ] {
            let error = check(&filters_of(names), force_all).unwrap_err();
            assert!(error.0.contains(part), "{}", error.0);
        }
    }
}
