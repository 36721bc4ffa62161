//! `docker_write_file`.

use std::io::Read as _;

use super::*;
use crate::support::fake_engine::Reply;

const WRITE: &str = "docker_write_file";

fn tree() -> FakeEngine {
    engine(files([
        ("/srv/old", Node::File(0o640, b"before".to_vec())),
        ("/srv/link", Node::Link("old", "/srv/old")),
        ("/srv/pipe", Node::Pipe),
        ("/srv/to", Node::Link("/run/secrets", "/run/secrets")),
        ("/run/secrets/x", file("x")),
        (
            "/etc/passwd",
            file("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/app:/bin/sh\n"),
        ),
        ("/etc/group", file("root:x:0:\nstaff:x:50:\n")),
    ]))
    .on("PUT /containers/*/archive", Reply::empty(200))
}

fn writing(path: &str, more: &Value) -> Value {
    let mut arguments = json!({ "container_id": "web", "path": path, "content": "abc" });
    let all = arguments.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    arguments
}

/// What was sent: where to, name, permissions, owner, content.
fn sent(engine: &FakeEngine) -> Vec<(String, String, u32, u64, u64, String)> {
    let seen = engine.seen().into_iter();
    let puts = seen.filter(|seen| seen.method == "PUT");
    let entries = puts.flat_map(|seen| {
        let mut archive = tar::Archive::new(&*seen.body);
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let (name, header) = (entry.path().unwrap().display().to_string(), entry.header());
            let (mode, user, group) = (
                header.mode().unwrap(),
                header.uid().unwrap(),
                header.gid().unwrap(),
            );
            (seen.target.clone(), name, mode, user, group, text)
        });
        entries.collect::<Vec<_>>()
    });
    entries.collect()
}

#[tokio::test]
async fn a_file_is_written_with_what_was_said_of_it() {
    for (path, more, mode, user, group) in [
        ("/srv/new", json!({}), 0o644, 0, 0),
        (
            "/srv/new",
            json!({ "mode": "0600", "user": "7" }),
            0o600,
            7,
            0,
        ),
        ("/srv/new", json!({ "user": "app" }), 0o644, 1000, 1001),
        ("/srv/new", json!({ "user": "app:staff" }), 0o644, 1000, 50),
        ("/srv/old", json!({ "overwrite": true }), 0o640, 0, 0),
        (
            "/srv/old",
            json!({ "overwrite": true, "mode": "755", "user": "5:6" }),
            0o755,
            5,
            6,
        ),
    ] {
        let engine = tree();
        let result = given(&engine, WRITE, writing(path, &more)).await;
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            result,
            json!({ "path": path, "size": 3, "sha256": digest }),
            "{more}"
        );
        let (to, name, ..) = &sent(&engine)[0];
        assert!(
            to.ends_with("/archive?path=%2Fsrv&noOverwriteDirNonDir=true"),
            "{to}"
        );
        assert_eq!(*name, path.replace("/srv/", ""), "{more}");
        let [(_, _, is_mode, is_user, is_group, content)] = &sent(&engine)[..] else {
            panic!("{:?}", sent(&engine))
        };
        assert_eq!(
            (*is_mode, *is_user, *is_group),
            (mode, user, group),
            "{more}"
        );
        assert_eq!(content, "abc", "{more}");
    }
    let engine = tree();
    let bytes = json!({ "container_id": "web", "path": "/srv/b", "base64": "aGk=" });
    given(&engine, WRITE, bytes).await;
    let empty = json!({ "container_id": "web", "path": "/srv/e", "content": "" });
    given(&engine, WRITE, empty).await;
    let contents: Vec<String> = sent(&engine).into_iter().map(|it| it.5).collect();
    assert_eq!(contents, ["hi", ""]);
}

#[tokio::test]
async fn what_is_there_is_left_alone_unless_it_is_a_file_that_may_be_replaced() {
    for (path, more, words) in [
        ("/srv/old", json!({}), "is there already (6 bytes)"),
        ("/srv/link", json!({ "overwrite": true }), "is a link"),
        ("/srv/pipe", json!({ "overwrite": true }), "is a fifo"),
        ("/srv", json!({ "overwrite": true }), "is a directory"),
        ("/", json!({}), "is a directory"),
        ("/srv/none/new", json!({}), "there is no /srv/none"),
        ("/srv/old/new", json!({}), "is a file and no directory"),
        ("/srv/.env", json!({}), "keys or credentials"),
        ("/srv/authorized_keys", json!({}), "keys or credentials"),
        ("/srv/to/new", json!({}), "secrets are mounted"),
        (
            "/run/secrets/x",
            json!({ "overwrite": true }),
            "secrets are mounted",
        ),
        ("/proc/sys/x", json!({}), "is not stored"),
        ("/srv/../x", json!({}), "`..`"),
        ("/srv/new", json!({ "mode": "4755" }), "`mode`"),
        ("/srv/new", json!({ "user": "nobody" }), "nobody is called"),
        (
            "/srv/new",
            json!({ "base64": "aGk=" }),
            "either `content` or `base64`",
        ),
        (
            "/srv/new",
            json!({ "content": null }),
            "either `content` or `base64`",
        ),
        (
            "/srv/new",
            json!({ "content": null, "base64": "!" }),
            "`base64` is none",
        ),
    ] {
        let engine = tree();
        let text = failed(&engine, WRITE, writing(path, &more)).await;
        assert!(text.contains(words), "{path} {more}: {text}");
        assert!(sent(&engine).is_empty(), "{path} {more}");
    }
}

#[tokio::test]
async fn an_engine_that_does_not_write_says_why() {
    let refusal = Reply::error(403, "container rootfs is marked read-only");
    let engine = tree().on("PUT /containers/*/archive", refusal);
    let text = failed(&engine, WRITE, writing("/srv/new", &json!({}))).await;
    assert!(
        text.contains("/srv/new was not written") && text.contains("read-only"),
        "{text}"
    );
    let full = Reply::error(500, "no space left on device");
    let engine = tree().on("PUT /containers/*/archive", full);
    let text = failed(&engine, WRITE, writing("/srv/new", &json!({}))).await;
    assert!(text.contains("no space left"), "{text}");
}
