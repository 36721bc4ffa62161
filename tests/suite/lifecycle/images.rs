//! Looks at what becomes of the files that images are written to and loaded from.

mod load;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::support::client::RawClient;
use crate::support::exchange::call;
use crate::support::workplace::workplace;

const SAVE: &str = "docker_save_image";
const LOAD: &str = "docker_load_image";

/// What an archive ends with.
const END: [u8; 1024] = [0; 1024];

/// An Engine with the images `web:1` and `db:2`.
fn engine() -> FakeEngine {
    let absent = Reply::error(404, "No such image: nobody:1");
    let archive = Reply::chunks([b"layers".repeat(30_000), END.to_vec()]);
    FakeEngine::start()
        .on("GET /info", json!({ "DockerRootDir": "/data/docker" }))
        .on("GET /images/*/json", absent)
        .on("GET /images/web:1/json", json!({ "Id": "sha256:1" }))
        .on("GET /images/db:2/json", json!({ "Id": "sha256:2" }))
        .on("GET /images/get", archive)
        .on("GET /images/json", json!([]))
}

fn at(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn make_pipe(path: &str) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn asked_for_images(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| request.contains("/images/"));
    requests
}

#[tokio::test]
async fn what_the_engine_sends_is_in_a_new_file_for_this_user_alone() {
    let (engine, folder) = (engine(), workplace());
    fs::create_dir(at(&folder, "real")).unwrap();
    symlink(at(&folder, "real"), at(&folder, "link")).unwrap();
    let id = "0".repeat(64);
    let given_path = at(&folder, "link/images.tar");
    let arguments = json!({ "images": ["web:1", "host:5000/web", id], "path": given_path });
    let result = given(&engine, SAVE, arguments).await;
    let path = at(&folder, "real/images.tar");
    assert_eq!(result, json!({ "path": path, "size": 181_024 }));
    let expected = [b"layers".repeat(30_000), END.to_vec()].concat();
    assert!(fs::read(&path).unwrap() == expected);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names(&folder.path().join("real")), ["images.tar"]);
    let asked =
        format!("GET /images/get?names=web%3A1&names=host%3A5000%2Fweb%3Alatest&names={id}");
    assert_eq!(asked_for_images(&engine), [asked]);
}

#[tokio::test]
async fn what_is_there_is_never_overwritten() {
    let folder = workplace();
    fs::write(at(&folder, "file"), "theirs").unwrap();
    fs::create_dir(at(&folder, "folder")).unwrap();
    symlink("file", at(&folder, "link")).unwrap();
    symlink(at(&folder, "later"), at(&folder, "dangling")).unwrap();
    make_pipe(&at(&folder, "pipe"));
    let before = names(folder.path());
    for name in ["file", "folder", "link", "dangling", "pipe"] {
        let engine = engine();
        let arguments = json!({ "images": "web:1", "path": at(&folder, name) });
        let text = failed(&engine, SAVE, arguments).await;
        let said = format!(
            "{}` is there already, and is never overwritten",
            at(&folder, name)
        );
        assert!(text.contains(&said), "{text}");
        assert_eq!(asked_for_images(&engine), Vec::<String>::new(), "{name}");
    }
    assert_eq!(names(folder.path()), before);
    assert_eq!(fs::read(at(&folder, "file")).unwrap(), b"theirs");
}

/// Whoever is first has the name.
#[tokio::test]
async fn nor_is_what_came_there_meanwhile() {
    let folder = workplace();
    let path = at(&folder, "images.tar");
    let theirs = path.clone();
    let engine = engine().answer("GET /images/get", move |_| {
        fs::write(&theirs, "theirs").unwrap();
        Reply::chunks([&END[..]])
    });
    let text = failed(&engine, SAVE, json!({ "images": "web:1", "path": path })).await;
    assert!(text.contains("is there already"), "{text}");
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    assert_eq!(names(folder.path()), ["images.tar"]);
}

#[tokio::test]
async fn a_save_that_fails_leaves_nothing_and_says_why() {
    let some = || vec![7_u8; 20_000];
    let said = br#"{"errorDetail":{"message":"layer is gone"},"error":"layer is gone"}"#;
    for (images, reply, parts) in [
        // Some Engines do not say which.
        (
            ["web:1", "nobody:1"],
            Reply::error(404, "reference does not exist"),
            &["no such image: `nobody:1`"][..],
        ),
        (
            ["web:1", "nobody:1"],
            Reply::chunks([some(), said.to_vec()]),
            &["no such image: `nobody:1`"],
        ),
        (
            ["web:1", "db:2"],
            Reply::error(500, "mkdir: no space left on device"),
            &["saving failed", "no space left"],
        ),
        (
            ["web:1", "db:2"],
            Reply::chunks([some(), said.to_vec()]),
            &["saving failed", "layer is gone"],
        ),
        (
            ["web:1", "db:2"],
            Reply::chunks([some()]),
            &["saving failed", "no whole archive"],
        ),
        (
            ["web:1", "db:2"],
            Reply::chunks([some()]).then_die(),
            &["was lost in the middle"],
        ),
    ] {
        let engine = engine().on("GET /images/get", reply);
        let folder = workplace();
        let path = at(&folder, "images.tar");
        let text = failed(&engine, SAVE, json!({ "images": images, "path": path })).await;
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(names(folder.path()), Vec::<String>::new(), "{text}");
    }
}

/// A file may not grow here, as on a disk that is full.
#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_nothing_and_says_why() {
    let (engine, folder, home) = (engine(), workplace(), tempfile::tempdir().unwrap());
    let mut program = Command::new("sh");
    let path = at(&folder, "images.tar");
    program
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .args([
            env!("CARGO_BIN_EXE_mcp-docker"),
            "call",
            SAVE,
            "images=web:1",
        ])
        .arg(format!("path={path}"))
        .current_dir(home.path())
        .env_clear()
        .envs([("HOME", home.path().to_str().unwrap()), EVERYTHING])
        .env("DOCKER_BASE_URL", engine.address())
        .stdin(Stdio::null());
    let done = tokio::task::spawn_blocking(move || program.output().unwrap());
    let done = done.await.unwrap();
    let text = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success(), "{done:?}");
    let said =
        format!("`{path}` could not be written on this server's host, and nothing is left of it");
    assert!(text.contains(&said) && text.contains("too large"), "{text}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

/// Whether the Engine has begun to answer or not.
#[tokio::test]
async fn a_cancelled_save_leaves_nothing() {
    for reply in [Reply::hang(), Reply::chunks([vec![7; 512]]).then_hang()] {
        let (engine, folder) = (engine().on("GET /images/get", reply), workplace());
        let address = engine.address();
        let settings = [("DOCKER_BASE_URL", address.as_str()), EVERYTHING];
        let mut client = RawClient::session("2025-11-25", &settings).await;
        let arguments = json!({ "images": "web:1", "path": at(&folder, "images.tar") });
        client.send(call(7, SAVE, arguments)).await;
        engine.asked("GET /images/get").await;
        let begun = names(folder.path());
        assert!(begun[0].ends_with(".part") && begun.len() == 1, "{begun:?}");
        let cancelled = json!({ "requestId": 7 });
        client
            .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled }))
            .await;
        let gone = async {
            while !names(folder.path()).is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(20), gone).await;
        assert!(gone.is_ok(), "{:?}", names(folder.path()));
    }
}

#[tokio::test]
async fn what_names_no_image_and_no_file_is_refused_before_anything_is_sent() {
    let folder = workplace();
    let path = at(&folder, "images.tar");
    for (tool, arguments, part) in [
        (
            SAVE,
            json!({ "images": [], "path": path }),
            "`images` is empty",
        ),
        (
            SAVE,
            json!({ "images": ["web:1", "../db"], "path": path }),
            "of `../db`",
        ),
        (SAVE, json!({ "images": "web?x", "path": path }), "`images`"),
        (
            SAVE,
            json!({ "images": "web", "path": "images.tar" }),
            "absolute path",
        ),
        (
            SAVE,
            json!({ "images": "web", "path": "/" }),
            "absolute path",
        ),
        (
            SAVE,
            json!({ "images": "web", "path": format!("{path}/") }),
            "absolute path",
        ),
        (
            SAVE,
            json!({ "images": "web", "path": format!("{path}/..") }),
            "absolute path",
        ),
        (LOAD, json!({ "path": "images.tar" }), "absolute path"),
        (LOAD, json!({ "path": at(&folder, "") }), "absolute path"),
    ] {
        let engine = engine();
        let text = failed(&engine, tool, arguments.clone()).await;
        assert!(text.contains(part), "{arguments}: {text}");
        assert_eq!(engine.requests(), Vec::<String>::new(), "{arguments}");
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

/// A file with an archive in it, as far as the Engine of a test can tell.
fn archive(folder: &TempDir) -> String {
    let path = at(folder, "images.tar");
    fs::write(&path, b"archive".repeat(100_000)).unwrap();
    path
}

#[tokio::test]
async fn how_many_bytes_went_is_told_meanwhile() {
    let folder = workplace();
    let path = archive(&folder);
    let engine = engine()
        .on(
            "GET /images/get",
            Reply::chunks([vec![7; 3_000_000]]).then_hang(),
        )
        .on("POST /images/load", Reply::hang());
    let address = engine.address();
    let settings = [("DOCKER_BASE_URL", address.as_str()), EVERYTHING];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    for (id, tool, arguments, said, total) in [
        (
            7,
            SAVE,
            json!({ "images": "web:1", "path": at(&folder, "new.tar") }),
            "3.0 MB written",
            Value::Null,
        ),
        (
            8,
            LOAD,
            json!({ "path": path }),
            "700 kB of 700 kB sent",
            json!(700_000.0),
        ),
    ] {
        let mut message = call(id, tool, arguments);
        message["params"]["_meta"] = json!({ "progressToken": tool });
        client.send(message).await;
        loop {
            let told = client.receive().await;
            let told = &told["params"];
            if told["progressToken"] == tool && told["message"].as_str().unwrap().starts_with(said)
            {
                assert_eq!(told.get("total").unwrap_or(&Value::Null), &total, "{told}");
                break;
            }
        }
        let cancelled = json!({ "requestId": id });
        client
            .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled }))
            .await;
    }
}
