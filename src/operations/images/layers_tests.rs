//! The progress of pulls, pushes and builds, from recorded streams.

use serde_json::{Value, json};

use super::*;

/// What Docker 20.10 sent for an image of three layers, one of them known already, and for a build
/// of four steps.
const PULL: &str = include_str!("recorded/pull.jsonl");
const PUSH: &str = include_str!("recorded/push.jsonl");
const BUILD: &str = include_str!("recorded/build.jsonl");

fn objects(recorded: &str) -> Vec<Value> {
    let lines = recorded.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Where things stand after each object.
fn followed(objects: &[Value]) -> Vec<(f64, f64, String)> {
    let mut layers = Layers::new(Redactor::new(true));
    let stands = objects.iter().map(|object| {
        layers.see(&Message::read(object));
        let message = layers.message().unwrap_or_default();
        (layers.done, layers.total(), message)
    });
    let stands: Vec<_> = stands.collect();
    for pair in stands.windows(2) {
        assert!(pair[0].0 <= pair[1].0, "falls: {pair:?}");
    }
    for stand in &stands {
        assert!(stand.0 <= stand.1, "more is done than there is: {stand:?}");
    }
    stands
}

fn layer(id: &str, status: &str) -> Value {
    json!({"status": status, "progressDetail": {}, "id": id})
}

fn moving(id: &str, status: &str, current: u64, total: u64) -> Value {
    json!({"status": status, "progressDetail": {"current": current, "total": total}, "id": id})
}

#[test]
fn a_pull_is_told_in_layers_and_bytes() {
    let stands = followed(&objects(PULL));
    let messages: Vec<&str> = stands.iter().map(|(.., message)| &**message).collect();
    assert_eq!(messages[0], "", "the first object is about the tag");
    assert_eq!(messages[3], "1 of 3 layers");
    assert_eq!(messages[5], "1 of 3 layers, 135 kB of 12 MB");
    assert_eq!(messages.last(), Some(&"3 of 3 layers, 12 MB of 12 MB"));
    // The Engine's last word counts as much as a layer.
    let before_end = &stands[stands.len() - 2];
    assert_eq!((before_end.0, before_end.1), (3.0, 4.0));
    let end = &stands[stands.len() - 1];
    assert_eq!((end.0, end.1), (4.0, 4.0));
}

#[test]
fn a_push_is_told_in_layers_and_bytes() {
    let stands = followed(&objects(PUSH));
    let (done, total, message) = &stands[10];
    assert!(0.0 < *done && *done < 3.0, "{done}");
    assert_eq!(*total, 4.0);
    // More was read of one layer than the Engine had said there was; no more than that counts.
    assert_eq!(message, "0 of 3 layers, 6.0 MB of 14 MB");
    let (done, total, message) = stands.last().unwrap();
    assert_eq!((done, total), (&4.0, &4.0));
    assert_eq!(message, "3 of 3 layers, 14 MB of 14 MB");
}

#[test]
fn a_build_is_told_in_steps() {
    let stands = followed(&objects(BUILD));
    assert_eq!(
        stands[0],
        (0.0, 4.0, "step 1 of 4: FROM mcp-docker-test:1".to_owned())
    );
    let run = stands
        .iter()
        .find(|(.., message)| message == "step 4 of 4: RUN echo hi");
    assert_eq!(
        run.map(|(done, total, _)| (*done, *total)),
        Some((3.0, 4.0))
    );
    assert_eq!(stands.last().unwrap().0, 4.0);
}

#[test]
fn the_pull_of_a_base_image_is_a_part_of_its_step() {
    let mut objects = objects(PULL);
    objects.insert(0, json!({"stream": "Step 1/2 : FROM x"}));
    objects.retain(|object| object["id"].is_string() || object["stream"].is_string());
    objects.push(json!({"stream": "Step 2/2 : RUN true"}));
    let stands = followed(&objects);
    let (done, total, message) = &stands[stands.len() - 2];
    assert_eq!((*done, *total), (0.75, 2.0));
    assert_eq!(
        message,
        "step 1 of 2: FROM x, 3 of 3 layers, 12 MB of 12 MB"
    );
    let (done, _, message) = stands.last().unwrap();
    assert_eq!((*done, &**message), (1.0, "step 2 of 2: RUN true"));
}

#[test]
fn layers_that_appear_late_and_start_again_set_nothing_back() {
    let stands = followed(&[
        layer("a", "Pulling fs layer"),
        moving("a", "Downloading", 50, 100),
        layer("a", "Download complete"),
        layer("a", "Pull complete"),
        layer("b", "Pulling fs layer"),
        moving("b", "Downloading", 900, 1000),
        layer("b", "Retrying in 5 seconds"),
        moving("b", "Downloading", 10, 1000),
        // The containerd image store counts seconds here.
        json!({"status": "Extracting", "progressDetail": {"current": 2, "units": "s"}, "id": "b"}),
        layer("c", "Already exists"),
    ]);
    let messages: Vec<&str> = stands.iter().map(|(.., message)| &**message).collect();
    assert_eq!(messages[3], "1 of 1 layers, 100 B of 100 B");
    assert_eq!(messages[4], "1 of 2 layers, 100 B of 100 B");
    assert_eq!(messages[5], "1 of 2 layers, 1.0 kB of 1.1 kB");
    assert_eq!(messages[7], "1 of 2 layers, 1.0 kB of 1.1 kB");
    assert_eq!(messages[9], "2 of 3 layers, 1.0 kB of 1.1 kB");
    let (done, total, _) = &stands[9];
    assert_eq!((*done, *total), (2.5, 4.0));
}

#[test]
fn what_is_not_about_a_layer_is_passed_over() {
    let stands = followed(&[
        json!(null),
        json!([]),
        json!({"id": "x"}),
        layer("latest", "Pulling from library/alpine"),
        json!({"stream": "Step 1 of many"}),
        json!({"stream": "Step 5/2 : echo"}),
        json!({"stream": "Step 0/0 : echo"}),
        json!({"status": "Digest: sha256:ab"}),
        json!({"error": "denied"}),
    ]);
    assert!(
        stands
            .iter()
            .all(|stand| *stand == (0.0, 1.0, String::new())),
        "{stands:?}"
    );
}

#[test]
fn an_instruction_is_shown_on_one_short_line() {
    let instruction = format!("RUN \u{1b}[31mred\u{1b}[0m {}", "x".repeat(1000));
    let stands = followed(&[json!({"stream": format!("Step 1/1 : {instruction}\n")})]);
    let message = &stands[0].2;
    assert!(message.starts_with("step 1 of 1: RUN red xxx"), "{message}");
    assert!(message.len() < 150, "{} bytes", message.len());
}

#[test]
fn there_is_an_end_to_the_layers_that_are_followed() {
    let mut layers = Layers::new(Redactor::new(true));
    for number in 0..2 * MOST {
        layers.see(&Message::read(&layer(
            &number.to_string(),
            "Already exists",
        )));
    }
    assert_eq!(layers.layers.len(), MOST);
}
