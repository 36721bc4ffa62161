//! Looks at what the policy makes of bodies that bollard would not write.

use super::*;

/// A request with this body, which bollard would not write.
fn with_body(body: &'static str) -> Request {
    record(|docker| async move {
        let empty = ContainerCreateBody::default();
        let reply = docker
            .create_container(None::<CreateContainerOptions>, empty)
            .await;
        writing(reply, body)
    })
    .unwrap()
}

fn writing<T>(reply: Result<T, Unanswered>, body: &'static str) -> Result<T, Unanswered> {
    reply.map_err(|unanswered| {
        let request = unanswered.into_request().map(|mut request| {
            *request.body_mut() = bollard::body_full(body.into());
            request
        });
        Unanswered::from(request)
    })
}

/// What the policy cannot read it cannot judge; the Engine takes keys in any case.
#[tokio::test]
async fn a_body_in_another_form_is_refused() {
    let engine = engine();
    for (body, word) in [
        ("", "no JSON object"),
        ("[\"HostConfig\"]", "no JSON object"),
        ("{\"HostConfig\": {}} {}", "no JSON object"),
        ("{\"hostconfig\": {\"Privileged\": true}}", "hostconfig"),
        ("{\"HostConfig\": [1]}", "HostConfig"),
        ("{\"HostConfig\": {\"privileged\": true}}", "privileged"),
        ("{\"HostConfig\": {\"Privileged\": 1}}", "Privileged"),
        ("{\"HostConfig\": {\"Binds\": \"/etc:/x\"}}", "Binds"),
        (
            "{\"HostConfig\": {\"Mounts\": {\"Type\": \"bind\"}}}",
            "Mounts",
        ),
        ("{\"HostConfig\": {\"OfTomorrow\": \"x\"}}", "OfTomorrow"),
        (
            "{\"NetworkingConfig\": {\"OfTomorrow\": \"x\"}}",
            "OfTomorrow",
        ),
        (r#"{"Volumes": {"/etc:/x": {}}}"#, "/etc"),
        (
            r#"{"HostConfig": {"Mounts": [{"Type": "tmpfs", "type": "bind", "Source": "/etc"}]}}"#,
            "`type`",
        ),
        (
            r#"{"HostConfig": {"Mounts": [{"Type": "volume", "VolumeOptions": {"driverconfig": {"Name": "local"}}}]}}"#,
            "driverconfig",
        ),
        (
            r#"{"NetworkingConfig": {"EndpointsConfig": {"lab": {"driveropts": {"a": "b"}}}}}"#,
            "driveropts",
        ),
    ] {
        let text = refusal(&engine, with_body(body)).await;
        assert!(text.contains(word), "{body}: {text}");
    }
}

#[tokio::test]
async fn a_body_of_any_request_has_known_fields_only() {
    let exec = record(|docker| async move {
        let reply = docker.create_exec("web", ExecConfig::default()).await;
        writing(reply, r#"{"Cmd": ["id"], "privileged": true}"#)
    });
    let network = record(|docker| async move {
        let reply = docker.create_network(NetworkCreateRequest::default()).await;
        writing(reply, r#"{"Name": "lab", "driver": "host"}"#)
    });
    let connect = record(|docker| async move {
        let reply = docker
            .connect_network("lab", NetworkConnectRequest::default())
            .await;
        writing(reply, r#"{"Container": "web", "endpointconfig": {"a": 1}}"#)
    });
    let disconnect = record(|docker| async move {
        let reply = docker
            .disconnect_network("lab", NetworkDisconnectRequest::default())
            .await;
        writing(reply, r#"{"Container": "web", "container": "own"}"#)
    });
    for (request, field) in [
        (exec, "`privileged`"),
        (network, "`driver`"),
        (connect, "`endpointconfig`"),
        (disconnect, "`container`"),
    ] {
        let text = refusal(&engine(), request.unwrap()).await;
        assert!(text.contains(field), "{text}");
    }
}

#[tokio::test]
async fn what_is_sent_is_what_was_judged() {
    let fake = engine();
    let twice =
        with_body("{\"HostConfig\": {\"Privileged\": true}, \"HostConfig\": {\"Init\": true}}");
    fake.door().json(twice).await.unwrap();
    let sent = fake.seen().pop().unwrap();
    assert_eq!(sent.body, "{\"HostConfig\":{\"Init\":true}}");
}

/// A name in a body becomes the path of a question to the Engine.
#[tokio::test]
async fn what_the_policy_asks_for_keeps_to_its_place() {
    let fake = engine();
    let request = host(json!({"VolumesFrom": ["../networks/lab"]}));
    let error = fake.door().json(request).await.unwrap_err();
    assert!(matches!(error, EngineError::NotSent(_)), "{error:?}");
    assert_eq!(fake.requests(), Vec::<String>::new());
}

/// An image of a container takes on nothing that the container does not have: no settings, no lines of a
/// Dockerfile.
#[tokio::test]
async fn a_commit_brings_nothing_along() {
    let commit = |options: CommitContainerOptions, config: ContainerConfig| {
        record(|docker| async move { docker.commit_container(options, config).await }).unwrap()
    };
    let web = || CommitContainerOptions {
        container: Some("web".to_owned()),
        ..Default::default()
    };
    let changed = CommitContainerOptions {
        changes: Some("USER root".to_owned()),
        ..web()
    };
    let entered = ContainerConfig {
        on_build: Some(vec!["RUN id".to_owned()]),
        ..Default::default()
    };
    let nobody = CommitContainerOptions::default();
    for (request, word) in [
        (commit(changed, ContainerConfig::default()), "`changes`"),
        (commit(web(), entered), "`OnBuild`"),
        (commit(nobody, ContainerConfig::default()), "`container`"),
    ] {
        let text = refusal(&engine(), request).await;
        assert!(text.contains(word), "{text}");
    }
    let fake = engine().on("POST /commit", json!({"Id": "sha256:0"}));
    let plain = commit(web(), ContainerConfig::default());
    fake.door().json(plain).await.unwrap();
    assert_eq!(fake.seen().pop().unwrap().body, "{}");
}
