//! Finds the container through which files are reached, and what of its file system they may be of.

use bollard::query_parameters::InspectContainerOptions;
use serde::Deserialize;

use super::path::FilePath;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items, Told, record};
use crate::params::InvalidArgument;

/// Where files are reached: all that a container has, or a volume where a container mounts it.
#[derive(Debug)]
pub(super) struct Place {
    /// The full id of the container.
    pub(super) container: String,
    /// What the root of the paths is in the container.
    pub(super) root: FilePath,
    /// The volume, where the files are of one.
    pub(super) volume: Option<String>,
    /// What the container mounts.
    pub(super) mounts: Vec<Mount>,
}

/// What of a container matters to its files.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Container {
    pub(super) id: Told<String>,
    pub(super) mounts: Items<Mount>,
}

/// What is mounted into a container.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Mount {
    pub(super) source: Told<String>,
    pub(super) destination: Told<String>,
}

impl Place {
    /// The place that the parameters name.
    ///
    /// # Errors
    /// None is named or two are, and those of the Engine.
    pub(super) async fn of(container: Option<&str>, call: &Call<'_>) -> Result<Self, CallError> {
        let Some(container) = container else {
            return Err(InvalidArgument("`container_id` is needed".to_owned()).into());
        };
        Ok(Self::in_container(inspected(container, call).await?))
    }

    fn in_container(container: Container) -> Self {
        Self {
            container: container.id.0.unwrap_or_default(),
            root: FilePath::default(),
            volume: None,
            mounts: container.mounts.0,
        }
    }

    /// What a path of the container is called by whoever asked.
    pub(super) fn shown(&self, path: &FilePath) -> FilePath {
        path.below(&self.root).unwrap_or_else(|| path.clone())
    }

    /// Where a path of the container is mounted from, where that is known.
    pub(super) fn mounted_from(&self, path: &FilePath) -> Option<FilePath> {
        let mounts = self.mounts.iter().filter_map(|mount| {
            let destination = FilePath::told(mount.destination.text());
            let below = path.below(&destination)?;
            Some((destination.parts().len(), mount, below))
        });
        let (_, mount, below) = mounts.max_by_key(|(depth, ..)| *depth)?;
        let source = FilePath::told(mount.source.text());
        Some(source.joined(below.parts()))
    }
}

pub(super) async fn inspected(container: &str, call: &Call<'_>) -> Result<Container, EngineError> {
    let request = record(|docker| async move {
        docker
            .inspect_container(container, None::<InspectContainerOptions>)
            .await
    })?;
    call.engine
        .told(request.about("container", container))
        .await
}
