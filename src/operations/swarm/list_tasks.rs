//! Lists tasks by the names of their services and nodes: `docker_list_tasks`.
//!
//! The Engine tells of a task the ids alone, and goes on to call one running whose node is gone.

use std::collections::HashMap;

use super::objects::{Names, Node, Task, asked, nodes, services, tasks};
use crate::call::{Call, CallError};
use crate::engine::{Items, Told};
use crate::generated::params::list_tasks::Params;
use crate::generated::reply::list_tasks::{Item, Reply};

/// The states in which a task is over.
const OVER: [&str; 5] = ["complete", "failed", "shutdown", "rejected", "orphaned"];

/// What a node is called, and whether nobody can hear of it.
#[derive(Debug)]
pub(super) struct Place {
    name: String,
    lost: bool,
}

/// Gives the Engine's list with names in the place of ids.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let mut list: Vec<Task> = Vec::new();
    let read = |reply: &[u8]| {
        list = serde_json::from_slice::<Option<_>>(reply)?.unwrap_or_default();
        Ok(serde_json::Value::Null)
    };
    let request = tasks(asked(params.filters.as_ref()))?;
    call.engine.read(request, read).await?;
    if list.is_empty() {
        return Ok(Reply::new());
    }
    let mut names = Names::default();
    let read = |reply: &[u8]| {
        names = Names::read(reply)?;
        Ok(serde_json::Value::Null)
    };
    call.engine.read(services(None)?, read).await?;
    let nodes: Items<Node> = call.engine.told(nodes()?).await?;
    let places = places(&nodes);
    let items = list.into_iter().map(|task| item(task, &names, &places));
    Ok(items.collect())
}

/// The nodes, by their ids.
pub(super) fn places(nodes: &[Node]) -> HashMap<String, Place> {
    let place = |node: &Node| {
        let place = Place {
            name: node.name().to_owned(),
            lost: node.is_lost(),
        };
        (node.id.text().to_owned(), place)
    };
    nodes.iter().map(place).collect()
}

pub(super) fn item(task: Task, names: &Names, places: &HashMap<String, Place>) -> Item {
    let known = |text: Option<String>| Told(text.filter(|text| !text.is_empty()));
    let status = task.status.unwrap_or_default();
    let state = status.state.unwrap_or_default();
    let container = status.container_status.unwrap_or_default();
    let is_over = OVER.contains(&state.as_str());
    let node = task.node.as_deref().unwrap_or_default();
    let place = places.get(node);
    // One that was removed is known by its id alone.
    let lost = !node.is_empty() && place.is_none_or(|place| place.lost);
    let name = place.map_or(node, |place| &place.name);
    let service = task.service.as_deref().unwrap_or_default();
    let image = task.spec.unwrap_or_default().container_spec;
    let image = image.unwrap_or_default().image.unwrap_or_default();
    let image = image.split('@').next().unwrap_or_default();
    Item {
        id: known(task.id),
        service: known(Some(names.of(service).to_owned())),
        slot: Told(task.slot),
        node: known(Some(name.to_owned())),
        node_lost: Told((lost && !is_over).then_some(true)),
        desired: known(task.desired_state),
        error: known(status.err),
        exit_code: Told(
            container
                .exit_code
                .filter(|code| is_over && (*code != 0 || state == "complete")),
        ),
        since: Told(
            status
                .timestamp
                .filter(|time| !time.is_empty())
                .map(Into::into),
        ),
        state: known(Some(state)),
        container: known(container.container_id),
        image: known(Some(image.to_owned())),
        labels: Told(task.labels.filter(|labels| !labels.is_empty())),
    }
}
