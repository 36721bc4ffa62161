//! Looks at what a prune of images chooses.

use std::sync::atomic::AtomicBool;

use super::*;

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
