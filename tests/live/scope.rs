//! `SAFETY_SCOPE` on a real Engine: what is one's own is changed, and what is another's or nobody's stays.

mod hands;
mod projects;
mod reading;

use std::fs;

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, image, run, unique};
use crate::session::{Session, says};
use crate::workplace::workplace;

const PROJECT: &str = "com.docker.compose.project";

/// Something that has a label, whose values say whose it is.
struct Owners {
    key: &'static str,
    own: String,
    other: String,
}

impl Owners {
    fn of(key: &'static str) -> Self {
        let (own, other) = (unique("own"), unique("other"));
        Self { key, own, other }
    }

    /// The scope of what is own.
    fn scope(&self) -> String {
        match self.key {
            PROJECT => format!("project:{}", self.own),
            key => format!("label:{key}={}", self.own),
        }
    }

    /// The label of what is own, another's and nobody's.
    fn labels(&self) -> [String; 3] {
        let (key, own, other) = (self.key, &self.own, &self.other);
        [
            format!("{key}={own}"),
            format!("{key}={other}"),
            "unrelated=yes".to_owned(),
        ]
    }

    async fn session(&self, more: &[(&str, &str)]) -> Option<Session> {
        let scope = self.scope();
        let mut settings = vec![
            ("SAFETY_SCOPE", scope.as_str()),
            ("MCP_DOCKER_TOOLSETS", "all"),
        ];
        settings.extend(Session::DESTRUCTIVE);
        settings.extend(more);
        Session::with(&settings).await
    }
}

fn container(label: &str) -> Container {
    Container::with("scope", &["run", "-d", "--label", label], WAIT)
}

/// A volume or a network with a label, that is gone when the test ends.
fn object(kind: &'static str, label: &str) -> Object {
    let object = Object::claim(kind);
    docker(&[kind, "create", "--label", label, &object.name]);
    object
}

/// An image's name that is free again when the test ends.
struct Tag(String);

impl Tag {
    fn claim() -> Self {
        Self(format!("{}:1", unique("scoped")))
    }

    /// An image with a label.
    fn labelled(label: &str) -> Self {
        let tag = Self::claim();
        let container = Container::created("scope");
        let change = format!("LABEL {label}");
        docker(&["commit", "--change", &change, &container.name, &tag.0]);
        tag
    }

    fn labels(&self) -> Value {
        let labels = docker(&["image", "inspect", "-f", "{{json .Config.Labels}}", &self.0]);
        serde_json::from_str(&labels).unwrap()
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

fn labels(kind: &str, name: &str) -> Value {
    let place = if kind == "container" {
        "{{json .Config.Labels}}"
    } else {
        "{{json .Labels}}"
    };
    serde_json::from_str(&docker(&[kind, "inspect", "-f", place, name])).unwrap()
}

#[tokio::test]
async fn own_objects_are_changed_and_those_of_others_stay() {
    for key in ["owner", PROJECT] {
        let owners = Owners::of(key);
        let Some(session) = owners.session(&[]).await else {
            return;
        };
        for (at, label) in owners.labels().iter().enumerate() {
            let is_own = at == 0;
            let web = container(label);
            let network = object("network", label);
            let volume = object("volume", label);
            let image = Tag::labelled(label);
            let new = Tag::claim();
            let (repository, _) = new.0.split_once(':').unwrap();
            let name = unique("renamed");
            for (tool, arguments) in [
                (
                    "docker_exec_command",
                    json!({ "container_id": web.name, "command": ["true"] }),
                ),
                (
                    "docker_stop_container",
                    json!({ "container_id": web.name, "timeout": 1 }),
                ),
                (
                    "docker_start_container",
                    json!({ "container_id": web.name }),
                ),
                (
                    "docker_connect_container",
                    json!({ "network_id": network.name, "container_id": web.name }),
                ),
                (
                    "docker_disconnect_container",
                    json!({ "network_id": network.name, "container_id": web.name }),
                ),
                (
                    "docker_rename_container",
                    json!({ "container_id": web.name, "name": name }),
                ),
                (
                    "docker_rename_container",
                    json!({ "container_id": name, "name": web.name }),
                ),
                (
                    "docker_tag_image",
                    json!({ "image": image.0, "repository": repository, "tag": "1" }),
                ),
                ("docker_remove_image", json!({ "image": image.0 })),
                (
                    "docker_remove_container",
                    json!({ "container_id": web.name, "force": true }),
                ),
                (
                    "docker_remove_network",
                    json!({ "network_id": network.name }),
                ),
                (
                    "docker_remove_volume",
                    json!({ "volume_name": volume.name }),
                ),
            ] {
                if is_own {
                    session.ok(tool, arguments).await;
                    continue;
                }
                // Nothing has that name where the first renaming was refused.
                let text = session.fails(tool, arguments.clone()).await;
                if arguments["container_id"] != json!(name) {
                    says(&text, &["SAFETY_SCOPE", "nothing was done"]);
                }
                if at == 1 && arguments["container_id"] != json!(name) {
                    says(&text, &[&owners.other]);
                }
            }
            let left = [
                web.exists(),
                run(&["network", "inspect", &network.name]).is_ok(),
                run(&["volume", "inspect", &volume.name]).is_ok(),
                run(&["image", "inspect", &image.0]).is_ok(),
            ];
            assert_eq!(left, [!is_own; 4], "{label}");
            assert_eq!(
                run(&["image", "inspect", &new.0]).is_ok(),
                is_own,
                "{label}"
            );
            if !is_own {
                assert_eq!(web.state(), "running");
            }
        }
        session.close().await;
    }
}

#[tokio::test]
async fn a_prune_leaves_what_is_not_in_the_scope() {
    let owners = Owners::of("owner");
    let Some(session) = owners.session(&[]).await else {
        return;
    };
    let all = owners.labels();
    let containers = all.each_ref().map(|label| {
        let container = Container::with("scope", &["run", "-d", "--label", label], "true");
        docker(&["wait", &container.name]);
        container
    });
    let volumes = all.each_ref().map(|label| object("volume", label));
    let networks = all.each_ref().map(|label| object("network", label));
    session.ok("docker_prune_containers", json!({})).await;
    session
        .ok("docker_prune_volumes", json!({ "all": true }))
        .await;
    session.ok("docker_prune_networks", json!({})).await;
    assert_eq!(
        containers.each_ref().map(Container::exists),
        [false, true, true]
    );
    let there = |kind: &'static str| move |it: &Object| run(&[kind, "inspect", &it.name]).is_ok();
    assert_eq!(volumes.each_ref().map(there("volume")), [false, true, true]);
    assert_eq!(
        networks.each_ref().map(there("network")),
        [false, true, true]
    );
    session.close().await;
}

#[tokio::test]
async fn what_is_made_has_the_label_and_so_has_what_is_built() {
    for key in ["owner", PROJECT] {
        let owners = Owners::of(key);
        let Some(session) = owners.session(&[]).await else {
            return;
        };
        let (volume, network) = (Object::claim("volume"), Object::claim("network"));
        let (made, ran) = (Container::named("made"), Container::named("ran"));
        session
            .ok("docker_create_volume", json!({ "name": volume.name }))
            .await;
        session
            .ok("docker_create_network", json!({ "name": network.name }))
            .await;
        let create = json!({
            "image": image(), "name": made.name, "command": ["true"], "network": network.name,
            "volumes": [format!("{}:/data", volume.name)],
        });
        session.ok("docker_create_container", create).await;
        let run = json!({ "image": image(), "name": ran.name, "command": ["sh", "-c", WAIT], "detach": true });
        session.ok("docker_run_container", run).await;
        for (kind, name) in [
            ("volume", &volume.name),
            ("network", &network.name),
            ("container", &made.name),
            ("container", &ran.name),
        ] {
            assert_eq!(labels(kind, name)[key], owners.own, "{kind}");
        }

        let (built, upon) = (Tag::claim(), Tag::claim());
        let others = Tag::labelled(&format!("{key}={}", owners.other));
        let context = workplace();
        let build = async |from: &str, tag: &Tag| {
            fs::write(context.path().join("Dockerfile"), format!("FROM {from}\n")).unwrap();
            session
                .call(
                    "docker_build_image",
                    json!({ "path": context.path(), "tag": tag.0 }),
                )
                .await
        };
        assert_ne!(build(&image(), &built).await.is_error, Some(true));
        assert_eq!(built.labels()[key], owners.own);
        assert_ne!(build(&built.0, &upon).await.is_error, Some(true));
        let refused = build(&others.0, &upon).await;
        let text = crate::session::failure("docker_build_image", refused);
        says(&text, &[&others.0, &owners.other, "inherits"]);
        session.close().await;
    }
}
