//! Lists the objects that a request changes, enters or takes the place of, by all that it says: path, query
//! and body.

use std::collections::HashMap;

use form_urlencoded::parse;
use serde_json::{Map, Value};

use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;
use crate::engine::policy::refusal::Refusal;
use crate::engine::record::Request;

/// What a request has to do with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It changes the object, enters it or joins something to it.
    Changes,
    /// It takes the object's place, where it is there.
    Takes,
    /// It mounts the volume, which has to be there.
    Mounts,
    /// What it makes inherits the labels.
    Inherits,
}

/// An object that a request names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) kind: ObjectKind,
    pub(super) named: Named,
    pub(super) of: String,
}

/// The networks that every Engine has and nobody made.
const PREDEFINED: [&str; 4] = ["default", "bridge", "host", "none"];

/// The settings of a container that may lead to another one.
pub(super) const SHARED: [&str; 5] = [
    "NetworkMode",
    "PidMode",
    "IpcMode",
    "UTSMode",
    "CgroupnsMode",
];

#[derive(Default)]
struct Names(Vec<Name>);

impl Names {
    fn add(&mut self, kind: ObjectKind, named: Named, of: &str) {
        let of = match kind {
            ObjectKind::Container => of.strip_prefix('/').unwrap_or(of),
            _ => of,
        };
        let name = Name {
            kind,
            named,
            of: of.to_owned(),
        };
        if !of.is_empty() && !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    fn changes(&mut self, kind: ObjectKind, of: &str) {
        self.add(kind, Named::Changes, of);
    }

    fn joins(&mut self, network: &str) {
        if !PREDEFINED.contains(&network) {
            self.changes(ObjectKind::Network, network);
        }
    }

    /// The image that loses a tag.
    fn takes_tag(&mut self, repository: &str, tag: &str) {
        if !repository.is_empty() && !tag.contains(':') && !repository.contains('@') {
            let image = match tag {
                _ if has_version(repository) => repository.to_owned(),
                "" => format!("{repository}:latest"),
                tag => format!("{repository}:{tag}"),
            };
            self.add(ObjectKind::Image, Named::Takes, &image);
        }
    }
}

/// The objects that a request names.
///
/// # Errors
/// [`EngineError::Refused`]: it is about objects that it does not name, or about those that belong to no one.
pub(super) fn of(request: &mut Request) -> Result<Vec<Name>, EngineError> {
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let query: HashMap<String, String> = parse(request.query().as_bytes()).into_owned().collect();
    let asked = |key: &str| query.get(key).map_or("", String::as_str);
    let mut body = || Value::Object(request.body().unwrap_or_default());
    let mut names = Names::default();
    match (method.as_str(), segments.as_slice()) {
        // The exec is one that this call made, and its container was judged.
        ("POST", ["exec", _, "start" | "resize"]) => {}
        ("POST", ["containers", "create"]) => add_container(&mut names, &body()),
        ("POST", ["containers" | "images" | "networks" | "volumes", "prune"]) => {
            return Err(unnamed("takes whatever nothing uses"));
        }
        ("POST", ["build", "prune"]) => {
            return Err(unnamed("is about the build cache, which has no labels"));
        }
        ("POST", ["images", "load"]) => {
            return Err(unnamed("may take the tags of any image"));
        }
        (_, ["containers", id, ..]) => names.changes(ObjectKind::Container, id),
        ("POST", ["images", "create"]) => match (asked("fromImage"), asked("tag")) {
            ("", _) => return Err(unnamed("makes an image of something else than an image")),
            (image, "") if !has_version(image) => {
                return Err(unnamed("takes every tag of a repository"));
            }
            (image, tag) => names.takes_tag(image, tag),
        },
        ("POST", ["images", name @ .., "tag"]) => {
            names.changes(ObjectKind::Image, &name.join("/"));
            names.takes_tag(asked("repo"), asked("tag"));
        }
        ("POST", ["images", name @ .., "push"]) => {
            let name = name.join("/");
            let tagged = match asked("tag") {
                "" => name,
                tag => format!("{name}:{tag}"),
            };
            names.changes(ObjectKind::Image, &tagged);
        }
        ("DELETE", ["images", name @ ..]) => names.changes(ObjectKind::Image, &name.join("/")),
        ("POST", ["build"]) => {
            for (_, tag) in parse(request.query().as_bytes()).filter(|(key, _)| key == "t") {
                names.takes_tag(&tag, "");
            }
        }
        ("POST", ["commit"]) => {
            names.changes(ObjectKind::Container, asked("container"));
            names.takes_tag(asked("repo"), asked("tag"));
        }
        ("POST", ["networks", "create"]) => {
            let body = body();
            let from = body.pointer("/ConfigFrom/Network").and_then(Value::as_str);
            names.changes(ObjectKind::Network, from.unwrap_or_default());
        }
        ("POST", ["networks", id, "connect" | "disconnect"]) => {
            let body = body();
            names.joins(id);
            names.changes(ObjectKind::Container, text(&body, "Container"));
            add_links(&mut names, body.pointer("/EndpointConfig/Links"));
        }
        ("DELETE", ["networks", id]) => names.changes(ObjectKind::Network, id),
        ("POST", ["volumes", "create"]) => {
            names.add(ObjectKind::Volume, Named::Takes, text(&body(), "Name"));
        }
        ("DELETE", ["volumes", name]) => names.changes(ObjectKind::Volume, name),
        ("POST", ["services", "create"]) => add_service(&mut names, &body()),
        ("POST", ["services", id, "update"]) => {
            names.changes(ObjectKind::Service, id);
            add_service(&mut names, &body());
        }
        ("POST", ["secrets" | "configs", "create"]) => {}
        ("POST", [kind @ ("secrets" | "configs"), id, "update"])
        | ("DELETE", [kind @ ("services" | "secrets" | "configs"), id]) => {
            if let Some(kind) = ObjectKind::named(kind) {
                names.changes(kind, id);
            }
        }
        ("POST", ["nodes", ..]) => {
            return Err(unnamed("is about a machine, which belongs to nobody"));
        }
        _ => return Err(unnamed("is about objects that are not known here")),
    }
    Ok(names.0)
}

/// The paths of the host that a container, a volume or a service mounts.
pub(super) fn host_paths(body: &Value) -> Vec<String> {
    let host = body.get("HostConfig").unwrap_or(&Value::Null);
    let binds = items(host.get("Binds")).filter_map(Value::as_str);
    // A target alone makes a volume without a name.
    let binds = binds.filter(|bind| source(bind) != *bind && !is_named_volume(source(bind)));
    let mut paths: Vec<String> = binds.map(|bind| source(bind).to_owned()).collect();
    let task = body.pointer("/TaskTemplate/ContainerSpec/Mounts");
    let mut options = vec![body.get("DriverOpts")];
    for mount in items(host.get("Mounts")).chain(items(task)) {
        if text(mount, "Type") == "bind" {
            paths.push(text(mount, "Source").to_owned());
        }
        options.push(mount.pointer("/VolumeOptions/DriverConfig/Options"));
    }
    // A volume can be one of the host's directories by another name.
    for options in options.into_iter().flatten() {
        let device = text(options, "device");
        if device.starts_with(['/', '.']) {
            paths.push(device.to_owned());
        }
    }
    paths
}

/// Whether a reference says which tag or digest is meant; what follows the colon of a port is a path.
fn has_version(image: &str) -> bool {
    image.contains('@')
        || image
            .rsplit('/')
            .next()
            .is_some_and(|last| last.contains(':'))
}

/// What a service uses, by what it was and is to be again.
pub(super) fn of_service(spec: &Value) -> Vec<Name> {
    let mut names = Names::default();
    add_service(&mut names, spec);
    names.0
}

fn add_container(names: &mut Names, body: &Value) {
    let host = body.get("HostConfig").unwrap_or(&Value::Null);
    names.add(ObjectKind::Image, Named::Inherits, text(body, "Image"));
    for bind in items(host.get("Binds")).filter_map(Value::as_str) {
        let source = source(bind);
        if source != bind && is_named_volume(source) {
            names.add(ObjectKind::Volume, Named::Mounts, source);
        }
    }
    add_mounts(names, host.get("Mounts"));
    for other in items(host.get("VolumesFrom")).filter_map(Value::as_str) {
        names.changes(ObjectKind::Container, source(other));
    }
    for setting in SHARED {
        let mode = text(host, setting);
        match mode.strip_prefix("container:") {
            Some(other) => names.changes(ObjectKind::Container, other),
            None if setting == "NetworkMode" => names.joins(mode),
            None => {}
        }
    }
    add_links(names, host.get("Links"));
    let endpoints = body.pointer("/NetworkingConfig/EndpointsConfig");
    for (network, endpoint) in endpoints.and_then(Value::as_object).into_iter().flatten() {
        names.joins(network);
        names.joins(text(endpoint, "NetworkID"));
        add_links(names, endpoint.get("Links"));
    }
}

fn add_service(names: &mut Names, spec: &Value) {
    let task = spec.get("TaskTemplate").unwrap_or(&Value::Null);
    let container = task.get("ContainerSpec").unwrap_or(&Value::Null);
    for (kind, key, id, name) in [
        (ObjectKind::Secret, "Secrets", "SecretID", "SecretName"),
        (ObjectKind::Config, "Configs", "ConfigID", "ConfigName"),
    ] {
        for used in items(container.get(key)) {
            names.changes(kind, text(used, id));
            names.changes(kind, text(used, name));
        }
    }
    names.add(ObjectKind::Image, Named::Inherits, text(container, "Image"));
    add_mounts(names, container.get("Mounts"));
    for network in items(task.get("Networks")).chain(items(spec.get("Networks"))) {
        names.joins(text(network, "Target"));
    }
}

/// Of mounts the volumes that are there; [`made`](super::made) labels one that is made in passing.
fn add_mounts(names: &mut Names, mounts: Option<&Value>) {
    for mount in items(mounts) {
        if matches!(text(mount, "Type"), "volume" | "cluster") {
            names.add(ObjectKind::Volume, Named::Takes, text(mount, "Source"));
        }
    }
}

fn add_links(names: &mut Names, links: Option<&Value>) {
    for link in items(links).filter_map(Value::as_str) {
        names.changes(ObjectKind::Container, source(link));
    }
}

/// What stands before the first colon; a drive has one of its own.
fn source(bind: &str) -> &str {
    let drive = bind.as_bytes().get(1) == Some(&b':')
        && matches!(bind.as_bytes().get(2), Some(b'\\' | b'/'));
    let from = if drive { 2 } else { 0 };
    let end = bind.get(from..).and_then(|rest| rest.find(':'));
    end.and_then(|end| bind.get(..from + end)).unwrap_or(bind)
}

/// Whether the source of a bind names a volume; one of a bind with a target alone has none.
fn is_named_volume(source: &str) -> bool {
    !source.contains(['/', '\\'])
}

fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    let of: Option<&Map<String, Value>> = of.as_object();
    of.and_then(|of| of.get(key)?.as_str()).unwrap_or_default()
}

fn unnamed(why: &str) -> EngineError {
    Refusal(format!(
        "the request {why}, so under a SAFETY_SCOPE it is not sent; nothing was done"
    ))
    .into()
}
