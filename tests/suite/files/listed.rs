//! `docker_list_files`.

use super::*;
use crate::support::fake_engine::Reply;

fn tree() -> FakeEngine {
    engine(files([
        ("/srv/app/conf", Node::File(0o4755, b"abc".to_vec())),
        ("/srv/app/deep/er/x", file("x")),
        ("/srv/app/hard", Node::Hard("app/conf")),
        ("/srv/app/link", Node::Link("conf", "/srv/app/conf")),
        ("/srv/app/pipe", Node::Pipe),
        ("/srv/to", Node::Link("app", "/srv/app")),
    ]))
}

fn paths(result: &Value) -> Vec<&str> {
    let files = result["files"].as_array().unwrap().iter();
    files.map(|file| file["path"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_directory_is_listed_with_what_each_file_is() {
    let result = given(&tree(), LIST, of("/srv/app")).await;
    let at = "2026-01-01T09:00:00Z";
    let expected = json!([
        { "path": "/srv/app/conf", "type": "file", "size": 3, "mode": "4755", "modified": at },
        { "path": "/srv/app/deep", "type": "directory", "mode": "0644", "modified": at },
        { "path": "/srv/app/hard", "type": "hard link", "mode": "0644", "modified": at, "target": "/srv/app/conf" },
        { "path": "/srv/app/link", "type": "link", "mode": "0644", "modified": at, "target": "conf" },
        { "path": "/srv/app/pipe", "type": "fifo", "mode": "0644", "modified": at },
    ]);
    assert_eq!(
        result,
        json!({ "path": "/srv/app", "files": expected, "truncated": false })
    );
}

/// A link to a directory is followed, and what is in it is told by its own name.
#[tokio::test]
async fn a_list_goes_as_deep_as_it_is_asked_to() {
    let deep = json!({ "container_id": "web", "path": "/srv/to/", "depth": 2 });
    let result = given(&tree(), LIST, deep).await;
    assert_eq!(result["path"], "/srv/app", "{result}");
    let expected = [
        "/srv/app/conf",
        "/srv/app/deep",
        "/srv/app/deep/er",
        "/srv/app/hard",
        "/srv/app/link",
        "/srv/app/pipe",
    ];
    assert_eq!(paths(&result), expected);
    let root = given(&tree(), LIST, of("/")).await;
    assert_eq!(paths(&root), ["/srv"], "{root}");
    let one = given(&tree(), LIST, of("/srv/app/conf")).await;
    assert_eq!(paths(&one), ["/srv/app/conf"], "{one}");
}

#[tokio::test]
async fn a_list_that_is_too_long_says_so() {
    let two = json!({ "container_id": "web", "path": "/srv/app", "limit": 2 });
    let result = given(&tree(), LIST, two).await;
    assert_eq!(
        paths(&result),
        ["/srv/app/conf", "/srv/app/deep"],
        "{result}"
    );
    assert_eq!(result["truncated"], true, "{result}");
    assert!(
        result["hint"].as_str().unwrap().contains("`limit`"),
        "{result}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_not_to_be() {
    let text = failed(&tree(), LIST, of("/srv/other")).await;
    assert!(text.contains("there is no /srv/other"), "{text}");
    let text = failed(&tree(), LIST, of("/srv/app/conf/x")).await;
    assert!(
        text.contains("/srv/app/conf is a file and no directory"),
        "{text}"
    );
    let missing = FakeEngine::start().on(
        "GET /containers/*/json",
        Reply::error(404, "No such container: web"),
    );
    let text = failed(&missing, LIST, of("/")).await;
    assert!(text.contains("`web`"), "{text}");
}
