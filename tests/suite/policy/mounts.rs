//! Which paths of the host and which volumes are mounted.

mod hosts;

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use super::{
    ALLOWLIST, PRIVILEGED, Passes, Refused, changes, client, create, engine, hold, mounting, said,
};
use crate::support::client::Client;
use crate::support::fake_engine::FakeEngine;

#[tokio::test]
async fn sensitive_paths_are_refused_in_every_spelling_and_others_are_mounted() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let path = Refused(&["`volumes`", ALLOWLIST]);
    let socket = Refused(&["`volumes`", "socket", PRIVILEGED]);
    let own = engine.socket().display().to_string();
    let above_own = engine.socket().parent().unwrap().display().to_string();
    let mut cases = mounting(&[(&own, socket), (&above_own, socket)]);
    cases.extend(mounting(&[
        ("/var/run/docker.sock", socket),
        ("/run/docker.sock", socket),
        ("//var//run/../run/docker.sock", socket),
        ("/./run/./docker.sock", socket),
        ("/srv/../var/run/docker.sock/", socket),
        ("/VAR/RUN/Docker.sock", socket),
        ("/run", socket),
        ("/var/run/", socket),
        ("/var", socket),
        ("/", socket),
        ("//", socket),
        ("/..", socket),
        ("/run/user/1000", socket),
        ("/run/user/1000/docker.sock", socket),
        ("/run/php/fpm.sock", socket),
        ("/run/containerd", socket),
        ("/srv/proxy/docker.sock", socket),
        ("/srv/podman.sock", socket),
        ("/srv/docker.raw.sock", socket),
        ("//./pipe/docker_engine", socket),
        ("/srv/app/app.sock", Passes),
        ("/srv/docker.socket.d", Refused(&["socket"])),
        ("/etc", path),
        ("/etc/", path),
        ("/etc/ssl/../ssl", path),
        ("/srv/../etc/shadow", path),
        ("/ETC", path),
        ("/etcetera", Passes),
        ("/etc/../srv", Passes),
        ("/root", path),
        ("/root/.bashrc", path),
        ("/proc", path),
        ("/proc/1/root", path),
        ("/sys/fs/cgroup", path),
        ("/boot", path),
        ("/dev", path),
        ("/dev/sda", path),
        ("/usr", path),
        ("/usr/bin", path),
        ("/usr/local/lib/systemd", path),
        ("/usr/share/zoneinfo", Passes),
        ("/usr/local/share/data", Passes),
        ("/bin", path),
        ("/var/spool/cron", path),
        ("/var/lib", path),
        ("/var/lib/docker", path),
        ("/var/lib/docker/volumes/other/_data", path),
        ("/var/lib/dockerish", Passes),
        ("/data/docker", path),
        ("/data/docker/overlay2", path),
        ("/data", path),
        ("/data/dockers", Passes),
        ("/home", path),
        ("/home/me", path),
        ("/home/me/", path),
        ("/home/me/.config/autostart", path),
        ("/home/me/.bashrc", path),
        ("/home/me/project", Passes),
        ("/Users/me", path),
        ("/Users/me/project", Passes),
        ("/host_mnt/Users/me", path),
        ("/mnt/c/Users/me", path),
        ("/mnt/c/Users/me/project", Passes),
        ("/srv/keys/.ssh", path),
        ("/srv/keys/.SSH/id", path),
        ("/srv/.aws/credentials", path),
        ("/srv/.kube", path),
        ("/srv/.docker/config.json", path),
        ("/srv/.gnupg", path),
        ("/srv/.sshd", Passes),
        ("/srv", Passes),
        ("/tmp/some/new/path", Passes),
        ("plain", Passes),
        ("absent", Passes),
        ("bound-to-data", Passes),
        ("of-a-plugin", Passes),
        (
            "bound",
            Refused(&["`volumes`", "`bound`", "`/etc`", ALLOWLIST]),
        ),
        (
            "overlaid",
            Refused(&["`volumes`", "`overlaid`", "`overlay`", PRIVILEGED]),
        ),
    ]));
    assert!(cases.len() >= 70, "{}", cases.len());
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// These never get as far as the policy, and say what a source is.
#[tokio::test]
async fn a_volume_name_that_looks_like_a_path_is_none() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    for source in [
        "./x",
        "../etc",
        "~/.ssh",
        "a/b",
        ".hidden",
        r"C:\data",
        r"\\.\pipe\x",
    ] {
        let (tool, arguments) = create(json!({"volumes": {source: {"bind": "/inside"}}}));
        let result = client.call(tool, arguments).await;
        assert_eq!(result.is_error, Some(true), "{source}");
        assert!(said(&result).contains("`volumes`"), "{}", said(&result));
    }
    assert_eq!(changes(&engine), Vec::<String>::new());
    client.stop().await;
}

#[tokio::test]
async fn links_are_followed_on_the_servers_own_host() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    symlink("/etc", at("settings")).unwrap();
    symlink(engine.socket(), at("harmless")).unwrap();
    symlink("/etc/cron.d/of-tomorrow", at("dangling")).unwrap();
    symlink(folder.path(), at("itself")).unwrap();
    symlink(at("settings"), at("twice")).unwrap();
    symlink(at("loop"), at("loop")).unwrap();
    fs::create_dir(at("real")).unwrap();
    let client = client(&engine, &[]).await;
    let path = Refused(&["`volumes`", "leads to", "/etc", ALLOWLIST]);
    let cases = mounting(&[
        (&at("settings"), path),
        (&at("settings/ssl"), path),
        (&at("twice"), path),
        (&at("dangling"), path),
        (
            &at("loop"),
            Refused(&["`volumes`", "cannot be followed", ALLOWLIST]),
        ),
        (
            &at("harmless"),
            Refused(&["`volumes`", "leads to", "docker.sock", PRIVILEGED]),
        ),
        (&at("itself/itself/settings"), path),
        (&at("itself/real"), Passes),
        (&at("real/not/there"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn the_allow_list_exempts_paths_and_what_is_below_but_never_a_socket() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(at("real")).unwrap();
    symlink(at("real"), at("link")).unwrap();
    symlink("/etc/ssl", at("real/ssl")).unwrap();
    symlink("/etc/hosts", at("hosts")).unwrap();
    let list = format!(
        "/etc/nginx/,/run,//home/./me,/data/docker/volumes,{},{}",
        at("link"),
        at("hosts")
    );
    let client = client(&engine, &[(ALLOWLIST, &list)]).await;
    let path = Refused(&["`volumes`", ALLOWLIST]);
    let socket = Refused(&["`volumes`", "socket", PRIVILEGED]);
    let cases = mounting(&[
        ("/etc/nginx", Passes),
        ("/etc/nginx/conf.d", Passes),
        ("/etc/./nginx/../nginx/x", Passes),
        ("/etc/nginx/../shadow", path),
        ("/etc/nginxx", path),
        ("/etc", path),
        ("/home/me", Passes),
        ("/home/me/.ssh", Passes),
        ("/home/you", path),
        ("/data/docker/volumes", Passes),
        ("/data/docker", path),
        ("/run/lock", Passes),
        ("/run", socket),
        ("/run/docker.sock", socket),
        ("/run/other.sock", socket),
        (&at("link/x"), Passes),
        (&at("real/x"), Passes),
        (&at("real/ssl"), path),
        (&at("hosts"), Passes),
        ("bound", Refused(&["`bound`", ALLOWLIST])),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
