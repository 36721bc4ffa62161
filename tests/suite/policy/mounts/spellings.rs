//! Walks the table of paths: each has its verdict on each kind of Engine.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::*;
use crate::support::workplace::workplace;

const TABLE: &str = include_str!("paths.txt");

/// The lines below a heading that begins so: what comes of a path, and the words of a refusal.
fn lines(heading: &str) -> Vec<(bool, &'static str, Vec<&'static str>)> {
    let mut sections = TABLE.split("\n== ");
    let section = sections.find(|section| section.starts_with(heading));
    let lines = section.unwrap().lines().skip(1);
    let filled = lines.filter(|line| !line.is_empty());
    filled
        .map(|line| {
            let mut fields = line.split('|');
            let verdict = fields.next().unwrap();
            assert!(["yes", "no"].contains(&verdict), "{line}");
            (verdict == "yes", fields.next().unwrap(), fields.collect())
        })
        .collect()
}

/// Mounts each path of a section, and holds what comes of it against the table.
async fn walk(engine: &FakeEngine, client: &Client, heading: &str) {
    let mut wrong = Vec::new();
    for (is_given, path, words) in lines(heading) {
        let before = changes(engine).len();
        let (tool, arguments) =
            create(json!({"volumes": {path: {"bind": "/inside", "mode": "ro"}}}));
        let result = client.call(tool, arguments.clone()).await;
        let text = said(&result);
        let sent = changes(engine).len() - before;
        let verdict = if is_given { Passes } else { Refused(&[]) };
        as_service::hold(client, tool, &arguments, verdict).await;
        let holds = match is_given {
            true => result.is_error != Some(true) && sent == 1,
            false => {
                result.is_error == Some(true)
                    && sent == 0
                    && text.contains("`volumes`")
                    && words.iter().all(|word| text.contains(word))
            }
        };
        if !holds {
            wrong.push(format!(
                "{path}\n    is to be {is_given} {words:?}\n    {text}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{heading}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn each_spelling_on_linux_has_its_verdict() {
    let engine = engine();
    let client = client(&engine, &[("HOME", "/home/me")]).await;
    walk(&engine, &client, "An Engine beside the server, on Linux").await;
    client.stop().await;
    assert!(TABLE.matches("\nyes|").count() + TABLE.matches("\nno|").count() >= 250);
}

/// What no container mounts is no volume and no build context either.
#[tokio::test]
async fn each_spelling_that_is_not_mounted_is_given_in_no_other_form() {
    let engine = engine();
    let client = client(&engine, &[("HOME", "/home/me")]).await;
    let mut wrong = Vec::new();
    for (_, path, words) in lines("An Engine beside the server, on Linux")
        .into_iter()
        .filter(|(is_given, ..)| !is_given)
    {
        let options = json!({"type": "none", "o": "bind", "device": path});
        // To read a socket opens none: as a context it is a path like another. One of Windows is none.
        let read = words
            .iter()
            .filter(|word| path.starts_with('/') && **word != "socket");
        let read = read.filter(|word| **word != PRIVILEGED).copied().collect();
        let bound = if path.split('/').any(|part| part == "..") {
            vec!["`..`"]
        } else {
            words
        };
        for (tool, arguments, field, words) in [
            (
                "docker_create_volume",
                json!({"driver_opts": options}),
                "`driver_opts`",
                bound,
            ),
            ("docker_build_image", json!({"path": path}), "`path`", read),
        ] {
            let result = client.call(tool, arguments).await;
            let text = said(&result);
            let says = |word: &&str| text.contains(*word);
            if result.is_error != Some(true) || !text.contains(field) || !words.iter().all(says) {
                wrong.push(format!(
                    "{tool} {path}\n    is to say {words:?}\n    {text}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(changes(&engine), Vec::<String>::new());
    client.stop().await;
}

#[tokio::test]
async fn each_spelling_of_windows_has_its_verdict() {
    let engine = engine().on(
        "GET /info",
        json!({"DockerRootDir": "/var/lib/docker", "OperatingSystem": "Docker Desktop", "OSType": "linux"}),
    );
    let client = client(&engine, &[("HOME", "/home/me")]).await;
    walk(&engine, &client, "An Engine of Docker Desktop").await;
    client.stop().await;
}

#[tokio::test]
async fn an_engine_elsewhere_has_its_verdicts() {
    let engine = engine();
    let address = engine.elsewhere().await;
    let settings = [
        ("DOCKER_BASE_URL", address.as_str()),
        (ALLOWLIST, r"/opt/app,/srv/data,D:\shared"),
        COMPOSE_TOO,
    ];
    let client = Client::start(&settings).await;
    walk(&engine, &client, "An Engine elsewhere").await;
    client.stop().await;
}

/// The home and the named places may be links themselves, and so may what is mounted.
#[tokio::test]
async fn links_are_followed_on_both_sides() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in [
        "homes/me/project",
        "homes/me/.config",
        "homes/me/bin",
        "named",
    ] {
        fs::create_dir_all(at(name)).unwrap();
    }
    symlink(at("homes/me"), at("home")).unwrap();
    symlink(at("homes/me/.config"), at("homes/me/settings")).unwrap();
    symlink(at("homes/me/bin"), at("homes/me/project/tools")).unwrap();
    symlink("/usr/share", at("homes/me/project/share")).unwrap();
    symlink("/usr/share", at("named/share")).unwrap();
    symlink("/proc/self/cwd", at("homes/me/project/here")).unwrap();
    symlink("/proc/thread-self/cwd/..", at("named/here")).unwrap();
    symlink("/dev/fd/0", at("named/first")).unwrap();
    symlink(at("homes/me/project"), at("homes/me/near")).unwrap();
    symlink(at("named"), at("alias")).unwrap();
    let settings = [("HOME", &*at("home")), (ALLOWLIST, &*at("alias"))];
    let client = client(&engine, &settings).await;
    let led = Refused(&["`volumes`", "leads to", ALLOWLIST]);
    let cases = mounting(&[
        (&at("home/project"), Passes),
        (&at("homes/me/project"), Passes),
        (&at("home/near"), Passes),
        (&at("home"), Refused(&["home", ALLOWLIST])),
        (&at("homes/me"), Refused(&["home", ALLOWLIST])),
        (&at("homes"), Refused(&["home", ALLOWLIST])),
        (&at("home/.config"), Refused(&["hidden", ALLOWLIST])),
        (&at("homes/me/.config"), Refused(&["hidden", ALLOWLIST])),
        (&at("home/settings"), led),
        (&at("home/project/tools"), led),
        (
            &at("home/project/share"),
            Refused(&["leads to `/usr/share`", ALLOWLIST]),
        ),
        (&at("named"), Passes),
        (&at("alias/x"), Passes),
        (
            &at("named/share"),
            Refused(&["leads to `/usr/share`", ALLOWLIST]),
        ),
        // Each process is led elsewhere by these.
        (
            &at("home/project/here"),
            Refused(&["leads to `/proc/self", ALLOWLIST]),
        ),
        (
            &at("named/here"),
            Refused(&["leads to `/proc/thread-self", ALLOWLIST]),
        ),
        (
            &at("named/first"),
            Refused(&["leads to `/proc/self", ALLOWLIST]),
        ),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn a_folder_with_a_socket_in_it_is_not_mounted() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["app", "proxy", "named", "plain", "named-proxy"] {
        fs::create_dir(at(name)).unwrap();
    }
    let sockets = [
        "app/db",
        "proxy/docker.sock",
        "named/db",
        "named-proxy/a",
        "named-proxy/podman.sock",
        "named-proxy/z",
    ];
    let listening = sockets.map(|name| UnixListener::bind(at(name)).unwrap());
    fs::write(at("plain/docker.sock.md"), "").unwrap();
    let list = [at("named"), at("named-proxy")].join(",");
    let client = client(&engine, &[(ALLOWLIST, &list)]).await;
    let cases = mounting(&[
        (&at("app"), Refused(&["holds the socket `db`", ALLOWLIST])),
        (&at("app/db"), Refused(&["is a socket", PRIVILEGED])),
        (&at("proxy"), Refused(&["socket", PRIVILEGED])),
        (&at("named"), Passes),
        (&at("named/db"), Refused(&["is a socket", PRIVILEGED])),
        (&at("named-proxy"), Refused(&["socket", PRIVILEGED])),
        (&at("plain"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    drop(listening);
    client.stop().await;
}

/// A file there is of a program's: tickets of Kerberos lie in such.
#[tokio::test]
async fn of_temporary_files_only_folders_are_mounted() {
    let engine = engine();
    let file = tempfile::Builder::new()
        .prefix("krb5cc_")
        .tempfile()
        .unwrap();
    let folder = workplace();
    let inside = folder.path().join("settings.conf");
    fs::write(&inside, "").unwrap();
    let client = client(&engine, &[]).await;
    let cases = mounting(&[
        (
            file.path().to_str().unwrap(),
            Refused(&["`volumes`", "file", ALLOWLIST]),
        ),
        (inside.to_str().unwrap(), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// A service may have the system's own as its home.
#[tokio::test]
async fn a_home_that_is_none_opens_nothing() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    symlink("/", at("root")).unwrap();
    symlink("/usr", at("usr")).unwrap();
    let (to_root, to_usr) = (at("root"), at("usr"));
    for home in [
        "/",
        "/etc",
        "/usr",
        "/home",
        "/var/spool",
        &to_root,
        &to_usr,
    ] {
        let client = client(&engine, &[("HOME", home)]).await;
        let below = format!("{home}/mcp/project");
        let cases = mounting(&[
            ("/usr/share", Refused(&["`volumes`", ALLOWLIST])),
            ("/opt/app", Refused(&["`volumes`", ALLOWLIST])),
            (
                &below,
                if home == "/home" {
                    Passes
                } else {
                    Refused(&["`volumes`"])
                },
            ),
        ]);
        hold(&engine, &client, &cases).await;
        client.stop().await;
    }
}
