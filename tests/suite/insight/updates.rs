//! `docker_check_updates`.

use std::fs;

use serde_json::{Value, json};

use crate::one_call::{self, failed};
use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::{FakeEngine, Reply};

const UPDATES: &str = "docker_check_updates";
const LIST: &str = "GET /containers/json?all=true&size=false";
const IMAGES: &str = "GET /images/json?all=false&shared-size=false&digests=false&manifests=false";

/// An id or a digest that is all this one digit.
fn hash(digit: char) -> String {
    format!("sha256:{}", String::from(digit).repeat(64))
}

/// A container by its name, the name of its image in the list, and the id of that.
fn container(name: &str, image: &str, id: &str) -> Value {
    json!({ "Id": format!("{name}0id"), "Names": [format!("/{name}")], "Image": image, "ImageID": id })
}

fn image(id: &str, digests: &[String]) -> Value {
    json!({ "Id": id, "RepoTags": null, "RepoDigests": digests })
}

fn engine(containers: &[Value], images: &[Value]) -> FakeEngine {
    FakeEngine::start()
        .on("GET /containers/json", json!(containers))
        .on("GET /images/json", json!(images))
}

/// What a registry has.
fn distribution(digest: &str) -> Value {
    described(
        "application/vnd.docker.distribution.manifest.v2+json",
        digest,
    )
}

fn index(digest: &str) -> Value {
    described("application/vnd.oci.image.index.v1+json", digest)
}

fn described(kind: &str, digest: &str) -> Value {
    json!({ "Descriptor": { "mediaType": kind, "digest": digest, "size": 527 }, "Platforms": [] })
}

async fn all(engine: &FakeEngine) -> Value {
    one_call::given(engine, UPDATES, json!({})).await
}

/// What is said of a container.
fn of<'r>(result: &'r Value, container: &str) -> &'r Value {
    let rows = result["images"].as_array().unwrap();
    let row = rows.iter().find(|row| row["container"] == container);
    row.unwrap_or_else(|| panic!("nothing of {container}: {result}"))
}

fn looked_up(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    let mut looked_up: Vec<String> = requests
        .filter_map(|request| Some(request.strip_prefix("GET /distribution/")?.to_owned()))
        .collect();
    looked_up.sort();
    looked_up
}

/// A name may be written in many ways, and each image is looked up once, whoever runs it.
#[tokio::test]
async fn an_image_is_behind_where_its_tag_leads_to_another_by_now() {
    let kept = |name: &str, digit| format!("{name}@{}", hash(digit));
    let engine = engine(
        &[
            container("same", "r.example/app:1", &hash('1')),
            container("behind", "web", &hash('2')),
            container("behind-too", "docker.io/library/web:latest", &hash('2')),
            container("platforms", "me/many:2", &hash('3')),
        ],
        &[
            image(&hash('1'), &[kept("r.example/app", 'a')]),
            image(&hash('2'), &[kept("web", 'b')]),
            image(&hash('3'), &[kept("me/many", 'c')]),
        ],
    )
    .on(
        "GET /distribution/r.example/app:1/json",
        distribution(&hash('a')),
    )
    .on(
        "GET /distribution/docker.io/library/web:latest/json",
        distribution(&hash('d')),
    )
    .on(
        "GET /distribution/docker.io/me/many:2/json",
        index(&hash('e')),
    );
    let result = all(&engine).await;
    let behind = |container: &str, image: &str| {
        json!({
            "container": container, "image": image, "have": hash('b'), "newest": hash('d'), "update": true,
            "why": null,
        })
    };
    assert_eq!(result["images"][0], behind("behind", "web"));
    let expected = behind("behind-too", "docker.io/library/web:latest");
    assert_eq!(result["images"][1], expected);
    let platforms = of(&result, "platforms");
    assert_eq!(platforms["update"], true, "{result}");
    let why = platforms["why"].as_str().unwrap();
    assert!(why.contains("platforms"), "{why}");
    let same = json!({
        "container": "same", "image": "r.example/app:1", "have": hash('a'), "newest": hash('a'), "update": false,
        "why": null,
    });
    assert_eq!(result["images"][3], same, "the ones behind come first");
    assert_eq!(result["truncated"], false);

    let mut requests = engine.requests();
    requests.sort();
    let expected = [
        LIST,
        "GET /distribution/docker.io/library/web:latest/json",
        "GET /distribution/docker.io/me/many:2/json",
        "GET /distribution/r.example/app:1/json",
        IMAGES,
    ];
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn what_no_tag_or_no_registry_stands_behind_is_not_looked_up_and_says_why() {
    let pinned = format!("web:1@{}", hash('a'));
    let engine = engine(
        &[
            container("pinned", &pinned, &hash('1')),
            container("built", "mine:1", &hash('2')),
            container("named", "r.example/mine:1", &hash('1')),
            container("by-id", &hash('1'), &hash('1')),
            container("by-short-id", "111111111111", &hash('1')),
            container("imageless", "web:9", &hash('9')),
        ],
        &[
            image(&hash('1'), &[format!("web@{}", hash('a'))]),
            image(&hash('2'), &["<none>@<none>".to_owned()]),
        ],
    )
    .answer("GET /containers/*/json", |seen| {
        let image = match seen.target.contains("short") {
            true => "111111111111".to_owned(),
            false => hash('1'),
        };
        Reply::json(200, &json!({ "Id": "x", "Config": { "Image": image } }))
    });
    let result = all(&engine).await;
    for (container, have, words) in [
        ("pinned", Some(hash('a')), "pinned"),
        ("built", None, "built"),
        ("named", None, "`web`"),
        ("by-id", None, "an image's id"),
        ("by-short-id", None, "an image's id"),
        ("imageless", None, "no registry"),
    ] {
        let row = of(&result, container);
        let rest = (&row["have"], &row["newest"], &row["update"]);
        assert_eq!(rest, (&json!(have), &Value::Null, &Value::Null), "{row}");
        assert!(row["why"].as_str().unwrap().contains(words), "{row}");
    }
    assert_eq!(looked_up(&engine), [""; 0]);
}

/// What the container runs counts, whatever its tag leads to on this Engine by now. The list then has
/// the id of the image in place of the tag.
#[tokio::test]
async fn a_container_that_was_left_behind_by_a_pull_has_what_it_was_made_of() {
    // With containerd's store an image without a tag has no digest but its id.
    let stores = [
        (hash('1'), vec![format!("web@{}", hash('a'))], hash('2')),
        (hash('a'), vec![], hash('b')),
    ];
    for (old, digests, new) in stores {
        let engine = engine(
            &[
                container("old", &old, &old),
                container("new", "web:1", &new),
                container("gone", &old, &old),
            ],
            &[
                image(&old, &digests),
                image(&new, &[format!("web@{}", hash('b'))]),
            ],
        )
        .on(
            "GET /containers/old0id/json",
            json!({ "Id": "old0id", "Config": { "Image": "web:1" } }),
        )
        .on(
            "GET /containers/gone0id/json",
            Reply::error(404, "No such container: gone0id"),
        )
        .on("GET /distribution/*", distribution(&hash('b')));
        let result = all(&engine).await;
        let row = of(&result, "old");
        assert_eq!(row["image"], "web:1");
        let rest = (&row["have"], &row["newest"], &row["update"]);
        let expected = (&json!(hash('a')), &json!(hash('b')), &json!(true));
        assert_eq!(rest, expected, "{row}");
        assert!(row["why"].as_str().unwrap().contains("already"), "{row}");
        assert_eq!(of(&result, "new")["update"], false);
        assert_eq!(result["images"].as_array().unwrap().len(), 2, "{result}");
        assert_eq!(looked_up(&engine), ["docker.io/library/web:1/json"]);
    }
}

#[tokio::test]
async fn an_image_that_came_under_several_digests_is_the_same_by_each() {
    let digests = ['a', 'b'].map(|digit| format!("web@{}", hash(digit)));
    for digit in ['a', 'b'] {
        let engine = engine(
            &[container("web", "web:1", &hash('1'))],
            &[image(&hash('1'), &digests)],
        )
        .on("GET /distribution/*", index(&hash(digit)));
        let row = &all(&engine).await["images"][0];
        assert_eq!(row["have"], hash(digit), "{row}");
        assert_eq!(row["update"], false, "{row}");
    }
}

/// An image of each of these names, each run by a container of the same name.
fn run_by_one_each(names: &[&str]) -> FakeEngine {
    let containers: Vec<Value> = names
        .iter()
        .map(|name| container(&name.replace(['/', ':'], "-"), name, &hash('1')))
        .collect();
    let digests: Vec<String> = names
        .iter()
        .map(|name| format!("{}@{}", name.rsplit_once(':').unwrap().0, hash('a')))
        .collect();
    engine(&containers, &[image(&hash('1'), &digests)])
}

/// Engines answer with these words under one status or another.
#[tokio::test]
async fn what_a_registry_does_not_tell_is_told_of_its_image_alone() {
    let cases = [
        (404, "manifest unknown: manifest unknown", "no such tag"),
        (500, "manifest unknown: manifest unknown", "no such tag"),
        (
            500,
            "Head \"http://r/v2/a/manifests/1\": no basic auth credentials",
            "credentials needed",
        ),
        (401, "unauthorized", "docker login bad.example"),
        (403, "denied: requested access", "credentials needed"),
        (
            500,
            "Get \"https://bad.example/v2/\": dial tcp: lookup bad.example: no such host",
            "cannot be reached",
        ),
        (
            429,
            "toomanyrequests: You have reached your pull rate limit",
            "limits how often",
        ),
        (404, "page not found", "this Engine cannot"),
        (400, "schema 1 is not supported", "schema 1"),
    ];
    for (status, message, words) in cases {
        let engine = run_by_one_each(&["bad.example/web:1", "good.example/web:1"])
            .on(
                "GET /distribution/bad.example/*",
                Reply::error(status, message),
            )
            .on("GET /distribution/good.example/*", distribution(&hash('a')));
        let result = all(&engine).await;
        let row = of(&result, "bad.example-web-1");
        let rest = (&row["have"], &row["newest"], &row["update"]);
        let expected = (&json!(hash('a')), &Value::Null, &Value::Null);
        assert_eq!(rest, expected, "{row}");
        assert!(row["why"].as_str().unwrap().contains(words), "{row}");
        assert_eq!(of(&result, "good.example-web-1")["update"], false);
    }
}

/// What answers with something else, or does not say what it found.
#[tokio::test]
async fn an_answer_without_a_digest_is_no_update() {
    for answer in [json!({ "Descriptor": {} }), json!({ "a": 1 })] {
        let engine = run_by_one_each(&["r.example/web:1"]).on("GET /distribution/*", answer);
        let row = &all(&engine).await["images"][0];
        assert_eq!(row["update"], Value::Null, "{row}");
        assert!(!row["why"].as_str().unwrap().is_empty(), "{row}");
    }
}

/// The result of a call of a server with these settings.
async fn with_settings(engine: &FakeEngine, settings: &[(&str, &str)]) -> Value {
    let address = engine.address();
    let own = [EVERYTHING, ("DOCKER_BASE_URL", &*address)];
    let client = Client::start(&[&own, settings].concat()).await;
    let result = client.call(UPDATES, json!({})).await;
    client.stop().await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

/// One that is silent is not asked for all its images in turn, which would take as many times as long.
#[tokio::test]
async fn a_registry_that_does_not_answer_holds_up_no_other_and_is_asked_no_more() {
    let mut names: Vec<String> = (0..9).map(|at| format!("a.example/web{at}:1")).collect();
    names.push("z.example/web:1".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let engine = run_by_one_each(&names)
        .on("GET /distribution/a.example/*", Reply::hang())
        .on("GET /distribution/z.example/*", distribution(&hash('b')));
    let result = with_settings(&engine, &[("DOCKER_TIMEOUT", "2")]).await;
    assert_eq!(of(&result, "z.example-web-1")["update"], true, "{result}");
    for at in 0..9 {
        let row = of(&result, &format!("a.example-web{at}-1"));
        let why = row["why"].as_str().unwrap();
        assert!(why.contains("did not answer within 2 s"), "{row}");
        assert_eq!(row["update"], Value::Null);
    }
    assert_eq!(looked_up(&engine).len(), 4 + 1, "{:?}", looked_up(&engine));
}

/// Only the registry that they are for gets them, and what it repeats of them is hidden.
#[tokio::test]
async fn credentials_go_to_their_registry_and_do_not_come_out() {
    let engine = run_by_one_each(&["own.example/web:1", "other.example/web:1"])
        .on(
            "GET /distribution/own.example/*",
            Reply::error(401, "unauthorized: `hunter2-planted` of `me` is wrong"),
        )
        .on(
            "GET /distribution/other.example/*",
            distribution(&hash('b')),
        );
    let folder = tempfile::tempdir().unwrap();
    // base64 of `me:hunter2-planted`.
    let config = json!({ "auths": { "own.example": { "auth": "bWU6aHVudGVyMi1wbGFudGVk" } } });
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let settings = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
    let result = with_settings(&engine, &settings).await;

    let why = of(&result, "own.example-web-1")["why"].as_str().unwrap();
    assert!(
        why.contains("does not accept") && why.contains("`me`"),
        "{why}"
    );
    assert!(!result.to_string().contains("hunter2"), "{result}");
    for seen in engine.seen() {
        let sent = seen.headers.contains_key("x-registry-auth");
        assert_eq!(sent, seen.target.contains("own.example"), "{seen:?}");
    }
}

#[tokio::test]
async fn only_so_many_containers_are_looked_at_and_the_rest_is_named() {
    let engine = run_by_one_each(&["r.example/a:1", "r.example/b:1", "r.example/c:1"])
        .on("GET /distribution/*", distribution(&hash('b')));
    let result = one_call::given(&engine, UPDATES, json!({ "limit": 2 })).await;
    assert_eq!(result["images"].as_array().unwrap().len(), 2);
    assert_eq!(result["truncated"], true);
    assert!(
        result["hint"].as_str().unwrap().contains("limit"),
        "{result}"
    );
    let expected = ["r.example/a:1/json", "r.example/b:1/json"];
    assert_eq!(looked_up(&engine), expected);
}

#[tokio::test]
async fn what_cannot_be_listed_and_who_is_not_there_is_an_error() {
    let engine =
        run_by_one_each(&["r.example/a:1"]).on("GET /distribution/*", distribution(&hash('b')));
    let text = failed(&engine, UPDATES, json!({ "containers": ["absent"] })).await;
    assert!(text.contains("no such container: `absent`"), "{text}");
    let text = failed(&engine, UPDATES, json!({ "project": "absent" })).await;
    assert!(text.contains("no such project: `absent`"), "{text}");
    assert_eq!(looked_up(&engine), [""; 0]);
    let broken = engine.on("GET /images/json", Reply::error(500, "disk is on fire"));
    let text = failed(&broken, UPDATES, json!({})).await;
    assert!(text.contains("disk is on fire"), "{text}");
}

/// The connection to the Engine is no matter of a registry.
#[tokio::test]
async fn an_engine_that_goes_away_meanwhile_is_an_error_of_the_call() {
    let engine = run_by_one_each(&["r.example/a:1"]).on("GET /distribution/*", Reply::die());
    let text = failed(&engine, UPDATES, json!({})).await;
    assert!(text.contains("connection"), "{text}");
}
