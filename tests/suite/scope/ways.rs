//! Tests each way into what is not in the scope, and what stays open.

use std::fs;

use serde_json::{Value, json};

use super::{PROJECT, changes, refusal, server, shop};
use crate::support::fake_engine::Reply;
use crate::wire::{context, engine};

/// A label that the model gives is held against the scope, in every place that a label has.
#[tokio::test]
async fn a_label_cannot_be_faked() {
    let form = shop();
    let engine = engine().labelled(form.own.clone());
    let context = context();
    let (client, _state) = server(&form, &engine, &[]).await;
    let other = json!({ PROJECT: "blog" });
    let path = context.path().to_str().unwrap();
    for (tool, args) in [
        (
            "docker_create_container",
            json!({"image": "web:1", "labels": other}),
        ),
        (
            "docker_run_container",
            json!({"image": "web:1", "labels": other}),
        ),
        (
            "docker_create_network",
            json!({"name": "lab2", "labels": other}),
        ),
        (
            "docker_create_volume",
            json!({"name": "more", "labels": other}),
        ),
        (
            "docker_build_image",
            json!({"path": path, "tag": "web:2", "labels": other}),
        ),
    ] {
        let text = refusal(&client, tool, args).await;
        assert!(
            text.contains("`labels` gives") && text.contains(PROJECT),
            "{tool}: {text}"
        );
    }
    let sent = engine.seen();
    assert_eq!(sent.iter().filter(changes).count(), 0);
    client.stop().await;
}

const OTHER: &str = "belongs to project `blog`";

/// The inspect of a container of that project.
fn container(name: &str, project: &str) -> Value {
    json!({
        "Id": format!("{name:0<64}"), "Name": format!("/{name}"), "Image": "sha256:0", "Mounts": [],
        "Config": { "Image": "web:1", "Labels": { PROJECT: project } },
        "State": { "Status": "running", "Running": true }, "HostConfig": {},
    })
}

/// What is joined to something of another's, by each of the ways there are.
#[tokio::test]
async fn a_container_joins_nothing_of_anothers() {
    let labels = |project: &str| json!({ PROJECT: project });
    let engine = engine()
        .on("GET /containers/blog/json", container("blog", "blog"))
        .on(
            "GET /volumes/theirs",
            json!({ "Name": "theirs", "Labels": labels("blog") }),
        )
        .on("GET /volumes/none", Reply::error(404, "no such volume"))
        .on(
            "GET /volumes/ours",
            json!({ "Name": "ours", "Labels": labels("shop") }),
        )
        .on(
            "GET /networks/theirs",
            json!({ "Id": "n1", "Name": "theirs", "Labels": labels("blog") }),
        );
    let (client, _state) = server(&shop(), &engine, &[]).await;
    for (args, part) in [
        (
            json!({"volumes": ["none:/data"]}),
            "volume `none` is not there",
        ),
        (json!({"volumes": ["theirs:/data"]}), OTHER),
        (json!({"network": "theirs"}), OTHER),
        (json!({"network": "container:blog"}), OTHER),
    ] {
        let mut args = args;
        args["image"] = json!("web:1");
        let text = refusal(&client, "docker_create_container", args).await;
        assert!(text.contains(part), "{text}");
    }
    let sent = engine.seen();
    assert_eq!(sent.iter().filter(changes).count(), 0);
    let own = json!({"image": "web:1", "volumes": ["ours:/data"]});
    let result = client.call("docker_create_container", own).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.stop().await;
}

/// A name may lead to another object by the time that the request comes.
#[tokio::test]
async fn what_was_judged_is_what_is_changed() {
    let engine = engine().on("GET /containers/web/json", container("web", "shop"));
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let result = client
        .call("docker_stop_container", json!({"container_id": "web"}))
        .await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    let sent = engine.seen();
    let stop = sent.iter().find(changes).unwrap().line();
    assert!(
        stop.contains(&format!("/containers/{:0<64}/stop", "web")),
        "{stop}"
    );
    client.stop().await;
}

#[tokio::test]
async fn a_prune_takes_what_is_in_the_scope_alone() {
    let of = |name: &str, project: &str| json!({ "Id": name, "Names": [format!("/{name}")], "State": "exited", "Labels": { PROJECT: project } });
    let list = json!([of("ours", "shop"), of("theirs", "blog"), { "Id": "free", "Names": ["/free"], "State": "exited" }]);
    let engine = engine()
        .on("GET /containers/json", list)
        .on("GET /containers/*/json", container("ours", "shop"));
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let result = client.call("docker_prune_containers", json!({})).await;
    assert_eq!(
        result.structured_content.unwrap()["deleted"],
        json!(["ours"])
    );
    client.stop().await;
}

/// The refusal comes before the question.
#[tokio::test]
async fn nobody_is_asked_about_what_is_not_in_the_scope() {
    let engine = engine().on("GET /containers/blog/json", container("blog", "blog"));
    let asks = [
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "true"),
        ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
    ];
    let (client, _state) = server(&shop(), &engine, &asks).await;
    let text = refusal(
        &client,
        "docker_remove_container",
        json!({"container_id": "blog", "force": true}),
    )
    .await;
    assert!(text.contains(OTHER) && !text.contains("confirm"), "{text}");
    client.stop().await;
}

#[tokio::test]
async fn a_bind_stays_below_the_directory_of_the_project() {
    let folder = crate::support::workplace::workplace();
    let (own, beside) = (folder.path().join("shop"), folder.path().join("other"));
    fs::create_dir_all(own.join("data")).unwrap();
    fs::create_dir(&beside).unwrap();
    let listed = json!([{
        "Id": "1", "Names": ["/shop-web-1"], "State": "running",
        "Labels": { PROJECT: "shop", "com.docker.compose.project.working_dir": own },
    }]);
    let engine = engine()
        .labelled(shop().own)
        .on("GET /containers/json", listed);
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let bind = |path: &std::path::Path| json!({"image": "web:1", "volumes": [format!("{}:/data", path.display())]});
    let text = refusal(&client, "docker_create_container", bind(&beside)).await;
    assert!(
        text.contains("is not below the directory of project `shop`"),
        "{text}"
    );
    let result = client
        .call("docker_create_container", bind(&own.join("data")))
        .await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.stop().await;
}

#[tokio::test]
async fn reading_is_bound_where_it_is_said() {
    let engine = || {
        engine()
            .on("GET /containers/blog/json", container("blog", "blog"))
            .on(
                "GET /containers/blog/logs",
                Reply::chunks([crate::support::fake_engine::frame(1, "secret\n")]),
            )
    };
    let free = engine();
    let (client, _state) = server(&shop(), &free, &[]).await;
    let result = client
        .call("docker_inspect_container", json!({"container_id": "blog"}))
        .await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.stop().await;

    let bound = engine();
    let (client, _state) = server(&shop(), &bound, &[("SAFETY_SCOPE_READS", "true")]).await;
    for tool in [
        "docker_inspect_container",
        "docker_container_logs",
        "docker_container_stats",
    ] {
        let text = refusal(&client, tool, json!({"container_id": "blog"})).await;
        assert!(text.contains(OTHER), "{tool}: {text}");
    }
    let result = client
        .call("docker_list_containers", json!({"all": true}))
        .await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    let list = bound.requests().pop().unwrap();
    let label =
        form_urlencoded::byte_serialize(format!("{PROJECT}=shop").as_bytes()).collect::<String>();
    assert!(
        list.starts_with("GET /containers/json?") && list.contains(&label),
        "{list}"
    );
    client.stop().await;
}

#[tokio::test]
async fn an_image_that_anothers_container_uses_stays() {
    let user = json!([{ "Id": "1", "Names": ["/blog-web-1"], "ImageID": "sha256:0", "Labels": { PROJECT: "blog" } }]);
    let image = json!({ "Id": "sha256:0", "RepoTags": ["web:1"], "Config": { "Labels": { PROJECT: "shop" } } });
    let engine = engine()
        .on("GET /containers/json", user)
        .on("GET /images/*/json", image);
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let text = refusal(
        &client,
        "docker_remove_image",
        json!({"image": "web:1", "force": true}),
    )
    .await;
    assert!(
        text.contains("used by container `blog-web-1`") && text.contains(OTHER),
        "{text}"
    );
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}
