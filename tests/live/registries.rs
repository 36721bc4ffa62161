//! `docker_pull_image` and `docker_push_image` against a real registry, open and with a password.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::docker::{docker, image, run, unique};
use crate::registry::{PASSWORD, Registry, USER, docker_config};
use crate::session::{Session, says};

const PULL: &str = "docker_pull_image";
const PUSH: &str = "docker_push_image";

/// The id the Engine has for the test image.
fn id() -> String {
    docker(&["image", "inspect", "-f", "{{.Id}}", &image()])
}

#[tokio::test]
async fn what_was_pushed_comes_back_by_tag_and_by_digest() {
    let Some(session) = Session::start().await else {
        return;
    };
    let registry = Registry::open();
    let repository = registry.repository();
    let name = registry.tagged("1");

    let pushed = session.ok(PUSH, json!({"image": name})).await;
    assert_eq!(pushed["image"], name);
    assert_eq!(pushed["status"], "pushed");
    let digest = pushed["digest"].as_str().unwrap().to_owned();
    let witness = docker(&["image", "inspect", "-f", "{{json .RepoDigests}}", &name]);
    assert!(
        witness.contains(&format!("{repository}@{digest}")),
        "{witness}"
    );

    registry.forget_local();
    let pulled = session
        .ok(PULL, json!({"image": repository, "tag": "1"}))
        .await;
    assert_eq!(pulled["image"], name);
    assert_eq!(pulled["id"], id());
    assert!(pulled["tags"].as_array().unwrap().contains(&json!(name)));
    says(pulled["status"].as_str().unwrap(), &["newer image"]);
    let again = session.ok(PULL, json!({"image": name})).await;
    says(again["status"].as_str().unwrap(), &["up to date"]);

    registry.forget_local();
    let by_digest = format!("{repository}@{digest}");
    let pulled = session.ok(PULL, json!({"image": by_digest})).await;
    assert_eq!(pulled["image"], by_digest);
    assert_eq!(pulled["id"], id());
}

/// A registry's port is no tag, so a name with one and nothing else stands for `latest`.
#[tokio::test]
async fn without_a_tag_it_is_latest_and_nothing_else() {
    let Some(session) = Session::start().await else {
        return;
    };
    let registry = Registry::open();
    let repository = registry.repository();
    registry.tagged("latest");
    let other = registry.tagged("other");

    let pushed = session.ok(PUSH, json!({"image": repository})).await;
    assert_eq!(pushed["image"], format!("{repository}:latest"));
    let text = session.fails(PULL, json!({"image": other})).await;
    says(&text, &["manifest", "other"]);

    registry.forget_local();
    let pulled = session.ok(PULL, json!({"image": repository})).await;
    assert_eq!(pulled["image"], format!("{repository}:latest"));
}

#[tokio::test]
async fn all_tags_brings_every_tag() {
    let Some(session) = Session::start().await else {
        return;
    };
    let registry = Registry::open();
    let repository = registry.repository();
    for tag in ["1", "2", "latest"] {
        let name = registry.tagged(tag);
        session.ok(PUSH, json!({"image": name})).await;
    }
    registry.forget_local();

    let pulled = session
        .ok(PULL, json!({"image": repository, "all_tags": true}))
        .await;

    let mut tags: Vec<&str> = pulled["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag.as_str().unwrap())
        .collect();
    tags.sort_unstable();
    let expected = ["1", "2", "latest"].map(|tag| format!("{repository}:{tag}"));
    assert_eq!(tags, expected);
    assert_eq!(pulled["id"], id());
    for name in expected {
        assert!(run(&["image", "inspect", &name]).is_ok(), "{name}");
    }
}

/// An image of two platforms: one tag whose content depends on who asks.
#[tokio::test]
async fn a_platform_is_asked_for() {
    let Some(session) = Session::start().await else {
        return;
    };
    let registry = Registry::open();
    let repository = registry.repository();
    let folder = docker_config(&json!({}));
    let context = crate::workplace::workplace();
    fs::write(
        context.path().join("Dockerfile"),
        "FROM scratch\nCOPY Dockerfile /\n",
    )
    .unwrap();
    let both = format!("{repository}:both");
    let mut create = vec!["manifest", "create", "--insecure", &both];
    let names = ["amd64", "arm64"].map(|arch| (arch, format!("{repository}:{arch}")));
    for (arch, name) in &names {
        let arguments = json!({
            "path": context.path(), "tag": name, "labels": {"arch": arch},
        });
        session.ok("docker_build_image", arguments).await;
        session.ok(PUSH, json!({"image": name})).await;
        create.push(name);
    }
    let config = ["--config", folder.path().to_str().unwrap()];
    docker(&[&config, create.as_slice()].concat());
    for (arch, name) in &names {
        let annotate = [
            "manifest", "annotate", "--os", "linux", "--arch", arch, &both, name,
        ];
        docker(&[&config, &annotate[..]].concat());
    }
    docker(&[&config, &["manifest", "push", "--insecure", &both][..]].concat());
    registry.forget_local();

    for arch in ["arm64", "amd64"] {
        let platform = format!("linux/{arch}");
        let pulled = session
            .ok(PULL, json!({"image": both, "platform": platform}))
            .await;
        let format = "{{.Config.Labels.arch}} {{.Id}}";
        let witness = docker(&["image", "inspect", "-f", format, &both]);
        assert_eq!(
            witness,
            format!("{arch} {}", pulled["id"].as_str().unwrap())
        );
    }
    for (platform, words) in [
        ("linux/s390x", &["no matching manifest", "s390x"][..]),
        ("a b", &["platform"]),
    ] {
        let arguments = json!({"image": both, "platform": platform});
        says(&session.fails(PULL, arguments).await, words);
    }
}

#[tokio::test]
async fn contradictions_are_refused_before_anything_is_sent() {
    let Some(session) = Session::start().await else {
        return;
    };
    let digest = format!("127.0.0.1:1/web@sha256:{}", "0".repeat(64));
    for (tool, arguments, words) in [
        (
            PULL,
            json!({"image": "127.0.0.1:1/web:1", "tag": "2"}),
            ["`1`", "`2`"],
        ),
        (
            PULL,
            json!({"image": digest, "tag": "2"}),
            ["sha256", "`2`"],
        ),
        (
            PULL,
            json!({"image": "127.0.0.1:1/web:1", "all_tags": true}),
            ["all_tags", "`1`"],
        ),
        (PULL, json!({"image": id()}), ["image", "id"]),
        (
            PULL,
            json!({"image": "127.0.0.1:1/Web"}),
            ["image", "capital"],
        ),
        (
            PUSH,
            json!({"image": "127.0.0.1:1/web:1", "tag": "2"}),
            ["`1`", "`2`"],
        ),
        (PUSH, json!({"image": digest}), ["digest", "tag"]),
        (
            PUSH,
            json!({"image": "127.0.0.1:1/web", "tag": "a/b"}),
            ["tag", "tag"],
        ),
    ] {
        session.refuses(tool, arguments, &words).await;
    }
}

#[tokio::test]
async fn a_missing_image_and_a_missing_registry_are_named() {
    let Some(session) = Session::start().await else {
        return;
    };
    let registry = Registry::open();
    let absent = format!("{}/{}", registry.host, unique("absent"));
    let text = session.fails(PULL, json!({"image": absent})).await;
    says(&text, &["pulling", &absent, "not found"]);
    let text = session.fails(PUSH, json!({"image": absent})).await;
    says(&text, &["pushing", &absent, "does not exist"]);
    let text = session
        .fails(PULL, json!({"image": "127.0.0.1:1/web"}))
        .await;
    says(&text, &["127.0.0.1:1", "refused"]);
}

/// The ways in which a Docker configuration holds a password: as it is, in a helper for one
/// registry, in a store for all.
#[tokio::test]
async fn credentials_come_from_the_docker_configuration() {
    if Session::start().await.is_none() {
        return;
    }
    let registry = Registry::with_password();
    let name = registry.tagged("1");
    let host = registry.host.as_str();
    // base64 of `me:abc>>>def???~~~`.
    let plain = json!({"auths": {host: {"auth": "bWU6YWJjPj4+ZGVmPz8/fn5+"}}});
    let helpers = tempfile::tempdir().unwrap();
    let helper = helpers.path().join("docker-credential-test");
    let answer = json!({"ServerURL": host, "Username": USER, "Secret": PASSWORD});
    fs::write(
        &helper,
        format!("#!/bin/sh\ncat >/dev/null\necho '{answer}'\n"),
    )
    .unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        helpers.path().display(),
        std::env::var("PATH").unwrap()
    );

    for config in [
        plain,
        json!({"credHelpers": {host: "test"}}),
        json!({"credsStore": "test", "auths": {host: {}}}),
    ] {
        let folder = docker_config(&config);
        let settings = [
            ("DOCKER_CONFIG", folder.path().to_str().unwrap()),
            ("PATH", &path),
        ];
        let session = Session::with(&settings).await.unwrap();
        let pushed = session.ok(PUSH, json!({"image": name})).await;
        assert!(pushed["digest"].is_string(), "{config}");
        registry.forget_local();
        let pulled = session.ok(PULL, json!({"image": name})).await;
        assert_eq!(pulled["id"], id(), "{config}");

        // A build needs them for its base image.
        registry.forget_local();
        let context = crate::workplace::workplace();
        fs::write(context.path().join("Dockerfile"), format!("FROM {name}\n")).unwrap();
        let built = session
            .ok(
                "docker_build_image",
                json!({"path": context.path(), "pull": true}),
            )
            .await;
        assert_eq!(built["image_id"], id(), "{config}");
    }
}

#[tokio::test]
async fn missing_and_wrong_credentials_say_so_and_keep_the_password() {
    if Session::start().await.is_none() {
        return;
    }
    let registry = Registry::with_password();
    let host = registry.host.as_str();
    let name = registry.tagged("1");
    // base64 of `me:hunter2-wrong`.
    let wrong = json!({"auths": {host: {"auth": "bWU6aHVudGVyMi13cm9uZw=="}}});
    let token = json!({"auths": {host: {"auth": "bWU6", "identitytoken": "hunter2-token"}}});
    for (config, words) in [
        (json!({}), &["no credentials", "docker login 127.0.0.1"][..]),
        (wrong, &["does not accept", "`me`", "docker login"]),
        (token, &["docker login"]),
        (
            json!({"credHelpers": {host: "absent"}}),
            &["helper", "PATH"],
        ),
        (json!({"auths": {host: {"auth": "%%%"}}}), &["damaged"]),
    ] {
        let folder = docker_config(&config);
        let settings = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
        let session = Session::with(&settings).await.unwrap();
        for tool in [PULL, PUSH] {
            let text = session.fails(tool, json!({"image": name})).await;
            says(&text, words);
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}

/// One implementation pulls for `docker_create_container` as well.
#[tokio::test]
async fn a_container_can_be_created_from_an_image_behind_a_password() {
    if Session::start().await.is_none() {
        return;
    }
    let registry = Registry::with_password();
    let name = registry.tagged("1");
    let auth: Value =
        json!({"auths": {registry.host.as_str(): {"auth": "bWU6YWJjPj4+ZGVmPz8/fn5+"}}});
    let folder = docker_config(&auth);
    let settings = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
    let session = Session::with(&settings).await.unwrap();
    session.ok(PUSH, json!({"image": name})).await;
    registry.forget_local();
    let created = session
        .ok(
            "docker_create_container",
            json!({"image": name, "pull": "missing"}),
        )
        .await;
    docker(&["rm", created["container_id"].as_str().unwrap()]);
}
