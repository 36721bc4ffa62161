//! Looks at the prunes of one kind: of containers, of networks, of the build cache.

use super::system::host;
use super::*;

#[tokio::test]
async fn each_takes_its_own_kind_and_nothing_that_depends_on_it() {
    for api in ["1.44", "1.52"] {
        let engine = host(api);
        let result = call(&engine, CONTAINERS, json!({})).await.unwrap();
        let expected =
            json!({ "deleted": ["fresh-id", "old-id"], "space_reclaimed": 10, "failed": [] });
        assert_eq!(result, expected, "{api}");
        let gone = ["fresh-id", "old-id"]
            .map(|id| format!("DELETE /containers/{id}?v=false&force=false&link=false"));
        assert_eq!(changes(&engine), gone, "{api}");

        // A stopped container holds `idle`, as Podman tells it.
        let engine = host(api);
        let result = call(&engine, NETWORKS, json!({})).await.unwrap();
        let expected = json!({ "deleted": ["left"], "space_reclaimed": 0, "failed": [] });
        assert_eq!(result, expected, "{api}");
        assert_eq!(changes(&engine), ["DELETE /networks/left-id"], "{api}");

        let engine = host(api);
        let result = call(&engine, BUILD_CACHE, json!({})).await.unwrap();
        let expected = json!({ "deleted": ["stale"], "space_reclaimed": 100_000, "failed": [] });
        assert_eq!(result, expected, "{api}");
        let [prune] = &changes(&engine)[..] else {
            panic!("{:?}", changes(&engine));
        };
        assert_eq!(pruned_records(prune), "^(stale)$");
    }
}

#[tokio::test]
async fn filters_narrow_them() {
    for (tool, filters, deleted) in [
        (CONTAINERS, json!({"until": "1h"}), json!(["old-id"])),
        (
            CONTAINERS,
            json!({"label": "app=fresh"}),
            json!(["fresh-id"]),
        ),
        (
            CONTAINERS,
            json!({"label!": "app=fresh"}),
            json!(["old-id"]),
        ),
        (NETWORKS, json!({"label!": "app=left"}), json!([])),
        (
            NETWORKS,
            json!({"until": "2025-01-01T00:00:00Z"}),
            json!([]),
        ),
        (NETWORKS, json!({"label": "app=left"}), json!(["left"])),
        (BUILD_CACHE, json!({"until": "1h"}), json!(["stale"])),
        (
            BUILD_CACHE,
            json!({"until": "2019-01-01T00:00:00Z"}),
            json!([]),
        ),
    ] {
        let engine = host("1.44");
        let result = call(&engine, tool, json!({"filters": filters}))
            .await
            .unwrap();
        assert_eq!(result["deleted"], deleted, "{tool} {filters}");
    }
}

#[tokio::test]
async fn what_fails_is_named_and_the_others_go_on() {
    let running = "You cannot remove a running container";
    let engine = host("1.44").on("DELETE /containers/fresh-id", Reply::error(409, running));
    let result = call(&engine, CONTAINERS, json!({})).await.unwrap();
    assert_eq!(result["deleted"], json!(["old-id"]));
    let failure = &result["failed"][0];
    assert_eq!(failure["name"], "fresh", "{result}");
    assert!(
        failure["error"].as_str().unwrap().contains(running),
        "{result}"
    );

    let endpoints = "network left has active endpoints";
    let engine = host("1.44").on("DELETE /networks/left-id", Reply::error(403, endpoints));
    let result = call(&engine, NETWORKS, json!({})).await.unwrap();
    assert_eq!(result["deleted"], json!([]));
    assert_eq!(result["failed"][0]["name"], "left", "{result}");

    let busy = "a prune operation is already running";
    let engine = host("1.44").on("POST /build/prune", Reply::error(500, busy));
    let result = call(&engine, BUILD_CACHE, json!({})).await.unwrap();
    assert_eq!(result["deleted"], json!([]));
    let failure = &result["failed"][0];
    assert!(
        failure["error"].as_str().unwrap().contains(busy),
        "{result}"
    );
}
