//! Asks the Engine what there is, for the prunes to choose from.

use std::collections::HashMap;

use bollard::query_parameters::{
    ListContainersOptions, ListImagesOptions, ListNetworksOptions, ListVolumesOptions,
};
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Items, record};
use crate::operations::objects::{Container, Image, Network, Volume};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Volumes {
    volumes: Items<Volume>,
}

/// Every container in any state, or those made from one image or a descendant of it.
pub(crate) async fn containers(
    ancestor: Option<&str>,
    call: &Call<'_>,
) -> Result<Vec<Container>, CallError> {
    let options = ListContainersOptions {
        all: true,
        filters: ancestor.map(|image| filters("ancestor", image)),
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    Ok(call.engine.told::<Items<Container>>(request).await?.0)
}

/// Every image but those that are only a step to another, or of those the ones without a tag.
pub(crate) async fn images(dangling: bool, call: &Call<'_>) -> Result<Vec<Image>, CallError> {
    let options = ListImagesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
        ..ListImagesOptions::default()
    };
    let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
    Ok(call.engine.told::<Items<Image>>(request).await?.0)
}

/// Every network; the list does not say which of them are in use.
pub(crate) async fn networks(call: &Call<'_>) -> Result<Vec<Network>, CallError> {
    let options = ListNetworksOptions::default();
    let request = record(|docker| async move { docker.list_networks(Some(options)).await })?;
    Ok(call.engine.told::<Items<Network>>(request).await?.0)
}

/// Every volume, or those that no container uses.
pub(crate) async fn volumes(dangling: bool, call: &Call<'_>) -> Result<Vec<Volume>, CallError> {
    let options = ListVolumesOptions {
        filters: dangling.then(|| filters("dangling", "true")),
    };
    let request = record(|docker| async move { docker.list_volumes(Some(options)).await })?;
    Ok(call.engine.told::<Volumes>(request).await?.volumes.0)
}

fn filters(name: &str, value: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([(name.to_owned(), vec![value.to_owned()])])
}
