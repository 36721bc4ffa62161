//! Knows what containers, images, networks and volumes there are, by name: for lists of resources
//! and for completions.
//!
//! The tools that list the same cut their results to a budget; names alone need none. Where the
//! operator has taken such a tool away, its names are not told here either. What looks like a
//! secret, or holds what nobody sees, is not listed: nobody could refer to it by what stands in
//! its place.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::query_parameters::{
    ListContainersOptions, ListImagesOptions, ListNetworksOptions, ListVolumesOptions,
};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::call::{CallError, Runtime};
use crate::catalog::{Tool, generated};
use crate::engine::{EngineError, Request, record};

/// How old a list may be for someone who types: each letter asks anew.
const RECENT: Duration = Duration::from_secs(2);

/// What there is on the Engine.
#[derive(Debug)]
pub struct Inventory {
    runtime: Arc<Runtime>,
    lists: [Mutex<Option<Taken>>; 4],
}

/// A kind of object that has names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
}

/// An object by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// The name; of an image, a reference.
    pub name: String,
    /// Whether it is a container that runs.
    pub running: bool,
}

/// A list and when it was taken.
#[derive(Debug)]
struct Taken {
    at: Instant,
    objects: Arc<[Object]>,
}

impl Inventory {
    /// The inventory of the runtime's Engine; nothing is asked yet.
    pub fn new(runtime: Arc<Runtime>) -> Self {
        Self {
            runtime,
            lists: Default::default(),
        }
    }

    /// What there is now, by name.
    ///
    /// # Errors
    /// The list is not allowed, or those of asking the Engine.
    pub async fn now(&self, kind: Kind) -> Result<Arc<[Object]>, CallError> {
        let mut list = self.list(kind).lock().await;
        self.take(kind, &mut list).await
    }

    /// What there was a moment ago.
    ///
    /// # Errors
    /// Those of [`now`](Self::now).
    pub async fn recent(&self, kind: Kind) -> Result<Arc<[Object]>, CallError> {
        let mut list = self.list(kind).lock().await;
        match &*list {
            Some(taken) if taken.at.elapsed() < RECENT => Ok(Arc::clone(&taken.objects)),
            _ => self.take(kind, &mut list).await,
        }
    }

    fn list(&self, kind: Kind) -> &Mutex<Option<Taken>> {
        let [containers, images, networks, volumes] = &self.lists;
        match kind {
            Kind::Container => containers,
            Kind::Image => images,
            Kind::Network => networks,
            Kind::Volume => volumes,
        }
    }

    async fn take(&self, kind: Kind, list: &mut Option<Taken>) -> Result<Arc<[Object]>, CallError> {
        let at = Instant::now();
        let reply = self.runtime.ask(kind.tool(), kind.request()?).await?;
        let redactor = self.runtime.redactor();
        let mut objects = kind.objects(&reply);
        objects.retain(|object| matches!(redactor.text(&object.name), Cow::Borrowed(_)));
        objects.sort_unstable();
        objects.dedup();
        let objects: Arc<[Object]> = objects.into();
        *list = Some(Taken {
            at,
            objects: Arc::clone(&objects),
        });
        Ok(objects)
    }
}

impl Kind {
    /// The kind of object that a type of parameter refers to.
    pub fn of(param: &str) -> Option<Self> {
        match param {
            "container" => Some(Self::Container),
            "image" => Some(Self::Image),
            "network" => Some(Self::Network),
            "volume" => Some(Self::Volume),
            _ => None,
        }
    }

    /// The tool that shows the same.
    pub(crate) fn tool(self) -> &'static Tool {
        match self {
            Self::Container => &generated::list_containers::TOOL,
            Self::Image => &generated::list_images::TOOL,
            Self::Network => &generated::list_networks::TOOL,
            Self::Volume => &generated::list_volumes::TOOL,
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
        }
    }

    fn objects(self, reply: &Value) -> Vec<Object> {
        let items = match self {
            Self::Volume => reply.get("Volumes"),
            _ => Some(reply),
        };
        let items = items.and_then(Value::as_array).into_iter().flatten();
        items.flat_map(|item| self.names(item)).collect()
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
                    running: item.get("State").is_some_and(|state| state == "running"),
                })
                .collect(),
            Self::Image => texts("RepoTags")
                .filter(|tag| !tag.contains("<none>"))
                .map(plain)
                .collect(),
            Self::Network | Self::Volume => {
                let name = item.get("Name").and_then(Value::as_str);
                name.into_iter().map(plain).collect()
            }
        }
    }
}
