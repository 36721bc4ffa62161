//! Lists images with what uses them: `docker_list_images`.
//!
//! The Engine's list leaves out how many containers use an image, which is what most people who
//! look for something to remove want to know; the list of containers, asked for beside it, tells.

use std::collections::HashMap;

use bollard::query_parameters::{ListContainersOptions, ListImagesOptions};
use serde::Deserialize;
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::{Told, record};
use crate::generated::params::list_images::Params;
use crate::generated::reply::list_images::{Item, Reply};

/// Of a container in a list what it was made from; Podman leaves out the algorithm.
#[derive(Deserialize)]
struct Container {
    #[serde(rename = "ImageID", default)]
    image: String,
}

/// Gives the Engine's list, digests where there is no tag, and how many containers use each.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let options = ListImagesOptions {
        all: params.all,
        filters: params
            .filters
            .as_ref()
            .map(|filters| filters.0.clone().into_iter().collect()),
        ..ListImagesOptions::default()
    };
    let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
    let (images, users) = tokio::join!(call.reply(request), users(call));
    let mut images = Reply::deserialize(images?).unwrap_or_default();
    for image in &mut images {
        complete(image, users.as_ref());
    }
    Ok(images)
}

/// How many containers were made from each image, by its digits; none where the Engine does not say.
async fn users(call: &Call<'_>) -> Option<HashMap<String, i64>> {
    let options = ListContainersOptions {
        all: true,
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await });
    let mut users = HashMap::new();
    let read = |reply: &[u8]| {
        let containers: Option<Vec<Container>> = serde_json::from_slice(reply)?;
        for container in containers.into_iter().flatten() {
            *users
                .entry(digits(&container.image).to_owned())
                .or_insert(0) += 1;
        }
        Ok(Value::Null)
    };
    call.engine.read(request.ok()?, read).await.ok()?;
    Some(users)
}

fn complete(image: &mut Item, users: Option<&HashMap<String, i64>>) {
    let id = image.id.as_deref().map(digits);
    let users = id.zip(users).map(|(id, users)| users.get(id).unwrap_or(&0));
    image.containers = Told(users.copied());
    let tags = image.repo_tags.as_deref().unwrap_or_default();
    if tags.iter().any(|tag| !tag.contains("<none>")) {
        image.repo_digests = Told(None);
    }
}

fn digits(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}
