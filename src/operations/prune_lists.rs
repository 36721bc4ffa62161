//! Asks the Engine what there is, for the prunes to choose from.

use std::collections::HashMap;

use bollard::query_parameters::{
    ListContainersOptions, ListImagesOptions, ListNetworksOptions, ListVolumesOptions,
};
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::record;

/// Every container in any state, or those made from one image or a descendant of it.
pub(super) async fn containers(
    ancestor: Option<&str>,
    call: &Call<'_>,
) -> Result<Vec<Value>, CallError> {
    let options = ListContainersOptions {
        all: true,
        filters: ancestor.map(|image| filters("ancestor", image)),
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every image but those that are only a step to another, or of those the ones without a tag.
pub(super) async fn images(dangling: bool, call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListImagesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
        ..ListImagesOptions::default()
    };
    let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every network; the list does not say which of them are in use.
pub(super) async fn networks(call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListNetworksOptions::default();
    let request = record(|docker| async move { docker.list_networks(Some(options)).await })?;
    Ok(taken(call.engine.json(request).await?))
}

/// Every volume, or those that no container uses.
pub(super) async fn volumes(dangling: bool, call: &Call<'_>) -> Result<Vec<Value>, CallError> {
    let options = ListVolumesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
    };
    let request = record(|docker| async move { docker.list_volumes(Some(options)).await })?;
    let mut reply = call.engine.json(request).await?;
    Ok(reply
        .get_mut("Volumes")
        .map(Value::take)
        .map_or_else(Vec::new, taken))
}

fn filters(name: &str, value: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([(name.to_owned(), vec![value.to_owned()])])
}

/// The items of an array, which the Engine may write as `null`.
fn taken(array: Value) -> Vec<Value> {
    match array {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}
