//! Looks at what a prune of volumes chooses.

use super::*;

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
