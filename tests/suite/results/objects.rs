//! What is told of images and documents.

use serde_json::{Value, json};

use super::{ID, result};
use crate::support::fake_engine::{FakeEngine, Reply};

fn digest(name: &str) -> String {
    format!("{name}@sha256:{}", "ab".repeat(32))
}

fn image(digits: &str, tags: Value, digests: Value) -> Value {
    json!({
        "Id": format!("sha256:{}", digits.repeat(64)), "RepoTags": tags, "RepoDigests": digests,
        "Created": 1_700_000_000, "Size": 10, "Containers": -1,
    })
}

#[tokio::test]
async fn an_image_without_a_tag_is_known_by_its_digests_and_each_by_its_users() {
    let images = json!([
        image("a", json!(["web:1"]), json!([digest("web")])),
        image("b", json!([]), json!([digest("web"), digest("mirror/web")])),
        image("c", json!(null), json!([digest("db")])),
        image("d", json!(["<none>:<none>"]), json!(["<none>@<none>"])),
        image("e", json!(["<none>:<none>"]), json!([digest("old")])),
    ]);
    // Podman leaves out the algorithm.
    let users = json!([
        { "Id": "1", "ImageID": format!("sha256:{}", "a".repeat(64)) },
        { "Id": "2", "ImageID": "a".repeat(64) },
        { "Id": "3", "ImageID": format!("sha256:{}", "c".repeat(64)) },
    ]);
    let engine = FakeEngine::start()
        .on("GET /images/json", images)
        .on("GET /containers/json", users);
    let told = result(&engine, "docker_list_images", json!({})).await;
    let images = told["images"].as_array().unwrap();
    let part = |key: &str| -> Vec<Value> { images.iter().map(|it| it[key].clone()).collect() };
    assert_eq!(
        part("tags"),
        [
            json!(["web:1"]),
            json!(null),
            json!(null),
            json!(null),
            json!(null)
        ]
    );
    assert_eq!(
        part("digests"),
        [
            json!(null),
            json!([digest("web"), digest("mirror/web")]),
            json!([digest("db")]),
            json!(null),
            json!([digest("old")]),
        ]
    );
    assert_eq!(
        part("containers"),
        [json!(2), json!(0), json!(1), json!(0), json!(0)]
    );
}

/// What uses an image is worth less than what there is.
#[tokio::test]
async fn images_are_listed_although_their_users_are_not_told() {
    let engine = FakeEngine::start()
        .on(
            "GET /images/json",
            json!([image("a", json!(["web:1"]), json!(null))]),
        )
        .on("GET /containers/json", Reply::error(500, "no"));
    let told = result(&engine, "docker_list_images", json!({})).await;
    assert_eq!(told["images"][0]["tags"], json!(["web:1"]));
    assert_eq!(told["images"][0].get("containers"), None);
}

#[tokio::test]
async fn each_field_that_is_asked_for_is_found_or_missing() {
    let container = json!({
        "Id": ID, "Name": "/web", "Args": ["-c", "true"], "State": { "Error": "", "Pid": 7 },
        "Mounts": [{ "Source": "/srv", "RW": true }, { "Source": "/etc" }], "ExecIDs": null,
    });
    let engine = FakeEngine::start().on("GET /containers/*/json", container);
    let fields = json!([
        "Args[0]",
        "Args[2]",
        "Args[-1]",
        "Mounts.*.Source",
        "State.Error",
        "ExecIDs",
        "State.Pid",
        "Nothing",
    ]);
    let arguments = json!({ "container_id": "web", "fields": fields });
    let told = result(&engine, "docker_inspect_container", arguments).await;
    assert_eq!(
        told,
        json!({
            "details": {
                "Args": ["-c"], "State": { "Pid": 7 },
                "Mounts": [{ "Source": "/srv" }, { "Source": "/etc" }],
            },
            "missing": ["Args[2]", "Args[-1]", "State.Error", "ExecIDs", "Nothing"],
        })
    );
}

/// Several paths in one text, paths of jq, and keys that are spelt like either.
#[tokio::test]
async fn fields_are_taken_as_other_programs_write_them() {
    let container = json!({
        "Id": ID, "Name": "/web", "State": { "Pid": 7, "Status": "running" },
        "Config": { "Labels": { "a,b": "1", ".hidden": "2", "a": "3" } },
    });
    let engine = FakeEngine::start().on("GET /containers/*/json", container.clone());
    let status = json!({ "Name": "/web", "State": { "Status": "running" } });
    for (fields, details, missing) in [
        (json!("Name,State.Status"), &status, json!(null)),
        (json!(" Name , State.Status, "), &status, json!(null)),
        (json!(["Name", ".State.Status"]), &status, json!(null)),
        (json!("$.Name,.State.Status"), &status, json!(null)),
        (json!("."), &container, json!(null)),
        (
            json!("Name,.Nothing,State.Status"),
            &status,
            json!([".Nothing"]),
        ),
        (json!([","]), &json!({}), json!([","])),
        (
            json!(["Config.Labels.a,b", "Config.Labels..hidden"]),
            &json!({ "Config": { "Labels": { "a,b": "1", ".hidden": "2" } } }),
            json!(null),
        ),
    ] {
        let arguments = json!({ "container_id": "web", "fields": fields });
        let told = result(&engine, "docker_inspect_container", arguments).await;
        assert_eq!(
            (&told["details"], &told["missing"]),
            (details, &missing),
            "{fields}"
        );
    }
}

/// A file of before 1970 made an archive that no Engine reads.
#[tokio::test]
async fn a_folder_of_before_1970_is_built() {
    use std::time::{Duration, UNIX_EPOCH};
    let context = crate::support::workplace::workplace();
    let at = |name: &str| context.path().join(name);
    std::fs::create_dir(at("old")).unwrap();
    for name in ["Dockerfile", "old/file"] {
        std::fs::write(at(name), "FROM scratch\n").unwrap();
    }
    for name in ["Dockerfile", "old/file", "old"] {
        let file = std::fs::File::open(at(name)).unwrap();
        let before = UNIX_EPOCH - Duration::from_secs(1_000_000_000);
        file.set_modified(before).unwrap();
    }
    let engine = FakeEngine::start()
        .on(
            "POST /build",
            json!({ "aux": { "ID": format!("sha256:{ID}") } }),
        )
        .on("GET /info", json!({ "Name": "host" }));
    let arguments = json!({ "path": context.path(), "tag": "old:1" });
    result(&engine, "docker_build_image", arguments).await;
    let seen = engine.seen();
    let build = seen.iter().find(|seen| seen.target.starts_with("/build"));
    let mut archive = tar::Archive::new(&*build.unwrap().body);
    let times: Vec<u64> = archive
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().header().mtime().unwrap())
        .collect();
    assert_eq!(times, [0, 0, 0]);
}
