//! Removes projects: all that is theirs, in order, and nothing of others.

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::client::{Client, EVERYTHING};
use crate::support::exchange::{PLANNED, UNASKED, outcome};
use crate::support::fake_engine::{FakeEngine, Reply};

use world::{built, container, engine, image, made_up, of, volume};

const DOWN: &str = "docker_compose_down";

async fn down(engine: &FakeEngine, args: Value) -> Result<Value, String> {
    let settings = [UNASKED[0], UNASKED[1], EVERYTHING];
    outcome(&engine.address(), &settings, DOWN, args).await
}

/// What was changed, in order and without the queries.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    let changes = requests.filter(|request| !request.starts_with("GET "));
    changes
        .map(|it| it.split('?').next().unwrap().to_owned())
        .collect()
}

fn everything() -> Value {
    json!({ "project_name": "shop", "volumes": true, "images": "local", "timeout": 3 })
}

/// The containers in order: those that need others first. Stops of one level are sent at once.
const CONTAINERS: [&str; 5] = [
    "shop-web-1",
    "shop-web-run-1",
    "shop-db-1",
    "shop-orphan-1",
    "shop_old_1",
];

#[tokio::test]
async fn all_of_a_project_goes_in_order_and_nothing_of_others() {
    let engine = engine();
    let gone = down(&engine, everything()).await.unwrap();
    assert_eq!(
        gone,
        json!({
            "removed_containers": CONTAINERS, "removed_networks": ["shop_back", "shop_default"],
            "removed_volumes": [made_up("0f"), "shop_data"],
            "removed_images": ["shop-web:latest", "sha256:gone", "shop_old:latest", "shop-tool:latest"],
            "failed": [],
        })
    );
    let changes = changes(&engine);
    let stopped = ["shop-web-1", "shop-web-run-1", "shop-db-1"];
    let mut removals: Vec<String> = CONTAINERS
        .iter()
        .map(|it| format!("DELETE /containers/id-{it}"))
        .collect();
    removals.extend(["net-back", "net-default"].map(|it| format!("DELETE /networks/{it}")));
    removals.extend([&made_up("0f"), "shop_data"].map(|it| format!("DELETE /volumes/{it}")));
    removals.extend(
        [
            "shop-web:latest",
            "sha256:gone",
            "shop_old:latest",
            "shop-tool:latest",
        ]
        .map(|it| format!("DELETE /images/{it}")),
    );
    let (stops, deletes): (Vec<&String>, Vec<&String>) =
        changes.iter().partition(|it| it.starts_with("POST "));
    let mut expected = stopped.map(|it| format!("POST /containers/id-{it}/stop"));
    expected.sort();
    let mut stops: Vec<String> = stops.into_iter().cloned().collect();
    stops.sort();
    assert_eq!(stops, expected);
    assert_eq!(deletes.into_iter().cloned().collect::<Vec<_>>(), removals);
    let at = |line: &str| changes.iter().position(|it| it == line).unwrap();
    assert!(at("POST /containers/id-shop-db-1/stop") > at("DELETE /containers/id-shop-web-run-1"));
    let times = engine.requests();
    assert!(
        times.contains(&"POST /containers/id-shop-db-1/stop?t=3".to_owned()),
        "{times:?}"
    );
}

#[tokio::test]
async fn volumes_and_images_stay_unless_they_are_asked_for() {
    let engine = engine();
    let gone = down(&engine, json!({ "project_name": "shop" }))
        .await
        .unwrap();
    assert_eq!(gone["removed_containers"], json!(CONTAINERS));
    assert_eq!(
        (&gone["removed_volumes"], &gone["removed_images"]),
        (&json!([]), &json!([]))
    );
    let others = |line: &String| line.contains("/volumes") || line.contains("/images");
    assert!(
        !engine.requests().iter().any(others),
        "{:?}",
        engine.requests()
    );
}

#[tokio::test]
async fn what_fails_is_told_and_the_others_go_on() {
    let engine = engine()
        .on(
            "POST /containers/id-shop-web-1/stop",
            Reply::error(500, "cannot stop it"),
        )
        .on(
            "DELETE /containers/id-shop-web-run-1",
            Reply::error(409, "removal of container is already in progress"),
        )
        .on(
            "DELETE /containers/id-shop-orphan-1",
            Reply::error(404, "No such container"),
        )
        .on(
            "DELETE /networks/net-back",
            Reply::error(403, "network has active endpoints"),
        )
        .on(
            "DELETE /volumes/shop_data",
            Reply::error(409, "volume is in use"),
        )
        .on(
            "DELETE /images/shop_old:latest",
            Reply::error(409, "image has dependent child images"),
        );
    let gone = down(&engine, everything()).await.unwrap();
    assert_eq!(
        gone["removed_containers"],
        json!(["shop-web-run-1", "shop-db-1", "shop_old_1"])
    );
    assert_eq!(gone["removed_networks"], json!(["shop_default"]));
    assert_eq!(gone["removed_volumes"], json!([made_up("0f")]));
    let failed: Vec<String> = gone["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    assert_eq!(failed.len(), 4, "{failed:?}");
    for (failure, name, why) in [
        (&failed[0], "shop-web-1", "cannot stop it"),
        (&failed[1], "shop_back", "active endpoints"),
        (&failed[2], "shop_data", "volume is in use"),
        (&failed[3], "shop_old:latest", "dependent child"),
    ] {
        assert!(failure.contains(name) && failure.contains(why), "{failure}");
    }
    assert!(!changes(&engine).contains(&"DELETE /containers/id-shop-web-1".to_owned()));
}

/// An Engine that is away would keep every further request waiting.
#[tokio::test]
async fn nothing_more_is_tried_once_the_engine_is_away() {
    let engine = engine().on("POST /containers/id-shop-web-run-1/stop", Reply::die());
    let gone = down(&engine, everything()).await.unwrap();
    assert_eq!(gone["removed_containers"], json!(["shop-web-1"]));
    let failed = gone["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 12, "{gone}");
    let not_tried = failed
        .iter()
        .filter(|it| it["error"].as_str().unwrap().contains("not tried"));
    assert_eq!(not_tried.count(), 11, "{gone}");
    let mut changes = changes(&engine);
    changes.sort();
    let expected = [
        "DELETE /containers/id-shop-web-1",
        "POST /containers/id-shop-web-1/stop",
        "POST /containers/id-shop-web-run-1/stop",
    ];
    assert_eq!(changes, expected);
}

/// Two projects of the same files: each loses its own name of what both use.
#[tokio::test]
async fn what_was_built_alike_is_one_image_with_a_name_of_each() {
    let web = |name: &str, image: &str| {
        let more = json!({ "ImageID": "sha256:web", "Image": image });
        container(name, "web", "exited", json!({}), more)
    };
    let tags = json!(["other-web:latest", "shop-web:latest"]);
    let built = image("web", tags, json!([]), json!(null));
    let args = || json!({ "project_name": "shop", "images": "local" });
    for (theirs, expected) in [
        ("other-web", json!(["shop-web:latest"])),
        ("shop-web", json!([])),
    ] {
        let both = json!([web("shop-web-1", "shop-web"), web("other-web-1", theirs)]);
        let engine = engine()
            .on("GET /containers/json", both)
            .on("GET /images/json", json!([built]))
            .on("GET /images/sha256:web/json", built.clone());
        let gone = down(&engine, args()).await.unwrap();
        assert_eq!(gone["removed_images"], expected, "{theirs}");
        assert_eq!(gone["failed"], json!([]), "{theirs}");
    }
}

/// A volume has no id, and a stop may take long.
#[tokio::test]
async fn a_volume_that_was_made_anew_meanwhile_stays() {
    let mut anew = volume("shop_data", of("shop"));
    anew["CreatedAt"] = json!("2026-01-01T10:00:01Z");
    let mut tagged = image(
        "web",
        json!(["mine:1", "shop-web:latest"]),
        json!([]),
        built("web"),
    );
    tagged["Id"] = json!("sha256:web");
    let engine = engine()
        .on("GET /volumes/shop_data", anew)
        .on("GET /images/sha256:web/json", tagged);
    let gone = down(&engine, everything()).await.unwrap();
    assert_eq!(gone["removed_volumes"], json!([made_up("0f")]));
    let failed = gone["failed"].to_string();
    assert!(failed.contains("it was made anew since"), "{failed}");
    assert!(failed.contains("its tags have changed since"), "{failed}");
    let changes = changes(&engine);
    assert!(
        !changes
            .iter()
            .any(|it| it.contains("shop_data") || it.contains("shop-web:latest")),
        "{changes:?}"
    );
}

#[tokio::test]
async fn a_project_of_which_only_volumes_are_left_is_known() {
    let engine = engine();
    let gone = down(&engine, json!({ "project_name": "left" }))
        .await
        .unwrap();
    assert_eq!(
        (&gone["removed_volumes"], &gone["failed"]),
        (&json!([]), &json!([]))
    );
    let gone = down(&engine, json!({ "project_name": "left", "volumes": true }))
        .await
        .unwrap();
    assert_eq!(gone["removed_volumes"], json!(["left_data"]));
    assert_eq!(changes(&engine), ["DELETE /volumes/left_data"]);
    for (name, said) in [
        ("shopp", "did you mean `shop`?"),
        ("default", "there are `left`, `other`, `shop`"),
    ] {
        let text = down(&engine, json!({ "project_name": name }))
            .await
            .unwrap_err();
        assert!(
            text.contains(&format!("no such project: `{name}`")) && text.contains(said),
            "{text}"
        );
    }
}

/// The answer is good for what was shown: one container more, and it is shown again.
#[tokio::test]
async fn a_plan_shows_all_and_is_good_for_that_alone() {
    let grown = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&grown);
    let one = |name: &str| container(name, "web", "exited", json!({}), json!({}));
    let engine = engine().answer("GET /containers/json", move |_| {
        let more = now.load(Ordering::SeqCst).then(|| one("shop-late-1"));
        let all: Vec<Value> = [one("shop-web-1")].into_iter().chain(more).collect();
        json!(all).into()
    });
    let address = engine.address();
    let client = Client::start(&[
        ("DOCKER_BASE_URL", &*address),
        EVERYTHING,
        PLANNED[0],
        PLANNED[1],
    ])
    .await;
    let ask = async |token: Option<&str>| {
        let mut args = everything();
        if let Some(token) = token {
            args["confirmation"] = json!(token);
        }
        let result = client.call(DOWN, args).await;
        assert_eq!(result.is_error, Some(true), "{result:?}");
        result.content[0].as_text().unwrap().text.clone()
    };
    let shown = ask(None).await;
    for part in [
        "shop-web-1 (base:1, exited)",
        "shop_default",
        "shop_back",
        "shop_data",
        "shop-tool:latest",
        "stays as mine/tool:1",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for other in ["other", "lone", "mine/child", "shop_mine"] {
        assert!(!shown.contains(other), "{other}: {shown}");
    }
    grown.store(true, Ordering::SeqCst);
    let again = ask(Some(&token(&shown))).await;
    assert!(again.contains("shop-late-1"), "{again}");
    assert_eq!(changes(&engine), [""; 0]);
    client.stop().await;
}

fn token(text: &str) -> String {
    let (_, token) = text.split_once("`confirmation`: \"").unwrap();
    token.split('"').next().unwrap().to_owned()
}
