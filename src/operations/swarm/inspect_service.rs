//! Shows a service: the Engine's document of it, or how it runs by what its tasks and their nodes tell:
//! `docker_inspect_service`.

use std::cmp::Reverse;
use std::collections::HashMap;

use bollard::query_parameters::ListNetworksOptions;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list_services::{self, Tally};
use super::list_tasks::{self, Place, places};
use super::objects::{Heard, Names, Node, Service, Task, nodes, tasks};
use super::service::inspect;
use crate::call::{Call, CallError};
use crate::engine::{Items, Part, Told, record};
use crate::generated::params::inspect_service::Params;
use crate::generated::reply::inspect_service::Reply;
use crate::generated::reply::list_tasks::Item;
use crate::operations::objects::Network;
use crate::ordered;

/// How many tasks are shown.
const SHOWN: usize = 20;

/// How many digits of a task's or container's id are shown.
const SHORT: usize = 12;

/// What the document of a service has that a list does not show.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct More {
    spec: Part<Spec>,
    update_status: Told<Update>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Spec {
    task_template: Part<Template>,
    /// Where older clients put them.
    networks: Items<Attached>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Template {
    networks: Items<Attached>,
}

/// A network by its name or id, whichever it was asked for by.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Attached {
    target: Told<String>,
}

/// How far an update is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Update {
    state: Told<String>,
    message: Told<String>,
    started_at: Told<String>,
    completed_at: Told<String>,
}

/// How a service runs; what nothing is known of is left out.
#[derive(Debug, Serialize)]
struct Status {
    id: String,
    name: String,
    mode: String,
    running: i64,
    desired: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<i64>,
    image: String,
    ports: Vec<String>,
    networks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<Progress>,
    tasks: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks_left_out: Option<usize>,
}

/// How far its update is, as it is shown.
#[derive(Debug, Serialize)]
struct Progress {
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
}

/// A task of it, as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_lost: Option<bool>,
    state: String,
    desired: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// Gives the document of the Engine, or what is made of it.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let request = inspect(&params.service_id)?;
    match params.status {
        false => call.reply(request).await,
        true => {
            let status = status(&call.engine.json(request).await?, call).await?;
            Ok(serde_json::to_value(status).unwrap_or_default())
        }
    }
}

async fn status(document: &Value, call: &Call<'_>) -> Result<Status, CallError> {
    let service = Service::deserialize(document).unwrap_or_default();
    let more = More::deserialize(document).unwrap_or_default();
    let mut own: Vec<Task> = Vec::new();
    let read = |reply: &[u8]| {
        own = serde_json::from_slice::<Option<_>>(reply)?.unwrap_or_default();
        Ok(Value::Null)
    };
    let of = HashMap::from([("service".to_owned(), vec![service.id.text().to_owned()])]);
    call.engine.read(tasks(Some(of))?, read).await?;
    let nodes: Items<Node> = call.engine.told(nodes()?).await?;
    let heard = Heard::of(&nodes);
    let mut tally = Tally::default();
    for task in &own {
        tally.add(task, &heard);
    }
    let networks = networks(&more, call).await?;
    let (left_out, tasks) = newest(own, &places(&nodes));
    let told = list_services::item(&service, tally);
    Ok(Status {
        id: told.id.0.unwrap_or_default(),
        name: told.name.0.unwrap_or_default(),
        mode: told.mode.0.unwrap_or_default(),
        running: told.running.0.unwrap_or_default(),
        desired: told.desired.0.unwrap_or_default(),
        completed: told.completed.0,
        image: told.image.0.unwrap_or_default(),
        ports: told.ports.0.unwrap_or_default(),
        networks,
        update: more.update_status.0.map(Progress::from),
        tasks,
        tasks_left_out: Some(left_out).filter(|count| *count > 0),
    })
}

impl From<Update> for Progress {
    fn from(update: Update) -> Self {
        // Go's zero time says that nothing is known.
        let known = |part: Told<String>| {
            let is_known = |it: &String| !it.is_empty() && !it.starts_with("0001-");
            part.0.filter(is_known)
        };
        Self {
            state: update.state.0.unwrap_or_default(),
            message: known(update.message),
            started: known(update.started_at),
            completed: known(update.completed_at),
        }
    }
}

impl From<Item> for Shown {
    fn from(task: Item) -> Self {
        let short = |id: String| id.get(..SHORT).map_or(id.clone(), str::to_owned);
        Self {
            id: short(task.id.0.unwrap_or_default()),
            slot: task.slot.0,
            node: task.node.0,
            node_lost: task.node_lost.0,
            state: task.state.0.unwrap_or_default(),
            desired: task.desired.0.unwrap_or_default(),
            error: task.error.0,
            exit_code: task.exit_code.0,
            since: task.since.0,
            container: task.container.0.map(short),
            image: task.image.0,
        }
    }
}

/// The names of the networks that its tasks are on; of one that is not to be found what the service calls it.
async fn networks(more: &More, call: &Call<'_>) -> Result<Vec<String>, CallError> {
    let spec = &more.spec;
    let attached = spec.task_template.networks.iter();
    let attached = attached.chain(spec.networks.iter());
    let mut networks: Vec<String> = attached.map(|it| it.target.text().to_owned()).collect();
    if networks.is_empty() {
        return Ok(networks);
    }
    let options = ListNetworksOptions {
        filters: Some(HashMap::from([("id".to_owned(), networks.clone())])),
    };
    let request = record(|docker| async move { docker.list_networks(Some(options)).await })?;
    let known: Items<Network> = call.engine.told(request).await?;
    for network in &mut networks {
        let called = known.iter().find(|it| it.id.text() == network.as_str());
        if let Some(called) = called {
            called.name.text().clone_into(network);
        }
    }
    ordered::sort(&mut networks);
    networks.dedup();
    Ok(networks)
}

/// The tasks that are shown, those in trouble first, the newest of both first; and how many others there are.
fn newest(own: Vec<Task>, places: &HashMap<String, Place>) -> (usize, Vec<Shown>) {
    let names = Names::default();
    let own = own.into_iter();
    let mut own: Vec<Item> = own
        .map(|task| list_tasks::item(task, &names, places))
        .collect();
    let is_well = |task: &Item| task.error.is_none() && task.node_lost.is_none();
    let since = |task: &Item| task.since.as_ref().map(ToString::to_string);
    ordered::sort_by_cached_key(&mut own, |task| {
        (is_well(task), Reverse(since(task)), task.id.0.clone())
    });
    let left_out = own.len().saturating_sub(SHOWN);
    own.truncate(SHOWN);
    (left_out, own.into_iter().map(Shown::from).collect())
}
