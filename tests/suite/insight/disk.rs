//! `docker_disk_usage`.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::results::disk::{engine, id};
use crate::support::fake_engine::{FakeEngine, Reply, version};

const USAGE: &str = "docker_disk_usage";

fn short(digit: &str) -> String {
    digit.repeat(12)
}

fn sizes(count: u64, unique: u64, shared: u64, removable: u64) -> Value {
    json!({
        "count": count, "size": unique + shared, "unique_size": unique, "shared_size": shared,
        "removable_size": removable,
    })
}

/// An Engine of that version whose account of the disk this is.
fn of(api: &str, usage: Value) -> FakeEngine {
    let usage = if api == "1.52" {
        let items = |kind: &str| json!({ "Items": usage[kind] });
        json!({
            "ImageUsage": { "Items": usage["Images"], "TotalSize": usage["LayersSize"] },
            "ContainerUsage": items("Containers"), "VolumeUsage": items("Volumes"),
            "BuildCacheUsage": items("BuildCache"),
        })
    } else {
        usage
    };
    FakeEngine::start()
        .on("GET /version", version(api))
        .on("GET /system/df", usage)
}

/// What is said of an object, by its name or else its id.
fn said(told: &Value, name: &str) -> (Value, Value, String) {
    let mut items = told["items"].as_array().unwrap().iter();
    let item = items.find(|it| it["name"] == name || it["id"] == name);
    let item = item.unwrap_or_else(|| panic!("{name}: {told}"));
    let why = item["why"].as_str().unwrap().to_owned();
    (item["removable"].clone(), item["used_by"].clone(), why)
}

#[tokio::test]
async fn each_layer_is_counted_once_in_both_shapes_of_the_answer() {
    let cache = json!([
        { "ID": "own", "Type": "regular", "Size": 40, "Shared": false, "LastUsedAt": "2026-05-01T10:00:00Z" },
        { "ID": "also", "Type": "regular", "Size": 0, "Shared": true, "LastUsedAt": "0001-01-01T00:00:00Z" },
    ]);
    for api in ["1.41", "1.52"] {
        let engine = engine(api, cache.clone());
        let told = given(&engine, USAGE, json!({})).await;
        assert_eq!(told["truncated"], false, "{told}");
        // What `b` and `c` have of each other comes with both, and `base` with all three.
        assert_eq!(
            told["totals"],
            json!({
                "size": 331_640, "unique_size": 259_640, "shared_size": 72_000, "removable_size": 331_640,
                "images": sizes(4, 259_000, 72_000, 331_000),
                "containers": sizes(2, 30, 0, 30),
                "volumes": sizes(2, 570, 0, 570),
                "build_cache": sizes(2, 40, 0, 40),
            }),
            "{api}"
        );
        let ids = told["items"].as_array().unwrap().iter().map(|it| &it["id"]);
        let ids: Vec<&str> = ids.map(|id| id.as_str().unwrap()).collect();
        let anonymous = "0a".repeat(32);
        let images = ["d", "c", "b", "a"].map(short);
        let others = ["named", &*anonymous, "own", "4c01db0b339c", "also", "2"];
        assert_eq!(
            (&ids[..4], &ids[4..]),
            (&images.each_ref().map(|id| &**id)[..], &others[..])
        );
        let item = |id: &str| {
            let mut items = told["items"].as_array().unwrap().iter();
            items.find(|it| it["id"] == id).unwrap().clone()
        };
        assert_eq!(
            item(&short("a")),
            json!({
                "kind": "images", "id": short("a"), "name": "base:1", "size": 64_000, "unique_size": 0, "removable": true,
                "why": "no container uses it: docker_remove_image; frees nothing while other images have its layers",
            })
        );
        assert_eq!(
            item("own"),
            json!({
                "kind": "build_cache", "id": "own", "size": 40, "unique_size": 40,
                "last_used": "2026-05-01T10:00:00Z", "removable": true,
                "why": "no build uses it: docker_prune_build_cache, or docker_system_prune with all else that is unused",
            })
        );
        assert!(item("also").get("last_used").is_none(), "{told}");
        assert_eq!(item(&anonymous)["anonymous"], true);
        assert!(item(&anonymous).get("name").is_none(), "{told}");
        assert_eq!(item("named")["anonymous"], false);
    }
}

/// Images that share nothing, or of which none can go, need no more than the Engine's account.
#[tokio::test]
async fn layers_are_asked_for_only_where_removable_images_share_them() {
    let image = |digit: &str, shared: u64| json!({ "Id": id(digit), "RepoTags": ["a:1", "b:1"], "Size": 9, "SharedSize": shared, "Containers": 0 });
    let (alone, pair) = ([image("a", 0)], [image("a", 4), image("b", 4)]);
    let user = json!([{ "Id": "c", "Names": ["/web"], "ImageID": id("a"), "State": "running" }]);
    for (images, containers) in [(json!(alone), json!([])), (json!(pair), user)] {
        let usage = json!({ "LayersSize": 14, "Images": images, "Containers": containers });
        let engine = of("1.41", usage);
        given(&engine, USAGE, json!({})).await;
        assert_eq!(
            engine.requests().last().unwrap(),
            "GET /system/df?verbose=true"
        );
    }
}

#[tokio::test]
async fn what_holds_an_object_is_named_with_what_would_free_it() {
    let image = |digit: &str, tags: Value, users: i64| json!({ "Id": id(digit), "RepoTags": tags, "Size": 9, "SharedSize": 0, "Containers": users });
    let container = |name: &str, state: &str, status: &str, volume: &str| {
        json!({
            "Id": name, "Names": [format!("/{name}")], "ImageID": id("a"), "State": state, "Status": status,
            "Mounts": [{ "Type": "volume", "Name": volume }, { "Type": "bind", "Source": "/srv" }],
        })
    };
    let volume = |name: &str, driver: &str, size: i64, users: i64| json!({ "Name": name, "Driver": driver, "UsageData": { "Size": size, "RefCount": users } });
    let record = |id: &str, kind: &str, used: bool, shared: bool| json!({ "ID": id, "Type": kind, "Description": format!("[{id}] RUN make"), "Size": 3, "InUse": used, "Shared": shared });
    let usage = json!({
        "LayersSize": 45,
        "Images": [
            image("a", json!(["web:1"]), 2), image("b", json!(["b:1", "b:2"]), 0), image("c", json!(null), 0),
            image("d", json!(["unseen:1"]), 1),
        ],
        "Containers": [
            container("web", "running", "Up 3 hours", "data"), container("old", "exited", "Exited (0) 2 days ago", "data"),
            container("going", "removing", "", ""),
        ],
        "Volumes": [
            volume("data", "local", 7, 2), volume("spare", "local", 6, 0), volume("far", "rexray", -1, 0),
            volume("unseen", "local", 5, 1), volume(&"0a".repeat(32), "local", 4, 0),
        ],
        "BuildCache": [
            record("free", "regular", false, false), record("busy", "regular", true, false),
            record("layer", "regular", false, true), record("inner", "internal", false, false),
        ],
    });
    let told = given(&of("1.41", usage), USAGE, json!({})).await;
    for (name, removable, used_by, words) in [
        (
            "web:1",
            false,
            json!(["going", "old", "web"]),
            "in use: docker_remove_container, then docker_remove_image",
        ),
        ("b:1, b:2", true, json!(null), "for each of its tags"),
        (
            &short("c"),
            true,
            json!(null),
            "untagged: docker_remove_image, or docker_prune_images",
        ),
        ("unseen:1", false, json!(null), "not listed"),
        (
            "web",
            false,
            json!(null),
            "Up 3 hours: docker_stop_container, then docker_remove_container",
        ),
        (
            "old",
            true,
            json!(null),
            "Exited (0) 2 days ago: docker_remove_container",
        ),
        ("going", false, json!(null), "being removed"),
        (
            "data",
            false,
            json!(["old", "web"]),
            "in use: docker_remove_container, then docker_remove_volume",
        ),
        (
            "spare",
            true,
            json!(null),
            "docker_remove_volume loses its data",
        ),
        ("far", true, json!(null), "`rexray`"),
        ("unseen", false, json!(null), "not listed"),
        (&"0a".repeat(32), true, json!(null), "docker_prune_volumes"),
        (
            "[free] RUN make",
            true,
            json!(null),
            "docker_prune_build_cache",
        ),
        ("[busy] RUN make", false, json!(null), "a build uses it"),
        (
            "[layer] RUN make",
            false,
            json!(null),
            "docker_remove_image, then docker_prune_build_cache",
        ),
        (
            "[inner] RUN make",
            false,
            json!(null),
            "the builder keeps it",
        ),
    ] {
        let (may_go, users, why) = said(&told, name);
        assert_eq!(
            (may_go, users),
            (json!(removable), used_by),
            "{name}: {why}"
        );
        assert!(why.contains(words), "{name}: {why}");
    }
    // What has it too is counted there.
    assert_eq!(told["totals"]["build_cache"], sizes(4, 9, 0, 3));
}

#[tokio::test]
async fn of_many_users_some_are_named_and_all_are_counted() {
    let user = |at: usize| json!({ "Id": at.to_string(), "Names": [format!("/web-{at:02}")], "ImageID": id("a"), "State": "running" });
    let users: Vec<Value> = (0..30).map(user).collect();
    let image = json!({ "Id": id("a"), "RepoTags": ["web:1"], "Size": 9, "SharedSize": 0, "Containers": 30 });
    let usage = json!({ "LayersSize": 9, "Images": [image], "Containers": users });
    let told = given(&of("1.41", usage), USAGE, json!({ "limit": 1 })).await;
    let (_, used_by, why) = said(&told, "web:1");
    assert_eq!(
        (used_by.as_array().unwrap().len(), &used_by[0]),
        (10, &json!("web-00"))
    );
    assert!(why.starts_with("30 containers"), "{why}");
    let items = told["items"].as_array().unwrap().len();
    assert_eq!((items, &told["truncated"]), (1, &json!(true)), "{told}");
    assert_eq!(told["totals"]["containers"]["count"], 30, "{told}");
}

#[tokio::test]
async fn what_the_engine_does_not_know_is_unknown_and_comes_last() {
    let volume = |name: &str, size: i64| json!({ "Name": name, "Driver": "local", "UsageData": { "Size": size, "RefCount": 0 } });
    for api in ["1.41", "1.52"] {
        let usage = json!({
            "LayersSize": -1,
            "Images": [{ "Id": id("a"), "RepoTags": ["web:1"], "Size": 9, "SharedSize": -1, "Containers": -1 }],
            "Containers": [{ "Id": "c", "Names": ["/web"], "State": "running", "SizeRw": -1 }],
            "Volumes": [volume("unknown", -1), volume("empty", 0), { "Name": "silent", "UsageData": null }],
        });
        let told = given(&of(api, usage), USAGE, json!({})).await;
        let items = told["items"].as_array().unwrap();
        let order: Vec<&Value> = items.iter().map(|it| &it["name"]).collect();
        assert_eq!(
            order,
            ["web:1", "empty", "web", "silent", "unknown"],
            "{api}: {told}"
        );
        assert_eq!(
            (&items[0]["size"], &items[0]["unique_size"]),
            (&json!(9), &Value::Null)
        );
        assert_eq!(items[4]["size"], Value::Null, "{told}");
        let totals = &told["totals"];
        let unknown =
            ["images", "containers", "volumes"].map(|kind| totals[kind]["unknown"].clone());
        assert_eq!(unknown, [json!(null), json!(1), json!(2)], "{totals}");
        for (kind, size) in [
            ("images", Value::Null),
            ("containers", Value::Null),
            ("volumes", json!(0)),
            ("build_cache", json!(0)),
        ] {
            assert_eq!(
                (&totals[kind]["size"], &totals[kind]["removable_size"]),
                (
                    &size,
                    &if kind == "containers" {
                        json!(0)
                    } else {
                        size.clone()
                    }
                ),
                "{kind}: {totals}"
            );
        }
    }
    // Nothing at all is not unknown.
    for api in ["1.41", "1.52"] {
        let told = given(&of(api, json!({ "Images": [] })), USAGE, json!({})).await;
        assert_eq!(
            (&told["items"], &told["totals"]["size"]),
            (&json!([]), &json!(0)),
            "{api}"
        );
    }
}

#[tokio::test]
async fn of_one_kind_no_more_is_asked_than_it_takes() {
    let users = "GET /containers/json?all=true&size=false";
    for (kind, types, users) in [
        ("images", "&type=image&type=build-cache", Some(users)),
        ("containers", "&type=container", None),
        ("volumes", "&type=volume", Some(users)),
        ("build_cache", "&type=build-cache", None),
    ] {
        for (api, types) in [("1.41", ""), ("1.42", types), ("1.52", types)] {
            let user = json!({ "Id": "c", "Names": ["/web"], "ImageID": id("d"), "Mounts": [{ "Name": "named" }] });
            let engine = engine(api, json!([])).on("GET /containers/json", json!([user]));
            let told = given(&engine, USAGE, json!({ "kind": kind })).await;
            let requests = engine.requests();
            let asked = format!("GET /system/df?verbose=true{types}");
            assert!(requests.contains(&asked), "{kind}, {api}: {requests:?}");
            let listed = requests.iter().find(|it| it.starts_with("GET /containers"));
            assert_eq!(listed.map(String::as_str), users, "{kind}, {api}");
            let items = told["items"].as_array().unwrap();
            assert!(items.iter().all(|it| it["kind"] == kind), "{told}");
            let totals = told["totals"].as_object().unwrap();
            assert_eq!(totals.len(), 5, "{kind}, {api}: {told}");
            assert_eq!(totals["size"], totals[kind]["size"], "{told}");
            let held = items
                .iter()
                .filter(|it| it["used_by"] == json!(["web"]))
                .count();
            assert_eq!(held, usize::from(users.is_some()), "{kind}, {api}: {told}");
        }
    }
}

#[tokio::test]
async fn what_the_build_cache_has_too_is_said_to_stay() {
    let shared = json!([{ "ID": "x", "Type": "regular", "Shared": true, "Size": 8_000 }]);
    let told = given(&engine("1.44", shared), USAGE, json!({})).await;
    assert_eq!(
        told["totals"]["images"]["removable_size"], 323_000,
        "{told}"
    );
    let hint = told["hint"].as_str().unwrap();
    assert!(
        hint.starts_with("8000 bytes") && hint.contains("docker_prune_build_cache"),
        "{hint}"
    );
}

/// Where layers are not told, what each image has for itself is what is known to come.
#[tokio::test]
async fn layers_that_are_not_told_spoil_nothing_else() {
    let engine = engine("1.44", json!([])).on("GET /images/*/history", Reply::error(500, "no"));
    let told = given(&engine, USAGE, json!({})).await;
    assert_eq!(told["totals"]["images"], sizes(4, 259_000, 72_000, 259_000));
}

/// Of several calls at once an Engine of old refuses all but one.
#[tokio::test]
async fn an_engine_that_makes_the_account_for_another_is_asked_again() {
    let refused = AtomicUsize::new(0);
    let engine = FakeEngine::start().answer("GET /system/df", move |_| {
        if refused.fetch_add(1, Ordering::Relaxed) < 2 {
            Reply::error(500, "a disk usage operation is already running")
        } else {
            json!({ "LayersSize": 7, "Images": [] }).into()
        }
    });
    let told = given(&engine, USAGE, json!({})).await;
    assert_eq!(told["totals"]["size"], 7, "{told}");
}

#[tokio::test]
async fn no_account_and_no_such_kind_are_errors_that_say_why() {
    let engine = FakeEngine::start().on("GET /system/df", Reply::error(500, "no room"));
    for (arguments, words) in [
        (json!({ "kind": "networks" }), "build_cache"),
        (json!({ "limit": 0 }), "`limit`"),
        (json!({ "limit": 1001 }), "`limit`"),
    ] {
        let text = failed(&engine, USAGE, arguments).await;
        assert!(text.contains(words), "{text}");
    }
    assert!(engine.seen().is_empty());
    let text = failed(&engine, USAGE, json!({})).await;
    assert!(text.contains("no room"), "{text}");
    let engine = of("1.44", json!({ "Images": [] }))
        .on("GET /containers/json", Reply::error(500, "no list"));
    let text = failed(&engine, USAGE, json!({ "kind": "images" })).await;
    assert!(text.contains("no list"), "{text}");
}
