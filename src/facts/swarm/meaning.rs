//! Says what the errors of a swarm's tasks mean.

/// What a text of the Engine means for whoever has to mend it: a part of it, the problem, the cause, what to do.
pub(super) type Meaning = (&'static str, &'static str, &'static str, &'static str);

/// Why a node did not even begin with a task; the last serves for any other reason.
pub(super) const REFUSALS: [Meaning; 6] = [
    (
        "no such image",
        "its image is not there",
        "neither the nodes nor a registry that they reach have it: the name or tag is wrong, or it was built on one machine alone",
        "push the image to a registry that every node reaches, or correct the name (docker_update_service)",
    ),
    (
        "pull access denied",
        "its image may not be pulled",
        "the registry does not know the image, or not with these credentials",
        "correct the name, or deploy again from where the registry's login is",
    ),
    (
        "manifest",
        "its image is not there for that tag or platform",
        "the registry knows the repository, but not what was asked for in it",
        "correct the tag (docker_update_service)",
    ),
    (
        "bind source path does not exist",
        "a path that it mounts is not on the node",
        "a bind mount takes the path of whichever node a task comes to",
        "use a volume, make the path on every node, or choose the nodes that have it by a constraint",
    ),
    (
        "executable file not found",
        "its command is not in the image",
        "a wrong path or name",
        "correct the command (docker_update_service)",
    ),
    (
        "",
        "its tasks are rejected",
        "a node could not begin with them",
        "mend what the error names, then update the service (docker_update_service)",
    ),
];

/// Why no node takes a task.
pub(super) const UNSUITABLE: [Meaning; 6] = [
    (
        "scheduling constraints",
        "no node meets its constraints",
        "the nodes have other names, roles or labels than its constraints ask for",
        "label a node (docker_update_node) or change the constraints (docker_update_service)",
    ),
    (
        "insufficient resources",
        "no node has as much left as it reserves",
        "its reservations, times its tasks, are more than the nodes have free",
        "lower the reservations or the replicas (docker_update_service), or add a node",
    ),
    (
        "port already in use",
        "its port is taken on every node",
        "a port that is published on the host itself serves one task on each node",
        "lower the replicas, or publish the port for the whole swarm",
    ),
    (
        "max replicas",
        "its nodes may have no more tasks of it",
        "its limit of replicas for each node is reached",
        "lower the replicas, raise the limit, or add a node",
    ),
    (
        "unsupported platform",
        "its image is for another platform than any node",
        "the image has no variant for the nodes' processors",
        "build the image for the nodes' platform",
    ),
    (
        "",
        "no node is suitable for it",
        "every node is drained, paused, down or ruled out",
        "look at the nodes (docker_list_nodes), and let one take tasks (docker_update_node)",
    ),
];

/// The first whose text the Engine's has.
pub(super) fn meaning(table: &[Meaning], text: &str) -> Meaning {
    let text = text.to_lowercase();
    let found = table.iter().find(|(part, ..)| text.contains(part));
    found
        .copied()
        .unwrap_or(("", "its tasks do not run", "the error says why", ""))
}
