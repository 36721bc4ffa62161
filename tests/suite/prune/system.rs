//! Looks at what a system prune takes, and in which order.

use super::*;

/// A host with something of everything: `web` runs, `old` and `fresh` do not.
pub(super) fn host(api: &str) -> FakeEngine {
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

/// The changes without the build cache, and which records of it were asked to go.
fn split_cache(engine: &FakeEngine) -> (Vec<String>, Option<String>) {
    let (cache, others): (Vec<_>, Vec<_>) = changes(engine)
        .into_iter()
        .partition(|it| it.contains("/build/prune"));
    let ids = cache.first().map(|request| pruned_records(request));
    (others, ids)
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
        let (done, records) = split_cache(&engine);
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
        assert_eq!(records.unwrap(), "^(stale)$");
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
    let (_, records) = split_cache(&engine);
    assert_eq!(records.unwrap(), "^(stale)$");

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
