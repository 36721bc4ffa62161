//! Compares the constraints of a service with the nodes.

use serde::Serialize;
use serde_json::Value;

use crate::facts::{items_at, text_at, texts_at};

/// A constraint, and which nodes meet it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Constraint<'a> {
    constraint: &'a str,
    met: String,
}

/// The constraints of a service, each against the nodes of a list.
pub(crate) fn constraints<'a>(service: &'a Value, nodes: &Value) -> Vec<Constraint<'a>> {
    let constraints = texts_at(service, "/Spec/TaskTemplate/Placement/Constraints");
    let compared = constraints.map(|constraint| Constraint {
        constraint,
        met: met(constraint, nodes),
    });
    compared.collect()
}

fn met(constraint: &str, nodes: &Value) -> String {
    let Some((key, is, value)) = parts(constraint) else {
        return "it is no constraint that is known here".to_owned();
    };
    let mut meeting = Vec::new();
    for node in items_at(nodes, "") {
        match said(node, key) {
            Some(said) if said.eq_ignore_ascii_case(value) == is => meeting.push(node),
            Some(_) => {}
            None => return "the list of nodes does not tell; docker_inspect_node does".to_owned(),
        }
    }
    let takes = |node: &&&Value| {
        text_at(node, "/state") == "ready" && text_at(node, "/availability") == "active"
    };
    let able = meeting.iter().filter(takes).count();
    match (meeting.len(), able) {
        (0, _) => "no node meets it".to_owned(),
        (_, 0) => {
            "the nodes that meet it take no tasks: they are down, drained or paused".to_owned()
        }
        (_, 1) => "1 node that takes tasks meets it".to_owned(),
        (_, able) => format!("{able} nodes that take tasks meet it"),
    }
}

/// The key, whether it is to be the value, and the value.
fn parts(constraint: &str) -> Option<(&str, bool, &str)> {
    let split = |sign| constraint.split_once(sign);
    let (key, is, value) = match split("==") {
        Some((key, value)) => (key, true, value),
        None => {
            let (key, value) = split("!=")?;
            (key, false, value)
        }
    };
    Some((key.trim(), is, value.trim()))
}

/// What a node says of a key; none where its list does not tell.
fn said<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    match key {
        "node.role" => Some(text_at(node, "/role")),
        "node.hostname" => Some(text_at(node, "/name")),
        _ => {
            let label = key.strip_prefix("node.labels.")?;
            let labels = node.get("labels");
            let said = labels.and_then(|labels| labels.get(label)?.as_str());
            Some(said.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_constraint_is_told_with_the_nodes_that_meet_it() {
        let nodes = json!([
            { "name": "node1", "role": "manager", "state": "ready", "availability": "active" },
            { "name": "node2", "role": "worker", "state": "ready", "availability": "drain", "labels": { "disk": "ssd" } },
            { "name": "node3", "role": "worker", "state": "down", "availability": "active" },
        ]);
        for (constraint, expected) in [
            ("node.labels.disk==hdd", "no node meets it"),
            ("node.labels.disk == ssd", "take no tasks"),
            ("node.hostname==node3", "take no tasks"),
            ("node.role != worker", "1 node that takes tasks"),
            ("node.platform.os==linux", "docker_inspect_node"),
            ("anything", "no constraint that is known"),
        ] {
            let service = json!({ "Spec": { "TaskTemplate": { "Placement": { "Constraints": [constraint] } } } });
            let told = constraints(&service, &nodes);
            assert!(told[0].met.contains(expected), "{constraint}: {told:?}");
        }
    }
}
