//! Writes Compose files: new ones, and in the place of others, of which none is lost.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::FakeEngine;
use crate::support::workplace::workplace;

const WRITE: &str = "docker_compose_write_file";
const SERVICES: &str = "services: {web: {image: a}}\n";

fn engine() -> FakeEngine {
    FakeEngine::start().on("GET /info", json!({ "DockerRootDir": "/data/docker" }))
}

fn writing(directory: &Path, more: Value) -> Value {
    let mut asked = json!({ "project_directory": directory, "content": SERVICES });
    for (key, value) in more.as_object().unwrap() {
        asked[key] = value.clone();
    }
    asked
}

/// What puts something into the place of a file.
type Put<'a> = Box<dyn Fn(&Path) + 'a>;

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_new_file_is_written_and_checked() {
    let folder = workplace();
    let real = fs::canonicalize(folder.path()).unwrap();
    let written = given(&engine(), WRITE, writing(folder.path(), json!({}))).await;
    assert_eq!(
        written,
        json!({ "path": real.join("compose.yaml"), "valid": true, "errors": [], "refused": [], "previous": null })
    );
    let content = "services:\n  web: {image: a, privileged: true, env_file: no.env}\n";
    let more = json!({ "filename": "docker-compose.prod.yml", "content": content });
    let written = given(&engine(), WRITE, writing(folder.path(), more)).await;
    assert_eq!(written["valid"], false);
    assert_eq!(written["errors"][0]["at"], "services.web.env_file");
    assert_eq!(
        (&written["refused"][0]["at"], &written["refused"][0]["line"]),
        (&json!("services.web.privileged"), &json!(2))
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("compose.yaml"), SERVICES);
    assert_eq!(read("docker-compose.prod.yml"), content);
    assert_eq!(
        names(folder.path()),
        ["compose.yaml", "docker-compose.prod.yml"]
    );
}

#[tokio::test]
async fn an_old_one_is_replaced_only_where_that_is_asked_for_and_then_kept() {
    let folder = workplace();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("compose.yaml"), "services: {old: {image: b}}\n").unwrap();
    fs::write(at("compose.yaml.1"), "older").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(at("compose.yaml"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let text = failed(&engine(), WRITE, writing(folder.path(), json!({}))).await;
    assert!(
        text.contains("is there already, and is replaced only with `overwrite`"),
        "{text}"
    );
    let over = writing(folder.path(), json!({ "overwrite": true }));
    let written = given(&engine(), WRITE, over).await;
    let real = fs::canonicalize(folder.path()).unwrap();
    assert_eq!(written["previous"], json!(real.join("compose.yaml.2")));
    let read = |name: &str| fs::read_to_string(at(name)).unwrap();
    assert_eq!(
        ["compose.yaml", "compose.yaml.1", "compose.yaml.2"].map(read),
        [SERVICES, "older", "services: {old: {image: b}}\n"]
    );
    assert_eq!(names(folder.path()).len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(at("compose.yaml"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Whatever it is: links are not followed, and pipes not waited for.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_no_compose_file_is_never_replaced() {
    let elsewhere = workplace();
    let outside = elsewhere.path().join("compose.yaml");
    fs::write(&outside, SERVICES).unwrap();
    let link = |to: &Path| std::os::unix::fs::symlink(&outside, to).unwrap();
    let dangling = |to: &Path| std::os::unix::fs::symlink("/nowhere/at/all", to).unwrap();
    let pipe = |to: &Path| {
        let made = std::process::Command::new("mkfifo").arg(to).status();
        assert!(made.unwrap().success());
    };
    let text = |text: &'static str| move |to: &Path| fs::write(to, text).unwrap();
    let within = |to: &Path| {
        fs::write(to.with_file_name("other.yaml"), SERVICES).unwrap();
        std::os::unix::fs::symlink("other.yaml", to).unwrap();
    };
    let places: [(&str, Put<'_>); 9] = [
        ("is no file", Box::new(within)),
        ("is no file", Box::new(link)),
        ("is no file", Box::new(dangling)),
        ("is no file", Box::new(pipe)),
        (
            "is no file",
            Box::new(|to: &Path| fs::create_dir(to).unwrap()),
        ),
        ("is no Compose file", Box::new(text("name: x\n"))),
        ("is no Compose file", Box::new(text("not yaml: [\n"))),
        ("is no Compose file", Box::new(text(""))),
        (
            "is no Compose file",
            Box::new(|to: &Path| {
                fs::write(to, format!("{SERVICES}#{}", "x".repeat(1 << 20))).unwrap();
            }),
        ),
    ];
    for (said, put) in places {
        let folder = workplace();
        let path = folder.path().join("compose.yaml");
        put(&path);
        let before = fs::symlink_metadata(&path).unwrap();
        let there = names(folder.path());
        for overwrite in [true, false] {
            let over = writing(folder.path(), json!({ "overwrite": overwrite }));
            let text = failed(&engine(), WRITE, over).await;
            let said = if overwrite { said } else { "is there already" };
            assert!(
                text.contains(said) && text.contains("was not written"),
                "{text}"
            );
        }
        let after = fs::symlink_metadata(&path).unwrap();
        assert_eq!(
            (before.file_type(), before.len()),
            (after.file_type(), after.len())
        );
        assert_eq!(names(folder.path()), there);
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), SERVICES);
    assert_eq!(names(elsewhere.path()), ["compose.yaml"]);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_written() {
    let folder = workplace();
    for (more, said) in [
        (
            json!({ "filename": "../compose.yaml" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": "/etc/compose.yaml" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": "sub/compose.yaml" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": "compose.yaml\n" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": "compose.sh" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": ".compose.yaml" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": "crontab.yaml" }),
            "`filename` is one plain name",
        ),
        (
            json!({ "filename": format!("compose{}.yaml", "x".repeat(200)) }),
            "`filename` is one plain name",
        ),
        (
            json!({ "content": "services: [\n" }),
            "`content` is no Compose file",
        ),
        (
            json!({ "content": "version: '3'\n" }),
            "`content` is no Compose file",
        ),
        (
            json!({ "content": "services: web\n" }),
            "`content` is no Compose file",
        ),
        (
            json!({ "content": "services: {}\nservices: {}\n" }),
            "`content` is no Compose file",
        ),
        (
            json!({ "content": format!("services: {{}}\n#{}", "x".repeat(1 << 20)) }),
            "larger than 1024 KiB",
        ),
        (
            json!({ "content": "- services\n" }),
            "`content` is no Compose file",
        ),
        (
            json!({ "project_directory": folder.path().join("none") }),
            "cannot be opened",
        ),
        (json!({ "project_directory": "srv" }), "absolute"),
        (json!({ "project_directory": "/etc" }), "/etc"),
        (json!({ "project_directory": "/" }), "project_directory"),
    ] {
        let text = failed(&engine(), WRITE, writing(folder.path(), more.clone())).await;
        assert!(text.contains(said), "{more}: {text}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
    assert!(!Path::new("/etc/compose.yaml").exists() && !Path::new("/compose.yaml").exists());
}

/// A directory that is a link is the one it leads to, and judged as that.
#[cfg(unix)]
#[tokio::test]
async fn a_directory_is_judged_where_it_leads() {
    let folder = workplace();
    let link = |to: &str, name: &str| {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(to, &link).unwrap();
        link
    };
    let text = failed(&engine(), WRITE, writing(&link("/etc", "etc"), json!({}))).await;
    assert!(text.contains("/etc"), "{text}");
    let other = workplace();
    let here = link(other.path().to_str().unwrap(), "here");
    let written = given(&engine(), WRITE, writing(&here, json!({}))).await;
    let real = fs::canonicalize(other.path()).unwrap();
    assert_eq!(written["path"], json!(real.join("compose.yaml")));
}

/// What is written is nobody's business but that of who reads the file.
#[tokio::test]
async fn the_audit_log_has_the_place_and_not_the_content() {
    let (folder, log) = (workplace(), tempfile::tempdir().unwrap());
    let log = log.path().join("audit.log");
    let engine = engine();
    let address = engine.address();
    let client = Client::start(&[
        EVERYTHING,
        ("DOCKER_BASE_URL", &address),
        ("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap()),
    ])
    .await;
    let content = "services: {web: {image: a, command: very-own-words}}\n";
    client
        .call(WRITE, writing(folder.path(), json!({ "content": content })))
        .await;
    client.stop().await;
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains(folder.path().to_str().unwrap()), "{log}");
    assert!(!log.contains("very-own-words"), "{log}");
}
