//! Writes into what a service is to be what a call asks for, and leaves the rest as it is.

use serde_json::{Map, Value, json};

use super::wanted::Wanted;
use crate::params::{InvalidArgument, Resources, Rollout, ServiceMount, ServicePort};

/// What of a service is replaced as a whole, because the Engine wants ids for names.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) secrets: Option<Value>,
    pub(super) configs: Option<Value>,
}

/// What an update takes away by name.
#[derive(Debug, Default)]
pub(super) struct Removed<'a> {
    pub(super) environment: &'a [String],
    pub(super) labels: &'a [String],
}

const CONTAINER: &str = "ContainerSpec";
const TASK: &str = "TaskTemplate";

/// The spec with what is wanted.
pub(super) fn patched(
    spec: &Map<String, Value>,
    wanted: &Wanted<'_>,
    used: Used,
    removed: &Removed<'_>,
) -> Result<Map<String, Value>, InvalidArgument> {
    let mut spec = Value::Object(spec.clone());
    let mut set = |path: &[&str], value: Option<Value>| {
        if let Some(value) = value {
            set(&mut spec, path, value);
        }
    };
    let container = |key: &'static str| [TASK, CONTAINER, key];
    set(
        &container("Image"),
        wanted.image.map(|image| json!(image.to_string())),
    );
    let words = wanted.command.map(|command| json!(command.words));
    set(&container("Args"), words);
    let mounts = wanted.mounts.map(|mounts| mounts.0.iter());
    set(
        &container("Mounts"),
        mounts.map(|mounts| mounts.map(mount).collect()),
    );
    set(&container("Secrets"), used.secrets);
    set(&container("Configs"), used.configs);
    let networks = wanted.networks.map(|networks| networks.iter());
    let networks = networks.map(|them| them.map(|name| json!({ "Target": name })).collect());
    set(&[TASK, "Networks"], networks);
    let constraints = wanted.constraints.map(|constraints| json!(constraints));
    set(&[TASK, "Placement", "Constraints"], constraints);
    for (kind, resources) in [
        ("Limits", wanted.limits),
        ("Reservations", wanted.reservations),
    ] {
        for (key, value) in resources.map(amounts).into_iter().flatten() {
            set(&[TASK, "Resources", kind, key], value);
        }
    }
    if wanted.reservations.is_some_and(|it| it.pids.is_some()) {
        return Err(InvalidArgument(
            "`reservations` has no `pids`: processes are only limited".to_owned(),
        ));
    }
    if let Some(restarts) = wanted.restart_policy {
        let policy = [TASK, "RestartPolicy"];
        let [task, policy] = policy;
        set(
            &[task, policy, "Condition"],
            Some(json!(restarts.condition)),
        );
        let most = restarts.max_attempts.unwrap_or_default();
        set(&[task, policy, "MaxAttempts"], Some(json!(most)));
    }
    let ports = wanted.ports.map(|ports| ports.0.iter());
    set(
        &["EndpointSpec", "Ports"],
        ports.map(|ports| ports.map(port).collect()),
    );
    set(
        &["EndpointSpec", "Mode"],
        wanted.endpoint_mode.map(|mode| json!(mode)),
    );
    let replicas = wanted.replicas.map(|number| json!(number));
    set(&["Mode", "Replicated", "Replicas"], replicas);
    // An older form of the same, of which the Engine takes one.
    if let (Some(_), Some(spec)) = (wanted.networks, spec.as_object_mut()) {
        spec.remove("Networks");
    }
    if let Some(rollout) = wanted.update_config {
        roll_out(&mut spec, rollout);
    }
    environment(&mut spec, wanted, removed);
    labels(&mut spec, wanted, removed);
    match spec {
        Value::Object(spec) => Ok(spec),
        _ => Ok(Map::new()),
    }
}

/// Puts a value in its place, and makes the way to it.
pub(super) fn set(at: &mut Value, path: &[&str], value: Value) {
    let Some((key, rest)) = path.split_first() else {
        *at = value;
        return;
    };
    if !at.is_object() {
        *at = json!({});
    }
    if let Some(members) = at.as_object_mut() {
        set(members.entry(*key).or_insert(Value::Null), rest, value);
    }
}

fn amounts(resources: &Resources) -> [(&'static str, Option<Value>); 3] {
    [
        (
            "NanoCPUs",
            resources.cpus.map(|cpus| json!(cpus.billionths())),
        ),
        (
            "MemoryBytes",
            resources.memory.map(|memory| json!(memory.0)),
        ),
        ("Pids", resources.pids.map(|pids| json!(pids))),
    ]
}

fn mount(mount: &ServiceMount) -> Value {
    let mut written = json!({ "Type": mount.kind, "Target": mount.target });
    if !mount.source.is_empty() {
        set(&mut written, &["Source"], json!(mount.source));
    }
    if mount.read_only {
        set(&mut written, &["ReadOnly"], json!(true));
    }
    written
}

fn port(port: &ServicePort) -> Value {
    let mode = if port.on_host { "host" } else { "ingress" };
    let mut written = json!({
        "Protocol": port.protocol.to_string(), "TargetPort": port.target, "PublishMode": mode,
    });
    if port.published > 0 {
        set(&mut written, &["PublishedPort"], json!(port.published));
    }
    written
}

/// A configuration that says nothing of how many at once means all of them, where none at all means one.
fn roll_out(spec: &mut Value, rollout: &Rollout) {
    let is_new = spec.pointer("/UpdateConfig/Parallelism").is_none();
    for (key, value) in rollout.settings() {
        set(spec, &["UpdateConfig", &key], value);
    }
    if is_new && rollout.parallelism.is_none() {
        set(spec, &["UpdateConfig", "Parallelism"], json!(1));
    }
}

fn environment(spec: &mut Value, wanted: &Wanted<'_>, removed: &Removed<'_>) {
    if wanted.environment.is_none() && removed.environment.is_empty() {
        return;
    }
    let there = spec.pointer("/TaskTemplate/ContainerSpec/Env");
    let there = there.and_then(Value::as_array).cloned().unwrap_or_default();
    let added = || wanted.environment.into_iter().flat_map(|it| it.0.iter());
    let stays = |entry: &&Value| {
        let entry = entry.as_str().unwrap_or_default();
        let name = entry.split('=').next().unwrap_or_default();
        !removed.environment.iter().any(|gone| gone == name) && !added().any(|(new, _)| new == name)
    };
    let kept = there.iter().filter(stays).cloned();
    let added = added().map(|(name, value)| json!(format!("{name}={value}")));
    let all: Value = kept.chain(added).collect();
    set(spec, &[TASK, CONTAINER, "Env"], all);
}

fn labels(spec: &mut Value, wanted: &Wanted<'_>, removed: &Removed<'_>) {
    for (name, value) in wanted.labels.into_iter().flatten() {
        set(spec, &["Labels", name], json!(value));
    }
    let labels = spec.get_mut("Labels").and_then(Value::as_object_mut);
    if let Some(labels) = labels {
        labels.retain(|name, _| !removed.labels.contains(name));
    }
}
