//! Looks at what the prunes choose on Engines of different ages, and that they take nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mcp_docker::call::{Call, Caller, Look, Runtime};
use mcp_docker::catalog;
use mcp_docker::config::Config;
use mcp_docker::engine::Engine;
use mcp_docker::params::Arguments;
use mcp_docker::progress::Progress;
use mcp_docker::safety::{Person, Redactor, Via};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply, version};

const IMAGES: &str = "docker_prune_images";
const VOLUMES: &str = "docker_prune_volumes";
const SYSTEM: &str = "docker_system_prune";

fn made_up(digits: &str) -> String {
    digits.repeat(64 / digits.len())
}

/// An Engine of this API version that has nothing and lets everything be removed.
fn empty(api: &str) -> FakeEngine {
    FakeEngine::start()
        .on("GET /version", version(api))
        .on("GET /containers/json", json!([]))
        .on("GET /images/json", json!([]))
        .on("GET /networks", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }))
        .on("GET /system/df", json!({}))
        .on("DELETE /containers/*", Reply::empty(204))
        .on("DELETE /networks/*", Reply::empty(204))
        .on("DELETE /volumes/*", Reply::empty(204))
        .answer("DELETE /images/*", |seen| {
            let path = seen.target.split('?').next().unwrap_or_default();
            let name = path.trim_start_matches("/images/");
            json!([{ "Untagged": name }]).into()
        })
}

/// The result of a call that is allowed and not asked about, or the text of its failure.
async fn call(engine: &FakeEngine, tool: &'static str, args: Value) -> Result<Value, String> {
    let address = engine.address();
    let client = Client::start(&[
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ])
    .await;
    let result = client.call(tool, args).await;
    client.stop().await;
    match result.is_error {
        Some(true) => Err(format!("{:?}", result.content)),
        _ => Ok(result.structured_content.unwrap()),
    }
}

/// What was changed, in order.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| !request.starts_with("GET "));
    requests
}

/// Plans a call, lets the world change, then acts on the plan; what comes of it.
async fn act_later(
    engine: &FakeEngine,
    tool: &'static str,
    args: Value,
    meanwhile: impl FnOnce(),
    progress: Progress,
) -> Result<Value, String> {
    let config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    let tool = catalog::find(tool).unwrap();
    let mut args = Arguments::new(tool, args.as_object().unwrap().clone()).unwrap();
    let operation = (tool.parse)(&mut args).unwrap();
    let mut call = Call {
        engine: Engine::new(&config.docker),
        look: Look::default(),
        config: &config,
        progress,
        redactor: Redactor::new(true),
    };
    call.look = operation.look(&call).await.unwrap();
    meanwhile();
    operation
        .run(&call)
        .await
        .map_err(|error| error.to_string())
}

fn volume(name: &str, labels: Value) -> Value {
    json!({ "Name": name, "Driver": "local", "CreatedAt": "2026-01-01T10:00:00Z", "Labels": labels, "Options": null })
}

/// Volumes of every sort; `used` is in use.
fn volumes(api: &str) -> FakeEngine {
    let mut nfs = volume("nfs", json!(null));
    nfs["Options"] = json!({ "type": "nfs", "device": ":/films" });
    let mut remote = volume("remote", json!(null));
    remote["Driver"] = json!("rexray");
    let unused = json!([
        volume("named", json!({ "app": "shop" })),
        volume(&made_up("1f"), json!({ "com.docker.volume.anonymous": "" })),
        volume(&made_up("0f"), json!({ "app": "shop" })),
        nfs,
        remote,
    ]);
    let mut all = unused.clone();
    all.as_array_mut()
        .unwrap()
        .push(volume("used", json!(null)));
    let size = |name: &str, size: i64| json!({ "Name": name, "UsageData": { "Size": size, "RefCount": 0 } });
    empty(api)
        .on("GET /volumes", json!({ "Volumes": all }))
        .on("GET /volumes?*dangling*", json!({ "Volumes": unused }))
        .on("DELETE /volumes/used", Reply::error(409, "remove used: volume is in use - [1]"))
        .on(
            "GET /system/df",
            json!({ "Volumes": [size(&made_up("0f"), 7), size(&made_up("1f"), 30), size("named", -1), size("nfs", 500)] }),
        )
}

#[tokio::test]
async fn only_anonymous_volumes_go_unless_all_are_asked_for() {
    let (bare, marked) = (made_up("0f"), made_up("1f"));
    for (api, args, deleted, space) in [
        // Nothing but the name tells them.
        ("1.41", json!({}), vec![&*bare, &*marked], 37),
        ("1.42", json!({}), vec![&*marked], 30),
        ("1.52", json!({"filters": {"label": "app=shop"}}), vec![], 0),
        (
            "1.41",
            json!({"filters": {"label": "app=shop"}}),
            vec![&*bare],
            7,
        ),
        (
            "1.41",
            json!({"filters": {"label!": "app"}}),
            vec![&*marked],
            30,
        ),
        (
            "1.41",
            json!({"all": true}),
            vec![&*bare, &*marked, "named", "nfs"],
            537,
        ),
        (
            "1.44",
            json!({"all": true}),
            vec![&*bare, &*marked, "named", "nfs"],
            537,
        ),
        (
            "1.44",
            json!({"all": true, "filters": {"label": ["app"]}}),
            vec![&*bare, "named"],
            7,
        ),
    ] {
        let engine = volumes(api);
        let result = call(&engine, VOLUMES, args.clone()).await.unwrap();
        let what = format!("{api} {args}");
        assert_eq!(
            result,
            json!({ "deleted": deleted, "space_reclaimed": space, "failed": [] }),
            "{what}"
        );
        let one_by_one: Vec<String> = deleted
            .iter()
            .map(|name| format!("DELETE /volumes/{name}?force=false"))
            .collect();
        assert_eq!(changes(&engine), one_by_one, "{what}");
    }
}

#[tokio::test]
async fn force_all_tries_every_volume_and_names_those_that_stay() {
    for api in ["1.41", "1.47"] {
        let engine = volumes(api);
        let result = call(&engine, VOLUMES, json!({"force_all": true}))
            .await
            .unwrap();
        let deleted = [&*made_up("0f"), &*made_up("1f"), "named", "nfs", "remote"];
        assert_eq!(result["deleted"], json!(deleted));
        assert_eq!(result["failed"][0]["name"], "used");
        let error = result["failed"][0]["error"].as_str().unwrap();
        assert!(error.contains("in use"), "{result}");
    }
}

#[tokio::test]
async fn an_engine_that_does_not_say_how_large_things_are_loses_them_all_the_same() {
    let engine = volumes("1.41").on("GET /system/df", Reply::error(500, "no"));
    let result = call(&engine, VOLUMES, json!({})).await.unwrap();
    assert_eq!(result["deleted"].as_array().unwrap().len(), 2);
    assert_eq!(result["space_reclaimed"], 0);
}

#[tokio::test]
async fn a_filter_that_a_prune_does_not_know_is_refused_before_anything_is_sent() {
    for (tool, filters, part) in [
        (VOLUMES, json!({"until": "1h"}), "`label!`"),
        (VOLUMES, json!({"all": true}), "`label!`"),
        (IMAGES, json!({"dangling": true}), "`until`"),
        (IMAGES, json!({"until": "soon"}), "RFC 3339"),
        (SYSTEM, json!({"dangling": true}), "`until`"),
        (SYSTEM, json!({"until": ["1h", "2h"]}), "`until`"),
        (SYSTEM, json!({"label!": []}), "`label!`"),
    ] {
        let engine = empty("1.41");
        let refusal = call(&engine, tool, json!({"filters": filters}))
            .await
            .unwrap_err();
        assert!(refusal.contains(part), "{tool} {filters}: {refusal}");
        assert_eq!(engine.seen().len(), 0, "{tool} {filters}");
    }
    let engine = empty("1.41");
    let both = json!({"force_all": true, "filters": {"until": "1h"}});
    let refusal = call(&engine, IMAGES, both).await.unwrap_err();
    assert!(refusal.contains("takes no `filters`"), "{refusal}");
    assert_eq!(engine.seen().len(), 0);
}

fn image_id(digits: &str) -> String {
    format!("sha256:{}", made_up(digits))
}

fn image(digits: &str, tags: Value, digests: Value) -> Value {
    json!({
        "Id": image_id(digits), "RepoTags": tags, "RepoDigests": digests, "Created": 1_700_000_000,
        "Size": 1000, "Labels": { "app": "shop" }, "Containers": -1,
    })
}

/// Images of every sort, and what all of them take before and after one is removed.
fn images() -> FakeEngine {
    let digest = |name: &str| format!("{name}@{}", image_id("d1"));
    let images = [
        image("aa", json!(["<none>:<none>"]), json!(["<none>@<none>"])),
        image(
            "bb",
            json!(["shop:2", "127.0.0.1:5000/shop:1"]),
            json!([digest("shop"), digest("mirror/shop")]),
        ),
        image("cc", json!(["used:1"]), json!(null)),
        image("dd", json!(null), json!([digest("one"), digest("two")])),
        image("ee", json!(["hidden:1"]), json!(null)),
    ];
    let dangling = json!([images[0], images[3], images[1]]);
    let engine = empty("1.41")
        .on("GET /images/json", json!(images))
        .on("GET /images/json?*dangling*", dangling)
        .on("GET /containers/json", json!([{ "Id": "c", "ImageID": image_id("cc"), "State": "exited" }]))
        .answer("GET /system/df", {
            let size = AtomicU64::new(5000);
            move |_| {
                let layers = size.fetch_sub(1200, Ordering::Relaxed);
                json!({ "LayersSize": layers, "Images": [{ "Id": image_id("ee"), "Containers": 1 }] }).into()
            }
        });
    images.iter().fold(engine, |engine, image| {
        let path = format!("GET /images/{}/json", image["Id"].as_str().unwrap());
        engine.on(&path, image.clone())
    })
}

fn removal(reference: &str) -> String {
    format!("DELETE /images/{reference}?force=false&noprune=false")
}

#[tokio::test]
async fn untagged_images_that_no_container_uses_go() {
    let engine = images();
    let result = call(&engine, IMAGES, json!({})).await.unwrap();
    // One with digests in two repositories goes by its names, without force.
    let digests = ["one", "two"].map(|name| removal(&format!("{name}@{}", image_id("d1"))));
    let expected = [&removal(&image_id("aa")), &digests[0], &digests[1]];
    let mut done = changes(&engine);
    done.sort();
    let mut expected = expected.map(String::clone);
    expected.sort();
    assert_eq!(done, expected);
    assert_eq!(result["deleted"].as_array().unwrap().len(), 3);
    assert_eq!(result["space_reclaimed"], 1200);
    assert_eq!(result["failed"], json!([]));
}

#[tokio::test]
async fn all_takes_every_image_that_no_container_uses_tag_by_tag() {
    let engine = images();
    let filters = json!({"all": true, "filters": {"label": "app", "until": "1700000001"}});
    let result = call(&engine, IMAGES, filters).await.unwrap();
    let done = changes(&engine);
    let of_shop = [
        "127.0.0.1:5000/shop:1",
        "shop:2",
        &format!("mirror/shop@{}", image_id("d1")),
    ]
    .map(removal);
    let start = done
        .iter()
        .position(|request| *request == of_shop[0])
        .unwrap();
    assert_eq!(
        done[start..start + 3],
        of_shop,
        "the digest of a tagged repository goes with its tag"
    );
    for kept in ["used", "hidden", "force=true", "/prune"] {
        assert!(
            !done.iter().any(|request| request.contains(kept)),
            "{done:?}"
        );
    }
    assert_eq!(done.len(), 6);
    assert_eq!(result["deleted"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn until_spares_what_is_younger() {
    for (until, count) in [
        ("1700000000", 0),
        ("1700000001", 3),
        ("2023-11-14T22:13:20Z", 0),
        ("24h", 3),
    ] {
        let engine = images();
        call(&engine, IMAGES, json!({"filters": {"until": until}}))
            .await
            .unwrap();
        assert_eq!(changes(&engine).len(), count, "{until}");
    }
}

#[tokio::test]
async fn force_all_removes_every_image_by_its_id_and_by_force() {
    let parent_left = AtomicBool::new(true);
    let engine = images().answer(&format!("DELETE /images/{}", image_id("bb")), move |_| {
        if parent_left.swap(false, Ordering::Relaxed) {
            return Reply::error(409, "conflict: image has dependent child images");
        }
        json!([{ "Deleted": "b" }]).into()
    });
    let engine = engine.on(
        &format!("DELETE /images/{}", image_id("cc")),
        Reply::error(409, "conflict: image is being used by running container c"),
    );
    let result = call(&engine, IMAGES, json!({"force_all": true}))
        .await
        .unwrap();
    let done = changes(&engine);
    for digits in ["aa", "bb", "cc", "dd", "ee"] {
        let request = format!(
            "DELETE /images/{}?force=true&noprune=false",
            image_id(digits)
        );
        assert!(done.contains(&request), "{done:?}");
    }
    assert_eq!(result["deleted"].as_array().unwrap().len(), 4, "{result}");
    assert_eq!(result["failed"].as_array().unwrap().len(), 1, "{result}");
    assert_eq!(result["failed"][0]["tags"], json!(["used:1"]));
    assert!(
        result["failed"][0]["error"]
            .as_str()
            .unwrap()
            .contains("running container")
    );
}

#[tokio::test]
async fn space_is_never_negative_and_unknown_space_is_none() {
    for layers in [json!([3, 9]), json!([-1, 5]), json!([5, null])] {
        let asked = AtomicU64::new(0);
        let engine = images().answer("GET /system/df", move |_| {
            let which = asked.fetch_add(1, Ordering::Relaxed) as usize;
            json!({ "LayersSize": layers[which] }).into()
        });
        let result = call(&engine, IMAGES, json!({})).await.unwrap();
        assert_eq!(result["space_reclaimed"], 0);
    }
}

/// The race that a plan has to win: the world goes on while a person reads.
#[tokio::test]
async fn what_became_unused_after_the_plan_stays() {
    let late = Arc::new(AtomicBool::new(false));
    let stopped = |id: &str| json!({ "Id": id, "Names": [format!("/{id}")], "State": "exited", "Created": 1 });
    let grown = |list: Value, more: Value| {
        let late = Arc::clone(&late);
        move |_: &_| {
            let mut list = list.clone();
            if late.load(Ordering::Relaxed) {
                list.as_array_mut().unwrap().push(more.clone());
            }
            list.into()
        }
    };
    let volumes = |list: Value| json!({ "Volumes": list });
    let network = |id: &str| json!({ "Id": id, "Name": id });
    let of_engine = || {
        let late = Arc::clone(&late);
        let (first, second) = (
            volume(&made_up("0a"), json!(null)),
            volume(&made_up("0b"), json!(null)),
        );
        empty("1.41")
            .answer(
                "GET /containers/json",
                grown(json!([stopped("c1")]), stopped("c2")),
            )
            .answer(
                "GET /networks",
                grown(json!([network("n1")]), network("n2")),
            )
            .on("GET /networks/*", network("n1"))
            .answer(
                "GET /images/json",
                grown(
                    json!([image("aa", json!(null), json!(null))]),
                    image("bb", json!(null), json!(null)),
                ),
            )
            .on("GET /images/*/json", image("aa", json!(null), json!(null)))
            .answer("GET /volumes", move |_| {
                let known = if late.load(Ordering::Relaxed) {
                    json!([first, second])
                } else {
                    json!([first])
                };
                volumes(known).into()
            })
    };
    for (tool, args) in [
        (SYSTEM, json!({"volumes": true})),
        (VOLUMES, json!({"all": true})),
        (VOLUMES, json!({"force_all": true})),
        (IMAGES, json!({"all": true})),
        (IMAGES, json!({"force_all": true})),
    ] {
        late.store(false, Ordering::Relaxed);
        let engine = of_engine();
        let meanwhile = || late.store(true, Ordering::Relaxed);
        act_later(&engine, tool, args, meanwhile, Progress::none())
            .await
            .unwrap();
        let done = changes(&engine);
        assert!(!done.is_empty(), "{tool}");
        for stranger in ["c2", "n2", &made_up("0b"), &image_id("bb"), "/prune"] {
            assert!(
                !done.iter().any(|request| request.contains(stranger)),
                "{tool}: {done:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_image_whose_tags_changed_or_that_is_used_by_now_is_left_alone() {
    let changed = image("bb", json!(["shop:2"]), json!(null));
    let path = format!("GET /images/{}/json", image_id("bb"));
    for args in [json!({"all": true}), json!({"force_all": true})] {
        let engine = images().on(&path, changed.clone());
        let result = call(&engine, IMAGES, args).await.unwrap();
        assert!(
            !changes(&engine)
                .iter()
                .any(|it| it.contains("shop") || it.contains(&image_id("bb")))
        );
        assert_eq!(result["failed"][0]["id"], image_id("bb"));
        assert!(
            result["failed"][0]["error"]
                .as_str()
                .unwrap()
                .contains("tags have changed"),
            "{result}"
        );
    }

    let engine = images().on(
        "GET /containers/json?*ancestor*",
        json!([{ "Id": "child", "ImageID": "sha256:other" }, { "Id": "new", "ImageID": image_id("bb") }]),
    );
    let result = call(&engine, IMAGES, json!({"all": true})).await.unwrap();
    assert!(!changes(&engine).iter().any(|it| it.contains("shop")));
    assert!(
        result["failed"][0]["error"]
            .as_str()
            .unwrap()
            .contains("container new"),
        "{result}"
    );
}

#[tokio::test]
async fn what_is_gone_already_is_passed_over() {
    let engine = volumes("1.41").on(
        "DELETE /volumes/named",
        Reply::error(404, "get named: no such volume"),
    );
    let result = call(&engine, VOLUMES, json!({"all": true})).await.unwrap();
    assert_eq!(result["deleted"].as_array().unwrap().len(), 3, "{result}");
    assert_eq!(result["failed"], json!([]));

    let engine = images().on(
        &format!("GET /images/{}/json", image_id("aa")),
        Reply::error(404, "No such image"),
    );
    let result = call(&engine, IMAGES, json!({})).await.unwrap();
    assert_eq!(result["failed"], json!([]));
    assert_eq!(changes(&engine).len(), 2);
}

/// Waiting out the deadline of each of hundreds of removals would take hours.
#[tokio::test]
async fn an_engine_that_goes_away_is_not_asked_again() {
    let engine = volumes("1.41").on(&format!("DELETE /volumes/{}", made_up("1f")), Reply::die());
    let result = call(&engine, VOLUMES, json!({"all": true})).await.unwrap();
    assert_eq!(result["deleted"], json!([made_up("0f")]));
    let failed = result["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 3, "{result}");
    assert!(
        failed[2]["error"].as_str().unwrap().contains("not tried"),
        "{result}"
    );
    assert_eq!(changes(&engine).len(), 2);

    let engine = volumes("1.41").on("DELETE /volumes/*", Reply::die());
    let refusal = call(&engine, VOLUMES, json!({"all": true}))
        .await
        .unwrap_err();
    assert!(refusal.contains("may"), "{refusal}");
}

#[tokio::test]
async fn a_long_prune_says_how_far_it_is() {
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let engine = volumes("1.41");
    let progress = {
        let heard = Arc::clone(&heard);
        Progress::to(move |report| {
            heard.lock().unwrap().push((report.message, report.total));
            Box::pin(std::future::ready(()))
        })
    };
    let runtime = Runtime::new(Config {
        docker: engine.config(),
        safety: mcp_docker::config::SafetyConfig {
            allow_destructive: true,
            require_confirmation: false,
            ..Default::default()
        },
        ..Config::default()
    });
    let tool = catalog::find(VOLUMES).unwrap();
    let args = json!({"all": true}).as_object().unwrap().clone();
    let caller = Caller {
        via: Via::CommandLine,
        progress,
        person: Person::Nobody(""),
    };
    runtime.call(tool, args, caller).await.unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.last().unwrap(), &("4 of 4".to_owned(), Some(4.0)));
}

/// A host with something of everything: `web` runs, `old` and `fresh` do not.
fn host(api: &str) -> FakeEngine {
    let container = |name: &str,
                     state: &str,
                     image: &str,
                     volumes: &[&str],
                     created: u64,
                     labels: Value| {
        let mounts: Vec<Value> = volumes
            .iter()
            .map(|name| json!({ "Type": "volume", "Name": name }))
            .collect();
        json!({
            "Id": format!("{name}-id"), "Names": [format!("/{name}")], "Image": "web:1", "ImageID": image_id(image),
            "State": state, "Created": created, "Labels": labels, "Mounts": mounts,
        })
    };
    let (held, freed, nameless) = (made_up("01"), made_up("02"), made_up("03"));
    let marked = |name: &str| volume(name, json!({ "com.docker.volume.anonymous": "" }));
    let now = jiff_now();
    let network = |name: &str, connected: Value| {
        json!({
            "Id": format!("{name}-id"), "Name": name, "Driver": "bridge", "Created": "2026-01-01T10:00:00.5Z",
            "Containers": connected, "Labels": { "app": name },
        })
    };
    let networks = [
        network("bridge", json!({})),
        network("busy", json!({ "web-id": {} })),
        // Podman counts stopped containers.
        network("idle", json!({ "old-id": {} })),
        network("left", json!({})),
    ];
    let mut listed: Vec<Value> = networks.to_vec();
    for network in &mut listed {
        network["Containers"] = json!({});
    }
    listed.push(json!({ "Id": "ingress-id", "Name": "swarm", "Ingress": true }));
    listed.push(json!({ "Id": "config-id", "Name": "config", "ConfigOnly": true }));
    let dangling = [
        image("aa", json!(null), json!(null)),
        image("bb", json!(null), json!(null)),
        image("cc", json!(null), json!(null)),
    ];
    let containers = json!([
        container("web", "running", "aa", &[&held, "data"], 1000, json!({})),
        container(
            "old",
            "exited",
            "bb",
            &[&freed, &held],
            1000,
            json!({ "app": "old" })
        ),
        container(
            "fresh",
            "created",
            "cc",
            &[],
            now,
            json!({ "app": "fresh" })
        ),
        container("going", "removing", "cc", &[], 1000, json!({})),
        container("paused", "paused", "aa", &[], 1000, json!({})),
    ]);
    let cache = json!([
        { "ID": "stale", "Type": "regular", "InUse": false, "Shared": false, "Size": 1, "LastUsedAt": "2020-01-01T00:00:00Z" },
        { "ID": "busy", "Type": "regular", "InUse": true, "Shared": false, "Size": 1 },
    ]);
    let items = |key: &str, list: Value| json!({ key: list });
    let image_usage = json!([]);
    let container_usage = json!([{ "Id": "old-id", "SizeRw": 10 }, { "Id": "fresh-id" }]);
    let volume_usage = json!([{ "Name": freed, "UsageData": { "Size": 100 } }, { "Name": nameless, "UsageData": { "Size": 1000 } }]);
    let usage = if api == "1.52" {
        json!({
            "ImageUsage": items("Items", image_usage), "ContainerUsage": items("Items", container_usage),
            "VolumeUsage": items("Items", volume_usage), "BuildCacheUsage": items("Items", cache),
        })
    } else {
        json!({ "Images": image_usage, "Containers": container_usage, "Volumes": volume_usage, "BuildCache": cache })
    };
    let layers = AtomicU64::new(90_000);
    let engine = empty(api)
        .on("GET /containers/json", containers)
        .on("GET /networks", json!(listed))
        .on("GET /networks/ingress-id", network("swarm", json!({})))
        .on("GET /networks/config-id", network("config", json!({})))
        .on("GET /images/json", json!(dangling))
        .on("GET /volumes", json!({ "Volumes": [marked(&held), marked(&freed), marked(&nameless), volume("data", json!(null))] }))
        .on("GET /volumes?*dangling*", json!({ "Volumes": [marked(&nameless), volume("named", json!(null))] }))
        .answer("GET /system/df", move |_| {
            let mut usage = usage.clone();
            let layers = layers.fetch_sub(10_000, Ordering::Relaxed);
            match usage.get_mut("ImageUsage") {
                Some(images) => images["TotalSize"] = json!(layers),
                None => usage["LayersSize"] = json!(layers),
            }
            usage.into()
        })
        .on("POST /build/prune", json!({ "CachesDeleted": ["stale"], "SpaceReclaimed": 100_000 }));
    let engine = networks.iter().fold(engine, |engine, network| {
        let path = format!("GET /networks/{}", network["Id"].as_str().unwrap());
        engine.on(&path, network.clone())
    });
    dangling.iter().fold(engine, |engine, image| {
        let path = format!("GET /images/{}/json", image["Id"].as_str().unwrap());
        engine.on(&path, image.clone())
    })
}

fn jiff_now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The changes without the build cache, and the seconds since it must not have been used.
fn split_cache(engine: &FakeEngine) -> (Vec<String>, Option<u64>) {
    let (cache, others): (Vec<_>, Vec<_>) = changes(engine)
        .into_iter()
        .partition(|it| it.contains("/build/prune"));
    let seconds = cache.first().map(|request| {
        let until = request.split("%5B%22").nth(1).unwrap();
        until.split("s%22").next().unwrap().parse().unwrap()
    });
    (others, seconds)
}

#[tokio::test]
async fn a_system_prune_takes_what_nothing_uses_and_what_that_frees_in_order() {
    for api in ["1.44", "1.52"] {
        let engine = host(api);
        let result = call(&engine, SYSTEM, json!({"volumes": true}))
            .await
            .unwrap();
        let (freed, nameless) = (made_up("02"), made_up("03"));
        // `cc` is still used by a container that another client is removing.
        let (done, seconds) = split_cache(&engine);
        assert_eq!(
            done,
            [
                "DELETE /containers/fresh-id?v=false&force=false&link=false",
                "DELETE /containers/old-id?v=false&force=false&link=false",
                "DELETE /networks/idle-id",
                "DELETE /networks/left-id",
                &format!("DELETE /volumes/{freed}?force=false"),
                &format!("DELETE /volumes/{nameless}?force=false"),
                &removal(&image_id("bb")),
            ],
            "{api}"
        );
        assert!((1..60).contains(&seconds.unwrap()), "{seconds:?}");
        // An image that goes first would free records of the cache that nobody was shown.
        let requests = changes(&engine);
        let position = |part: &str| requests.iter().position(|it| it.contains(part));
        assert!(
            position("/build/prune") < position("/images/"),
            "{requests:?}"
        );
        assert_eq!(
            result,
            json!({
                "containers_deleted": ["fresh-id", "old-id"], "networks_deleted": ["idle", "left"],
                "volumes_deleted": [freed, nameless], "images_deleted": [{ "Untagged": image_id("bb") }],
                "build_cache_deleted": ["stale"], "space_reclaimed": 10 + 1_100 + 10_000 + 100_000, "failed": [],
            }),
            "{api}"
        );
    }
}

#[tokio::test]
async fn a_system_prune_leaves_volumes_alone_unless_asked() {
    let engine = host("1.44");
    let result = call(&engine, SYSTEM, json!({})).await.unwrap();
    assert_eq!(result["volumes_deleted"], json!([]));
    assert!(
        !engine
            .requests()
            .iter()
            .any(|request| request.contains("/volumes"))
    );
}

#[tokio::test]
async fn until_narrows_everything_but_volumes() {
    let engine = host("1.44");
    let args = json!({"volumes": true, "filters": {"until": "1h"}});
    let result = call(&engine, SYSTEM, args).await.unwrap();
    assert_eq!(result["containers_deleted"], json!(["old-id"]));
    assert_eq!(result["volumes_deleted"].as_array().unwrap().len(), 2);
    let (_, seconds) = split_cache(&engine);
    assert!((3600..3700).contains(&seconds.unwrap()), "{seconds:?}");

    let engine = host("1.44");
    let args = json!({"filters": {"until": "2019-01-01T00:00:00Z"}});
    let result = call(&engine, SYSTEM, args).await.unwrap();
    assert_eq!(result["networks_deleted"], json!([]));
    assert_eq!(result["images_deleted"], json!([]));
    assert_eq!(result["containers_deleted"], json!(["old-id"]));
    assert_eq!(split_cache(&engine).1, None, "all of it was used since");
}

/// The cache has no labels: what is asked for by a label is not in it.
#[tokio::test]
async fn a_system_prune_by_label_leaves_the_build_cache_alone() {
    for (filters, containers, networks) in [
        (json!({"label": "app=old"}), json!(["old-id"]), json!([])),
        (json!({"label": ["app=left"]}), json!([]), json!(["left"])),
        (
            json!({"label!": "app=old"}),
            json!(["fresh-id"]),
            json!(["left"]),
        ),
    ] {
        let engine = host("1.44");
        let args = json!({"volumes": true, "filters": filters});
        let result = call(&engine, SYSTEM, args).await.unwrap();
        assert_eq!(result["containers_deleted"], containers, "{filters}");
        assert_eq!(result["networks_deleted"], networks, "{filters}");
        let volumes = usize::from(filters.get("label").is_none());
        assert_eq!(
            result["volumes_deleted"].as_array().unwrap().len(),
            volumes,
            "{filters}"
        );
        assert_eq!(result["build_cache_deleted"], json!([]));
        assert_eq!(split_cache(&engine).1, None);
    }
}

#[tokio::test]
async fn a_part_that_fails_is_named_and_the_others_go_on() {
    let engine = host("1.44")
        .on(
            "DELETE /containers/old-id",
            Reply::error(409, "You cannot remove a running container"),
        )
        .on(
            "DELETE /networks/left-id",
            Reply::error(403, "network left has active endpoints"),
        )
        .on(
            "POST /build/prune",
            Reply::error(500, "a prune operation is already running"),
        );
    let result = call(&engine, SYSTEM, json!({"volumes": true}))
        .await
        .unwrap();
    assert_eq!(result["containers_deleted"], json!(["fresh-id"]));
    assert_eq!(result["networks_deleted"], json!(["idle"]));
    let failed: Vec<(&str, &str)> = result["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| {
            (
                failure["part"].as_str().unwrap(),
                failure["error"].as_str().unwrap(),
            )
        })
        .collect();
    let parts: Vec<&str> = failed.iter().map(|(part, _)| *part).collect();
    assert_eq!(parts, ["containers", "networks", "build cache"]);
    for ((_, error), part) in
        failed
            .iter()
            .zip(["running container", "active endpoints", "already running"])
    {
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test]
async fn an_engine_without_a_build_cache_is_no_failure() {
    let engine = host("1.44").on("POST /build/prune", Reply::error(404, "page not found"));
    let result = call(&engine, SYSTEM, json!({})).await.unwrap();
    assert_eq!(result["build_cache_deleted"], json!([]));
    assert_eq!(result["failed"], json!([]));
}

#[tokio::test]
async fn a_system_prune_that_cannot_see_what_there_is_does_nothing() {
    for list in [
        "GET /containers/json",
        "GET /networks",
        "GET /networks/left-id",
        "GET /volumes",
        "GET /images/json",
    ] {
        let engine = host("1.44").on(list, Reply::error(500, "the disk is broken"));
        let refusal = call(&engine, SYSTEM, json!({"volumes": true}))
            .await
            .unwrap_err();
        assert!(refusal.contains("broken"), "{list}: {refusal}");
        assert_eq!(changes(&engine), [""; 0], "{list}");
    }
}
