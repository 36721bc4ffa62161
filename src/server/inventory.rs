//! Knows what containers, images, networks, volumes and objects of a swarm there are, by name: for lists
//! of resources and for completions.
//!
//! The tools that list the same cut their results to a budget; names alone need none. Where the
//! operator has taken such a tool away, its names are not told here either. What looks like a
//! secret, or holds what nobody sees, is not listed: nobody could refer to it by what stands in
//! its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bollard::query_parameters::{
    ListConfigsOptions, ListContainersOptions, ListImagesOptions, ListNetworksOptions,
    ListNodesOptions, ListSecretsOptions, ListServicesOptions, ListVolumesOptions,
};
use serde_json::Value;

use crate::call::{CallError, Runtime};
use crate::catalog::{Tool, generated};
use crate::engine::labels::{PROJECT, SERVICE};
use crate::engine::{EngineError, ObjectKind, Request, record};
use crate::ordered;

/// What there is on the Engine.
#[derive(Debug)]
pub struct Inventory {
    runtime: Arc<Runtime>,
}

/// An object by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// The name; of an image, a reference.
    pub name: String,
    /// Whether it is a container that runs.
    pub running: bool,
}

/// A service of a Compose project that has containers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// The project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Whether one of its containers runs.
    pub running: bool,
}

/// Containers that were looked for by name.
#[derive(Debug)]
pub struct Found {
    /// Those that were found, by name.
    pub objects: Vec<Object>,
    /// Whether there may be more than the Engine was asked for.
    pub more: bool,
}

impl Inventory {
    /// The inventory of the runtime's Engine; nothing is asked yet.
    pub fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime }
    }

    /// What there is, by name.
    ///
    /// # Errors
    /// The list is not allowed, or those of asking the Engine.
    pub async fn all(&self, kind: ObjectKind) -> Result<Vec<Object>, CallError> {
        let reply = self.runtime.ask(kind.tool(), kind.request()?).await?;
        Ok(self.told(kind, kind.items(&reply)))
    }

    /// Of the containers whose name matches a regular expression, the newest, at most so many.
    ///
    /// # Errors
    /// Those of [`all`](Self::all).
    pub async fn containers(&self, name: &str, most: usize) -> Result<Found, CallError> {
        let options = ListContainersOptions {
            all: true,
            // One more, to know whether there are more.
            limit: i32::try_from(most.saturating_add(1)).ok(),
            filters: Some(HashMap::from([("name".to_owned(), vec![name.to_owned()])])),
            ..Default::default()
        };
        let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
        let kind = ObjectKind::Container;
        let reply = self.runtime.ask(kind.tool(), request).await?;
        let items = kind.items(&reply);
        Ok(Found {
            more: items.len() > most,
            objects: self.told(kind, items),
        })
    }

    /// The services of all Compose projects, by the labels of their containers.
    ///
    /// # Errors
    /// Those of [`all`](Self::all).
    pub async fn services(&self) -> Result<Vec<Service>, CallError> {
        let kind = ObjectKind::Container;
        let tool = &generated::compose_ls::TOOL;
        let reply = self.runtime.ask(tool, kind.request()?).await?;
        let label = |item: &Value, label: &str| {
            let text = item.get("Labels")?.get(label)?.as_str()?;
            Some(text.to_owned()).filter(|text| !text.is_empty())
        };
        let mut services: BTreeMap<(String, String), bool> = BTreeMap::new();
        for item in kind.items(&reply) {
            let names = label(item, PROJECT).zip(label(item, SERVICE));
            if let Some(names) = names {
                *services.entry(names).or_default() |= runs(item);
            }
        }
        let redactor = self.runtime.redactor();
        let is_plain = |text: &str| matches!(redactor.text(text), Cow::Borrowed(_));
        let services = services.into_iter();
        let services = services.map(|((project, name), running)| Service {
            project,
            name,
            running,
        });
        Ok(services
            .filter(|it| is_plain(&it.project) && is_plain(&it.name))
            .collect())
    }

    /// What may be told of the items of a list, in order.
    fn told(&self, kind: ObjectKind, items: &[Value]) -> Vec<Object> {
        let redactor = self.runtime.redactor();
        let mut objects: Vec<_> = items.iter().flat_map(|item| kind.names(item)).collect();
        objects.retain(|object| matches!(redactor.text(&object.name), Cow::Borrowed(_)));
        ordered::sort(&mut objects);
        objects.dedup();
        objects
    }
}

fn runs(container: &Value) -> bool {
    container
        .get("State")
        .is_some_and(|state| state == "running")
}

impl ObjectKind {
    /// The tool that shows the same.
    pub(crate) fn tool(self) -> &'static Tool {
        match self {
            Self::Container => &generated::list_containers::TOOL,
            Self::Image => &generated::list_images::TOOL,
            Self::Network => &generated::list_networks::TOOL,
            Self::Volume => &generated::list_volumes::TOOL,
            Self::Service => &generated::list_services::TOOL,
            Self::Node => &generated::list_nodes::TOOL,
            Self::Secret => &generated::list_secrets::TOOL,
            Self::Config => &generated::list_configs::TOOL,
        }
    }

    fn request(self) -> Result<Request, EngineError> {
        match self {
            Self::Container => record(|docker| async move {
                let all = ListContainersOptions {
                    all: true,
                    ..Default::default()
                };
                docker.list_containers(Some(all)).await
            }),
            Self::Image => record(|docker| async move {
                docker.list_images(Some(ListImagesOptions::default())).await
            }),
            Self::Network => record(|docker| async move {
                let all = ListNetworksOptions::default();
                docker.list_networks(Some(all)).await
            }),
            Self::Volume => record(|docker| async move {
                let all = ListVolumesOptions::default();
                docker.list_volumes(Some(all)).await
            }),
            Self::Service => {
                record(
                    |docker| async move { docker.list_services(None::<ListServicesOptions>).await },
                )
            }
            Self::Node => {
                record(|docker| async move { docker.list_nodes(None::<ListNodesOptions>).await })
            }
            Self::Secret => {
                record(
                    |docker| async move { docker.list_secrets(None::<ListSecretsOptions>).await },
                )
            }
            Self::Config => {
                record(
                    |docker| async move { docker.list_configs(None::<ListConfigsOptions>).await },
                )
            }
        }
    }

    fn items(self, reply: &Value) -> &[Value] {
        let items = match self {
            Self::Volume => reply.get("Volumes"),
            _ => Some(reply),
        };
        items.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn names(self, item: &Value) -> Vec<Object> {
        let texts = |key: &str| {
            let texts = item.get(key).and_then(Value::as_array);
            texts.into_iter().flatten().filter_map(Value::as_str)
        };
        let plain = |name: &str| Object {
            name: name.to_owned(),
            running: false,
        };
        match self {
            // Of several names all but its own lead through another container, with a slash.
            Self::Container => texts("Names")
                .map(|name| name.strip_prefix('/').unwrap_or(name))
                .filter(|name| !name.contains('/'))
                .map(|name| Object {
                    name: name.to_owned(),
                    running: runs(item),
                })
                .collect(),
            Self::Image => {
                let named = |key| texts(key).filter(|name| !name.contains("<none>"));
                // One that was pulled by digest has no other name.
                let digests = named("RepoTags").next().is_none();
                let digests = digests.then(|| named("RepoDigests"));
                let names = named("RepoTags").chain(digests.into_iter().flatten());
                names.map(plain).collect()
            }
            Self::Network | Self::Volume => {
                let name = item.get("Name").and_then(Value::as_str);
                name.into_iter().map(plain).collect()
            }
            Self::Node => {
                let name = item.pointer("/Description/Hostname");
                let name = name.and_then(Value::as_str);
                name.into_iter().map(plain).collect()
            }
            Self::Service | Self::Secret | Self::Config => {
                let name = item.pointer("/Spec/Name").and_then(Value::as_str);
                name.into_iter().map(plain).collect()
            }
        }
    }
}
