//! Completes names as a person types them, on a scripted Engine.

use mcp_docker::call::Runtime;
use mcp_docker::config::Config;
use mcp_docker::engine::ObjectKind;
use mcp_docker::generated::table;
use mcp_docker::server::completion::complete;
use mcp_docker::server::inventory::Inventory;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::{Value, json};

use crate::resources::{LEGACY, MODERN, ask, open};
use crate::support::fake_engine::FakeEngine;

/// What the value of a query has in percents.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

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

/// Stopped containers have names too, each letter is another request, and of many containers the
/// Engine is asked for as many as are shown: its list of all takes longer than one waits.
#[tokio::test]
async fn of_many_those_that_begin_so_come_first_and_the_engine_is_not_asked_for_all() {
    let holding = (0..101).map(|at| format!("co-worker-{at:03}"));
    let beginning = ["worker-1", "Worker-2"].map(str::to_owned);
    let engine = FakeEngine::start()
        .on("GET /containers/json?*", containers(holding))
        .on("GET /containers/json?*%5E*", containers(beginning));
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let params = typed(LOGS, "container_id", "wor");
    let answer = ask(&mut client, LEGACY, 1, "completion/complete", params).await;
    let completion = &answer["result"]["completion"];
    let values = completion["values"].as_array().unwrap();
    assert_eq!(values.len(), 100);
    assert_eq!(values[..3], ["Worker-2", "worker-1", "co-worker-000"]);
    assert_eq!(completion["hasMore"], true);
    assert_eq!(completion.get("total"), None, "nobody counted them");
    let asked = |name: &str| {
        let filters = json!({ "name": [name] }).to_string();
        let filters = percent_encoding::utf8_percent_encode(&filters, FORM).to_string();
        format!("GET /containers/json?all=true&limit=101&size=false&filters={filters}")
    };
    assert_eq!(engine.requests(), [asked("(?i)wor"), asked("(?i)^/?wor")]);
}

/// What was typed is text, whatever it would mean in a pattern, and no name is that long.
#[tokio::test]
async fn what_is_typed_is_no_pattern() {
    let engine = FakeEngine::start().on(
        "GET /containers/json",
        containers(["web.1", "web-1"].map(str::to_owned)),
    );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let params = typed(LOGS, "container_id", "b.1");
    let answer = ask(&mut client, LEGACY, 1, "completion/complete", params).await;
    assert_eq!(answer["result"]["completion"]["values"], json!(["web.1"]));
    let filters = r#"{"name":["(?i)b\\.1"]}"#;
    let filters = percent_encoding::utf8_percent_encode(filters, FORM).to_string();
    assert!(engine.requests()[0].ends_with(&filters), "{filters}");
    let params = typed(LOGS, "container_id", &"w".repeat(256));
    let answer = ask(&mut client, LEGACY, 2, "completion/complete", params).await;
    assert_eq!(answer["result"]["completion"]["total"], 0);
    assert_eq!(engine.requests().len(), 1);
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
    let inventory = Inventory::new(Runtime::new(config, table::parse).into());
    for (kind, values) in [
        ("image", &["localhost:5000/api:2", "web:1"][..]),
        ("network", &["bridge", "webs"]),
        ("volume", &["web_data"]),
    ] {
        let kind = ObjectKind::named(kind).unwrap();
        assert_eq!(complete(&inventory, kind, "").await.values, values);
    }
    assert_eq!(ObjectKind::named("string"), None);
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

/// One that was pulled by digest has no other name.
#[tokio::test]
async fn an_image_without_a_tag_is_completed_by_its_digest() {
    let digest = format!("web@sha256:{}", "ab".repeat(32));
    let engine = FakeEngine::start().on(
        "GET /images/json",
        json!([
            { "Id": "1", "RepoTags": ["web:1"], "RepoDigests": ["web@sha256:1"] },
            { "Id": "2", "RepoTags": [], "RepoDigests": [digest] },
            { "Id": "3", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"] },
        ]),
    );
    let config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    let inventory = Inventory::new(Runtime::new(config, table::parse).into());
    let completion = complete(&inventory, ObjectKind::Image, "we").await;
    assert_eq!(completion.values, ["web:1", &digest]);
}
