//! Says which objects a request changes, by all that it names: path, query and body.

use std::collections::HashMap;

use form_urlencoded::parse;
use serde_json::{Map, Value};

use super::objects::{ObjectKind, Objects};
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
                objects.add(ObjectKind::Container, asked("name"));
                add_container(&mut objects, &request.body().unwrap_or_default());
            }
            ("POST", ["containers", "prune"]) => objects.add_all(ObjectKind::Container),
            ("POST", ["images", "prune" | "load"]) => objects.add_all(ObjectKind::Image),
            ("POST", ["networks", "prune"]) => objects.add_all(ObjectKind::Network),
            ("POST", ["volumes", "prune"]) => objects.add_all(ObjectKind::Volume),
            ("POST", ["containers", id, "attach"]) => {
                objects.add(ObjectKind::Container, id);
                until = Until::Begun;
            }
            ("POST", ["containers", id, "rename"]) => {
                objects.add(ObjectKind::Container, id);
                objects.add(ObjectKind::Container, asked("name"));
            }
            ("POST" | "PUT", ["containers", id, _]) | ("DELETE", ["containers", id]) => {
                objects.add(ObjectKind::Container, id);
            }
            ("POST", ["images", "create"]) => match asked("fromImage") {
                "" => add_tag(&mut objects, asked("repo"), asked("tag")),
                name => add_tag(&mut objects, name, asked("tag")),
            },
            ("POST", ["images", name @ .., "tag"]) => {
                objects.add(ObjectKind::Image, &name.join("/"));
                add_tag(&mut objects, asked("repo"), asked("tag"));
            }
            ("DELETE", ["images", name @ ..]) => objects.add(ObjectKind::Image, &name.join("/")),
            ("POST", ["build"]) => {
                for (_, tag) in parse(request.query().as_bytes()).filter(|(key, _)| key == "t") {
                    objects.add(ObjectKind::Image, &tag);
                }
            }
            ("POST", ["commit"]) => {
                objects.add(ObjectKind::Container, asked("container"));
                add_tag(&mut objects, asked("repo"), asked("tag"));
            }
            ("POST", ["networks", "create"]) => {
                objects.add(ObjectKind::Network, &text(request, "Name"));
            }
            ("POST", ["volumes", "create"]) => {
                objects.add(ObjectKind::Volume, &text(request, "Name"))
            }
            ("POST", ["networks", id, "connect" | "disconnect"]) => {
                objects.add(ObjectKind::Network, id);
                objects.add(ObjectKind::Container, &text(request, "Container"));
            }
            ("DELETE", ["networks", id]) => objects.add(ObjectKind::Network, id),
            ("DELETE", ["volumes", name]) => objects.add(ObjectKind::Volume, name),
            ("POST", ["services", "create"]) => {
                add_service(&mut objects, &request.body().unwrap_or_default());
            }
            ("POST", ["services", id, "update"]) => {
                objects.add(ObjectKind::Service, id);
                add_service(&mut objects, &request.body().unwrap_or_default());
            }
            ("POST", ["nodes", id, "update"]) => objects.add(ObjectKind::Node, id),
            ("POST", [kind @ ("secrets" | "configs"), "create"]) => {
                if let Some(kind) = ObjectKind::named(kind) {
                    objects.add(kind, &text(request, "Name"));
                }
            }
            ("POST", [kind @ ("secrets" | "configs"), id, "update"])
            | ("DELETE", [kind @ ("services" | "secrets" | "configs"), id]) => {
                if let Some(kind) = ObjectKind::named(kind) {
                    objects.add(kind, id);
                }
            }
            _ => ObjectKind::ALL
                .iter()
                .for_each(|kind| objects.add_all(*kind)),
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
    objects.add(ObjectKind::Image, image.unwrap_or_default());
    for bind in strings("Binds").filter_map(Value::as_str) {
        objects.add(
            ObjectKind::Volume,
            bind.split(':').next().unwrap_or_default(),
        );
    }
    for mount in strings("Mounts") {
        let source = mount.get("Source").and_then(Value::as_str);
        objects.add(ObjectKind::Volume, source.unwrap_or_default());
    }
    for other in strings("VolumesFrom").filter_map(Value::as_str) {
        objects.add(
            ObjectKind::Container,
            other.split(':').next().unwrap_or_default(),
        );
    }
    let mode = host.get("NetworkMode").and_then(Value::as_str);
    objects.add(ObjectKind::Network, mode.unwrap_or_default());
    let networks = body.get("NetworkingConfig");
    let networks = networks.and_then(|it| it.get("EndpointsConfig")?.as_object());
    for network in networks.into_iter().flat_map(Map::keys) {
        objects.add(ObjectKind::Network, network);
    }
}

/// What a service is called and uses, by what it is to be.
fn add_service(objects: &mut Objects, spec: &Map<String, Value>) {
    let task = spec.get("TaskTemplate").unwrap_or(&Value::Null);
    let container = task.get("ContainerSpec").unwrap_or(&Value::Null);
    let mut add = |kind, value: Option<&Value>| {
        let name = value.and_then(Value::as_str);
        objects.add(kind, name.unwrap_or_default());
    };
    add(ObjectKind::Service, spec.get("Name"));
    let items = |place: Option<&'_ Value>| {
        let items = place.and_then(Value::as_array).cloned();
        items.unwrap_or_default()
    };
    for (kind, key, id, name) in [
        (ObjectKind::Secret, "Secrets", "SecretID", "SecretName"),
        (ObjectKind::Config, "Configs", "ConfigID", "ConfigName"),
    ] {
        for used in items(container.get(key)) {
            add(kind, used.get(id));
            add(kind, used.get(name));
        }
    }
    for mount in items(container.get("Mounts")) {
        add(ObjectKind::Volume, mount.get("Source"));
    }
    for network in [task.get("Networks"), spec.get("Networks")] {
        for network in items(network) {
            add(ObjectKind::Network, network.get("Target"));
        }
    }
}

/// The image of a repository that a tag or a digest leads to; all of them where there is neither.
fn add_tag(objects: &mut Objects, repository: &str, version: &str) {
    match version {
        _ if repository.is_empty() => {}
        "" => {
            objects.add(ObjectKind::Image, repository);
            objects.add_repository(repository);
        }
        digest if digest.starts_with("sha256:") => {
            objects.add(ObjectKind::Image, &format!("{repository}@{digest}"));
        }
        tag => objects.add(ObjectKind::Image, &format!("{repository}:{tag}")),
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

#[cfg(test)]
mod tests {
    use bollard::models::{ContainerCreateBody, NetworkConnectRequest, ServiceSpec};
    use bollard::query_parameters::{
        BuildImageOptions, CreateContainerOptions, CreateImageOptions, PushImageOptions,
        TagImageOptions, UpdateServiceOptions, WaitContainerOptions,
    };
    use futures_util::{StreamExt, TryStreamExt};
    use serde_json::json;

    use super::super::record::record;
    use super::*;

    fn touched(mut request: Request) -> Objects {
        let touch = Touch::of(&mut request);
        touch.unwrap_or_else(|| panic!("{request:?}")).objects
    }

    #[track_caller]
    fn assert_touches(objects: &Objects, names: &[(ObjectKind, &str)]) {
        for (kind, name) in names {
            let mut one = Objects::default();
            one.add(*kind, name);
            assert!(objects.overlap(&one), "{name}: {objects:?}");
        }
    }

    #[tokio::test]
    async fn a_container_to_create_touches_its_name_and_all_that_it_uses() {
        let body: ContainerCreateBody = serde_json::from_value(json!({
            "Image": "docker.io/library/app",
            "HostConfig": {
                "Binds": ["data:/data:ro", "/srv:/srv"], "Mounts": [{ "Type": "volume", "Source": "more", "Target": "/m" }],
                "VolumesFrom": ["db:ro"], "NetworkMode": "lab",
            },
            "NetworkingConfig": { "EndpointsConfig": { "front": {} } },
        }))
        .unwrap();
        let options = CreateContainerOptions {
            name: Some("web".to_owned()),
            ..Default::default()
        };
        let request =
            record(|docker| async move { docker.create_container(Some(options), body).await });
        let names = [
            (ObjectKind::Container, "web"),
            (ObjectKind::Container, "db"),
            (ObjectKind::Image, "app:latest"),
            (ObjectKind::Volume, "data"),
            (ObjectKind::Volume, "more"),
            (ObjectKind::Network, "lab"),
            (ObjectKind::Network, "front"),
        ];
        assert_touches(&touched(request.unwrap()), &names);
    }

    #[tokio::test]
    async fn both_ends_of_a_tag_and_of_a_connection_are_touched() {
        let options = TagImageOptions {
            repo: Some("host:5000/a/app".to_owned()),
            tag: Some("old".to_owned()),
        };
        let tag = record(|docker| async move { docker.tag_image("base:1", Some(options)).await });
        let names = [
            (ObjectKind::Image, "base:1"),
            (ObjectKind::Image, "host:5000/a/app:old"),
        ];
        assert_touches(&touched(tag.unwrap()), &names);

        let body = NetworkConnectRequest {
            container: "web".to_owned(),
            ..Default::default()
        };
        let connect = record(|docker| async move { docker.connect_network("lab", body).await });
        let names = [(ObjectKind::Network, "lab"), (ObjectKind::Container, "web")];
        assert_touches(&touched(connect.unwrap()), &names);
    }

    #[tokio::test]
    async fn a_pull_and_a_build_touch_the_tags_that_they_move() {
        let pull = |tag: Option<&str>| {
            let options = CreateImageOptions {
                from_image: Some("app".to_owned()),
                tag: tag.map(str::to_owned),
                ..Default::default()
            };
            let request = record(|docker| async move {
                let pull = docker.create_image(Some(options), None, None);
                pull.boxed().try_next().await
            });
            touched(request.unwrap())
        };
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_touches(&pull(Some("1")), &[(ObjectKind::Image, "app:1")]);
        assert_touches(
            &pull(Some(&digest)),
            &[(ObjectKind::Image, &format!("app@{digest}"))],
        );
        assert_touches(&pull(None), &[(ObjectKind::Image, "app:any")]);
        let options = BuildImageOptions {
            t: Some("a/app:1".to_owned()),
            ..Default::default()
        };
        let build = record(|docker| async move {
            let context = bollard::body_full(bytes::Bytes::new());
            let build = docker.build_image(options, None, Some(context));
            build.boxed().try_next().await
        });
        assert_touches(&touched(build.unwrap()), &[(ObjectKind::Image, "a/app:1")]);
    }

    #[tokio::test]
    async fn a_service_touches_its_name_and_all_that_it_uses() {
        let spec: ServiceSpec = serde_json::from_value(json!({
            "Name": "web",
            "TaskTemplate": {
                "ContainerSpec": {
                    "Secrets": [{ "SecretID": "s1", "SecretName": "db" }],
                    "Configs": [{ "ConfigID": "c1", "ConfigName": "app" }],
                    "Mounts": [{ "Type": "volume", "Source": "data", "Target": "/data" }],
                },
                "Networks": [{ "Target": "front" }],
            },
        }))
        .unwrap();
        let used = [
            (ObjectKind::Service, "web"),
            (ObjectKind::Secret, "s1"),
            (ObjectKind::Secret, "db"),
            (ObjectKind::Config, "app"),
            (ObjectKind::Volume, "data"),
            (ObjectKind::Network, "front"),
        ];
        let made = spec.clone();
        let create = record(|docker| async move { docker.create_service(made, None).await });
        assert_touches(&touched(create.unwrap()), &used);
        let options = UpdateServiceOptions::default();
        let update =
            record(|docker| async move { docker.update_service("1xz", spec, options, None).await });
        let update = touched(update.unwrap());
        assert_touches(&update, &used);
        assert_touches(&update, &[(ObjectKind::Service, "1xz")]);
        let remove = record(|docker| async move { docker.delete_secret("db").await });
        assert_touches(&touched(remove.unwrap()), &[(ObjectKind::Secret, "db")]);
    }

    #[tokio::test]
    async fn reading_waiting_and_sending_elsewhere_touch_nothing() {
        for request in [
            record(|docker| async move { docker.inspect_container("web", None).await }),
            record(|docker| async move {
                let wait = docker.wait_container("web", None::<WaitContainerOptions>);
                wait.boxed().try_next().await
            }),
            record(|docker| async move {
                let push = docker.push_image("a/app", None::<PushImageOptions>, None);
                push.boxed().try_next().await
            }),
        ] {
            assert!(Touch::of(&mut request.unwrap()).is_none());
        }
    }

    /// A request that is not known here may change anything.
    #[tokio::test]
    async fn an_unknown_request_touches_everything() {
        let request = record(|docker| async move { docker.delete_node("web", None).await });
        let names = ObjectKind::ALL.map(|kind| (kind, "anything"));
        assert_touches(&touched(request.unwrap()), &names);
    }
}
