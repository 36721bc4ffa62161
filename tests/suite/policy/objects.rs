//! Which volumes and networks are made, and what images are built from.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::{ALLOWLIST, PRIVILEGED, Passes, Refused, To, client, engine, hold, said, volume};

#[tokio::test]
async fn a_volume_of_the_local_driver_shows_no_file_of_the_host() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let kind = Refused(&["`driver_opts`", "`type`", PRIVILEGED]);
    let path = Refused(&["`driver_opts`", "`/etc`", ALLOWLIST]);
    let socket = Refused(&["`driver_opts`", "socket", PRIVILEGED]);
    let cases = [
        volume(json!({}), Passes),
        volume(json!({"size": "1g"}), Passes),
        volume(
            json!({"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}),
            Passes,
        ),
        volume(
            json!({"type": "nfs", "device": ":/x", "o": "addr=192.0.2.1,rw"}),
            Passes,
        ),
        volume(
            json!({"type": "cifs", "device": "//192.0.2.1/x", "o": "username=u"}),
            Passes,
        ),
        volume(
            json!({"type": "none", "device": "/srv/data", "o": "bind"}),
            Passes,
        ),
        volume(json!({"type": "none", "device": "/etc", "o": "bind"}), path),
        volume(
            json!({"type": "none", "device": "/etc", "o": "ro,rbind"}),
            path,
        ),
        volume(
            json!({"type": "tmpfs", "device": "/etc", "o": "bind"}),
            path,
        ),
        volume(json!({"device": "/etc", "o": " Bind "}), path),
        volume(json!({"Type": "none", "Device": "/etc", "O": "bind"}), path),
        volume(
            json!({"type": "none", "device": "/run/docker.sock", "o": "bind"}),
            socket,
        ),
        volume(json!({"type": "none", "device": "/", "o": "bind"}), socket),
        volume(
            json!({"type": "none", "device": "/srv/../etc", "o": "bind"}),
            Refused(&["`driver_opts`", "`..`"]),
        ),
        volume(
            json!({"type": "none", "device": "etc", "o": "bind"}),
            Refused(&["`driver_opts`", "absolute"]),
        ),
        volume(
            json!({"type": "overlay", "device": "overlay", "o": "lowerdir=/etc"}),
            kind,
        ),
        volume(json!({"type": "ext4", "device": "/dev/sda1"}), kind),
        volume(json!({"type": "proc", "device": "proc"}), kind),
        volume(json!({"type": "sysfs", "device": "sysfs"}), kind),
        volume(json!({"type": "btrfs", "device": "/dev/sda1"}), kind),
        volume(json!({"type": "TMPFS", "device": "tmpfs"}), kind),
        // Podman takes the one in lower case.
        volume(
            json!({"Type": "nfs", "type": "overlay", "o": "lowerdir=/etc"}),
            Refused(&["`driver_opts`", "two spellings", PRIVILEGED]),
        ),
        volume(
            json!({"O": "ro", "o": "bind", "type": "nfs", "device": "/etc"}),
            Refused(&["`driver_opts`", "two spellings", PRIVILEGED]),
        ),
        volume(
            json!({"type": "tmpfs", "o": "remount"}),
            Refused(&["`driver_opts`", "remount", PRIVILEGED]),
        ),
        volume(json!({"type": "none", "device": "/srv/data"}), kind),
        volume(json!({"device": "/srv/data"}), kind),
        volume(json!({"o": "size=1m"}), kind),
        To(
            "docker_create_volume",
            json!({"driver": "rexray", "driver_opts": {"device": "/etc"}}),
            Passes,
        ),
    ];
    hold(&engine, &client, &cases).await;

    let secret = json!({"name": "v", "driver_opts": {"type": "hunter2", "device": "hunter2", "o": "password=hunter2"}});
    let text = said(&client.call("docker_create_volume", secret).await);
    assert!(
        text.contains("`driver_opts`") && !text.contains("hunter2"),
        "{text}"
    );
    client.stop().await;
}

#[tokio::test]
async fn a_network_takes_no_interface_of_the_host() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let network = |change: Value, verdict| {
        let mut arguments = json!({"name": "lab"});
        for (key, value) in change.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        To("docker_create_network", arguments, verdict)
    };
    let option = Refused(&["`options`", PRIVILEGED]);
    let join = |network: &str, verdict| {
        To(
            "docker_connect_container",
            json!({"network_id": network, "container_id": "web"}),
            verdict,
        )
    };
    let cases = [
        network(json!({}), Passes),
        network(json!({"driver": "macvlan"}), Passes),
        network(
            json!({"options": {"com.docker.network.bridge.enable_icc": "false"}}),
            Passes,
        ),
        network(
            json!({"name": "host"}),
            Refused(&["`name`", "`host`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "host"}),
            Refused(&["`driver`", "`host`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "HOST"}),
            Refused(&["`driver`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "macvlan", "options": {"parent": "eth0"}}),
            Refused(&["`options`", "`parent`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "ipvlan", "options": {"Parent": "eth0"}}),
            option,
        ),
        network(json!({"options": {" parent": "eth0"}}), option),
        network(
            json!({"options": {"com.docker.network.bridge.name": "br0"}}),
            option,
        ),
        join("lab", Passes),
        join("host", Refused(&["`network_id`", "`host`", PRIVILEGED])),
        join("HOST", Refused(&["`network_id`", PRIVILEGED])),
        join(
            "0ddba11",
            Refused(&["`network_id`", "`0ddba11`", PRIVILEGED]),
        ),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn an_image_is_built_from_no_sensitive_directory() {
    let engine = engine();
    let folder = crate::support::workplace::workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(at("project/.ssh")).unwrap();
    fs::write(at("project/Dockerfile"), "FROM scratch\n").unwrap();
    fs::write(at("project/.ssh/Dockerfile"), "FROM scratch\n").unwrap();
    symlink("/etc", at("link")).unwrap();
    symlink(at("project"), at("near")).unwrap();
    let client = client(&engine, &[]).await;
    let build = |path: &str, verdict| To("docker_build_image", json!({"path": path}), verdict);
    let path = Refused(&["`path`", ALLOWLIST]);
    let cases = [
        build(&at("project"), Passes),
        build(&at("near"), Passes),
        build("/etc", Refused(&["`path`", "`/etc`", ALLOWLIST])),
        build("/etc/../etc/ssl", path),
        build("/root", path),
        build("/home", path),
        build("/data/docker", path),
        build(&at("link"), path),
        build(&at("link/ssl"), path),
        build(&at("project/.ssh"), path),
        build("/", Refused(&["`path`", "root"])),
        build("/var/run", path),
        build("/usr/share", path),
        build("/opt", path),
        build("/var/log", path),
        build("/tmp", Refused(&["`path`", ALLOWLIST])),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
