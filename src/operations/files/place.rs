//! Finds the container through which files are reached, and what of its file system they may be of.

use std::collections::HashMap;

use bollard::query_parameters::{InspectContainerOptions, ListContainersOptions};
use serde::Deserialize;

use super::carrier::{self, TARGET};
use super::path::FilePath;
use crate::call::{Call, CallError};
use crate::engine::policy::Refusal;
use crate::engine::{CARRIER, EngineError, Items, Part, Told, record};
use crate::operations::containers::leftover::Leftover;
use crate::ordered;
use crate::params::InvalidArgument;

/// How many containers that mount a volume are tried: the policy may refuse some.
const TRIED: usize = 8;

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
    /// The container, where the call made it.
    carrier: Option<Leftover>,
}

/// What is done with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

/// A container, as a list of all shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Listed {
    pub(super) id: Told<String>,
    names: Items<String>,
    state: Told<String>,
    labels: Part<HashMap<String, Told<String>>>,
    mounts: Items<Mount>,
}

/// What of a container matters to its files.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    id: Told<String>,
    mounts: Items<Mount>,
    host_config: Part<HostConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    mounts: Items<Asked>,
    tmpfs: Part<HashMap<String, Told<String>>>,
}

/// A mount as it was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Asked {
    target: Told<String>,
    volume_options: Part<Options>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Options {
    subpath: Told<String>,
}

/// What is mounted into a container.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Mount {
    #[serde(rename = "Type")]
    kind: Told<String>,
    name: Told<String>,
    pub(super) source: Told<String>,
    pub(super) destination: Told<String>,
    #[serde(rename = "RW")]
    writable: Told<bool>,
}

impl Place {
    /// The place that the parameters name.
    ///
    /// # Errors
    /// None is named or two are, nobody allows what it takes, and those of the Engine.
    pub(super) async fn of(
        container: Option<&str>,
        volume: Option<&str>,
        purpose: Use,
        call: &Call<'_>,
    ) -> Result<Self, CallError> {
        match (container, volume) {
            (Some(container), None) => {
                let container = inspected(container, call).await?;
                Ok(Self::within(&container, FilePath::default(), None))
            }
            (None, Some(volume)) => Self::in_volume(volume, purpose, call).await,
            _ => Err(InvalidArgument("give either `container_id` or `volume`".to_owned()).into()),
        }
    }

    fn within(container: &Container, root: FilePath, volume: Option<&str>) -> Self {
        Self {
            container: container.id.text().to_owned(),
            root,
            volume: volume.map(str::to_owned),
            mounts: container.mounts.0.clone(),
            carrier: None,
        }
    }

    async fn in_volume(volume: &str, purpose: Use, call: &Call<'_>) -> Result<Self, CallError> {
        let options = ListContainersOptions {
            all: true,
            ..ListContainersOptions::default()
        };
        let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
        let mut containers: Items<Listed> = call.engine.told(request).await?;
        ordered::sort_by_key(&mut containers.0, Listed::order);
        let mut refused = None;
        let mounting = containers
            .iter()
            .filter_map(|it| Some((it, it.root(volume, purpose)?)));
        for (listed, root) in mounting.take(TRIED) {
            match Self::through(listed, root, volume, call).await {
                Err(CallError::Engine(EngineError::NotFound { .. })) | Ok(None) => {}
                Err(error @ CallError::Refused(_)) => refused = Some(error),
                Ok(Some(place)) => return Ok(place),
                Err(error) => return Err(error),
            }
        }
        // The Engine would make one that is not there.
        let request = record(|docker| async move { docker.inspect_volume(volume).await })?;
        call.engine.json(request.about("volume", volume)).await?;
        carrier::sweep(&containers, call).await;
        let carried = carrier::carry(volume, purpose == Use::Write, call).await;
        let carrier = carried.map_err(|error| match error {
            CallError::Refused(Refusal(why)) => refused.unwrap_or_else(|| {
                CallError::Refused(Refusal(format!(
                    "no container mounts the volume `{volume}` in a way that serves, and to make one for it is not allowed: {why}"
                )))
            }),
            error => error,
        })?;
        Ok(Self {
            container: carrier.id(),
            root: FilePath::told(TARGET),
            volume: Some(volume.to_owned()),
            mounts: Vec::new(),
            carrier: Some(carrier),
        })
    }

    /// The place in a container that mounts the volume, where all of it is seen there.
    async fn through(
        listed: &Listed,
        root: FilePath,
        volume: &str,
        call: &Call<'_>,
    ) -> Result<Option<Self>, CallError> {
        let container = inspected(listed.id.text(), call).await?;
        if !container.shows_all_of(&root) {
            return Ok(None);
        }
        let place = Self::within(&container, root, Some(volume));
        // The policy may have a say in it.
        let path = place.root.to_string();
        let stat = call.engine.path_stat(&place.container, &path).await?;
        Ok(stat.map(|_| place))
    }

    /// Leaves the container behind, or takes it away where the call made it. Gives what to say of one that
    /// stays.
    pub(super) async fn leave(self) -> Option<String> {
        let carrier = self.carrier?;
        let id = carrier.id();
        let error = carrier.remove().await.err()?;
        Some(format!(
            "the container {} that was made for it is still there ({error})",
            id.get(..12).unwrap_or(&id)
        ))
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

impl Listed {
    /// It was made for a volume by this program.
    pub(super) fn is_carrier(&self) -> bool {
        self.labels.contains_key(CARRIER)
    }

    /// Those that run first, then by name.
    fn order(&self) -> (bool, String) {
        let name = self.names.iter().min().cloned();
        (self.state.text() != "running", name.unwrap_or_default())
    }

    /// Where it mounts the volume in a way that serves.
    fn root(&self, volume: &str, purpose: Use) -> Option<FilePath> {
        if self.is_carrier() || ["dead", "removing"].contains(&self.state.text()) {
            return None;
        }
        let serves = |mount: &&Mount| {
            mount.kind.text() == "volume"
                && mount.name.text() == volume
                && (purpose == Use::Read || *mount.writable == Some(true))
        };
        let mount = self.mounts.iter().find(serves)?;
        Some(FilePath::told(mount.destination.text()))
    }
}

impl Container {
    /// Nothing else is mounted within, and no more than all is.
    fn shows_all_of(&self, root: &FilePath) -> bool {
        let within = |path: &str| {
            let below = FilePath::told(path).below(root);
            below.is_some_and(|below| !below.parts().is_empty())
        };
        let mounts = self.mounts.iter().map(|mount| mount.destination.text());
        let tmpfs = self.host_config.tmpfs.keys().map(String::as_str);
        let is_part = |asked: &Asked| {
            FilePath::told(asked.target.text()) == *root
                && !asked.volume_options.subpath.text().is_empty()
        };
        let targets = self
            .host_config
            .mounts
            .iter()
            .map(|asked| asked.target.text());
        !mounts.chain(tmpfs).chain(targets).any(within)
            && !self.host_config.mounts.iter().any(is_part)
    }
}

async fn inspected(container: &str, call: &Call<'_>) -> Result<Container, EngineError> {
    let request = record(|docker| async move {
        docker
            .inspect_container(container, None::<InspectContainerOptions>)
            .await
    })?;
    call.engine
        .told(request.about("container", container))
        .await
}
