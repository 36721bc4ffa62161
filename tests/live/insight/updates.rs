//! `docker_check_updates` against a real registry, which counts what it is asked.

use serde_json::{Value, json};

use super::ON;
use crate::docker::{Container, docker, run, unique};
use crate::registry::{Registry, docker_config};
use crate::session::{Session, says};

const UPDATES: &str = "docker_check_updates";

/// Makes an image that is like no other, and gives it this name.
fn make(name: &str) {
    let container = Container::created("of_update");
    let label = format!("LABEL made={}", unique("made"));
    docker(&["commit", "--change", &label, &container.name, name]);
}

/// Has the registry have a new image under a tag, of which the Engine keeps nothing. Gives its digest.
fn publish(registry: &Registry, tag: &str) -> String {
    let name = format!("{}:{tag}", registry.repository());
    make(&name);
    docker(&["push", &name]);
    let kept = docker(&["image", "inspect", "-f", "{{json .RepoDigests}}", &name]);
    let kept: Vec<String> = serde_json::from_str(&kept).unwrap();
    let own = format!("{}@", registry.repository());
    let kept = kept.iter().find(|it| it.starts_with(&own)).unwrap();
    docker(&["rmi", &name]);
    let _ = run(&["rmi", kept]);
    kept.split_once('@').unwrap().1.to_owned()
}

/// A container that was made from what the registry has under a tag now.
fn pulled(registry: &Registry, tag: &str) -> Container {
    let name = format!("{}:{tag}", registry.repository());
    docker(&["pull", &name]);
    made_from(&name)
}

fn made_from(image: &str) -> Container {
    let container = Container::named("update");
    docker(&["create", "--name", &container.name, image, "true"]);
    container
}

/// What is said of these containers.
async fn told(session: &Session, containers: &[&Container]) -> Vec<Value> {
    let names: Vec<&str> = containers.iter().map(|it| it.name.as_str()).collect();
    let result = session.ok(UPDATES, json!({ "containers": names })).await;
    let rows = result["images"].as_array().unwrap();
    let of = |name: &&str| rows.iter().find(|row| row["container"] == **name).cloned();
    names.iter().map(|name| of(name).unwrap()).collect()
}

/// What a row says of digests.
fn digests(row: &Value) -> (&Value, &Value, &Value) {
    (&row["have"], &row["newest"], &row["update"])
}

fn why(row: &Value) -> &str {
    row["why"].as_str().unwrap_or_else(|| panic!("{row}"))
}

#[tokio::test]
async fn each_container_is_told_whether_its_tag_leads_to_another_image() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let registry = Registry::open();
    let repository = registry.repository();
    let same_digest = publish(&registry, "same");
    let same = pulled(&registry, "same");
    let same_again = made_from(&format!("{repository}:same"));
    let old_digest = publish(&registry, "newer");
    let newer = pulled(&registry, "newer");
    let new_digest = publish(&registry, "newer");
    publish(&registry, "moved");
    let moved = pulled(&registry, "moved");
    publish(&registry, "moved");
    docker(&["pull", &format!("{repository}:moved")]);
    publish(&registry, "gone");
    let gone = pulled(&registry, "gone");
    registry.lose("gone");
    let by_digest = format!("{repository}@{same_digest}");
    let pinned = made_from(&by_digest);
    let local_name = unique("local");
    make(&local_name);
    let local = made_from(&local_name);
    let before = registry.asked().len();

    let containers = [&same, &same_again, &newer, &moved, &gone, &pinned, &local];
    let rows = told(&session, &containers).await;

    let [
        same_row,
        again,
        newer_row,
        moved_row,
        gone_row,
        pinned_row,
        local_row,
    ] = &*rows
    else {
        panic!("{rows:?}");
    };
    let is_same = (&json!(same_digest), &json!(same_digest), &json!(false));
    assert_eq!(digests(same_row), is_same, "{same_row}");
    assert_eq!(digests(again), is_same, "{again}");
    assert_eq!(same_row["image"], format!("{repository}:same"));
    let is_newer = (&json!(old_digest), &json!(new_digest), &json!(true));
    assert_eq!(digests(newer_row), is_newer, "{newer_row}");
    assert_eq!(newer_row["image"], format!("{repository}:newer"));
    assert_eq!(moved_row["update"], true, "{moved_row}");
    says(why(moved_row), &["already"]);
    assert_eq!(gone_row["update"], Value::Null, "{gone_row}");
    says(why(gone_row), &["no such tag", "manifest unknown"]);
    let is_pinned = (&json!(same_digest), &Value::Null, &Value::Null);
    assert_eq!(digests(pinned_row), is_pinned, "{pinned_row}");
    says(why(pinned_row), &["pinned"]);
    assert_eq!(local_row["update"], Value::Null, "{local_row}");
    assert!(!why(local_row).is_empty());

    // Each tag was asked for once, however many containers run it, and nothing was fetched.
    let asked = registry.asked().split_off(before);
    let times = |tag: &str| {
        let end = format!("/manifests/{tag}");
        asked
            .iter()
            .filter(|line| line.starts_with("HEAD ") && line.ends_with(&end))
            .count()
    };
    let asked_for = ["same", "newer", "moved", "gone"].map(times);
    assert_eq!(asked_for, [1; 4], "{asked:?}");
    let newest = format!("{repository}@{new_digest}");
    assert!(run(&["image", "inspect", &newest]).is_err(), "{newest}");
    drop(local);
    docker(&["rmi", &local_name]);

    session
        .refuses(
            UPDATES,
            json!({ "containers": [unique("absent")] }),
            &["no such container"],
        )
        .await;
}

/// The Engine keeps the digest of the list of platforms, and that is what a tag leads to.
#[tokio::test]
async fn an_image_of_several_platforms_is_compared_as_a_whole() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let registry = Registry::open();
    let both = format!("{}:both", registry.repository());
    let folder = docker_config(&json!({}));
    let config = ["--config", folder.path().to_str().unwrap()];
    let list = |parts: &[&str]| {
        let names = parts
            .iter()
            .map(|part| format!("{}:{part}", registry.repository()));
        let names: Vec<String> = names.collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let create = ["manifest", "create", "--insecure", &both];
        docker(&[&config, &create[..], &names].concat());
        let push = ["manifest", "push", "--insecure", "--purge", &both];
        docker(&[&config, &push[..]].concat())
    };
    publish(&registry, "one");
    let first = list(&["one"]);
    let container = pulled(&registry, "both");
    let rows = told(&session, &[&container]).await;
    let is_same = (&json!(first), &json!(first), &json!(false));
    assert_eq!(digests(&rows[0]), is_same, "{rows:?}");

    publish(&registry, "one");
    let second = list(&["one"]);
    let rows = told(&session, &[&container]).await;
    let is_newer = (&json!(first), &json!(second), &json!(true));
    assert_eq!(digests(&rows[0]), is_newer, "{rows:?}");
    says(why(&rows[0]), &["platforms"]);
}

#[tokio::test]
async fn a_registry_with_a_password_is_asked_with_the_users_credentials() {
    let Some(stranger) = Session::with(&ON).await else {
        return;
    };
    let registry = Registry::with_password();
    // base64 of `me:abc>>>def???~~~` and `me:hunter2-wrong`.
    let with = |auth: &str| docker_config(&json!({"auths": {&registry.host: {"auth": auth}}}));
    let (right, wrong) = (
        with("bWU6YWJjPj4+ZGVmPz8/fn5+"),
        with("bWU6aHVudGVyMi13cm9uZw=="),
    );
    let name = format!("{}:1", registry.repository());
    make(&name);
    docker(&["--config", right.path().to_str().unwrap(), "push", &name]);
    let container = made_from(&name);
    let (_closed, unreachable) = made_from_closed();

    let rows = told(&stranger, &[&container, &unreachable]).await;
    assert_eq!(rows[0]["update"], Value::Null, "{rows:?}");
    says(
        why(&rows[0]),
        &[
            "credentials needed",
            "no credentials",
            "docker login 127.0.0.1",
        ],
    );
    assert_eq!(rows[1]["update"], Value::Null, "{rows:?}");
    says(why(&rows[1]), &["cannot be reached", "refused"]);
    for (folder, update, words) in [
        (&right, json!(false), ""),
        (&wrong, Value::Null, "does not accept"),
    ] {
        let settings = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
        let session = Session::with(&[&ON[..], &settings].concat()).await.unwrap();
        let rows = told(&session, &[&container]).await;
        assert_eq!(rows[0]["update"], update, "{rows:?}");
        assert!(rows[0].to_string().contains(words), "{rows:?}");
        assert!(!rows[0].to_string().contains("hunter2"), "{rows:?}");
    }
}

/// A container of an image whose registry was there once, with what holds the image.
fn made_from_closed() -> (Registry, Container) {
    let mut registry = Registry::open();
    publish(&registry, "1");
    let container = pulled(&registry, "1");
    registry.close();
    (registry, container)
}
