//! `docker_save_image` and `docker_load_image`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::docker::{Container, docker, eventually, image, run, unique};
use crate::session::Session;
use crate::workplace::workplace;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,lifecycle")];
const SAVE: &str = "docker_save_image";
const LOAD: &str = "docker_load_image";

/// An image of its own, which is gone when the test ends.
struct Image(String);

impl Image {
    /// One that is like no other, because a program has run in it.
    fn made(what: &str, program: &str) -> Self {
        let image = Self(format!("{}:1", unique(what)));
        let container = Container::finished(what, program);
        docker(&["commit", &container.name, &image.0]);
        image
    }

    fn id(&self) -> String {
        docker(&["image", "inspect", "-f", "{{.Id}}", &self.0])
    }

    fn is_there(&self) -> bool {
        run(&["image", "inspect", &self.0]).is_ok()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

fn at(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn is_empty(folder: &TempDir) -> bool {
    fs::read_dir(folder.path()).unwrap().next().is_none()
}

#[tokio::test]
async fn images_are_the_same_when_they_come_back() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (one, two) = (
        Image::made("saved", "echo one >/one"),
        Image::made("saved", "echo two >/two"),
    );
    let ids = [one.id(), two.id()];
    let folder = workplace();
    let path = at(&folder, "images.tar");
    let save = json!({ "images": [one.0, two.0], "path": path });
    let result = session.ok(SAVE, save.clone()).await;
    let file = fs::metadata(&path).unwrap();
    assert_eq!(result, json!({ "path": path, "size": file.len() }));
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let text = session.fails(SAVE, save).await;
    assert!(text.contains("is there already"), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().len(), file.len());

    docker(&["rmi", &one.0, &two.0]);
    assert!(!one.is_there() && !two.is_there());
    let result = session.ok(LOAD, json!({ "path": path })).await;
    let mut loaded: Vec<&str> = result["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image.as_str().unwrap())
        .collect();
    loaded.sort_unstable();
    let mut expected = [&*one.0, &*two.0];
    expected.sort_unstable();
    assert_eq!(loaded, expected);
    assert_eq!(result["replaced"], json!([]));
    assert_eq!([one.id(), two.id()], ids);
    let written = docker(&["run", "--rm", &two.0, "cat", "/two"]);
    assert_eq!(written, "two");

    // Another image has the name by now.
    docker(&["tag", &image(), &one.0]);
    let other = one.id();
    let result = session.ok(LOAD, json!({ "path": path })).await;
    assert_eq!(result["replaced"], json!([{ "image": one.0, "id": other }]));
    assert_eq!(one.id(), ids[0]);
}

#[tokio::test]
async fn what_cannot_be_saved_or_loaded_says_why_and_leaves_nothing() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let folder = workplace();
    let absent = format!("{}:1", unique("absent"));
    let arguments = json!({ "images": [image(), absent], "path": at(&folder, "new.tar") });
    session
        .refuses(SAVE, arguments, &["no such image", &absent])
        .await;
    assert!(is_empty(&folder));

    symlink("/etc/passwd", at(&folder, "link")).unwrap();
    let pipe = Command::new("mkfifo").arg(at(&folder, "pipe")).status();
    assert!(pipe.unwrap().success());
    fs::write(at(&folder, "text"), "no archive of images\n".repeat(100)).unwrap();
    for (name, part) in [
        ("link", "/etc/passwd"),
        ("pipe", "cannot be read"),
        ("absent", "cannot be read"),
        ("text", "loading failed"),
    ] {
        session
            .refuses(LOAD, json!({ "path": at(&folder, name) }), &[part])
            .await;
    }
    let arguments = |name: &str| json!({ "images": image(), "path": at(&folder, name) });
    for name in ["pipe", "text"] {
        session.refuses(SAVE, arguments(name), &["already"]).await;
    }
}

/// An archive that ends in the middle is none.
#[tokio::test]
async fn half_of_an_archive_is_not_loaded() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let saved = Image::made("half", "head -c 3000000 /dev/urandom >/large");
    let folder = workplace();
    let path = at(&folder, "images.tar");
    session
        .ok(SAVE, json!({ "images": saved.0, "path": path }))
        .await;
    docker(&["rmi", &saved.0]);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    session
        .refuses(LOAD, json!({ "path": path }), &["loading failed"])
        .await;
    assert!(!saved.is_there());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_save_leaves_no_file() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let saved = Image::made("cancelled", "head -c 80000000 /dev/urandom >/large");
    let folder = workplace();
    let arguments: Value = json!({ "images": saved.0, "path": at(&folder, "images.tar") });
    let call = session.cancellable(SAVE, arguments).await;
    eventually("it is begun", || !is_empty(&folder));
    call.cancel(Some("enough".to_owned())).await.unwrap();
    eventually("it is gone", || is_empty(&folder));
    session.ping().await;
}
