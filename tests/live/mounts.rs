//! What the create policy lets containers mount on a real Engine, and which of those that others
//! made are entered.

use serde_json::json;

use crate::docker::{Container, Object, WAIT, docker, image};
use crate::session::{Session, says};
use crate::workplace::workplace;

const ALLOWLIST: &str = "SAFETY_VOLUME_MOUNT_ALLOWLIST";
const PRIVILEGED: &str = "SAFETY_ALLOW_PRIVILEGED_CONTAINERS";

/// Makes and starts a container that shows a file of what is mounted, and gives what it shows.
async fn shows(session: &Session, source: &str, file: &str) -> String {
    let container = Container::named("mounts");
    let arguments = json!({
        "image": image(), "name": container.name, "command": ["cat", format!("/inside/{file}")],
        "volumes": {source: {"bind": "/inside", "mode": "ro"}},
    });
    session.ok("docker_create_container", arguments).await;
    let arguments = json!({"container_id": container.name});
    session.ok("docker_start_container", arguments).await;
    docker(&["wait", &container.name]);
    docker(&["logs", &container.name])
}

#[tokio::test]
async fn a_project_is_mounted_wherever_people_keep_them() {
    let folder = workplace();
    let home = folder.path().canonicalize().unwrap().join("home");
    let project = home.join("project");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(project.join("file"), "of the project\n").unwrap();
    let Some(session) = Session::with(&[("HOME", home.to_str().unwrap())]).await else {
        return;
    };
    let shown = shows(&session, project.to_str().unwrap(), "file").await;
    assert_eq!(shown, "of the project");

    let temporary = workplace();
    std::fs::write(temporary.path().join("file"), "temporary\n").unwrap();
    let path = temporary.path().canonicalize().unwrap();
    assert_eq!(
        shows(&session, path.to_str().unwrap(), "file").await,
        "temporary"
    );

    // It is not started: the Engine would make the folder.
    let container = Container::named("mounts");
    let arguments = json!({
        "image": image(), "name": container.name,
        "volumes": {format!("/srv/{}", container.name): {"bind": "/inside"}},
    });
    session.ok("docker_create_container", arguments).await;
}

#[tokio::test]
async fn what_is_on_no_list_is_mounted_once_the_operator_names_it() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("refused");
    let mount = |path: &str| {
        json!({
            "image": image(), "name": container.name, "volumes": {path: {"bind": "/inside"}},
        })
    };
    for path in ["/usr/share", "/opt", "/var/lib/dpkg", "/var/log", "/mnt"] {
        let text = session.fails("docker_create_container", mount(path)).await;
        says(
            &text,
            &["volumes", path, ALLOWLIST, "nearest allowed place"],
        );
        let text = session
            .fails("docker_build_image", json!({"path": path}))
            .await;
        says(&text, &["path", path, ALLOWLIST]);
    }
    assert!(!container.exists());

    let Some(session) = Session::with(&[(ALLOWLIST, "/usr/share")]).await else {
        return;
    };
    session
        .ok("docker_create_container", mount("/usr/share"))
        .await;
}

/// A container of the operator's own may mount more than the server would give.
#[tokio::test]
async fn a_command_runs_where_what_others_mounted_does_not_give_the_host_away() {
    let Some(session) = Session::start().await else {
        return;
    };
    let entered = Container::with(
        "entered",
        &[
            "run",
            "-d",
            "-v",
            "/usr/share:/inside:ro",
            "-v",
            "/etc/passwd:/users:ro",
        ],
        WAIT,
    );
    let arguments = json!({"container_id": entered.name, "command": ["echo", "here"]});
    session.ok("docker_exec_command", arguments).await;

    for (mounts, word) in [
        (&["-v", "/etc:/inside:ro"][..], "/etc"),
        (&["-v", "/etc/passwd:/users"], "/etc/passwd"),
        (&["-v", "/etc/shadow:/inside:ro"], "/etc/shadow"),
    ] {
        let made = Container::with("held", &[&["create"][..], mounts].concat(), WAIT);
        let arguments = json!({"container_id": made.name, "command": ["id"]});
        let text = session.fails("docker_exec_command", arguments).await;
        says(
            &text,
            &["container_id", &made.name, word, "nothing was done"],
        );
    }
}

#[tokio::test]
async fn a_network_does_not_take_the_addresses_of_others() {
    let Some(session) = Session::start().await else {
        return;
    };
    for subnet in ["8.8.8.0/24", "169.254.169.0/24", "0.0.0.0/1", "fd00::/8"] {
        let network = Object::claim("network");
        let ipam = json!({"Config": [{"Subnet": subnet}]});
        let arguments =
            json!({"name": network.name, "ipam": ipam, "enable_ipv6": subnet.contains("::")});
        let text = session.fails("docker_create_network", arguments).await;
        says(&text, &["ipam", subnet, PRIVILEGED, "nothing was done"]);
        assert!(!network.exists());
    }
    // The host has a route to what a network has already.
    let taken = Object::new("network");
    let subnet = docker(&[
        "network",
        "inspect",
        "--format",
        "{{(index .IPAM.Config 0).Subnet}}",
        &taken.name,
    ]);
    let network = Object::claim("network");
    let arguments = json!({"name": network.name, "ipam": {"Config": [{"Subnet": subnet}]}});
    let text = session.fails("docker_create_network", arguments).await;
    says(&text, &["ipam", &subnet, "route", PRIVILEGED]);
    assert!(!network.exists());
}
