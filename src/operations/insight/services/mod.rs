//! Looks at services of a swarm where their names were given: what is wrong with them, and what they wrote.

mod lane;

use std::collections::HashMap;

use bollard::query_parameters::InspectServiceOptions;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

pub(super) use lane::ServiceLane;

use super::merged::Writer;
use crate::call::Call;
use crate::engine::{EngineError, Items, Part, Told, record};
use crate::facts::diagnosis::Finding;
use crate::facts::swarm::{Attempt, findings};
use crate::operations::swarm::objects::{Node, Task, nodes, tasks};

/// How many digits of a task's id are shown.
const SHORT: usize = 12;

/// A service, as its inspect has it.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its tasks have terminals.
    tty: bool,
    /// The driver of its logs is `local`.
    local: bool,
    document: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Looked {
    #[serde(rename = "ID")]
    id: Told<String>,
    spec: Part<Spec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Spec {
    name: Told<String>,
    task_template: Part<Template>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Template {
    container_spec: Part<Container>,
    log_driver: Part<Driver>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    #[serde(rename = "TTY")]
    tty: Told<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Driver {
    name: Told<String>,
}

/// A task, with the name of its node.
struct Placed {
    task: Task,
    node: String,
    lost: bool,
}

impl Service {
    /// The service of that name or id.
    ///
    /// # Errors
    /// Those of the Engine, such as that there is none, or that it manages no swarm.
    pub(crate) async fn of(call: &Call<'_>, reference: &str) -> Result<Self, EngineError> {
        let request = record(|docker| async move {
            docker
                .inspect_service(reference, None::<InspectServiceOptions>)
                .await
        })?;
        let mut document = call
            .engine
            .json(request.about("service", reference))
            .await?;
        // Before anything of it is cut.
        call.redactor.value(&mut document);
        let looked = Looked::deserialize(&document).unwrap_or_default();
        let template = &looked.spec.task_template;
        Ok(Self {
            id: looked.id.text().to_owned(),
            name: looked.spec.name.text().to_owned(),
            tty: *template.container_spec.tty == Some(true),
            local: template.log_driver.name.text() == "local",
            document,
        })
    }

    /// What is wrong with it.
    ///
    /// # Errors
    /// Those of the Engine.
    pub(super) async fn findings(
        &self,
        call: &Call<'_>,
        now: Timestamp,
    ) -> Result<Vec<Finding>, EngineError> {
        let attempt = |placed: Placed| attempt(placed, call);
        let tasks: Vec<Attempt> = self.tasks(call).await?.into_iter().map(attempt).collect();
        Ok(findings(&self.document, &tasks, Some(now)))
    }

    /// Those whose lines its log holds, by the ids of the tasks: itself, then its tasks, counted from `first`.
    ///
    /// # Errors
    /// Those of the Engine.
    pub(super) async fn writers(
        &self,
        call: &Call<'_>,
        first: usize,
    ) -> Result<(Vec<Writer>, HashMap<String, usize>), EngineError> {
        let mut writers = vec![Writer::from(self.name.clone())];
        let mut places = HashMap::new();
        for Placed { task, node, .. } in self.tasks(call).await? {
            let id = task.id.unwrap_or_default();
            // As the Docker CLI names it.
            let slot = task.slot.filter(|slot| *slot > 0);
            let slot = slot.map_or(String::new(), |slot| format!(".{slot}"));
            let name = format!("{}{slot}.{}", self.name, id.get(..SHORT).unwrap_or(&id));
            places.insert(id, first + writers.len());
            writers.push(Writer {
                name,
                node: Some(node).filter(|node| !node.is_empty()),
            });
        }
        Ok((writers, places))
    }

    async fn tasks(&self, call: &Call<'_>) -> Result<Vec<Placed>, EngineError> {
        let mut list: Vec<Task> = Vec::new();
        let read = |reply: &[u8]| {
            list = serde_json::from_slice::<Option<_>>(reply)?.unwrap_or_default();
            Ok(Value::Null)
        };
        let of = HashMap::from([("service".to_owned(), vec![self.id.clone()])]);
        call.engine.read(tasks(Some(of))?, read).await?;
        let nodes: Items<Node> = call.engine.told(nodes()?).await?;
        let nodes: HashMap<&str, &Node> = nodes.iter().map(|it| (it.id.text(), it)).collect();
        let placed = |task: Task| {
            let id = task.node.as_deref().unwrap_or_default();
            let node = nodes.get(id);
            Placed {
                // One that was removed is known by its id alone.
                lost: !id.is_empty() && node.is_none_or(|node| node.is_lost()),
                node: node.map_or(id, |node| node.name()).to_owned(),
                task,
            }
        };
        Ok(list.into_iter().map(placed).collect())
    }
}

fn attempt(placed: Placed, call: &Call<'_>) -> Attempt {
    let Placed { task, node, lost } = placed;
    let status = task.status.unwrap_or_default();
    let error = status.err.unwrap_or_default();
    Attempt {
        slot: task.slot,
        node,
        node_lost: lost,
        state: status.state.unwrap_or_default(),
        desired: task.desired_state.unwrap_or_default(),
        error: call.redactor.text(&error).into_owned(),
        exit_code: status.container_status.and_then(|it| it.exit_code),
        since: status.timestamp.unwrap_or_default(),
    }
}
