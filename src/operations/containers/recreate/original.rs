//! Reads of an inspect what is needed to make the container anew.

use std::collections::BTreeMap;

use bollard::models::{ContainerConfig, EndpointSettings, HostConfig};
use serde::Deserialize;
use serde_json::Value;

use crate::call::CallError;
use crate::engine::{Items, Part, Told};

/// The container that is replaced. What it is made with has to be readable as a whole, since the new one would
/// lack the rest.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Original {
    pub(super) id: Told<String>,
    pub(super) name: Told<String>,
    pub(super) image: Told<String>,
    pub(super) state: Part<State>,
    config: Option<ContainerConfig>,
    host_config: Option<HostConfig>,
    pub(super) mounts: Items<Mounted>,
    network_settings: Option<NetworkSettings>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct NetworkSettings {
    networks: Option<BTreeMap<String, Option<EndpointSettings>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Mounted {
    #[serde(rename = "Type")]
    pub(super) kind: Told<String>,
    pub(super) name: Told<String>,
    pub(super) destination: Told<String>,
    #[serde(rename = "RW")]
    pub(super) writable: Told<bool>,
}

/// How a container is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct State {
    pub(super) status: Told<String>,
    pub(super) exit_code: Told<i64>,
    pub(super) error: Told<String>,
    #[serde(rename = "OOMKilled")]
    pub(super) out_of_memory: Told<bool>,
    pub(super) health: Part<Health>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Health {
    pub(super) status: Told<String>,
    pub(super) log: Items<Probe>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Probe {
    pub(super) output: Told<String>,
}

impl Original {
    /// # Errors
    /// The inspect is in a form that is not known.
    pub(super) fn read(inspect: &Value) -> Result<Self, CallError> {
        Self::deserialize(inspect).map_err(|error| {
            CallError::Operation(format!(
                "the Engine describes this container in a form that is not known ({error}), so that nothing was done"
            ))
        })
    }

    pub(super) fn config(&self) -> ContainerConfig {
        self.config.clone().unwrap_or_default()
    }

    pub(super) fn host_config(&self) -> HostConfig {
        self.host_config.clone().unwrap_or_default()
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        let labels = self.config.as_ref()?.labels.as_ref()?;
        labels.get(name).map(String::as_str)
    }

    /// The networks that it is on, by name.
    pub(super) fn networks(&self) -> Vec<(String, EndpointSettings)> {
        let settings = self.network_settings.clone().unwrap_or_default();
        let networks = settings.networks.into_iter().flatten();
        networks
            .map(|(name, endpoint)| (name, endpoint.unwrap_or_default()))
            .collect()
    }
}
