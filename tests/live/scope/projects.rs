//! Brings up a Compose project under a scope.

use super::*;
use crate::compose::chosen;
use crate::compose_up::Files;
use crate::projects::Project;

const SHOP: &str = r#"
services:
  web:
    image: IMAGE
    command: ["sh", "-c", "WAIT"]
    volumes: ["data:/data"]
volumes: { data: {} }
"#;

#[tokio::test]
async fn a_project_is_brought_up_with_the_label_and_not_over_what_another_has() {
    let owners = Owners::of("owner");
    let Some(session) = owners.session(&[]).await else {
        return;
    };
    let _ = chosen();
    let (files, project) = (Files::new(SHOP), Project::new("scope"));
    let up = files.of(&project, json!({ "wait": true }));
    session.ok("docker_compose_up", up.clone()).await;
    let name = |kind: &str| match kind {
        "container" => docker(&[
            "ps",
            "-q",
            "--filter",
            &format!("label={PROJECT}={}", project.name),
        ]),
        "volume" => format!("{}_data", project.name),
        _ => format!("{}_default", project.name),
    };
    for kind in ["container", "volume", "network"] {
        let labels = labels(kind, &name(kind));
        assert_eq!(
            (&labels["owner"], &labels[PROJECT]),
            (&json!(owners.own), &json!(project.name)),
            "{kind}"
        );
    }
    // Once more, and nothing is to be done.
    session.ok("docker_compose_up", up.clone()).await;
    let before = name("container");

    let stranger = Owners::of("owner");
    let strangers = stranger.session(&[]).await.unwrap();
    let text = strangers.fails("docker_compose_up", up.clone()).await;
    says(&text, &["SAFETY_SCOPE", &owners.own, "nothing was done"]);
    let down = json!({ "project_name": project.name, "volumes": true });
    strangers
        .refuses(
            "docker_compose_down",
            down.clone(),
            &["SAFETY_SCOPE", &owners.own],
        )
        .await;
    assert_eq!(name("container"), before);

    let shop = Session::with(&[
        ("SAFETY_SCOPE", "project:shop"),
        ("MCP_DOCKER_TOOLSETS", "all"),
    ]);
    let shop = shop.await.unwrap();
    shop.refuses("docker_compose_up", up, &[&project.name, "is another one"])
        .await;
    session.ok("docker_compose_down", down).await;
    assert_eq!(name("container"), "");
}
