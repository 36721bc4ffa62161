//! Lists images with what uses them: `docker_list_images`.
//!
//! The Engine's list leaves out how many containers use an image, which is what most people who
//! look for something to remove want to know; the list of containers, asked for beside it, tells.

use std::collections::HashMap;

use bollard::query_parameters::{ListContainersOptions, ListImagesOptions};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::list_images::Params;

/// Of a container in a list what it was made from; Podman leaves out the algorithm.
#[derive(Deserialize)]
struct Container {
    #[serde(rename = "ImageID", default)]
    image: String,
}

/// Gives the Engine's list, digests where there is no tag, and how many containers use each.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
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
    let mut images = images?;
    for image in images.as_array_mut().into_iter().flatten() {
        complete(image, users.as_ref());
    }
    Ok(images)
}

/// How many containers were made from each image, by its digits; none where the Engine does not say.
async fn users(call: &Call<'_>) -> Option<HashMap<String, u64>> {
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

fn complete(image: &mut Value, users: Option<&HashMap<String, u64>>) {
    let id = image["Id"].as_str().map(digits);
    let users = id.zip(users).map(|(id, users)| users.get(id).unwrap_or(&0));
    let users = json!(users);
    let Some(members) = image.as_object_mut() else {
        return;
    };
    let tags = members.get("RepoTags").and_then(Value::as_array);
    let is_tagged = |tag: &Value| tag.as_str().is_some_and(|tag| !tag.contains("<none>"));
    if tags.is_some_and(|tags| tags.iter().any(is_tagged)) {
        members.remove("RepoDigests");
    }
    members.insert("Containers".to_owned(), users);
}

fn digits(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}
