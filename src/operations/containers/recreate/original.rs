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
    config: Option<Config>,
    host_config: Option<HostConfig>,
    pub(super) mounts: Items<Mounted>,
    network_settings: Option<NetworkSettings>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Config {
    #[serde(flatten)]
    settings: ContainerConfig,
    /// Only where it was asked for. Not every Engine tells it.
    #[serde(default, rename = "MacAddress")]
    mac_address: Told<String>,
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
        // Read as all else is, from a value of its own: of the Engine's large structs there is one reader then.
        Self::deserialize(inspect.clone()).map_err(|error| {
            CallError::Operation(format!(
                "the Engine describes this container in a form that is not known ({error}), so that nothing was done"
            ))
        })
    }

    pub(super) fn config(&self) -> ContainerConfig {
        let config = self.config.clone().unwrap_or_default();
        config.settings
    }

    pub(super) fn host_config(&self) -> HostConfig {
        self.host_config.clone().unwrap_or_default()
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        let labels = self.config.as_ref()?.settings.labels.as_ref()?;
        labels.get(name).map(String::as_str)
    }

    /// The MAC address that was asked for on the network that it was created on.
    pub(super) fn mac_address(&self) -> Option<String> {
        let asked = self.config.as_ref()?.mac_address.text();
        (!asked.is_empty()).then(|| asked.to_owned())
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
