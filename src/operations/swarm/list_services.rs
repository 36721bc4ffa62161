//! Lists services with how many of their tasks really run: `docker_list_services`.
//!
//! What the Engine counts as running holds the tasks of nodes that are gone, and before API 1.41 it counts
//! nothing. So tasks and nodes are asked for, once each, however many services there are.

use std::collections::HashMap;

use super::objects::{Asked, Heard, Node, Port, Service, Task, asked, nodes, services, tasks};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items, Told};
use crate::generated::params::list_services::Params;
use crate::generated::reply::list_services::{Item, Reply};

/// The tasks of a service by how they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) running: i64,
    /// Those that are to run.
    wanted: i64,
    completed: i64,
}

impl Tally {
    pub(super) fn add(&mut self, task: &Task, heard: &Heard) {
        self.running += i64::from(heard.runs(task));
        self.wanted += i64::from(task.is_wanted());
        self.completed += i64::from(task.state() == "complete");
    }
}

/// Gives the Engine's list, and of each service what its tasks say.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let services: Items<Service> = call
        .engine
        .told(services(asked(params.filters.as_ref()))?)
        .await?;
    if services.is_empty() {
        return Ok(Reply::new());
    }
    let nodes: Items<Node> = call.engine.told(nodes()?).await?;
    let tally = tally(call, &services, &Heard::of(&nodes)).await?;
    let item = |service: &Service| {
        let tally = tally.get(service.id.text()).copied().unwrap_or_default();
        item(service, tally)
    };
    Ok(services.iter().map(item).collect())
}

/// The tasks of each service, by its id.
pub(super) async fn tally(
    call: &Call<'_>,
    services: &[Service],
    heard: &Heard,
) -> Result<HashMap<String, Tally>, EngineError> {
    let mut tally: HashMap<String, Tally> = HashMap::new();
    let read = |reply: &[u8]| {
        let tasks: Option<Vec<Task>> = serde_json::from_slice(reply)?;
        for mut task in tasks.into_iter().flatten() {
            let service = task.service.take().unwrap_or_default();
            tally.entry(service).or_default().add(&task, heard);
        }
        Ok(serde_json::Value::Null)
    };
    call.engine.read(tasks(wanted(services))?, read).await?;
    Ok(tally)
}

/// The tasks that count: those that are over only where a service is there to be over once.
fn wanted(services: &[Service]) -> Asked {
    let has_job = services.iter().any(|service| service.spec.is_job());
    let running = ("desired-state".to_owned(), vec!["running".to_owned()]);
    (!has_job).then(|| HashMap::from([running]))
}

pub(super) fn item(service: &Service, tally: Tally) -> Item {
    let spec = &*service.spec;
    let image = spec.task_template.container_spec.image.text();
    let ports: Vec<String> = service.endpoint.ports.iter().map(published).collect();
    let known = |text: &str| Told(Some(text.to_owned()).filter(|text| !text.is_empty()));
    Item {
        id: known(service.id.text()),
        name: known(spec.name.text()),
        mode: known(spec.mode()),
        running: Told(Some(tally.running)),
        desired: Told(Some(desired(service, tally))),
        completed: Told(spec.is_job().then_some(tally.completed)),
        // The digest stands behind the tag that people know.
        image: known(image.split('@').next().unwrap_or_default()),
        ports: Told(Some(ports).filter(|ports| !ports.is_empty())),
        update: known(service.update_status.state.text()),
        labels: spec.labels.clone(),
    }
}

/// How many tasks a service is to have.
pub(super) fn desired(service: &Service, tally: Tally) -> i64 {
    let mode = &*service.spec.mode;
    let replicas = mode.replicated.as_ref().map(|it| it.replicas.unwrap_or(1));
    let completions = mode.replicated_job.as_ref();
    let completions = completions.map(|it| it.total_completions.unwrap_or(1));
    replicas.or(completions).unwrap_or(tally.wanted)
}

/// A port as the Docker CLI writes it; `host` is that of the nodes that the tasks are on.
fn published(port: &Port) -> String {
    let target = port.target_port.unwrap_or_default();
    let protocol = match port.protocol.text() {
        "" => "tcp",
        protocol => protocol,
    };
    match (
        port.published_port.unwrap_or_default(),
        port.publish_mode.text(),
    ) {
        (0, _) => format!("{target}/{protocol}"),
        (published, "host") => format!("{published}->{target}/{protocol} (host)"),
        (published, _) => format!("*:{published}->{target}/{protocol}"),
    }
}
