//! The door to Docker, against an Engine that answers by script.

mod connections;
mod failures;
mod replies;
mod streams;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptions, EventsOptions, InspectContainerOptions, ListContainersOptions,
    LogsOptions, PushImageOptions, RemoveVolumeOptions, StartContainerOptions,
    StopContainerOptions,
};
use futures_util::{StreamExt, TryStreamExt, future};
use mcp_docker::engine::{Engine, EngineError, Request, record};
use serde_json::{Value, json};

use crate::support::fake_engine::{FakeEngine, Reply, version};

fn list() -> Request {
    let options = ListContainersOptions {
        all: true,
        ..Default::default()
    };
    record(|docker| async move { docker.list_containers(Some(options)).await }).unwrap()
}

fn inspect(name: &'static str) -> Request {
    record(|docker| async move {
        docker
            .inspect_container(name, None::<InspectContainerOptions>)
            .await
    })
    .unwrap()
    .about("container", name)
}

fn stop(name: &'static str) -> Request {
    record(|docker| async move {
        docker
            .stop_container(name, None::<StopContainerOptions>)
            .await
    })
    .unwrap()
    .about("container", name)
}

fn events() -> Request {
    record(|docker| async move {
        docker
            .events(None::<EventsOptions>)
            .boxed()
            .try_next()
            .await
    })
    .unwrap()
}

fn logs() -> Request {
    let options = LogsOptions {
        follow: true,
        stdout: true,
        ..Default::default()
    };
    record(|docker| async move { docker.logs("web", Some(options)).boxed().try_next().await })
        .unwrap()
}

async fn error(engine: &Engine, request: Request) -> EngineError {
    engine.json(request).await.unwrap_err()
}

/// bollard fails the whole list over one state it does not know; Podman has several.
#[tokio::test]
async fn values_that_bollard_does_not_know_pass_through_untouched() {
    let containers =
        json!([{ "Id": "1", "State": "stopped", "Ports": [{ "Type": "dccp" }], "New": null }]);
    let event = json!({ "Type": "pod", "Action": "prune", "Actor": { "ID": "1" } });
    let docker = FakeEngine::start()
        .on("GET /containers/json", containers.clone())
        .on("GET /events", event.clone());
    let engine = docker.door();
    assert_eq!(engine.json(list()).await.unwrap(), containers);
    let events: Vec<Value> = engine.objects(events()).try_collect().await.unwrap();
    assert_eq!(events, [event]);
}

#[tokio::test]
async fn twenty_first_calls_share_one_negotiation_and_each_sends_the_version() {
    let docker = FakeEngine::start()
        .answer("GET /version", |_| {
            Reply::from(version("1.41")).every(Duration::from_millis(50))
        })
        .on("GET /containers/json", json!([]));
    let engine = docker.door();
    let calls = (0..20).map(|_| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.json(list()).await })
    });
    for result in future::try_join_all(calls).await.unwrap() {
        result.unwrap();
    }
    assert_eq!(docker.negotiations(), 1);
    assert_eq!(
        docker.requests(),
        vec!["GET /containers/json?all=true&size=false"; 20]
    );
    for request in docker.seen() {
        let expected = (request.target != "/version").then_some("1.41");
        assert_eq!(request.version.as_deref(), expected);
    }
}

#[tokio::test]
async fn the_version_is_never_above_the_engines_nor_above_bollards() {
    for (offered, sent) in [
        ("1.41", "1.41"),
        ("1.53", "1.53"),
        ("1.60", "1.53"),
        ("2.0", "1.53"),
    ] {
        let docker = FakeEngine::start()
            .on("GET /version", version(offered))
            .on("GET /containers/json", json!([]));
        docker.door().json(list()).await.unwrap();
        let request = docker.seen().pop().unwrap();
        assert_eq!(request.version.as_deref(), Some(sent), "offered {offered}");
    }
}

/// A daemon replaced by an older one refuses the version agreed with the other.
#[tokio::test]
async fn a_version_that_the_engine_refuses_is_negotiated_anew() {
    let asked = AtomicUsize::new(0);
    let docker = FakeEngine::start()
        .answer("GET /version", move |_| {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            version(if first { "1.53" } else { "1.41" }).into()
        })
        .answer("GET /containers/json", |request| {
            match request.version.as_deref() {
                Some("1.41") => json!([]).into(),
                _ => Reply::error(
                    400,
                    "client version 1.53 is too new. Maximum supported API version is 1.41",
                ),
            }
        });
    let engine = docker.door();
    let error = error(&engine, list()).await;
    assert!(
        matches!(error, EngineError::Rejected { status: 400, .. }),
        "{error}"
    );
    assert_eq!(engine.json(list()).await.unwrap(), json!([]));
}

/// bollard resolves `..` itself: unchecked, this removes a container by way of a volume's name.
#[tokio::test]
async fn a_path_that_left_its_place_is_refused_before_a_connection_is_opened() {
    let docker = FakeEngine::start();
    let engine = docker.door();
    for name in [
        "../containers/web",
        "%2e%2e/containers/web",
        "web?force=true",
        "",
        "a\nb",
    ] {
        let request = record(|docker| async move {
            docker
                .remove_volume(name, None::<RemoveVolumeOptions>)
                .await
        });
        let error = error(&engine, request.unwrap().about("volume", name)).await;
        assert!(
            matches!(error, EngineError::NotSent(_)),
            "{name:?} gave {error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with("the request was not sent: the volume reference"),
            "{error}"
        );
    }
    assert!(docker.seen().is_empty());
}

/// The Engine decodes the URL-safe alphabet only, and is silently anonymous otherwise.
#[tokio::test]
async fn credentials_are_sent_in_the_alphabet_that_the_engine_decodes() {
    let docker = FakeEngine::start().on("POST /images/app/push", Reply::empty(200));
    let credentials = DockerCredentials {
        username: Some("me".to_owned()),
        password: Some("abc>>>def???~~~".to_owned()),
        ..Default::default()
    };
    let push = record(|docker| async move {
        docker
            .push_image("app", None::<PushImageOptions>, Some(credentials))
            .boxed()
            .try_next()
            .await
    });
    let engine = docker.door();
    let _: Vec<Value> = engine.objects(push.unwrap()).try_collect().await.unwrap();
    let sent = docker.seen().pop().unwrap();
    let auth = sent
        .headers
        .get("x-registry-auth")
        .unwrap()
        .to_str()
        .unwrap();
    assert!(
        auth.contains(['-', '_']) && !auth.contains(['+', '/']),
        "{auth}"
    );
}

#[tokio::test]
async fn the_body_and_the_query_that_bollard_built_arrive_unchanged() {
    let docker = FakeEngine::start()
        .on(
            "POST /containers/create?name=web&*",
            json!({ "Id": "1", "Warnings": [] }),
        )
        .on("POST /containers/web/start", Reply::empty(204));
    let create = record(|docker| async move {
        let options = CreateContainerOptions {
            name: Some("web".to_owned()),
            ..Default::default()
        };
        let body = ContainerCreateBody {
            image: Some("alpine".to_owned()),
            env: Some(vec!["A=ä&b".to_owned()]),
            ..Default::default()
        };
        docker.create_container(Some(options), body).await
    });
    let start = record(|docker| async move {
        docker
            .start_container("web", None::<StartContainerOptions>)
            .await
    });
    let engine = docker.door();
    let created = engine.json(create.unwrap()).await.unwrap();
    engine.json(start.unwrap()).await.unwrap();
    assert_eq!(
        docker.requests(),
        [
            "POST /containers/create?name=web&platform=",
            "GET /containers/web/json",
            "POST /containers/web/start"
        ]
    );
    assert_eq!(
        docker.bodies(),
        [json!({ "Image": "alpine", "Env": ["A=ä&b"] })]
    );
    assert_eq!(created["Id"], "1");
}
