//! Makes a container for a volume that none mounts: of any image, never started, gone with the call.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig, Mount, MountType, MountVolumeOptions};
use bollard::query_parameters::{
    CreateContainerOptions, ListImagesOptions, RemoveContainerOptions,
};

use super::place::Listed;
use crate::call::{Call, CallError};
use crate::engine::{CARRIER, EngineError, Items, maker, record};
use crate::operations::containers::leftover::Leftover;
use crate::operations::objects::Image;
use crate::ordered;

/// Where the volume is in it.
pub(super) const TARGET: &str = "/volume";

/// How many images are tried; one may be broken.
const TRIED: usize = 3;

/// A container that holds a volume, which it may write to or not.
///
/// # Errors
/// Nobody allows it, there is no image to make one of, and those of the Engine.
pub(super) async fn carry(
    volume: &str,
    writes: bool,
    call: &Call<'_>,
) -> Result<Leftover, CallError> {
    let request =
        record(|docker| async move { docker.list_images(None::<ListImagesOptions>).await })?;
    let mut images: Items<Image> = call.engine.told(request).await?;
    ordered::sort_by_key(&mut images.0, |image| {
        (image.size.unwrap_or(u64::MAX), image.id.text().to_owned())
    });
    let mut failed = None;
    for image in images.iter().take(TRIED) {
        match made_of(image.id.text(), volume, writes, call).await {
            Err(
                error @ (EngineError::Rejected { .. }
                | EngineError::Failed { .. }
                | EngineError::NotFound { .. }),
            ) => {
                failed = Some(error);
            }
            made => return Ok(made?),
        }
    }
    Err(match failed {
        Some(error) => error.into(),
        None => CallError::Operation(format!(
            "no container mounts the volume `{volume}`, and there is no image to make one of: pull a small one with docker_pull_image"
        )),
    })
}

async fn made_of(
    image: &str,
    volume: &str,
    writes: bool,
    call: &Call<'_>,
) -> Result<Leftover, EngineError> {
    let mount = Mount {
        typ: Some(MountType::VOLUME),
        source: Some(volume.to_owned()),
        target: Some(TARGET.to_owned()),
        read_only: Some(!writes),
        volume_options: Some(MountVolumeOptions {
            // What the image has in that place stays out of the volume.
            no_copy: Some(true),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    };
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        // Without a command the Engine makes none of an image that has none.
        cmd: Some(vec!["true".to_owned()]),
        labels: Some(HashMap::from([(CARRIER.to_owned(), maker())])),
        host_config: Some(HostConfig {
            mounts: Some(vec![mount]),
            network_mode: Some("none".to_owned()),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    let request = record(|docker| async move {
        docker
            .create_container(None::<CreateContainerOptions>, body)
            .await
    })?;
    Leftover::made(call.engine.clone(), request).await
}

/// Removes the carriers whose makers are gone. What hinders it is no business of the call.
pub(super) async fn sweep(containers: &[Listed], call: &Call<'_>) {
    for container in containers.iter().filter(|it| it.is_carrier()) {
        if let Err(error) = remove(container.id.text(), call).await {
            tracing::debug!("a carrier that was left stays: {error}");
        }
    }
}

async fn remove(container: &str, call: &Call<'_>) -> Result<(), EngineError> {
    let Some(id) = call.engine.adopt(container).await? else {
        return Ok(());
    };
    let id = id.as_str();
    let options = RemoveContainerOptions {
        v: true,
        ..RemoveContainerOptions::default()
    };
    let request = record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
    call.engine.json(request.about("container", id)).await?;
    Ok(())
}
