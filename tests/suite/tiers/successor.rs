//! A call that works on a Compose project may remove the container that it has made a successor of,
//! although its tool removes nothing, and no other.

use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{CreateContainerOptions, RemoveContainerOptions};
use mcp_docker::catalog::Tier;
use mcp_docker::engine::{Engine, EngineError, Request, Rights, record};
use serde_json::json;

use crate::support::fake_engine::{FakeEngine, Reply};

const OLD: &str = "0a41f289c23b1e4f4d3961fecca22e2d965ddc12ed14596519390aaf74de2c99";
const NEW: &str = "b0a63179e1d15e411c2d3bbc572dd4eac22cd1c9b830a5975e742374b7312caf";

/// The labels that Compose gives a container.
#[derive(Clone, Copy)]
struct Labels {
    project: &'static str,
    service: &'static str,
    number: &'static str,
    one_off: &'static str,
}

const WEB: Labels = Labels {
    project: "shop",
    service: "web",
    number: "1",
    one_off: "False",
};

impl Labels {
    fn all(self) -> [(&'static str, &'static str); 4] {
        [
            ("com.docker.compose.project", self.project),
            ("com.docker.compose.service", self.service),
            ("com.docker.compose.container-number", self.number),
            ("com.docker.compose.oneoff", self.one_off),
        ]
    }
}

fn create(labels: Labels, goes_by_itself: bool) -> Request {
    let labels = labels
        .all()
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let body = ContainerCreateBody {
        image: Some("web".to_owned()),
        labels: Some(labels.into()),
        host_config: goes_by_itself.then(|| HostConfig {
            auto_remove: Some(true),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    record(|docker| async move {
        docker
            .create_container(None::<CreateContainerOptions>, body)
            .await
    })
    .unwrap()
}

fn remove(id: &'static str, volumes: bool) -> Request {
    let options = RemoveContainerOptions {
        v: volumes,
        force: true,
        ..RemoveContainerOptions::default()
    };
    record(|docker| async move { docker.remove_container(id, Some(options)).await }).unwrap()
}

/// An Engine that has an old container with these labels and makes a new one.
fn fake(old: Labels) -> FakeEngine {
    let labels: serde_json::Map<_, _> = old
        .all()
        .into_iter()
        .map(|(key, value)| (key.to_owned(), json!(value)))
        .collect();
    FakeEngine::start()
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": NEW })),
        )
        .on(
            "GET /containers/*/json",
            json!({ "Id": OLD, "Name": "/shop-web-1", "Config": { "Labels": labels }, "HostConfig": {} }),
        )
        .on("DELETE /containers/*", Reply::empty(204))
}

fn door(engine: &FakeEngine) -> Engine {
    Engine::new(&engine.config()).serving(Rights::of("docker_up", Tier::Moderate))
}

fn removals(engine: &FakeEngine) -> usize {
    let requests = engine.requests();
    requests
        .iter()
        .filter(|it| it.starts_with("DELETE"))
        .count()
}

#[track_caller]
fn assert_refused(result: Result<serde_json::Value, EngineError>, what: &str) {
    let error = result.expect_err(what).to_string();
    assert!(error.contains("removes something"), "{what}: {error}");
    assert!(error.contains("moderate tool"), "{what}: {error}");
}

#[tokio::test]
async fn what_has_a_successor_of_this_call_may_go() {
    let engine = fake(WEB);
    let door = door(&engine).of_project("shop");
    assert_refused(door.json(remove(OLD, false)).await, "before there is one");

    door.json(create(WEB, false)).await.unwrap();
    door.json(remove(OLD, false)).await.unwrap();
    assert_eq!(removals(&engine), 1);
}

#[tokio::test]
async fn what_has_none_stays() {
    let is_one_off = Labels {
        one_off: "True",
        ..WEB
    };
    let other = |labels| (labels, WEB, false);
    for (old, new, goes_by_itself) in [
        other(Labels {
            project: "blog",
            ..WEB
        }),
        other(Labels {
            service: "db",
            ..WEB
        }),
        other(Labels { number: "2", ..WEB }),
        other(Labels { number: "", ..WEB }),
        other(is_one_off),
        (WEB, is_one_off, false),
        (
            WEB,
            Labels {
                project: "blog",
                ..WEB
            },
            false,
        ),
        (WEB, WEB, true),
    ] {
        let engine = fake(old);
        let door = door(&engine).of_project("shop");
        door.json(create(new, goes_by_itself)).await.unwrap();
        let what = format!("{:?} by {:?}, {goes_by_itself}", old.all(), new.all());
        assert_refused(door.json(remove(OLD, false)).await, &what);
        assert_eq!(removals(&engine), 0, "{what}");
    }
}

/// A project that was not judged is none, and so is what another call has made.
#[tokio::test]
async fn the_right_is_of_the_call_and_its_project() {
    let engine = fake(WEB);
    let without = door(&engine);
    without.json(create(WEB, false)).await.unwrap();
    assert_refused(without.json(remove(OLD, false)).await, "without a project");

    let first = door(&engine).of_project("shop");
    first.json(create(WEB, false)).await.unwrap();
    let second = door(&engine).of_project("shop");
    assert_refused(second.json(remove(OLD, false)).await, "of another call");
    assert_eq!(removals(&engine), 0);
}

#[tokio::test]
async fn neither_volumes_nor_a_name_nor_a_place_left_empty_go_with_it() {
    let engine = fake(WEB);
    let door = door(&engine).of_project("shop");
    door.json(create(WEB, false)).await.unwrap();
    assert_refused(door.json(remove(OLD, true)).await, "with its volumes");
    // By now the name may be another container's.
    assert_refused(door.json(remove("shop-web-1", false)).await, "by its name");

    door.json(remove(NEW, false)).await.unwrap();
    assert_refused(
        door.json(remove(OLD, false)).await,
        "once the successor is gone",
    );
    assert_eq!(removals(&engine), 1);
}
