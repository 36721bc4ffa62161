//! Ways around the scope that begin with what is in it.

use std::fs;

use serde_json::{Value, json};

use super::*;

/// The directory of the project, as its container tells it, and one beside it.
fn directories() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
    let folder = crate::support::workplace::workplace();
    let (own, beside) = (folder.path().join("shop"), folder.path().join("other"));
    fs::create_dir(&own).unwrap();
    fs::create_dir(&beside).unwrap();
    (folder, own, beside)
}

fn listed(own: &std::path::Path) -> Value {
    json!([{
        "Id": "1", "Names": ["/shop-web-1"], "State": "running",
        "Labels": { "com.docker.compose.project": "shop", "com.docker.compose.project.working_dir": own },
    }])
}

#[tokio::test]
async fn a_container_does_not_say_where_the_project_is() {
    let (_folder, own, beside) = directories();
    let engine = engine()
        .labelled(shop().own)
        .on("GET /containers/json", listed(&own));
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let said = json!({
        "image": "web:1", "labels": { "com.docker.compose.project.working_dir": beside },
    });
    let text = refusal(&client, "docker_create_container", said).await;
    assert!(
        text.contains("is not below the directory of project `shop`"),
        "{text}"
    );
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}

#[tokio::test]
async fn a_link_below_the_project_leads_nowhere_else() {
    let (_folder, own, beside) = directories();
    std::os::unix::fs::symlink(&beside, own.join("link")).unwrap();
    let engine = engine()
        .labelled(shop().own)
        .on("GET /containers/json", listed(&own));
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let bind = format!("{}:/data", own.join("link").display());
    let text = refusal(
        &client,
        "docker_create_container",
        json!({ "image": "web:1", "volumes": [bind] }),
    )
    .await;
    assert!(
        text.contains("is not below the directory of project `shop`"),
        "{text}"
    );
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}

#[tokio::test]
async fn a_service_does_not_go_back_to_what_was_anothers() {
    let spec = |stack: &str| {
        json!({
            "Name": "shop_web", "Labels": { "com.docker.stack.namespace": stack },
            "Mode": { "Replicated": { "Replicas": 1 } }, "TaskTemplate": { "ContainerSpec": { "Image": "web:1" } },
        })
    };
    let service = json!({
        "ID": "1xzcsbmjvhofb0ty9m9ttxaj4", "Version": { "Index": 11 }, "Spec": spec("shop"), "PreviousSpec": spec("blog"),
    });
    let engine = engine().on("GET /services/*", service);
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let args = json!({ "service_id": "shop_web" });
    let text = refusal(&client, "docker_rollback_service", args).await;
    assert!(text.contains("belongs to stack `blog`"), "{text}");
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}

/// What the body or the query names goes by its id, too: a name may lead elsewhere by then.
#[tokio::test]
async fn what_the_body_and_the_query_name_goes_by_its_id() {
    let engine = engine().labelled(shop().own);
    let (client, _state) = server(
        &shop(),
        &engine,
        &[("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true")],
    )
    .await;
    for (tool, args) in [
        (
            "docker_commit_container",
            json!({ "container_id": "web", "repository": "new" }),
        ),
        (
            "docker_connect_container",
            json!({ "network_id": "lab", "container_id": "web" }),
        ),
        (
            "docker_create_container",
            json!({ "image": "web:1", "network": "container:web" }),
        ),
    ] {
        let result = client.call(tool, args).await;
        assert_ne!(result.is_error, Some(true), "{tool}: {result:?}");
    }
    let seen = engine.seen();
    let sent: Vec<String> = seen
        .iter()
        .filter(changes)
        .map(|it| format!("{} {}", it.line(), String::from_utf8_lossy(&it.body)))
        .collect();
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(
        sent.iter()
            .all(|it| it.contains(crate::wire::ID) || !it.contains("=web&")),
        "{sent:?}"
    );
    assert!(
        sent.iter()
            .all(|it| !it.contains("\"web\"") && !it.contains("container:web")),
        "{sent:?}"
    );
    client.stop().await;
}

#[tokio::test]
async fn the_model_is_told_what_calls_may_change() {
    let engine = engine();
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let info = client.peer().peer_info().unwrap();
    let instructions = info.instructions.clone().unwrap_or_default();
    let told = "calls may only change what belongs to project `shop`";
    assert!(instructions.to_lowercase().contains(told), "{instructions}");
    client.stop().await;
}
