//! Looks at what becomes of the files that images are loaded from.

use super::*;

#[tokio::test]
async fn a_file_is_sent_as_it_is_and_what_was_loaded_is_told() {
    let folder = workplace();
    archive(&folder);
    symlink("images.tar", at(&folder, "link")).unwrap();
    let layer = json!({
        "status": "Loading layer", "id": "ab12", "progressDetail": { "current": 1, "total": 2 },
    });
    let steps = [
        layer,
        json!({ "stream": "Loaded image: web:1\n" }),
        json!({ "stream": "Loaded image: db:2\nLoaded image: db:2\n" }),
        json!({ "stream": "Loaded image ID: sha256:3\n" }),
        json!({ "stream": "Loaded image(s): new:1,new:2" }),
    ];
    let steps = Reply::chunks(steps.map(|step| format!("{step}\r\n")));
    let before = json!([
        { "Id": "sha256:old", "RepoTags": ["web:1", "web:old"] },
        { "Id": "sha256:2", "RepoTags": ["db:2"] },
        { "Id": "sha256:9", "RepoTags": null },
    ]);
    let engine = engine()
        .on("GET /images/json", before)
        .on("POST /images/load", steps);
    let result = given(&engine, LOAD, json!({ "path": at(&folder, "link") })).await;
    let expected = json!({
        "images": ["web:1", "db:2", "sha256:3", "new:1", "new:2"],
        "replaced": [{ "image": "web:1", "id": "sha256:old" }],
    });
    assert_eq!(result, expected);
    let seen = engine.seen();
    let load = seen.iter().find(|seen| seen.method == "POST").unwrap();
    assert!(load.body == b"archive".repeat(100_000));
}

#[tokio::test]
async fn what_the_engine_does_not_load_is_a_failure() {
    let folder = workplace();
    let path = archive(&folder);
    let said = json!({ "errorDetail": { "message": "invalid tar header" }, "error": "invalid tar header" });
    let first = json!({ "stream": "Loaded image: web:1\n" });
    for (reply, part) in [
        (
            Reply::chunks([format!("{first}\r\n{said}\r\n")]),
            "loading failed: invalid tar header",
        ),
        (
            Reply::error(500, "no space left on device"),
            "loading failed: no space left on device",
        ),
        (
            Reply::error(400, "unexpected EOF"),
            "loading failed: unexpected EOF",
        ),
        (Reply::die(), "may have happened all the same"),
    ] {
        let engine = engine().on("POST /images/load", reply);
        let text = failed(&engine, LOAD, json!({ "path": path })).await;
        assert!(text.contains(part), "{text}");
    }
    let silent = engine().on("POST /images/load", json!({}));
    let result = given(&silent, LOAD, json!({ "path": path })).await;
    assert_eq!(
        (&result["images"], &result["replaced"]),
        (&json!([]), &json!([]))
    );
    assert!(
        result["hint"]
            .as_str()
            .unwrap()
            .contains("docker_list_images"),
        "{result}"
    );
}

/// Whoever opens a pipe waits for its other end.
#[tokio::test]
async fn only_a_regular_file_is_loaded() {
    let folder = workplace();
    fs::create_dir(at(&folder, "folder")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at(&folder, "socket")).unwrap();
    symlink("pipe", at(&folder, "link")).unwrap();
    make_pipe(&at(&folder, "pipe"));
    for name in [
        "folder",
        "socket",
        "pipe",
        "link",
        "absent",
        "folder/absent",
    ] {
        let engine = engine();
        let text = failed(&engine, LOAD, json!({ "path": at(&folder, name) })).await;
        assert!(
            text.contains("cannot be read on this server's host"),
            "{name}: {text}"
        );
        assert_eq!(asked_for_images(&engine), Vec::<String>::new(), "{name}");
    }
}
