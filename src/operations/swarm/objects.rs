//! Holds what a swarm tells of its services, tasks and nodes, as far as an operation asks.

use std::collections::{BTreeMap, HashMap, HashSet};

use bollard::query_parameters::{ListNodesOptions, ListServicesOptions, ListTasksOptions};
use serde::Deserialize;

use crate::engine::{EngineError, Items, Part, Request, Told, record};
use crate::params::Filters;

/// What filters ask for, as bollard takes it.
pub(crate) type Asked = Option<HashMap<String, Vec<String>>>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Service {
    #[serde(rename = "ID")]
    pub(crate) id: Told<String>,
    pub(crate) spec: Part<ServiceSpec>,
    pub(crate) endpoint: Part<Endpoint>,
    pub(crate) update_status: Part<UpdateStatus>,
}

/// What a service is to be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ServiceSpec {
    pub(crate) name: Told<String>,
    pub(crate) labels: Told<BTreeMap<String, String>>,
    pub(crate) task_template: Part<TaskTemplate>,
    pub(crate) mode: Part<Mode>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TaskTemplate {
    pub(crate) container_spec: Part<ContainerSpec>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ContainerSpec {
    pub(crate) image: Told<String>,
}

/// How many tasks a service is to have; one of the four is there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Mode {
    pub(crate) replicated: Told<Replicated>,
    pub(crate) replicated_job: Told<ReplicatedJob>,
    pub(crate) global_job: Told<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Replicated {
    pub(crate) replicas: Told<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ReplicatedJob {
    pub(crate) total_completions: Told<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Endpoint {
    pub(crate) ports: Items<Port>,
}

/// A port of a service, which may be open on every node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Port {
    pub(crate) protocol: Told<String>,
    pub(crate) target_port: Told<i64>,
    pub(crate) published_port: Told<i64>,
    pub(crate) publish_mode: Told<String>,
}

/// How far an update of a service is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct UpdateStatus {
    pub(crate) state: Told<String>,
}

/// A task, of which there are many: what it has is read as it is, and not by [`Told`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Task {
    #[serde(rename = "ID")]
    pub(crate) id: Option<String>,
    #[serde(rename = "ServiceID")]
    pub(crate) service: Option<String>,
    #[serde(rename = "NodeID")]
    pub(crate) node: Option<String>,
    pub(crate) slot: Option<i64>,
    pub(crate) labels: Option<BTreeMap<String, String>>,
    pub(crate) spec: Option<TaskSpec>,
    pub(crate) status: Option<TaskStatus>,
    pub(crate) desired_state: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TaskSpec {
    pub(crate) container_spec: Option<TaskContainer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TaskContainer {
    pub(crate) image: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TaskStatus {
    pub(crate) timestamp: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) err: Option<String>,
    pub(crate) container_status: Option<ContainerStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ContainerStatus {
    #[serde(rename = "ContainerID")]
    pub(crate) container_id: Option<String>,
    pub(crate) exit_code: Option<i64>,
}

impl Task {
    /// How it is.
    pub(crate) fn state(&self) -> &str {
        let state = self.status.as_ref().and_then(|it| it.state.as_deref());
        state.unwrap_or_default()
    }

    /// Whether the swarm means it to run.
    pub(crate) fn is_wanted(&self) -> bool {
        self.desired_state.as_deref() == Some("running")
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Node {
    #[serde(rename = "ID")]
    pub(crate) id: Told<String>,
    pub(crate) spec: Part<NodeSpec>,
    pub(crate) description: Part<NodeDescription>,
    pub(crate) status: Part<NodeStatus>,
    /// Of a manager.
    pub(crate) manager_status: Told<ManagerStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct NodeSpec {
    pub(crate) labels: Told<BTreeMap<String, String>>,
    pub(crate) role: Told<String>,
    pub(crate) availability: Told<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct NodeDescription {
    pub(crate) hostname: Told<String>,
    pub(crate) engine: Part<NodeEngine>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct NodeEngine {
    pub(crate) engine_version: Told<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct NodeStatus {
    pub(crate) state: Told<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ManagerStatus {
    pub(crate) leader: Told<bool>,
}

impl Node {
    /// Whether nobody knows how its tasks are: the swarm goes on to call those running that ran there last.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.status.state.text(), "down" | "disconnected")
    }

    /// What its host is called.
    pub(crate) fn name(&self) -> &str {
        self.description.hostname.text()
    }
}

/// Which nodes can be heard of; a task of any other does not count as running.
#[derive(Debug, Default)]
pub(crate) struct Heard(HashSet<String>);

impl Heard {
    pub(crate) fn of(nodes: &[Node]) -> Self {
        let heard = nodes.iter().filter(|node| !node.is_lost());
        Self(heard.map(|node| node.id.text().to_owned()).collect())
    }

    /// Whether a task runs, is to run, and its node can be heard of.
    pub(crate) fn runs(&self, task: &Task) -> bool {
        let is_there = task.node.as_ref().is_some_and(|node| self.has(node));
        task.state() == "running" && task.is_wanted() && is_there
    }

    /// Whether a node can be heard of.
    pub(crate) fn has(&self, node: &str) -> bool {
        self.0.contains(node)
    }
}

/// What services are called, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Those of a list.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn read(reply: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Named {
            #[serde(rename = "ID", default)]
            id: String,
            #[serde(rename = "Spec", default)]
            spec: Spec,
        }
        #[derive(Default, Deserialize)]
        struct Spec {
            #[serde(rename = "Name", default)]
            name: String,
        }
        let services: Option<Vec<Named>> = serde_json::from_slice(reply)?;
        let named = services.into_iter().flatten();
        Ok(Self(named.map(|it| (it.id, it.spec.name)).collect()))
    }

    /// What a service is called; one that is gone by its id.
    pub(crate) fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

impl ServiceSpec {
    /// How it is run, as the Docker CLI calls it.
    pub(crate) fn mode(&self) -> &'static str {
        match &*self.mode {
            Mode { replicated, .. } if replicated.is_some() => "replicated",
            Mode { replicated_job, .. } if replicated_job.is_some() => "replicated-job",
            Mode { global_job, .. } if global_job.is_some() => "global-job",
            _ => "global",
        }
    }

    pub(crate) fn is_job(&self) -> bool {
        self.mode().ends_with("-job")
    }
}

/// What filters ask for, as bollard takes it.
pub(crate) fn asked(filters: Option<&Filters>) -> Asked {
    filters.map(|filters| filters.0.clone().into_iter().collect())
}

pub(crate) fn services(filters: Asked) -> Result<Request, EngineError> {
    // The Engine's own count takes the tasks of lost nodes for running ones.
    let options = filters.map(|filters| ListServicesOptions {
        filters: Some(filters),
        status: None,
    });
    record(|docker| async move { docker.list_services(options).await })
}

pub(crate) fn tasks(filters: Asked) -> Result<Request, EngineError> {
    let options = filters.map(|filters| ListTasksOptions {
        filters: Some(filters),
    });
    record(|docker| async move { docker.list_tasks(options).await })
}

pub(crate) fn nodes() -> Result<Request, EngineError> {
    record(|docker| async move { docker.list_nodes(None::<ListNodesOptions>).await })
}
