//! Finds what is of a stack, by its label.

use std::collections::HashMap;

use bollard::query_parameters::{ListConfigsOptions, ListNetworksOptions, ListSecretsOptions};
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::labels::NAMESPACE;
use crate::engine::{Engine, EngineError, Items, ObjectKind, Part, Told, record};
use crate::operations::objects::{Labels, Network};
use crate::operations::swarm::objects::{Asked, Service, services};

/// A secret or a config.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Kept {
    #[serde(rename = "ID")]
    pub(super) id: Told<String>,
    pub(super) spec: Part<KeptSpec>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct KeptSpec {
    pub(super) name: Told<String>,
    pub(super) labels: Labels,
}

/// What is of stacks.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) services: Vec<Service>,
    pub(super) networks: Vec<Network>,
    pub(super) secrets: Vec<Kept>,
    pub(super) configs: Vec<Kept>,
}

/// All that is of one stack, or of any.
pub(super) async fn members(stack: Option<&str>, call: &Call<'_>) -> Result<Members, CallError> {
    let filters = || of(stack);
    let networks = ListNetworksOptions { filters: filters() };
    let secrets = ListSecretsOptions { filters: filters() };
    let configs = ListConfigsOptions { filters: filters() };
    let networks = record(|docker| async move { docker.list_networks(Some(networks)).await })?;
    let secrets = record(|docker| async move { docker.list_secrets(Some(secrets)).await })?;
    let configs = record(|docker| async move { docker.list_configs(Some(configs)).await })?;
    let engine = &call.engine;
    // An Engine that is no manager says so at the first, in words that tell what to do.
    let services: Items<Service> = engine.told(services(filters())?).await?;
    let networks: Items<Network> = engine.told(networks).await?;
    let secrets: Items<Kept> = engine.told(secrets).await?;
    let configs: Items<Kept> = engine.told(configs).await?;
    // What goes is what says so itself, however well the Engine filters.
    let is_of = |name: &str| !name.is_empty() && stack.is_none_or(|stack| stack == name);
    let mut members = Members {
        services: services.0,
        networks: networks.0,
        secrets: secrets.0,
        configs: configs.0,
    };
    members.services.retain(|it| is_of(stack_of(it)));
    members.networks.retain(|it| is_of(namespace(&it.labels)));
    members
        .secrets
        .retain(|it| is_of(namespace(&it.spec.labels)));
    members
        .configs
        .retain(|it| is_of(namespace(&it.spec.labels)));
    Ok(members)
}

/// The filter for what is of a stack.
pub(super) fn of(stack: Option<&str>) -> Asked {
    let label = match stack {
        Some(name) => format!("{NAMESPACE}={name}"),
        None => NAMESPACE.to_owned(),
    };
    Some(HashMap::from([("label".to_owned(), vec![label])]))
}

/// The stack that something is of, by its labels.
pub(super) fn namespace(labels: &Labels) -> &str {
    labels.get(NAMESPACE).map_or("", |name| name.text())
}

impl Members {
    /// Refuses a stack of which something is not in the scope: a program would come upon it only after it has made
    /// something else.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner.
    pub(super) fn judge(&self, engine: &Engine) -> Result<(), EngineError> {
        for service in &self.services {
            let labels = service.spec.labels.as_ref();
            engine.judge_planned(ObjectKind::Service, service.spec.name.text(), |key| {
                labels?.get(key).cloned()
            })?;
        }
        let networks = self
            .networks
            .iter()
            .map(|it| (ObjectKind::Network, &it.name, &it.labels));
        let secrets = self
            .secrets
            .iter()
            .map(|it| (ObjectKind::Secret, &it.spec.name, &it.spec.labels));
        let configs = self
            .configs
            .iter()
            .map(|it| (ObjectKind::Config, &it.spec.name, &it.spec.labels));
        for (kind, name, labels) in networks.chain(secrets).chain(configs) {
            engine.judge_planned(kind, name.text(), |key| {
                Some(labels.get(key)?.text().to_owned())
            })?;
        }
        Ok(())
    }

    /// The stack of each service, network, secret and config.
    pub(super) fn stacks(&self) -> [Vec<&str>; 4] {
        [
            self.services.iter().map(stack_of).collect(),
            self.networks
                .iter()
                .map(|it| namespace(&it.labels))
                .collect(),
            self.secrets
                .iter()
                .map(|it| namespace(&it.spec.labels))
                .collect(),
            self.configs
                .iter()
                .map(|it| namespace(&it.spec.labels))
                .collect(),
        ]
    }
}

/// The stack that a service is of.
pub(super) fn stack_of(service: &Service) -> &str {
    let labels = service.spec.labels.as_ref();
    labels
        .and_then(|labels| labels.get(NAMESPACE))
        .map_or("", String::as_str)
}
