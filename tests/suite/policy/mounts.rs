//! Which paths of the host and which volumes are mounted.

mod hosts;
mod kept;
mod spellings;

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use super::{
    ALLOWLIST, COMPOSE_TOO, PRIVILEGED, Passes, Refused, as_service, changes, client, create,
    engine, hold, mounting, said,
};
use crate::support::client::Client;
use crate::support::fake_engine::FakeEngine;

#[tokio::test]
async fn the_socket_in_use_is_mounted_by_no_path_and_volumes_are_what_they_bind() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let socket = Refused(&["`volumes`", "socket", PRIVILEGED]);
    let own = engine.socket().display().to_string();
    let above_own = engine.socket().parent().unwrap().display().to_string();
    let cases = mounting(&[
        (&own, socket),
        (&above_own, socket),
        ("/srv/app/app.sock", Passes),
        ("plain", Passes),
        ("absent", Passes),
        ("bound-to-data", Passes),
        ("of-a-plugin", Passes),
        (
            "bound",
            Refused(&["`volumes`", "`bound`", "`/etc`", ALLOWLIST]),
        ),
        (
            "bound-to-share",
            Refused(&["`volumes`", "`bound-to-share`", "`/usr/share`", ALLOWLIST]),
        ),
        (
            "overlaid",
            Refused(&["`volumes`", "`overlaid`", "`overlay`", PRIVILEGED]),
        ),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// These never get as far as the policy, and say what a source is.
#[tokio::test]
async fn a_volume_name_that_looks_like_a_path_is_none() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    for source in ["./x", "../etc", "~/.ssh", "a/b", ".hidden", "C:data"] {
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
    let folder = crate::support::workplace::workplace();
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
    let folder = crate::support::workplace::workplace();
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
