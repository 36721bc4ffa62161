//! `docker_prune_volumes` and `docker_system_prune`.
//!
//! Other tests run beside these on the same Engine, so every prune here is for one label.

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, image, run, unique};
use crate::session::{Session, says};

/// A volume with a label; without a name the Engine makes one up, as for an anonymous volume.
fn volume(label: &str, name: Option<&str>) -> String {
    let mut command = vec!["volume", "create", "--label", label];
    // What marks an anonymous volume from API 1.42 on.
    if name.is_none() {
        command.extend(["--label", "com.docker.volume.anonymous="]);
    }
    command.extend(name);
    docker(&command)
}

fn exists(volume: &str) -> bool {
    run(&["volume", "inspect", volume]).is_ok()
}

fn only(label: &str) -> Value {
    json!({"label": [label]})
}

#[tokio::test]
async fn named_volumes_survive_unless_all_are_asked_for() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let (tool, label, named) = (
        "docker_prune_volumes",
        unique("label"),
        Object::claim("volume"),
    );
    let anonymous = volume(&label, None);
    volume(&label, Some(&named.name));
    let content = format!("{anonymous}:/data");
    docker(&[
        "run",
        "--rm",
        "-v",
        &content,
        &image(),
        "dd",
        "if=/dev/zero",
        "of=/data/x",
        "bs=1024",
        "count=64",
    ]);

    let pruned = session.ok(tool, json!({"filters": only(&label)})).await;
    assert_eq!(pruned["deleted"], json!([anonymous]));
    assert_eq!(pruned["failed"], json!([]));
    assert!(
        pruned["space_reclaimed"].as_u64().unwrap() >= 65536,
        "{pruned}"
    );
    assert!(!exists(&anonymous) && named.exists());

    let pruned = session
        .ok(tool, json!({"all": true, "filters": only(&label)}))
        .await;
    assert_eq!(pruned["deleted"], json!([named.name]));
    assert!(!named.exists());
}

#[tokio::test]
async fn volumes_in_use_stay_whatever_is_asked_for() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let (tool, label) = ("docker_prune_volumes", unique("label"));
    let (used, free) = (Object::claim("volume"), Object::claim("volume"));
    for one in [&used, &free] {
        volume(&label, Some(&one.name));
    }
    let mount = format!("{}:/data", used.name);
    let _container = Container::with("keeps", &["create", "-v", &mount], WAIT);

    let kept = session
        .ok(
            tool,
            json!({"filters": {"label": label, "label!": label}, "all": true}),
        )
        .await;
    assert_eq!(kept["deleted"], json!([]));

    let pruned = session
        .ok(tool, json!({"force_all": true, "filters": only(&label)}))
        .await;
    assert_eq!(pruned["deleted"], json!([free.name]));
    assert_eq!(pruned["failed"][0]["name"], used.name);
    says(pruned["failed"][0]["error"].as_str().unwrap(), &["in use"]);
    assert!(used.exists() && !free.exists());
}

#[tokio::test]
async fn a_prune_that_is_not_allowed_or_not_understood_removes_nothing() {
    let (label, one) = (unique("label"), Object::claim("volume"));
    let Some(session) = Session::start().await else {
        return;
    };
    volume(&label, Some(&one.name));
    for tool in ["docker_prune_volumes", "docker_system_prune"] {
        let refusal = session.fails(tool, json!({"filters": only(&label)})).await;
        says(&refusal, &["SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS"]);
    }
    let session = Session::with(&Session::DESTRUCTIVE).await.unwrap();
    let until = json!({"all": true, "filters": {"until": "1s", "label": label}});
    session
        .refuses("docker_prune_volumes", until, &["`until`", "`label!`"])
        .await;
    session
        .refuses("docker_prune_volumes", json!({"all": "maybe"}), &["all"])
        .await;
    let colour = json!({"volumes": true, "filters": {"colour": "red"}});
    session
        .refuses("docker_system_prune", colour, &["`colour`", "`until`"])
        .await;
    let soon = json!({"filters": {"until": "soon", "label": label}});
    session
        .refuses("docker_system_prune", soon, &["soon"])
        .await;
    assert!(one.exists());
}

#[tokio::test]
async fn a_system_prune_removes_what_nothing_uses_and_volumes_when_asked() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let (tool, label) = ("docker_system_prune", unique("label"));
    let stopped = Container::with("stopped", &["create", "--label", &label], "true");
    let running = Container::with("running", &["run", "-d", "--label", &label], WAIT);
    let (id, unused) = (stopped.id(), Object::claim("network"));
    docker(&["network", "create", "--label", &label, &unused.name]);
    let (anonymous, named) = (volume(&label, None), Object::claim("volume"));
    volume(&label, Some(&named.name));

    let pruned = session.ok(tool, json!({"filters": only(&label)})).await;
    assert_eq!(pruned["containers_deleted"], json!([id]));
    assert_eq!(pruned["networks_deleted"], json!([unused.name]));
    assert_eq!(pruned["volumes_deleted"], json!([]));
    assert_eq!(pruned["images_deleted"], json!([]));
    assert_eq!(pruned["failed"], json!([]));
    assert!(running.exists() && exists(&anonymous));

    let pruned = session
        .ok(tool, json!({"volumes": true, "filters": only(&label)}))
        .await;
    assert_eq!(pruned["volumes_deleted"], json!([anonymous]));
    assert!(!exists(&anonymous) && named.exists());
}

#[tokio::test]
async fn one_kind_goes_by_itself() {
    let on = [
        Session::DESTRUCTIVE[0],
        Session::DESTRUCTIVE[1],
        ("MCP_DOCKER_TOOLSETS", "default,lifecycle"),
    ];
    let Some(session) = Session::with(&on).await else {
        return;
    };
    let label = unique("label");
    let filters = json!({"filters": only(&label)});
    let flags = ["create", "--label", &label];
    let (stopped, runs) = (Container::with("prune", &flags, "true"), {
        let flags = ["run", "-d", "--label", &label];
        Container::with("prune", &flags, WAIT)
    });
    let id = stopped.id();
    let pruned = session.ok("docker_prune_containers", filters.clone()).await;
    assert_eq!(pruned["deleted"], json!([id]));
    assert_eq!(pruned["failed"], json!([]));
    assert!(!stopped.exists() && runs.exists());

    let (used, free) = (Object::claim("network"), Object::claim("network"));
    for network in [&used, &free] {
        docker(&["network", "create", "--label", &label, &network.name]);
    }
    docker(&["network", "connect", &used.name, &runs.name]);
    let pruned = session.ok("docker_prune_networks", filters.clone()).await;
    assert_eq!(pruned["deleted"], json!([free.name]));
    assert!(used.exists() && !free.exists());
    docker(&["network", "disconnect", &used.name, &runs.name]);

    // Others build beside this, so that nothing may go.
    let long_ago = json!({"filters": {"until": "2020-01-01T00:00:00Z"}});
    let pruned = session.ok("docker_prune_build_cache", long_ago).await;
    assert_eq!(pruned["deleted"], json!([]));
    session
        .refuses("docker_prune_build_cache", filters, &["`until`"])
        .await;
}
