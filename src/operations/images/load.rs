//! Loads the images in a file on this server's host: `docker_load_image`.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bollard::query_parameters::{ImportImageOptions, ListImagesOptions};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::archive::Archive;
use super::layers;
use super::steps::{self, Message};
use crate::call::{Call, CallError};
use crate::engine::{Items, Told, record};
use crate::generated::params::load_image::Params;
use crate::generated::reply::load_image::Reply;
use crate::output::Hinted;

/// How much of the file is sent at once, in bytes.
const PIECE: usize = 256 << 10;

/// What Engines say of an image that they have loaded; Podman names several at once.
const LOADED: [&str; 3] = ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "];

const UNNAMED: &str = "the Engine did not say which images it has loaded; see docker_list_images";

/// Of an image what it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
    repo_tags: Items<String>,
}

/// A tag that led to another image before.
#[derive(Debug, Serialize)]
pub(crate) struct Replaced {
    image: String,
    id: String,
}

/// Gives the names of the images, or the ids of those that have none, and whose names they took.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Replaced>>, CallError> {
    let Archive { file, size, vetted } = Archive::open(&params.path, call).await?;
    let before = tags(call).await?;
    let unread = Arc::new(OnceLock::new());
    let pieces = pieces(file, size, call, Arc::clone(&unread));
    let request = record(|docker| async move {
        let body = bollard::body_try_stream(pieces);
        let load = docker.import_image(ImportImageOptions::default(), body, None);
        load.boxed().try_next().await
    })?;
    let mut images = Vec::new();
    let loaded = steps::follow(call, request.vetted(vetted), |step| {
        tell(&step, size, call);
        let said = step.stream.as_deref().unwrap_or_default().lines();
        let said = said.filter_map(|line| LOADED.iter().find_map(|it| line.strip_prefix(it)));
        for image in said.flat_map(|names| names.split(',')).map(str::to_owned) {
            if !images.contains(&image) {
                images.push(image);
            }
        }
    });
    loaded.await.map_err(|failure| match unread.get() {
        Some(problem) => CallError::Operation(format!(
            "loading failed, because the file could not be read: {problem}"
        )),
        None => failure.of("loading"),
    })?;
    let replaced = replaced(&images, &before, call).await;
    let unnamed = images.is_empty().then(|| UNNAMED.to_owned());
    Ok(Hinted::from(Reply { images, replaced }).hinted(unnamed))
}

/// The id that each tag leads to.
async fn tags(call: &Call<'_>) -> Result<HashMap<String, String>, CallError> {
    let options = ListImagesOptions::default();
    let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
    let images: Items<Image> = call.engine.told(request).await?;
    let pairs = images.0.into_iter().flat_map(|image| {
        let id = image.id.0.unwrap_or_default();
        image
            .repo_tags
            .0
            .into_iter()
            .map(move |tag| (tag, id.clone()))
    });
    Ok(pairs.collect())
}

/// Those of the names that led to another image. What cannot be asked any more is as if it was new.
async fn replaced(
    images: &[String],
    before: &HashMap<String, String>,
    call: &Call<'_>,
) -> Vec<Replaced> {
    let mut replaced = Vec::new();
    for image in images {
        let Some(id) = before.get(image) else {
            continue;
        };
        let request = record(|docker| async move { docker.inspect_image(image).await });
        let Ok(request) = request else { continue };
        let found = call.engine.told::<Image>(request).await;
        let now = found.ok().and_then(|found| found.id.0);
        if now.is_some_and(|now| now != *id) {
            replaced.push(Replaced {
                image: image.clone(),
                id: id.clone(),
            });
        }
    }
    replaced
}

/// The file as far as it went when it was opened: one that somebody writes to may have no end.
fn pieces(
    file: File,
    size: u64,
    call: &Call<'_>,
    unread: Arc<OnceLock<String>>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let progress = call.progress.clone();
    let of = layers::size(size);
    let mut sent = 0;
    ReaderStream::with_capacity(file.take(size), PIECE).inspect(move |piece| match piece {
        Ok(piece) => {
            sent += piece.len() as u64;
            let report = format!("{} of {of} sent", layers::size(sent));
            progress.report(sent as f64, Some(size as f64), report);
        }
        Err(error) => {
            let _ = unread.set(error.to_string());
        }
    })
}

/// Says which layer the Engine is at, once it has all of the file.
fn tell(step: &Message, size: u64, call: &Call<'_>) {
    let (Some("Loading layer"), Some(layer)) = (step.status.as_deref(), step.id.as_deref()) else {
        return;
    };
    let (done, all) = (*step.progress.current, *step.progress.total);
    let report = match (done, all) {
        (Some(done), Some(all)) => {
            let (done, all) = (layers::size(done), layers::size(all));
            format!("all sent, layer {layer}: {done} of {all}")
        }
        _ => format!("all sent, layer {layer}"),
    };
    call.progress.report(size as f64, None, report);
}
