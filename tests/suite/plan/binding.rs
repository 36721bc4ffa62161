//! Looks at what an answer to a plan is bound to.

use super::*;

#[tokio::test]
async fn an_answer_is_bound_to_what_mattered_and_to_no_order() {
    let engine = engine("1.41");
    for (tool, args) in calls() {
        let one = plan(&engine, tool, args.clone()).await.unwrap();
        let other = plan(&engine, tool, args.clone()).await.unwrap();
        assert_eq!(one.binding, other.binding, "{tool} {args}");
    }
    let bound = |look: Value| {
        let params = json!({});
        plan_of("docker_remove_image", params, look)
            .unwrap()
            .binding
    };
    let look = json!({ "image": { "Id": "1", "RepoTags": ["a", "b"] }, "users": [{ "Id": "x", "Status": "Up 1 second" }, { "Id": "y" }] });
    let same = json!({ "image": { "Id": "1", "RepoTags": ["b", "a"], "Size": 3 }, "users": [{ "Id": "y" }, { "Id": "x", "Status": "Up 2 seconds" }] });
    assert_eq!(bound(look.clone()), bound(same));
    for (place, other) in [
        ("/image/Id", json!("2")),
        ("/image/RepoTags", json!(["a", "c"])),
        ("/users", json!([{ "Id": "x" }])),
    ] {
        let mut changed = look.clone();
        *changed.pointer_mut(place).unwrap() = other;
        assert_ne!(bound(look.clone()), bound(changed), "{place}");
    }
}

/// Each fact by which a plan differs from another that a person has to be asked about anew.
#[test]
fn every_fact_that_matters_is_in_the_binding() {
    let item = json!([{ "id": "1", "tags": ["a"], "created": "2026" }]);
    let container =
        json!({ "Id": "1", "State": { "Running": false }, "Mounts": [{ "Name": "v" }] });
    let users = json!([{ "Id": "u" }]);
    for (tool, look, places) in [
        (
            "docker_remove_container",
            json!({ "container": container }),
            &[
                "/container/Id",
                "/container/State/Running",
                "/container/Mounts/0/Name",
            ][..],
        ),
        (
            "docker_remove_image",
            json!({ "image": { "Id": "1", "RepoTags": ["a"], "RepoDigests": ["d"] }, "users": users }),
            &[
                "/image/Id",
                "/image/RepoTags/0",
                "/image/RepoDigests/0",
                "/users/0/Id",
            ],
        ),
        (
            "docker_remove_network",
            json!({ "network": { "Id": "1" }, "users": users }),
            &["/network/Id", "/users/0/Id"],
        ),
        (
            "docker_remove_volume",
            json!({ "volume": { "Name": "v", "CreatedAt": "2026" }, "users": users }),
            &["/volume/Name", "/volume/CreatedAt", "/users/0/Id"],
        ),
        (
            "docker_prune_images",
            json!({ "plan": { "images": item } }),
            &["/plan/images/0/id", "/plan/images/0/tags/0"],
        ),
        (
            "docker_prune_volumes",
            json!({ "plan": { "volumes": item } }),
            &["/plan/volumes/0/id", "/plan/volumes/0/created"],
        ),
        (
            "docker_system_prune",
            json!({ "plan": { "containers": item, "networks": item, "volumes": item, "images": item, "build_cache": item } }),
            &[
                "/plan/containers/0/id",
                "/plan/networks/0/id",
                "/plan/volumes/0/id",
                "/plan/volumes/0/created",
                "/plan/images/0/id",
                "/plan/images/0/tags/0",
                "/plan/build_cache/0/id",
            ],
        ),
    ] {
        let before = plan_of(tool, json!({}), look.clone()).unwrap().binding;
        for place in places {
            let mut changed = look.clone();
            *changed.pointer_mut(place).unwrap() = json!("other");
            let after = plan_of(tool, json!({}), changed).unwrap().binding;
            assert_ne!(before, after, "{tool} is not bound to {place}");
        }
    }
}

#[test]
fn without_the_id_of_what_would_go_nothing_is_planned() {
    for look in [
        json!({ "container": { "Name": "/web" } }),
        json!({ "container": { "Id": "" } }),
        json!({}),
    ] {
        let error = plan_of("docker_remove_container", json!({}), look).unwrap_err();
        assert!(error.to_string().contains("no `container.Id`"), "{error}");
    }
    let error = plan_of("docker_prune_images", json!({}), json!({ "plan": {} })).unwrap_err();
    assert!(error.to_string().contains("nothing was done"), "{error}");
}

#[tokio::test]
async fn nobody_needs_to_be_asked_about_nothing() {
    let engine = FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on("GET /images/json", json!(null))
        .on("GET /networks", json!([]))
        .on("GET /volumes", json!({ "Volumes": null }))
        .on("GET /system/df", Reply::error(500, "no"));
    for tool in [
        "docker_prune_images",
        "docker_prune_volumes",
        "docker_system_prune",
    ] {
        let plan = plan(&engine, tool, json!({})).await.unwrap();
        assert!(
            plan.nothing && plan.text.starts_with("There is no"),
            "{plan:?}"
        );
    }
    let with_cache = self::engine("1.41").on(
        "GET /system/df",
        json!({ "BuildCache": [{ "ID": "b", "Size": 1 }] }),
    );
    let label = json!({"filters": {"until": "2001-01-01T00:00:00Z"}});
    let plan = plan(&with_cache, "docker_system_prune", label)
        .await
        .unwrap();
    assert!(!plan.nothing, "{plan:?}");
}
