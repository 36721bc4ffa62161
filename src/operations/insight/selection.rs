//! Chooses the containers that a call is about: those of a project, those that are named, those that
//! filters match, or all there are.

use std::collections::{BTreeMap, HashMap};

use bollard::query_parameters::ListContainersOptions;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::services::Service;
use crate::call::{Call, CallError};
use crate::engine::labels::{PROJECT, SERVICE};
use crate::engine::{Items, Part, Told, record};
use crate::operations::objects::{missing, own_name};
use crate::ordered;
use crate::params::{ContainerRef, Filters};

/// What was asked for; containers that all of it matches are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection<'a> {
    pub(super) project: Option<&'a str>,
    pub(super) containers: Option<&'a [ContainerRef]>,
    pub(super) filters: Option<&'a Filters>,
}

/// A container that was chosen, as the Engine's list has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Chosen {
    pub(super) id: Told<String>,
    names: Items<String>,
    pub(super) state: Told<String>,
    /// The name that it was made by, or the id where that means another image by now.
    pub(super) image: Told<String>,
    #[serde(rename = "ImageID")]
    pub(super) image_id: Told<String>,
    status: Told<String>,
    labels: Part<HashMap<String, Told<String>>>,
    ports: Items<Port>,
    network_settings: Part<NetworkSettings>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Port {
    public_port: Told<u16>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct NetworkSettings {
    networks: Part<BTreeMap<String, IgnoredAny>>,
}

impl Chosen {
    /// What it is called.
    pub(super) fn name(&self) -> String {
        own_name(&self.names, &self.id)
    }

    fn project(&self) -> Option<&str> {
        self.labels.get(PROJECT)?.as_deref()
    }

    /// The service of a project that it is of.
    pub(super) fn service(&self) -> Option<&str> {
        self.labels.get(SERVICE)?.as_deref()
    }

    /// What its health check says, where it runs: `starting`, `healthy` or `unhealthy`; nothing where it
    /// has none. The Engine's words tell, for older lists have no member for it.
    pub(super) fn health(&self) -> Option<String> {
        let status = self.status.text();
        let said = status.rsplit_once('(').map_or("", |(_, said)| said);
        let said = said.trim_end_matches(')');
        let said = said.strip_prefix("health: ").unwrap_or(said);
        match (self.state.text(), said) {
            ("running", "starting" | "healthy" | "unhealthy") => Some(said.to_owned()),
            ("running", _) => Some(String::new()),
            _ => None,
        }
    }

    /// The networks that it is on, or is to be once it runs.
    pub(super) fn networks(&self) -> impl Iterator<Item = &str> {
        self.network_settings.networks.keys().map(String::as_str)
    }

    /// The ports of the host that lead to it.
    pub(super) fn host_ports(&self) -> impl Iterator<Item = u16> {
        let ports = self.ports.iter().filter_map(|port| *port.public_port);
        ports.filter(|port| *port > 0)
    }

    fn is(&self, reference: &str) -> bool {
        let id = self.id.text();
        let is_id = !id.is_empty() && id.starts_with(reference);
        self.name() == reference || is_id
    }
}

/// A reference that no container has, and what to say of it.
type Absent<'a> = (&'a str, String);

impl Selection<'_> {
    /// All containers there are.
    pub(super) const ALL: Self = Self {
        project: None,
        containers: None,
        filters: None,
    };

    /// Whether it may leave out some.
    pub(super) fn is_narrow(&self) -> bool {
        self.project.is_some() || self.containers.is_some() || self.filters.is_some()
    }

    /// The containers, by their names. One request, whatever was asked for.
    ///
    /// # Errors
    /// A name or a project that there is none of, or those of the Engine.
    pub(super) async fn list(&self, call: &Call<'_>) -> Result<Vec<Chosen>, CallError> {
        let (chosen, absent) = self.choose(self.all(call).await?)?;
        match absent.into_iter().next() {
            Some((_, missing)) => Err(CallError::Missing(missing)),
            None => Ok(chosen),
        }
    }

    /// The same, and the services of a swarm whose names were given where no container has them. No request more
    /// unless one is missing.
    ///
    /// # Errors
    /// As of [`list`](Self::list).
    pub(super) async fn list_with_services(
        &self,
        call: &Call<'_>,
    ) -> Result<(Vec<Chosen>, Vec<Service>), CallError> {
        // No service is of a Compose project, or has the state of a container.
        if self.project.is_some() || self.filters.is_some() {
            return Ok((self.list(call).await?, Vec::new()));
        }
        let (chosen, absent) = self.choose(self.all(call).await?)?;
        let mut services: Vec<Service> = Vec::new();
        for (reference, missing) in absent {
            // Where there is no swarm, or another Engine manages it, a container was meant.
            match Service::of(call, reference).await {
                Ok(service) if services.iter().any(|it| it.id == service.id) => {}
                Ok(service) => services.push(service),
                Err(_) => return Err(CallError::Missing(missing)),
            }
        }
        Ok((chosen, services))
    }

    async fn all(&self, call: &Call<'_>) -> Result<Vec<Chosen>, CallError> {
        let filters = self.filters.map(|it| it.0.clone().into_iter().collect());
        let options = ListContainersOptions {
            all: true,
            filters,
            ..ListContainersOptions::default()
        };
        let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
        let all: Items<Chosen> = call.engine.told(request).await?;
        Ok(all.0)
    }

    /// The chosen containers by their names, and the references that there is none for.
    fn choose(&self, chosen: Vec<Chosen>) -> Result<(Vec<Chosen>, Vec<Absent<'_>>), CallError> {
        let (mut chosen, absent) = self.found(chosen)?;
        ordered::sort_by_cached_key(&mut chosen, |it| (it.name(), it.id.text().to_owned()));
        Ok((chosen, absent))
    }

    fn found(&self, mut chosen: Vec<Chosen>) -> Result<(Vec<Chosen>, Vec<Absent<'_>>), CallError> {
        if let Some(project) = self.project {
            let known: Vec<Chosen> = chosen.clone();
            chosen.retain(|it| it.project() == Some(project));
            if chosen.is_empty() {
                let known = known.iter().filter_map(Chosen::project);
                return Err(CallError::Missing(missing("project", project, known)));
            }
        }
        let Some(references) = self.containers.filter(|it| !it.is_empty()) else {
            return Ok((chosen, Vec::new()));
        };
        let mut named: Vec<Chosen> = Vec::new();
        let mut absent: Vec<Absent<'_>> = Vec::new();
        for reference in references {
            let reference: &str = reference;
            let exact = |it: &&Chosen| it.name() == reference || it.id.text() == reference;
            let found: Vec<&Chosen> = match chosen.iter().find(exact) {
                Some(exact) => vec![exact],
                None => chosen.iter().filter(|it| it.is(reference)).collect(),
            };
            match found.as_slice() {
                [] => {
                    let names: Vec<String> = chosen.iter().map(Chosen::name).collect();
                    let names = names.iter().map(String::as_str);
                    absent.push((reference, missing("container", reference, names)));
                }
                [one] if named.iter().any(|it| it.id == one.id) => {}
                [one] => named.push((*one).clone()),
                [..] => {
                    return Err(CallError::Operation(format!(
                        "the ids of {} containers begin with `{reference}`: give more of it",
                        found.len()
                    )));
                }
            }
        }
        Ok((named, absent))
    }
}
