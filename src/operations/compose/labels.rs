//! Reads from labels which project and service a container is of, as every version of Compose writes
//! them.

use std::collections::HashMap;

use bollard::query_parameters::ListContainersOptions;
use serde::Deserialize;
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::labels::{
    CONFIG_HASH, DEPENDS_ON, DIRECTORY, FILES, IMAGE, NUMBER, ONE_OFF, PROJECT, SERVICE,
};
use crate::engine::{Items, Part, Told, record};
use crate::operations::objects::{Labels, Mount, own_name};

/// A container as the Engine's list has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Container {
    pub(super) id: Told<String>,
    pub(super) names: Items<String>,
    pub(super) image: Told<String>,
    #[serde(rename = "ImageID")]
    pub(super) image_id: Told<String>,
    pub(super) state: Told<String>,
    pub(super) ports: Items<Value>,
    mounts: Items<Mount>,
    network_settings: Part<NetworkSettings>,
    labels: Labels,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct NetworkSettings {
    networks: Part<HashMap<String, Endpoint>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Endpoint {
    #[serde(rename = "NetworkID")]
    network_id: Told<String>,
}

/// What a service needs of another before it starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dependency<'a> {
    pub(super) service: &'a str,
    pub(super) condition: Condition,
}

/// How the other is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Started,
    Healthy,
    Done,
}

impl Container {
    /// What it is called.
    pub(super) fn name(&self) -> String {
        own_name(&self.names, &self.id)
    }

    /// The services that its own depends on, as `db:service_healthy:false` each.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        let all = self
            .label(DEPENDS_ON)
            .split(',')
            .filter(|it| !it.is_empty());
        all.map(|one| {
            let mut parts = one.split(':');
            let service = parts.next().unwrap_or_default();
            let condition = match parts.next() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Done,
                _ => Condition::Started,
            };
            Dependency { service, condition }
        })
    }

    /// It runs, is paused or about to run again.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.state.text(), "running" | "paused" | "restarting")
    }

    /// The value of a label, where it has it.
    pub(super) fn label_of(&self, name: &str) -> Option<String> {
        self.labels.get(name).map(|label| label.text().to_owned())
    }

    fn label(&self, name: &str) -> &str {
        let label = self.labels.get(name);
        label.map_or("", |label| label.text())
    }

    /// The project; none for a container that Compose did not make.
    pub(super) fn project(&self) -> Option<&str> {
        project(&self.labels)
    }

    pub(super) fn service(&self) -> &str {
        self.label(SERVICE)
    }

    /// Which of the service's containers it is.
    pub(super) fn number(&self) -> u64 {
        self.label(NUMBER).parse().unwrap_or_default()
    }

    /// A command of `run` and no part of the service.
    pub(super) fn is_one_off(&self) -> bool {
        self.label(ONE_OFF).eq_ignore_ascii_case("true")
    }

    pub(super) fn directory(&self) -> &str {
        self.label(DIRECTORY)
    }

    /// The files that it was made from; none where they were Compose's own input.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        let files = self.label(FILES).split(',');
        files.filter(|file| !matches!(*file, "" | "-"))
    }

    /// What its service was as it was made.
    pub(super) fn hash(&self) -> &str {
        self.label(CONFIG_HASH)
    }

    /// The image that it was made of.
    pub(super) fn made_of(&self) -> &str {
        self.label(IMAGE)
    }

    /// It has run, and does not any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state.text(), "exited" | "dead" | "stopped")
    }

    pub(super) fn runs(&self) -> bool {
        self.state.text() == "running"
    }

    /// Whether it was made from an image by that name, tag and all.
    pub(super) fn is_from(&self, name: &str) -> bool {
        let image = self.image.text();
        image == name || name.strip_suffix(":latest") == Some(image)
    }

    /// Whether it mounts a volume.
    pub(super) fn mounts(&self, volume: &str) -> bool {
        self.mounts.iter().any(|it| it.name.text() == volume)
    }

    /// Whether it is on a network, running or not.
    pub(super) fn is_on(&self, network: &str) -> bool {
        let mut networks = self.network_settings.networks.values();
        networks.any(|it| it.network_id.text() == network)
    }
}

/// The project of what is no container; none where Compose did not make it.
pub(super) fn project(labels: &Labels) -> Option<&str> {
    let project = labels.get(PROJECT)?.text();
    Some(project).filter(|project| !project.is_empty())
}

/// Every container of every project.
pub(super) async fn containers(call: &Call<'_>) -> Result<Vec<Container>, CallError> {
    let mut all = all(call).await?;
    all.retain(|container| container.project().is_some());
    Ok(all)
}

/// Every container, those of no project included.
pub(super) async fn all(call: &Call<'_>) -> Result<Vec<Container>, CallError> {
    let options = ListContainersOptions {
        all: true,
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    Ok(call.engine.told::<Items<Container>>(request).await?.0)
}
