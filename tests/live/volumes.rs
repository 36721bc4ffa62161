//! The tools of `catalog/volumes/`, but the prune.

use serde_json::{Value, json};

use crate::docker::{Container, Object, docker, unique};
use crate::session::{Session, says};

/// The Engine's own document of a volume.
fn document(name: &str) -> Value {
    serde_json::from_str::<Value>(&docker(&["volume", "inspect", name])).unwrap()[0].take()
}

#[tokio::test]
async fn volumes_are_listed_by_name_with_their_labels_when_asked() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (one, label) = (Object::claim("volume"), unique("label"));
    docker(&["volume", "create", "--label", &label, &one.name]);
    let tool = "docker_list_volumes";
    let listed = session
        .ok(tool, json!({"filters": {"label": [label]}, "labels": true}))
        .await;
    assert_eq!(listed["total"], 1);
    let mountpoint = document(&one.name)["Mountpoint"].clone();
    assert_eq!(
        listed["volumes"][0],
        json!({"name": one.name, "driver": "local", "scope": "local", "mountpoint": mountpoint, "labels": {label: ""}})
    );
    let none = session
        .ok(tool, json!({"filters": {"label": unique("label")}}))
        .await;
    assert_eq!(none["volumes"], json!([]));

    session
        .refuses(tool, json!({"filters": {"colour": "red"}}), &["colour"])
        .await;
    session
        .refuses(tool, json!({"labels": 3}), &["labels"])
        .await;
}

#[tokio::test]
async fn an_inspect_shows_a_volume_or_names_the_one_that_is_not_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (tool, one) = ("docker_inspect_volume", Object::new("volume"));
    let whole = session.ok(tool, json!({"volume_name": one.name})).await;
    assert_eq!(
        whole["details"]["Mountpoint"],
        document(&one.name)["Mountpoint"]
    );
    let chosen = session
        .ok(tool, json!({"volume_name": one.name, "fields": ["Driver"]}))
        .await;
    assert_eq!(chosen["details"], json!({"Driver": "local"}));

    session
        .knows_none(tool, "volume_name", "no such volume")
        .await;
    session
        .refuses(
            tool,
            json!({"volume_name": "../containers"}),
            &["volume_name"],
        )
        .await;
}

#[tokio::test]
async fn a_volume_is_created_as_asked_and_once() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (tool, one) = ("docker_create_volume", Object::claim("volume"));
    let arguments = json!({
        "name": one.name, "labels": {"a": "b"}, "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"},
    });
    let made = session.ok(tool, arguments.clone()).await;
    let engine = document(&one.name);
    assert_eq!(
        made,
        json!({"name": one.name, "driver": "local", "mountpoint": engine["Mountpoint"]})
    );
    assert_eq!(engine["Options"]["o"], "size=1m");
    assert_eq!(engine["Labels"], json!({"a": "b"}));
    assert_eq!(session.ok(tool, arguments).await, made);

    let nameless = session.ok(tool, json!({})).await;
    let name = nameless["name"].as_str().unwrap();
    assert_eq!(docker(&["volume", "rm", name]), name);
}

#[tokio::test]
async fn a_volume_that_cannot_be_created_says_why() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (tool, one) = ("docker_create_volume", Object::claim("volume"));
    session
        .refuses(tool, json!({"name": "a/b"}), &["name", "`/`"])
        .await;
    let secret = json!({"name": one.name, "driver_opts": {"o": ["hunter2"]}});
    let refusal = session.fails(tool, secret).await;
    says(&refusal, &["driver_opts"]);
    assert!(!refusal.contains("hunter2"), "{refusal}");
    assert!(!one.exists());
}

#[tokio::test]
async fn a_volume_goes_when_no_container_uses_it() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let (tool, volume) = ("docker_remove_volume", Object::new("volume"));
    let mount = format!("{}:/data", volume.name);
    let container = Container::with("uses", &["create", "-v", &mount], "true");
    for force in [false, true] {
        let refusal = session
            .fails(tool, json!({"volume_name": volume.name, "force": force}))
            .await;
        says(
            &refusal,
            &["in use", &container.name, "docker_remove_container"],
        );
    }
    assert!(volume.exists());

    docker(&["rm", &container.name]);
    let removed = session.ok(tool, json!({"volume_name": volume.name})).await;
    assert_eq!(
        removed,
        json!({"volume_name": volume.name, "space_reclaimed": 0})
    );
    assert!(!volume.exists());
    let again = session
        .fails(tool, json!({"volume_name": volume.name}))
        .await;
    says(&again, &["no such volume", &volume.name]);
}
