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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Task {
    #[serde(rename = "ServiceID")]
    pub(crate) service: String,
    #[serde(rename = "NodeID")]
    pub(crate) node: String,
    pub(crate) status: TaskStatus,
    pub(crate) desired_state: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TaskStatus {
    pub(crate) state: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Node {
    #[serde(rename = "ID")]
    pub(crate) id: Told<String>,
    pub(crate) status: Part<NodeStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct NodeStatus {
    pub(crate) state: Told<String>,
}

impl Node {
    /// Whether nobody knows how its tasks are: the swarm goes on to call those running that ran there last.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.status.state.text(), "down" | "disconnected")
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
        let runs = task.status.state == "running" && task.desired_state == "running";
        runs && self.0.contains(&task.node)
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
    let options = ListServicesOptions {
        filters,
        status: None,
    };
    record(|docker| async move { docker.list_services(Some(options)).await })
}

pub(crate) fn tasks(filters: Asked) -> Result<Request, EngineError> {
    let options = ListTasksOptions { filters };
    record(|docker| async move { docker.list_tasks(Some(options)).await })
}

pub(crate) fn nodes() -> Result<Request, EngineError> {
    record(|docker| async move { docker.list_nodes(None::<ListNodesOptions>).await })
}
