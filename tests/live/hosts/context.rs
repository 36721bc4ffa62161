//! Contexts as the Docker CLI writes them.

use std::process::Command;

use super::{fails, reaches};
use crate::authority::Folder;
use crate::docker;

/// Runs the Docker CLI with a configuration of its own.
fn cli(config: &str, arguments: &[&str]) {
    let output = Command::new("docker")
        .args(arguments)
        .env("DOCKER_CONFIG", config)
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_CONTEXT")
        .output()
        .unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {output:?}");
}

#[tokio::test]
async fn a_context_is_used_when_it_is_the_current_one_or_named() {
    if !docker::wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    let here = format!("host={}", std::env::var("DOCKER_HOST").unwrap());
    cli(config, &["context", "create", "here", "--docker", &here]);
    let nowhere = "host=unix:///nowhere/docker.sock";
    cli(
        config,
        &["context", "create", "nowhere", "--docker", nowhere],
    );
    let config = ("DOCKER_CONFIG", config);

    reaches(&[config, ("DOCKER_CONTEXT", "here")]).await;
    cli(config.1, &["context", "use", "here"]);
    reaches(&[config]).await;
    let said = ["/nowhere/docker.sock", "the Docker context `nowhere`"];
    fails(&[config, ("DOCKER_CONTEXT", "nowhere")], &said).await;
    cli(config.1, &["context", "use", "nowhere"]);
    fails(&[config], &said).await;
    // As for the Docker CLI, an address wins over a context.
    let host = std::env::var("DOCKER_HOST").unwrap();
    reaches(&[config, ("DOCKER_HOST", &host)]).await;
}

/// A context brings its certificates along.
pub(super) async fn with_certificates(tcp: &str, right: &Folder) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    let file = |name| right.file(name).display().to_string();
    let endpoint = format!(
        "host={tcp},ca={},cert={},key={}",
        file("ca.pem"),
        file("cert.pem"),
        file("key.pem")
    );
    cli(config, &["context", "create", "far", "--docker", &endpoint]);
    let far = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "far")];
    reaches(&far).await;

    let without = format!("host={tcp},ca={}", file("ca.pem"));
    cli(config, &["context", "create", "bare", "--docker", &without]);
    let bare = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "bare")];
    fails(
        &bare,
        &["wants a client certificate", "docker context update bare"],
    )
    .await;
}
