//! Says which objects a request changes, by all that it names: path, query and body.

use std::collections::HashMap;

use form_urlencoded::parse;
use serde_json::{Map, Value};

use super::objects::{Kind, Objects};
use super::record::Request;

/// What a request changes, and until when.
#[derive(Debug)]
pub(super) struct Touch {
    pub(super) objects: Objects,
    pub(super) until: Until,
}

/// When a change is over, as far as others have to wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The Engine begins to answer: what follows goes on beside everything else.
    Begun,
    /// The whole answer is there.
    Answered,
}

impl Touch {
    /// What the request changes; none where it only reads, waits, or sends something elsewhere.
    pub(super) fn of(request: &mut Request) -> Option<Self> {
        if request.method().is_safe() {
            return None;
        }
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let query: HashMap<String, String> =
            parse(request.query().as_bytes()).into_owned().collect();
        let asked = |key: &str| query.get(key).map_or("", String::as_str);
        let mut objects = Objects::default();
        let mut until = Until::Answered;
        match (method.as_str(), segments.as_slice()) {
            ("POST", ["auth"] | ["containers", _, "wait" | "resize"] | ["exec", _, "resize"]) => {
                return None;
            }
            ("POST", ["images", _, .., "push"]) => return None,
            // The records of the cache have no names by which anything else goes.
            ("POST", ["build", "prune"]) => {}
            // The call knows whose it is.
            ("POST", ["exec", _, "start"]) => until = Until::Begun,
            ("POST", ["containers", "create"]) => {
                objects.add(Kind::Container, asked("name"));
                add_container(&mut objects, &request.body().unwrap_or_default());
            }
            ("POST", ["containers", "prune"]) => objects.add_all(Kind::Container),
            ("POST", ["images", "prune" | "load"]) => objects.add_all(Kind::Image),
            ("POST", ["networks", "prune"]) => objects.add_all(Kind::Network),
            ("POST", ["volumes", "prune"]) => objects.add_all(Kind::Volume),
            ("POST", ["containers", id, "attach"]) => {
                objects.add(Kind::Container, id);
                until = Until::Begun;
            }
            ("POST", ["containers", id, "rename"]) => {
                objects.add(Kind::Container, id);
                objects.add(Kind::Container, asked("name"));
            }
            ("POST" | "PUT", ["containers", id, _]) | ("DELETE", ["containers", id]) => {
                objects.add(Kind::Container, id);
            }
            ("POST", ["images", "create"]) => match asked("fromImage") {
                "" => add_tag(&mut objects, asked("repo"), asked("tag")),
                name => add_tag(&mut objects, name, asked("tag")),
            },
            ("POST", ["images", name @ .., "tag"]) => {
                objects.add(Kind::Image, &name.join("/"));
                add_tag(&mut objects, asked("repo"), asked("tag"));
            }
            ("DELETE", ["images", name @ ..]) => objects.add(Kind::Image, &name.join("/")),
            ("POST", ["build"]) => {
                for (_, tag) in parse(request.query().as_bytes()).filter(|(key, _)| key == "t") {
                    objects.add(Kind::Image, &tag);
                }
            }
            ("POST", ["commit"]) => {
                objects.add(Kind::Container, asked("container"));
                add_tag(&mut objects, asked("repo"), asked("tag"));
            }
            ("POST", ["networks", "create"]) => {
                objects.add(Kind::Network, &text(request, "Name"));
            }
            ("POST", ["volumes", "create"]) => objects.add(Kind::Volume, &text(request, "Name")),
            ("POST", ["networks", id, "connect" | "disconnect"]) => {
                objects.add(Kind::Network, id);
                objects.add(Kind::Container, &text(request, "Container"));
            }
            ("DELETE", ["networks", id]) => objects.add(Kind::Network, id),
            ("DELETE", ["volumes", name]) => objects.add(Kind::Volume, name),
            _ => Kind::ALL.iter().for_each(|kind| objects.add_all(*kind)),
        }
        Some(Self { objects, until })
    }
}

/// What a container to create has a name of or uses.
fn add_container(objects: &mut Objects, body: &Map<String, Value>) {
    let host = body.get("HostConfig").unwrap_or(&Value::Null);
    let strings = |key: &str| {
        host.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let image = body.get("Image").and_then(Value::as_str);
    objects.add(Kind::Image, image.unwrap_or_default());
    for bind in strings("Binds").filter_map(Value::as_str) {
        objects.add(Kind::Volume, bind.split(':').next().unwrap_or_default());
    }
    for mount in strings("Mounts") {
        let source = mount.get("Source").and_then(Value::as_str);
        objects.add(Kind::Volume, source.unwrap_or_default());
    }
    for other in strings("VolumesFrom").filter_map(Value::as_str) {
        objects.add(Kind::Container, other.split(':').next().unwrap_or_default());
    }
    let mode = host.get("NetworkMode").and_then(Value::as_str);
    objects.add(Kind::Network, mode.unwrap_or_default());
    let networks = body.get("NetworkingConfig");
    let networks = networks.and_then(|it| it.get("EndpointsConfig")?.as_object());
    for network in networks.into_iter().flat_map(Map::keys) {
        objects.add(Kind::Network, network);
    }
}

/// The image of a repository that a tag or a digest leads to; all of them where there is neither.
fn add_tag(objects: &mut Objects, repository: &str, version: &str) {
    match version {
        _ if repository.is_empty() => {}
        "" => {
            objects.add(Kind::Image, repository);
            objects.add_repository(repository);
        }
        digest if digest.starts_with("sha256:") => {
            objects.add(Kind::Image, &format!("{repository}@{digest}"));
        }
        tag => objects.add(Kind::Image, &format!("{repository}:{tag}")),
    }
}

/// The text at a key of the request's body.
fn text(request: &mut Request, key: &str) -> String {
    let body = request.body().unwrap_or_default();
    body.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
