//! The create policy on a real Engine: what it refuses changes nothing there, and what the Engine
//! says of containers and volumes that others made is read as it is meant.

use std::os::unix::fs::symlink;

use serde_json::json;

use crate::docker::{Container, Object, WAIT, docker, image};
use crate::session::{Session, says};

const ALLOWLIST: &str = "SAFETY_VOLUME_MOUNT_ALLOWLIST";
const PRIVILEGED: &str = "SAFETY_ALLOW_PRIVILEGED_CONTAINERS";

/// Fails unless a container with that mount is refused in these words and not made.
async fn no_mount(session: &Session, source: &str, words: &[&str]) {
    let container = Container::named("refused");
    let arguments = json!({
        "image": image(), "name": container.name, "volumes": {source: {"bind": "/inside", "mode": "ro"}},
    });
    let text = session.fails("docker_create_container", arguments).await;
    says(&text, &["volumes", "nothing was done"]);
    says(&text, words);
    assert!(
        !container.exists(),
        "refused, and made all the same: {text}"
    );
}

#[tokio::test]
async fn the_engines_socket_and_its_data_are_mounted_by_no_path() {
    let Some(session) = Session::start().await else {
        return;
    };
    let folder = crate::workplace::workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let data = docker(&["info", "-f", "{{.DockerRootDir}}"]);
    no_mount(&session, &data, &[ALLOWLIST]).await;
    no_mount(&session, &format!("{data}/volumes"), &[ALLOWLIST]).await;
    symlink(&data, at("data")).unwrap();
    no_mount(&session, &at("data"), &["leads to", ALLOWLIST]).await;
    symlink("/etc", at("settings")).unwrap();
    no_mount(
        &session,
        &at("settings/ssl"),
        &["leads to", "/etc/ssl", ALLOWLIST],
    )
    .await;

    let address = docker(&["context", "inspect", "-f", "{{.Endpoints.docker.Host}}"]);
    if let Some(socket) = address.strip_prefix("unix://") {
        no_mount(&session, socket, &["socket", PRIVILEGED]).await;
        symlink(socket, at("harmless")).unwrap();
        no_mount(&session, &at("harmless"), &["socket", PRIVILEGED]).await;
    }
}

#[tokio::test]
async fn a_volume_that_is_a_bind_mount_is_neither_made_nor_used() {
    let Some(session) = Session::start().await else {
        return;
    };
    let claimed = Object::claim("volume");
    let options = json!({"type": "none", "o": "bind", "device": "/etc"});
    let arguments = json!({"name": claimed.name, "driver_opts": options});
    let text = session.fails("docker_create_volume", arguments).await;
    says(&text, &["driver_opts", "/etc", ALLOWLIST]);
    assert!(!claimed.exists());

    let others = Object::claim("volume");
    let options = ["type=none", "o=bind", "device=/etc"];
    let [kind, flags, device] = options;
    docker(&[
        "volume",
        "create",
        "--opt",
        kind,
        "--opt",
        flags,
        "--opt",
        device,
        &others.name,
    ]);
    no_mount(&session, &others.name, &[&others.name, "/etc"]).await;
}

#[tokio::test]
async fn no_command_runs_in_a_container_that_others_gave_the_host() {
    let Some(session) = Session::start().await else {
        return;
    };
    for (options, word) in [
        (&["--privileged"][..], "privileged"),
        (&["--pid", "host"], "PidMode"),
        (&["--net", "host"], "NetworkMode"),
        (&["--cap-add", "SYS_ADMIN"], "CapAdd"),
        (&["--security-opt", "seccomp=unconfined"], "SecurityOpt"),
        (&["--device", "/dev/null"], "Devices"),
        (&["-v", "/var/run/docker.sock:/s"], "docker.sock"),
        (&["-v", "/etc:/host:ro"], "/etc"),
        (&["--mount", "type=bind,source=/etc,target=/host"], "/etc"),
    ] {
        let container = Container::with("holder", &[&["create"][..], options].concat(), WAIT);
        let arguments = json!({"container_id": container.name, "command": ["id"]});
        let text = session.fails("docker_exec_command", arguments).await;
        says(
            &text,
            &["container_id", &container.name, word, "nothing was done"],
        );
    }
}

/// What Docker gives to every container is nothing to refuse.
#[tokio::test]
async fn a_command_runs_in_a_container_as_docker_makes_them() {
    let Some(session) = Session::start().await else {
        return;
    };
    let volume = Object::new("volume");
    let folder = crate::workplace::workplace();
    let bind = format!("{}:/host", folder.path().display());
    let named = format!("{}:/data", volume.name);
    let container = Container::with("plain", &["run", "-d", "-v", &bind, "-v", &named], WAIT);
    let arguments = json!({"container_id": container.name, "command": ["echo", "here"]});
    let result = session.ok("docker_exec_command", arguments).await;
    assert_eq!(result["output"], "here\n");
}

/// Docker follows a link when it starts a container, and by then it may be another one.
#[tokio::test]
async fn a_container_does_not_start_on_a_link_that_came_after_it_was_made() {
    let Some(session) = Session::start().await else {
        return;
    };
    let folder = crate::workplace::workplace();
    let source = folder.path().join("source");
    std::fs::create_dir(&source).unwrap();
    let container = Container::named("swapped");
    let volumes = json!({source.to_str().unwrap(): {"bind": "/inside"}});
    let arguments = json!({"image": image(), "name": container.name, "volumes": volumes});
    session.ok("docker_create_container", arguments).await;

    std::fs::remove_dir(&source).unwrap();
    symlink("/etc", &source).unwrap();
    let arguments = json!({"container_id": container.name});
    let text = session
        .fails("docker_start_container", arguments.clone())
        .await;
    says(&text, &[&container.name, "/etc", ALLOWLIST]);

    std::fs::remove_file(&source).unwrap();
    std::fs::create_dir(&source).unwrap();
    session.ok("docker_start_container", arguments).await;
}

#[tokio::test]
async fn an_image_is_not_built_from_the_settings_of_the_host() {
    let Some(session) = Session::start().await else {
        return;
    };
    for path in ["/etc", "/etc/../etc/ssl", "/root"] {
        let text = session
            .fails("docker_build_image", json!({"path": path}))
            .await;
        says(&text, &["path", ALLOWLIST, "nothing was done"]);
    }
}
