//! The resource of a service: listed, completed, read and subscribed to.

use serde_json::{Value, json};

use super::Swarm;
use crate::client::RawClient;
use crate::docker::{WAIT, eventually};

/// What it says, once it is as it should be in the end.
async fn read(client: &mut RawClient, uri: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let start = std::time::Instant::now();
    loop {
        let answer = client
            .request(1, "resources/read", json!({ "uri": uri }))
            .await;
        let text = answer["result"]["contents"][0]["text"].as_str();
        let told: Value = serde_json::from_str(text.unwrap_or("{}")).unwrap();
        if is_so(&told["details"]) {
            return told["details"].clone();
        }
        assert!(start.elapsed().as_secs() < 60, "{answer}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

async fn updated(client: &mut RawClient, uri: &str) {
    loop {
        let message = client.receive().await;
        if message["method"] == "notifications/resources/updated" {
            assert_eq!(message["params"]["uri"], uri, "{message}");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_found_read_and_told_of_until_it_goes() {
    let Some(swarm) = Swarm::shared() else { return };
    let network = crate::docker::unique("resource");
    let subnet = format!("--subnet={}", super::subnet());
    swarm.docker(&["network", "create", "--driver=overlay", &subnet, &network]);
    let flags = [
        "--replicas",
        "2",
        "--network",
        &network,
        "--endpoint-mode",
        "dnsrr",
        "--restart-delay",
        "100ms",
        "--env",
        "DB_PASSWORD=planted-in-a-service",
    ];
    let service = swarm.service("resource", &flags, WAIT);
    let (name, uri) = (
        service.name.clone(),
        format!("swarm://services/{}", service.name),
    );
    let host = swarm.host(1);
    let settings = [
        ("DOCKER_BASE_URL", host.as_str()),
        ("MCP_DOCKER_TOOLSETS", "default,swarm"),
    ];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    let told = read(&mut client, &uri, |told| told["running"] == 2).await;
    assert_eq!(
        (&told["name"], &told["mode"], &told["desired"]),
        (&json!(name), &json!("replicated"), &json!(2)),
        "{told}"
    );
    assert_eq!(told["networks"], json!([network]), "{told}");
    assert!(!told.to_string().contains("planted"), "{told}");
    let list = client.request(2, "resources/list", json!({})).await;
    assert!(list.to_string().contains(&uri), "{list}");
    let typed = json!({
        "ref": { "type": "ref/resource", "uri": "swarm://services/{service}" },
        "argument": { "name": "service", "value": name },
    });
    let answer = client.request(3, "completion/complete", typed).await;
    assert_eq!(answer["result"]["completion"]["values"], json!([name]));
    let nobody = json!({ "uri": "swarm://services/mcp-docker-test-nobody" });
    let answer = client.request(4, "resources/read", nobody).await;
    assert_eq!(answer["error"]["code"], -32002, "{answer}");

    let asked = json!({ "uri": uri });
    let answer = client.request(5, "resources/subscribe", asked).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    let update = [
        "service",
        "update",
        "--detach",
        "--no-resolve-image",
        "--quiet",
        "--image",
        "nosuch-image:3",
        &name,
    ];
    swarm.docker(&update);
    updated(&mut client, &uri).await;
    let failed = |told: &Value| {
        told["update"]["state"] == "paused"
            && told["tasks"][0]["error"]
                .to_string()
                .contains("nosuch-image:3")
    };
    let told = read(&mut client, &uri, failed).await;
    assert_eq!(told["tasks"][0]["state"], "rejected", "{told}");
    drop(service);
    updated(&mut client, &uri).await;
    eventually("the network is free", || {
        swarm.run(&["network", "rm", &network]).is_ok()
    });
}

#[tokio::test]
async fn a_worker_and_an_engine_outside_say_what_to_do() {
    let Some(swarm) = Swarm::shared() else { return };
    let outside = std::env::var("DOCKER_HOST").unwrap();
    for (host, what_to_do) in [
        (swarm.host(2), "ask the Engine of a manager"),
        (outside, "docker swarm init"),
    ] {
        let settings = [
            ("DOCKER_BASE_URL", host.as_str()),
            ("MCP_DOCKER_TOOLSETS", "default,swarm"),
        ];
        let mut client = RawClient::session("2025-11-25", &settings).await;
        let web = json!({ "uri": "swarm://services/web" });
        let answer = client.request(1, "resources/read", web).await;
        let text = answer["error"]["message"].to_string();
        assert!(text.contains(what_to_do), "{answer}");
        let list = client.request(2, "resources/list", json!({})).await;
        let listed = list["result"]["resources"].as_array().unwrap();
        let uris = listed.iter().map(|it| it["uri"].as_str().unwrap());
        assert_eq!(uris.filter(|it| it.starts_with("swarm:")).count(), 0);
    }
}
