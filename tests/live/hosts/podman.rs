//! Podman, which speaks Docker's API on a socket of its own.

use std::path::Path;

use serde_json::json;

use super::{Server, doctor, reaches, session};
use crate::docker;

#[tokio::test]
async fn podman_is_found_at_its_usual_place_and_answers() {
    if !docker::wanted() {
        return;
    }
    let socket = |directory: &Path| directory.join("podman/podman.sock");
    let podman = Server::start(
        "podman.sh",
        |directory| {
            std::fs::create_dir(directory.join("podman")).unwrap();
            let path = |path: &Path| path.display().to_string();
            vec![path(&socket(directory)), path(directory)]
        },
        |directory| std::os::unix::net::UnixStream::connect(socket(directory)).is_ok(),
    );
    let address = format!("unix://{}", socket(podman.directory.path()).display());
    let runtime = podman.directory.path().to_str().unwrap();
    // The platform's own socket comes first where there is one.
    let platform = Path::new("/var/run/docker.sock").exists();
    let found = if platform {
        ("DOCKER_HOST", address.as_str())
    } else {
        ("XDG_RUNTIME_DIR", runtime)
    };
    reaches(&[found]).await;
    assert_eq!(doctor(&[found], "engine")["details"]["kind"], "Podman");
    let session = session(&[found]).await;
    let listed = session.ok("docker_list_containers", json!({})).await;
    assert_eq!(listed["count"], 0);
    session.ok("docker_system_df", json!({})).await;
    session.ok("docker_system_info", json!({})).await;
}
