//! Holds a build to the images that it takes up.

use super::*;
use crate::support::fake_engine::Reply;
use crate::support::workplace::workplace;

/// The inspect of an image of that project.
fn image(project: Option<&str>) -> Value {
    let labels = project.map(|project| json!({ PROJECT: project }));
    json!({ "Id": "sha256:0", "RepoTags": ["x:1"], "Config": { "Labels": labels } })
}

fn stage() -> FakeEngine {
    engine()
        .on("GET /images/*/json", Reply::error(404, "no such image"))
        .on("GET /images/theirs:1/json", image(Some("blog")))
        .on("GET /images/ours:1/json", image(Some("shop")))
        .on("GET /images/free:1/json", image(None))
}

/// What a build of this Dockerfile comes to.
async fn build(dockerfile: &str, more: Value) -> (Option<String>, usize) {
    let folder = workplace();
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let engine = stage();
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let mut args = json!({ "path": folder.path(), "tag": "new:1" });
    args.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let result = client.call("docker_build_image", args).await;
    client.stop().await;
    let text = result.content[0].as_text().unwrap().text.clone();
    let sent = engine.seen().iter().filter(changes).count();
    ((result.is_error == Some(true)).then_some(text), sent)
}

#[tokio::test]
async fn an_image_of_anothers_is_not_built_upon() {
    let said = "image `theirs:1` has the label `com.docker.compose.project=blog`";
    for dockerfile in [
        "FROM theirs:1",
        "FROM theirs:1 AS base\nFROM ours:1\nCOPY --from=base / /",
        "FROM ours:1\nCOPY --from=theirs:1 / /",
        "ARG NAME=theirs\nFROM ${NAME}:1",
        "FROM ours:1\nRUN <<E\ntrue\nE\nFROM theirs:1",
    ] {
        let (refused, sent) = build(dockerfile, json!({})).await;
        let text = refused.unwrap_or_default();
        assert!(
            text.contains(said) && text.contains("SAFETY_SCOPE=project:shop"),
            "{dockerfile}: {text}"
        );
        assert_eq!(sent, 0, "{dockerfile}");
    }
    let (refused, _) = build(
        "ARG NAME=ours\nFROM $NAME:1",
        json!({ "buildargs": { "NAME": "theirs" } }),
    )
    .await;
    assert!(refused.unwrap_or_default().contains(said));
}

#[tokio::test]
async fn what_is_ours_or_nobodys_or_not_there_is_built_upon() {
    for (dockerfile, more) in [
        ("FROM ours:1", json!({})),
        (
            "FROM free:1 AS a\nFROM scratch\nCOPY --from=a / /",
            json!({}),
        ),
        ("FROM absent:1", json!({})),
        ("FROM ours:1", json!({ "pull": true })),
        ("FROM absent:1", json!({ "pull": true })),
        // The last stage that has the name is meant, and not the image.
        ("FROM ours:1 AS theirs:1\nFROM theirs:1", json!({})),
    ] {
        let (refused, sent) = build(dockerfile, more).await;
        assert_eq!((refused, sent), (None, 1), "{dockerfile}");
    }
}

#[tokio::test]
async fn an_image_that_is_not_known_is_not_built_upon() {
    let (refused, sent) = build("ARG NAME\nFROM ${NAME}", json!({})).await;
    let text = refused.unwrap_or_default();
    assert!(
        text.contains("line 2 of the Dockerfile") && text.contains("`${NAME}`"),
        "{text}"
    );
    assert_eq!(sent, 0);
    let given = json!({ "buildargs": { "NAME": "ours:1" } });
    assert_eq!(build("ARG NAME\nFROM ${NAME}", given).await, (None, 1));
}

/// What is pulled anew takes the name of what is there.
#[tokio::test]
async fn a_build_that_pulls_takes_no_tag_of_what_is_not_in_the_scope() {
    let (refused, sent) = build("FROM free:1", json!({ "pull": true })).await;
    let text = refused.unwrap_or_default();
    assert!(text.contains("image `free:1` belongs to nobody"), "{text}");
    assert_eq!(sent, 0);
}

#[tokio::test]
async fn a_service_is_not_made_of_an_image_of_anothers() {
    let engine = stage().labelled(vec![(STACK.to_owned(), Some("shop".to_owned()))]);
    let (client, _state) = server(&shop(), &engine, &[]).await;
    let args = json!({ "name": "shop_web", "image": "theirs:1" });
    let text = refusal(&client, "docker_create_service", args).await;
    assert!(
        text.contains("image `theirs:1") && text.contains("inherits"),
        "{text}"
    );
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}
