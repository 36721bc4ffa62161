//! Which paths of the host and which volumes are mounted.

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

/// What is mounted by an Engine elsewhere cannot be looked at, so that only what was named passes.
#[tokio::test]
async fn an_engine_elsewhere_mounts_only_what_was_named() {
    let engine = engine();
    let port = relay(&engine).await;
    let address = format!("tcp://127.0.0.1:{port}");
    let settings = [
        ("DOCKER_BASE_URL", address.as_str()),
        (ALLOWLIST, "/srv/data"),
    ];
    let client = Client::start(&settings).await;
    let cases = mounting(&[
        ("/srv/data/x", Passes),
        (
            "/srv/other",
            Refused(&["`volumes`", "`/srv/other`", ALLOWLIST]),
        ),
        ("/srv/data/../other", Refused(&["`volumes`", ALLOWLIST])),
        ("/etc", Refused(&["`volumes`", ALLOWLIST])),
        ("plain", Passes),
        ("bound-to-data", Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// A port that leads to the fake Engine's socket.
async fn relay(engine: &FakeEngine) -> u16 {
    let socket = engine.socket();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = tokio::net::UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    port
}

/// The files of this server are what tells on a model: none may change them.
#[tokio::test]
async fn the_servers_own_files_are_not_mounted() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit/log.jsonl");
    fs::create_dir(audit.parent().unwrap()).unwrap();
    let audit = audit.to_str().unwrap();
    let client = client(&engine, &[("MCP_DOCKER_AUDIT_LOG", audit)]).await;
    let own = Refused(&["`volumes`", "own", ALLOWLIST]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let cases = mounting(&[
        (audit, own),
        (&at("audit"), own),
        (&at(""), own),
        (&at("other"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// Beside the usual places of homes there is the one that this server's own user has.
#[tokio::test]
async fn the_home_of_the_servers_user_is_not_mounted_wherever_it_is() {
    let engine = engine();
    let client = client(&engine, &[("HOME", "/srv/house")]).await;
    let cases = mounting(&[
        ("/srv/house", Refused(&["`volumes`", "home", ALLOWLIST])),
        ("/srv/house/project", Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// Docker restarts a container without a request that could be judged, and follows links anew.
#[tokio::test]
async fn what_a_container_can_replace_is_not_mounted_into_one_that_docker_restarts() {
    let bind = |source: &str, rw: bool| json!({"Type": "bind", "Source": source, "RW": rw});
    let named =
        json!({"Type": "volume", "Name": "bound-to-shop", "Source": "/x/_data", "RW": true});
    let engine = engine()
        .on(
            "GET /containers/json",
            json!([
                {"Id": "writes", "Mounts": [bind("/srv/shared", true), bind("/srv/read", false), named]},
                {"Id": "restarts", "Mounts": [bind("/srv/own/conf", false)]},
                {"Id": "stays", "Mounts": [bind("/srv/free/conf", false)]},
            ]),
        )
        .on(
            "GET /volumes",
            json!({"Volumes": [{"Name": "bound-to-shop", "Driver": "local",
                "Options": {"type": "none", "o": "bind", "device": "/srv/shop"}}]}),
        )
        .on(
            "GET /containers/restarts/json",
            json!({"HostConfig": {"RestartPolicy": {"Name": "always"}}}),
        )
        .on(
            "GET /containers/stays/json",
            json!({"HostConfig": {"RestartPolicy": {"Name": "no"}}}),
        );
    let client = client(&engine, &[]).await;
    let mounted = |volumes: &[(&str, &str)], policy: &str| {
        let volumes: serde_json::Value = volumes
            .iter()
            .enumerate()
            .map(|(number, (source, mode))| {
                let mount = json!({"bind": format!("/m{number}"), "mode": mode});
                ((*source).to_owned(), mount)
            })
            .collect();
        let (tool, arguments) = create(json!({"volumes": volumes, "restart_policy": policy}));
        move |verdict| super::To(tool, arguments, verdict)
    };
    let policy = Refused(&["`restart_policy`", "`ro`", PRIVILEGED]);
    let above = Refused(&["`volumes`", "`ro`", PRIVILEGED]);
    let cases = [
        mounted(&[("/srv/shared/sub", "rw")], "always")(policy),
        mounted(&[("/srv/shared/a/../sub", "ro")], "on-failure:3")(policy),
        mounted(&[("/srv/shop/sub", "rw")], "unless-stopped")(policy),
        mounted(&[("/srv/new", "rw"), ("/srv/new/sub", "rw")], "always")(policy),
        mounted(&[("/srv/new", "ro"), ("/srv/new/sub", "rw")], "always")(Passes),
        mounted(&[("/srv/shared/sub", "rw")], "no")(Passes),
        mounted(&[("/srv/shared", "rw")], "always")(Passes),
        mounted(&[("/srv/sharedness", "rw")], "always")(Passes),
        mounted(&[("/srv/read/sub", "rw")], "always")(Passes),
        mounted(&[("/srv/own", "rw")], "no")(above),
        mounted(&[("/srv/own", "ro")], "no")(Passes),
        mounted(&[("/srv/free", "rw")], "no")(Passes),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
