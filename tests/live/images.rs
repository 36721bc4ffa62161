//! The tools that look at, name and remove images, against the Engine's own word.

use serde_json::{Value, json};

use crate::docker::{Container, WAIT, docker, image, run, unique};
use crate::session::{Session, says};

/// An image of its own, made by one more layer on the test image; gone when the test ends.
struct Image {
    name: String,
    label: String,
}

impl Image {
    fn new(what: &str) -> Self {
        let (name, label) = (format!("{}:1", unique(what)), unique("label"));
        let container = Container::with(what, &["create"], WAIT);
        let change = format!("LABEL {label}=yes");
        docker(&["commit", "--change", &change, &container.name, &name]);
        Self { name, label }
    }

    fn id(&self) -> String {
        docker(&["image", "inspect", "-f", "{{.Id}}", &self.name])
    }

    fn exists(&self) -> bool {
        run(&["image", "inspect", &self.name]).is_ok()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.name]);
    }
}

fn strings(values: &Value) -> Vec<String> {
    let values = values.as_array().unwrap().iter();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_list_gives_tags_sizes_and_the_newest_first() {
    let Some(session) = Session::start().await else {
        return;
    };
    let image = Image::new("list");
    let tool = "docker_list_images";
    let filters = json!({"label": image.label});
    let found = session
        .ok(tool, json!({"filters": filters, "labels": true}))
        .await;
    let item = &found["images"][0];
    assert_eq!(item["id"], image.id()[..19]);
    assert_eq!(item["tags"], json!([image.name]));
    assert_eq!(item["labels"][&image.label], "yes");
    let size = docker(&["image", "inspect", "-f", "{{.Size}}", &image.name]);
    assert_eq!(item["size"].to_string(), size);
    assert_eq!((&found["count"], &found["total"]), (&json!(1), &json!(1)));

    let all = session.ok(tool, json!({"all": true, "limit": 1000})).await;
    let times: Vec<_> = all["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["created"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");

    let unknown = json!({"filters": {"colour": "red"}});
    session.refuses(tool, unknown, &["colour"]).await;
    session.refuses(tool, json!({"limit": 0}), &["limit"]).await;
}

#[tokio::test]
async fn an_inspect_and_a_history_show_what_the_engine_knows() {
    let Some(session) = Session::start().await else {
        return;
    };
    let image = Image::new("inspect");
    let (inspect, history) = ("docker_inspect_image", "docker_image_history");
    let whole = session.ok(inspect, json!({"image": image.name})).await;
    assert_eq!(whole["details"]["Id"], image.id());
    let part = json!({"image": image.id(), "fields": ["Config.Labels", "Nonsense"]});
    let part = session.ok(inspect, part).await;
    assert_eq!(part["details"]["Config"]["Labels"][&image.label], "yes");
    assert_eq!(part["missing"], json!(["Nonsense"]));

    let layers = session.ok(history, json!({"image": image.name})).await;
    assert_eq!(layers["history"][0]["Id"], image.id());
    assert_eq!(layers["count"], layers["history"].as_array().unwrap().len());

    let absent = unique("absent");
    for (tool, parameter) in [(inspect, "image"), (history, "image")] {
        session
            .refuses(
                tool,
                json!({parameter: absent}),
                &["no such image", &absent],
            )
            .await;
        for reference in ["../containers", "a?b", "A:1", "a:b:c"] {
            session
                .refuses(tool, json!({parameter: reference}), &[parameter])
                .await;
        }
    }
}

#[tokio::test]
async fn an_image_gets_another_name() {
    let Some(session) = Session::start().await else {
        return;
    };
    let image = Image::new("tag");
    let tool = "docker_tag_image";
    let repository = format!("localhost:5000/{}", unique("tagged"));
    let result = session
        .ok(tool, json!({"image": image.name, "repository": repository}))
        .await;
    let target = format!("{repository}:latest");
    assert_eq!(result, json!({"source": image.name, "target": target}));
    assert_eq!(
        docker(&["image", "inspect", "-f", "{{.Id}}", &target]),
        image.id()
    );
    docker(&["rmi", &target]);

    let absent = unique("absent");
    for (arguments, words) in [
        (
            json!({"image": absent, "repository": "x"}),
            &["no such image", &*absent][..],
        ),
        (
            json!({"image": image.name, "repository": "x:1"}),
            &["repository", "tag"],
        ),
        (
            json!({"image": image.name, "repository": "x", "tag": "a:b"}),
            &["tag"],
        ),
        (json!({"image": image.name}), &["repository"]),
    ] {
        says(&session.fails(tool, arguments).await, words);
    }
}

#[tokio::test]
async fn a_tag_goes_alone_and_the_last_takes_the_image() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let image = Image::new("remove");
    let tool = "docker_remove_image";
    let other = format!("{}:2", unique("other"));
    docker(&["tag", &image.name, &other]);

    let id = image.id();
    let text = session.fails(tool, json!({"image": id})).await;
    says(&text, &["conflict", "repositories"]);
    let result = session.ok(tool, json!({"image": other})).await;
    assert_eq!(result["deleted"], json!([{"Untagged": other}]));
    assert!(image.exists());
    let result = session.ok(tool, json!({"image": image.name})).await;
    assert!(
        result["deleted"]
            .as_array()
            .unwrap()
            .contains(&json!({"Deleted": id})),
        "{result}"
    );
    assert!(!image.exists());
    let text = session.fails(tool, json!({"image": image.name})).await;
    says(&text, &["no such image", &image.name]);
}

#[tokio::test]
async fn an_image_in_use_names_who_uses_it() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let image = Image::new("used");
    let user = Container::named("user");
    docker(&["create", "--name", &user.name, &image.name]);
    let tool = "docker_remove_image";
    let text = session.fails(tool, json!({"image": image.name})).await;
    says(&text, &["conflict", &user.id()[..12], "force"]);
    assert!(image.exists());
    let result = session
        .ok(tool, json!({"image": image.name, "force": true}))
        .await;
    assert!(strings(&json!([result["deleted"][0]["Untagged"]])).contains(&image.name));
}

#[tokio::test]
async fn a_prune_takes_untagged_images_and_with_all_tagged_ones() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let tool = "docker_prune_images";
    let (untagged, tagged) = (Image::new("untagged"), Image::new("tagged"));
    let id = untagged.id();
    // Takes the name away and leaves the image: its name goes to another one.
    docker(&["tag", &image(), &untagged.name]);
    let mine = |image: &Image| json!({"label": image.label});

    let result = session.ok(tool, json!({"filters": mine(&tagged)})).await;
    assert_eq!(result["deleted"], json!([]));
    assert!(tagged.exists());
    let result = session.ok(tool, json!({"filters": mine(&untagged)})).await;
    assert!(
        result["deleted"]
            .as_array()
            .unwrap()
            .contains(&json!({"Deleted": id})),
        "{result}"
    );
    assert_eq!(result["failed"], json!([]));
    assert!(result["space_reclaimed"].is_u64());
    let result = session
        .ok(tool, json!({"all": true, "filters": mine(&tagged)}))
        .await;
    assert!(!tagged.exists(), "{result}");
}

#[tokio::test]
async fn a_prune_refuses_filters_that_it_would_not_keep_to() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let tool = "docker_prune_images";
    for (arguments, words) in [
        (
            json!({"filters": {"labels": "x"}}),
            &["`labels`", "`label`"][..],
        ),
        (
            json!({"filters": {"dangling": false}}),
            &["`dangling`", "`all`"],
        ),
        (
            json!({"filters": {"until": "24h"}, "force_all": true}),
            &["force_all", "filters"],
        ),
        (json!({"filters": {"until": "whenever"}}), &["whenever"]),
    ] {
        says(&session.fails(tool, arguments).await, words);
    }
}
