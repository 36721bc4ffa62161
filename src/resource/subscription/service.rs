//! Looks at a service of the swarm for those who subscribed to it: what it is, and how its tasks are.

use std::collections::HashMap;

use bollard::query_parameters::{InspectServiceOptions, ListNodesOptions, ListTasksOptions};
use serde_json::Value;

use super::watch::Part;
use crate::call::{CallError, Runtime};
use crate::catalog::Tool;
use crate::engine::record;
use crate::ordered;

/// The service and those of its tasks that are to run. One that ended has another in its place, so that what
/// is over need not be looked at.
pub(super) async fn tasks(
    runtime: &Runtime,
    tool: &Tool,
    reference: &str,
) -> Result<(String, Vec<Part>), CallError> {
    let request = record(|docker| async move {
        let options = None::<InspectServiceOptions>;
        docker.inspect_service(reference, options).await
    })?;
    let service = runtime
        .ask(tool, request.about("service", reference))
        .await?;
    let id = text(&service, "/ID");
    let options = ListTasksOptions {
        filters: Some(HashMap::from([
            ("service".to_owned(), vec![id.to_owned()]),
            ("desired-state".to_owned(), vec!["running".to_owned()]),
        ])),
    };
    let request = record(|docker| async move { docker.list_tasks(Some(options)).await })?;
    let tasks = runtime.ask(tool, request).await?;
    let request =
        record(|docker| async move { docker.list_nodes(None::<ListNodesOptions>).await })?;
    let nodes = runtime.ask(tool, request).await?;
    let node = |node: &Value| {
        let state = text(node, "/Status/State").to_owned();
        (text(node, "/ID").to_owned(), state)
    };
    let nodes: HashMap<String, String> = items(&nodes).map(node).collect();
    let mut parts: Vec<Part> = items(&tasks)
        .map(|task| {
            let node = nodes.get(text(task, "/NodeID"));
            let node = node.map_or("", String::as_str);
            let (state, error) = (text(task, "/Status/State"), text(task, "/Status/Err"));
            Part {
                id: text(task, "/ID").to_owned(),
                status: format!("{state} {node} {error}"),
                running: state == "running",
                started: String::new(),
            }
        })
        .collect();
    ordered::sort_by(&mut parts, |one, other| one.id.cmp(&other.id));
    // Its version is another with each change, and with each step of an update.
    let version = service.pointer("/Version/Index").cloned();
    parts.push(Part {
        id: id.to_owned(),
        status: version.unwrap_or_default().to_string(),
        running: false,
        started: String::new(),
    });
    Ok((id.to_owned(), parts))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default()
}
