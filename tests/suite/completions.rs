//! Completes names as a person types them, on a scripted Engine.

use mcp_docker::call::Runtime;
use mcp_docker::completion::complete;
use mcp_docker::config::Config;
use mcp_docker::inventory::{Inventory, Kind};
use serde_json::{Value, json};

use crate::resources::{LEGACY, MODERN, ask, open};
use crate::support::fake_engine::FakeEngine;

const LOGS: &str = "container://logs/{container_id}";

fn containers(names: impl IntoIterator<Item = String>) -> Value {
    names
        .into_iter()
        .map(|name| json!({ "Id": "1", "Names": [format!("/{name}")], "State": "exited" }))
        .collect()
}

/// What a client sends for each letter that is typed.
fn typed(template: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": template },
        "argument": { "name": argument, "value": value },
    })
}

#[tokio::test]
async fn a_client_of_either_era_completes_the_container_of_a_template() {
    let names = ["web", "old-web", "Web-2", "db"].map(str::to_owned);
    let engine = FakeEngine::start().on("GET /containers/json", containers(names));
    let address = engine.address();
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address)]).await;
        let params = typed(LOGS, "container_id", "we");
        let answer = ask(&mut client, era, 1, "completion/complete", params).await;
        assert_eq!(
            answer["result"]["completion"],
            json!({ "values": ["Web-2", "web", "old-web"], "total": 3, "hasMore": false }),
            "{answer}"
        );
        let params = typed(LOGS, "container", "we");
        let answer = ask(&mut client, era, 2, "completion/complete", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        let params = typed("container://nothing/{container_id}", "container_id", "we");
        let answer = ask(&mut client, era, 3, "completion/complete", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[tokio::test]
async fn a_client_of_either_era_completes_the_container_of_a_prompt() {
    let names = ["web", "db"].map(str::to_owned);
    let engine = FakeEngine::start().on("GET /containers/json", containers(names));
    let address = engine.address();
    let typed = |prompt: &str, argument: &str| {
        json!({
            "ref": { "type": "ref/prompt", "name": prompt },
            "argument": { "name": argument, "value": "w" },
        })
    };
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address)]).await;
        for (id, argument, expected) in [
            (1, "container_id", json!(["web"])),
            (2, "target_host", json!([])),
        ] {
            let params = typed("debug_networking", argument);
            let answer = ask(&mut client, era, id, "completion/complete", params).await;
            assert_eq!(
                answer["result"]["completion"]["values"], expected,
                "{answer}"
            );
        }
        for (id, prompt, argument) in [
            (3, "debug_networking", "nothing"),
            (4, "debug_everything", "container_id"),
        ] {
            let params = typed(prompt, argument);
            let answer = ask(&mut client, era, id, "completion/complete", params).await;
            assert_eq!(answer["error"]["code"], -32602, "{answer}");
        }
    }
}

/// Stopped containers have names too, and each letter is another request.
#[tokio::test]
async fn of_five_hundred_the_first_hundred_come_and_the_engine_is_asked_once() {
    let names = (0..500).map(|at| format!("worker-{at:03}"));
    let engine = FakeEngine::start().on("GET /containers/json?*all=true*", containers(names));
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    for (id, value) in [(1, "w"), (2, "wo"), (3, "wor")] {
        let params = typed(LOGS, "container_id", value);
        let answer = ask(&mut client, LEGACY, id, "completion/complete", params).await;
        let completion = &answer["result"]["completion"];
        assert_eq!(completion["values"].as_array().unwrap().len(), 100);
        assert_eq!(completion["values"][0], "worker-000");
        assert_eq!(completion["total"], 500);
        assert_eq!(completion["hasMore"], true);
    }
    assert_eq!(engine.requests().len(), 1, "{:?}", engine.requests());
}

/// The completion of an argument follows from its type alone.
#[tokio::test]
async fn each_kind_of_object_has_its_names() {
    let engine = FakeEngine::start()
        .on(
            "GET /images/json",
            json!([
                { "Id": "1", "RepoTags": ["web:1", "<none>:<none>"] },
                { "Id": "2", "RepoTags": null },
                { "Id": "3", "RepoTags": ["localhost:5000/api:2", "web:1"] },
            ]),
        )
        .on(
            "GET /networks",
            json!([{ "Name": "bridge" }, { "Name": "webs" }]),
        )
        .on(
            "GET /volumes",
            json!({ "Volumes": [{ "Name": "web_data" }] }),
        );
    let config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    let inventory = Inventory::new(Runtime::new(config).into());
    for (kind, values) in [
        ("image", &["localhost:5000/api:2", "web:1"][..]),
        ("network", &["bridge", "webs"]),
        ("volume", &["web_data"]),
    ] {
        let kind = Kind::of(kind).unwrap();
        assert_eq!(complete(&inventory, kind, "").await.values, values);
    }
    assert_eq!(Kind::of("string"), None);
}

#[tokio::test]
async fn without_an_engine_or_leave_there_is_nothing_to_complete() {
    let engine = FakeEngine::start().on("GET /containers/json", containers(["web".to_owned()]));
    let address = engine.address();
    for env in [
        [
            ("DOCKER_BASE_URL", "unix:///nonexistent/docker.sock"),
            ("MCP_LOG_LEVEL", "ERROR"),
        ],
        [
            ("DOCKER_BASE_URL", &*address),
            ("SAFETY_DENIED_TOOLS", "docker_list_*"),
        ],
    ] {
        let mut client = open(LEGACY, &env).await;
        let params = typed(LOGS, "container_id", "");
        let answer = ask(&mut client, LEGACY, 1, "completion/complete", params).await;
        assert_eq!(
            answer["result"]["completion"],
            json!({ "values": [], "total": 0, "hasMore": false })
        );
    }
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());
}

/// A name that gives a secret away is not shown, and its marker would name nothing.
#[tokio::test]
async fn a_name_that_holds_a_secret_is_left_out() {
    let secret = "AKIAIOSFODNN7EXAMPLE".to_owned();
    let names = containers([secret, "web".to_owned()]);
    let engine = FakeEngine::start().on("GET /containers/json", names);
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let params = typed(LOGS, "container_id", "");
    let answer = ask(&mut client, LEGACY, 1, "completion/complete", params).await;
    assert_eq!(answer["result"]["completion"]["values"], json!(["web"]));
}
