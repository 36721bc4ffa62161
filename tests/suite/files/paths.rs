//! Where paths lead, and where they must not.

use super::*;
use crate::support::fake_engine::Reply;

#[tokio::test]
async fn a_path_that_is_none_is_refused_before_anything_is_sent() {
    for (path, words) in [
        ("srv", "not absolute"),
        ("/srv/../etc/passwd", "`..`"),
        ("/..", "`..`"),
        ("/a\u{7}", "no name has"),
        (&*format!("/{}", "a".repeat(5000)), "4096"),
    ] {
        let engine = engine(files([]));
        for tool in [LIST, READ] {
            let text = failed(&engine, tool, of(path)).await;
            assert!(text.contains(words), "{path}: {text}");
        }
        assert!(engine.seen().is_empty(), "{path}: {:?}", engine.requests());
    }
}

#[tokio::test]
async fn a_link_is_followed_and_its_end_told() {
    let engine = engine(files([
        (
            "/etc/os-release",
            Node::Link("../usr/lib/os-release", "/usr/lib/os-release"),
        ),
        ("/usr/lib/os-release", file("NAME=x\n")),
        ("/gone", Node::Link("nowhere", "/nowhere")),
        ("/round", Node::Link("round", "")),
    ]));
    let result = read(&engine, "/etc/./os-release", json!({})).await;
    assert_eq!(result["path"], "/usr/lib/os-release", "{result}");
    assert_eq!(result["text"], "NAME=x\n", "{result}");
    let text = failed(&engine, READ, of("/gone")).await;
    assert!(
        text.contains("/gone is a link to /nowhere, and nothing is there"),
        "{text}"
    );
    let text = failed(&engine, READ, of("/round")).await;
    assert!(
        text.contains("leads nowhere, or round in a circle"),
        "{text}"
    );

    // Engines do not answer what leads round in a circle, and say why only in a body.
    let engine = engine
        .on("HEAD /containers/*/archive", Reply::empty(500))
        .on(
            "GET /containers/*/archive",
            Reply::error(500, "evalSymlinksInScope: too many links in /x/round"),
        );
    let text = failed(&engine, READ, of("/round")).await;
    assert!(
        text.contains("/round is a link that leads round in a circle"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_no_file_is_not_read() {
    let engine = engine(files([("/srv/pipe", Node::Pipe)]));
    let text = failed(&engine, READ, of("/srv/pipe")).await;
    assert!(
        text.contains("is a fifo, and only files are read"),
        "{text}"
    );
    let text = failed(&engine, READ, of("/srv")).await;
    assert!(text.contains("docker_list_files"), "{text}");
    let archive = format!("GET /containers/{ID}/archive");
    let requests = engine.requests();
    assert!(
        !requests.iter().any(|it| it.starts_with(&archive)),
        "{requests:?}"
    );
}

/// A running container's `/proc` is no file of it, whatever leads there.
#[tokio::test]
async fn what_the_kernel_makes_is_not_stored() {
    let engine = engine(files([
        ("/proc/self", Node::Directory),
        ("/fd", Node::Link("/proc/self/fd", "/proc/self")),
    ]));
    for path in ["/proc", "/proc/1/environ", "/sys/kernel", "/dev/sda", "/fd"] {
        let text = failed(&engine, READ, of(path)).await;
        assert!(text.contains("is not stored"), "{path}: {text}");
        assert!(text.contains("docker_exec_command"), "{path}: {text}");
    }
}

#[tokio::test]
async fn keys_and_credentials_are_described_and_not_read() {
    let engine = engine(files([
        ("/run/secrets/db", file("hunter2")),
        ("/app/.env", file("hunter2")),
        ("/app/token", Node::Link("/etc/motd", "/etc/motd")),
        ("/etc/motd", file("hunter2")),
        ("/app/settings", Node::Link("/run/secrets/db", "/run/secrets/db")),
        ("/app/folder", Node::Link("/run/secrets", "/run/secrets")),
        ("/mounted/conf", file("hunter2")),
    ]))
    .on(
        "GET /containers/*/json",
        json!({
            "Id": ID, "Name": "/web", "HostConfig": {},
            "Mounts": [{ "Type": "bind", "Source": "/home/me/work/.env", "Destination": "/mounted/conf" }],
        }),
    );
    for (path, real) in [
        ("/run/secrets/db", "/run/secrets/db"),
        ("/app/.env", "/app/.env"),
        ("/app/settings", "/run/secrets/db"),
        ("/app/token", "/etc/motd"),
        ("/app/folder/db", "/run/secrets/db"),
        ("/mounted/conf", "/mounted/conf"),
    ] {
        for more in [json!({}), json!({ "base64": true })] {
            let result = read(&engine, path, more).await;
            assert_eq!(result["path"], real, "{result}");
            assert_eq!(result["size"], 7, "{result}");
            assert_eq!(result["modified"], "2026-01-01T09:00:00Z", "{result}");
            for key in ["text", "base64", "sha256"] {
                assert_eq!(result[key], Value::Null, "{key}: {result}");
            }
            assert!(
                result["hint"]
                    .as_str()
                    .unwrap()
                    .contains("described and not read"),
                "{result}"
            );
        }
    }
    let archives = engine.requests();
    assert!(
        !archives
            .iter()
            .any(|it| it.starts_with("GET ") && it.contains("/archive")),
        "{archives:?}"
    );
}

/// As with exec: whoever reads all files of such a container reads those of the host.
#[tokio::test]
async fn a_container_that_gives_the_host_away_is_not_looked_into() {
    let engine = engine(files([("/host/etc/motd", file("x"))])).on(
        "GET /containers/*/json",
        json!({
            "Id": ID, "Name": "/web", "HostConfig": {},
            "Mounts": [{ "Type": "bind", "Source": "/etc", "Destination": "/host/etc", "RW": false }],
        }),
    );
    for tool in [LIST, READ] {
        let text = failed(&engine, tool, of("/host/etc/motd")).await;
        assert!(text.contains("/etc") && text.contains("SAFETY_"), "{text}");
    }
    assert!(
        !engine.requests().iter().any(|it| it.contains("/archive")),
        "{:?}",
        engine.requests()
    );
}
