//! What a model asks for most is short, and names things as people do.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::FakeEngine;

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// The containers that a client is told of an Engine that has these.
async fn listed(containers: &[Value]) -> Value {
    let engine = FakeEngine::start().on("GET /containers/json", json!(containers));
    let client = Client::start(&[("DOCKER_BASE_URL", &engine.address())]).await;
    let result = client.call("docker_list_containers", json!({})).await;
    client.stop().await;
    result.structured_content.unwrap()
}

#[tokio::test]
async fn a_list_of_fifty_containers_is_small() {
    let port = |ip| json!({ "IP": ip, "PrivatePort": 80, "PublicPort": 18080, "Type": "tcp" });
    let containers: Vec<Value> = (0..50)
        .map(|number| {
            json!({
                "Id": ID, "Names": [format!("/frontend-{number}")], "Image": "nginx:1.25-alpine",
                "State": "running", "Status": "Up 3 hours", "Created": 1_767_261_600,
                "Ports": [port("0.0.0.0"), port("::")], "Labels": { "com.example.team": "shop" },
            })
        })
        .collect();
    let result = listed(&containers).await;
    assert_eq!(result["count"], 50);
    let size = result.to_string().len();
    assert!(size <= 10_000, "{size} bytes");
}

/// An Engine gives the id of an image whose name went to another one since.
#[tokio::test]
async fn the_image_of_a_container_is_its_name_or_else_its_short_id() {
    for (image, shown) in [
        (format!("sha256:{ID}"), "sha256:4c01db0b339c"),
        (ID.to_owned(), "sha256:4c01db0b339c"),
        ("nginx:1.25-alpine".to_owned(), "nginx:1.25-alpine"),
        (
            format!("registry.example:5000/web@sha256:{ID}"),
            &format!("registry.example:5000/web@sha256:{ID}"),
        ),
        // What looks like a part of an id may be a name.
        ("4c01db0b339c".to_owned(), "4c01db0b339c"),
    ] {
        let result = listed(&[json!({ "Id": ID, "Image": image })]).await;
        assert_eq!(result["containers"][0]["image"], shown, "{image}");
    }
}
