//! The files that images are written to and loaded from are judged as what an image is built from is.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use super::{ALLOWLIST, changes, client, engine, said};
use crate::support::client::EVERYTHING;
use crate::support::fake_engine::Reply;
use crate::support::workplace::workplace;

#[tokio::test]
async fn no_file_of_images_lies_in_a_sensitive_place() {
    let engine = engine()
        .on("GET /images/json", json!([]))
        .on("GET /images/get", Reply::chunks([vec![0; 1024]]))
        .on(
            "POST /images/load",
            json!({ "stream": "Loaded image: web:1" }),
        );
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["project/.ssh", "conf", "named"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    for name in ["project/old", "project/.ssh/old", "conf/log", "conf/old"] {
        fs::write(at(name), "").unwrap();
    }
    for (link, target) in [
        ("outside", "/etc"),
        ("near", "project"),
        ("hidden", "project/.ssh"),
        ("project/passwd", "/etc/passwd"),
    ] {
        symlink(target, at(link)).unwrap();
    }
    let (log, prompts) = (at("conf/log"), at("prompts"));
    let settings = [
        EVERYTHING,
        ("MCP_DOCKER_AUDIT_LOG", log.as_str()),
        ("MCP_DOCKER_PROMPTS_DIR", &prompts),
    ];
    let client = client(&engine, &settings).await;
    let save = |path: &str| {
        (
            "docker_save_image",
            json!({ "images": "web:1", "path": path }),
        )
    };
    let load = |path: &str| ("docker_load_image", json!({ "path": path }));
    for (call, path) in [
        (save("/etc/new.tar"), "/etc/new.tar"),
        (save("/new.tar"), "/new.tar"),
        (save("/home/new.tar"), "/home/new.tar"),
        (save("/home/me/.config/new.tar"), "/home/me/.config/new.tar"),
        (save("/home/me/bin/new.tar"), "/home/me/bin/new.tar"),
        (save("/srv/../etc/new.tar"), "/etc/new.tar"),
        (save("/data/docker/new.tar"), "/data/docker/new.tar"),
        (save("/dev/shm/new.tar"), "/dev/shm/new.tar"),
        (save("/run/new.sock"), "/run/new.sock"),
        (save(&at("outside/new.tar")), "/etc/new.tar"),
        (save(&at("project/.ssh/new.tar")), "`.ssh`"),
        (save(&at("hidden/new.tar")), "`.ssh`"),
        (save(&at("prompts/new.tar")), "own"),
        (save(&log), "own"),
        (load("/etc/passwd"), "/etc/passwd"),
        (load("/dev/zero"), "/dev/zero"),
        (load("/proc/self/environ"), "/proc/"),
        (load("/run/docker.sock"), "docker.sock"),
        (load(&at("outside/passwd")), "/etc/passwd"),
        (load(&at("project/passwd")), "/etc/passwd"),
        (load(&at("project/.ssh/old")), "`.ssh`"),
        (load(&at("hidden/old")), "`.ssh`"),
        (load(&log), "own"),
    ] {
        let (tool, arguments) = call;
        let what = format!("{tool} {arguments}");
        let result = client.call(tool, arguments).await;
        let text = said(&result);
        assert_eq!(result.is_error, Some(true), "{what}: {text}");
        for part in [path, ALLOWLIST, "nothing was done", "`path`"] {
            assert!(text.contains(part), "no {part:?}: {what}: {text}");
        }
        let mut requests = engine.requests();
        requests.retain(|request| request.contains("/images/"));
        assert_eq!(requests, Vec::<String>::new(), "{what}");
    }
    for (tool, arguments) in [
        save(&at("project/new.tar")),
        save(&at("near/newer.tar")),
        // Beside what is kept, not in its place.
        save(&at("conf/new.tar")),
        load(&at("near/old")),
        load(&at("conf/old")),
    ] {
        let result = client.call(tool, arguments.clone()).await;
        assert_ne!(
            result.is_error,
            Some(true),
            "{arguments}: {}",
            said(&result)
        );
    }
    assert_eq!(changes(&engine).len(), 2);
    client.stop().await;
}
