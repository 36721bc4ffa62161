//! Asks all Engines at once.

use std::time::Duration;

use mcp_docker::fleet::PATIENCE;

use super::*;
use crate::support::fake_engine::Reply;

/// The containers that a list shows, each with the second in which it was made.
fn list(containers: &[(&str, u64)]) -> Value {
    containers
        .iter()
        .map(|(name, created)| {
            json!({
                "Id": id(name, "listed"), "Names": [format!("/{name}")], "Image": "shop:1", "State": "running",
                "Status": "Up", "Created": 1_767_261_600 + created, "Labels": {},
                "Ports": [{ "PrivatePort": 80, "PublicPort": 8000 + created, "Type": "tcp", "IP": "0.0.0.0" }],
            })
        })
        .collect()
}

/// Two hosts with containers that interleave, and some of the same name.
fn crowd() -> Hosts {
    let hosts = Hosts::two();
    let listing = [
        ("nas", list(&[("web", 1), ("db", 3), ("old", 5)])),
        ("office", list(&[("web", 2), ("cache", 4)])),
    ];
    let on = |(name, engine): (String, FakeEngine)| {
        let (_, list) = listing.iter().find(|(host, _)| *host == name).unwrap();
        (name, engine.on("GET /containers/json", list.clone()))
    };
    Hosts(hosts.0.into_iter().map(on).collect())
}

fn named(result: &Value, list: &str, keys: [&str; 2]) -> Vec<String> {
    let items = result[list].as_array().unwrap().iter();
    items
        .map(|item| format!("{} {}", item[keys[0]], item[keys[1]]).replace('"', ""))
        .collect()
}

async fn everywhere(client: &Client, tool: &str, mut arguments: Value) -> Value {
    arguments["host"] = "*".into();
    let result = done(call(client, tool, arguments).await);
    let tools = client.list_all_tools().await.unwrap();
    let schema = self::tool(&tools, tool).output_schema.clone().unwrap();
    let validator = jsonschema::validator_for(&Value::Object((*schema).clone())).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&result)
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{tool}: {errors:?}");
    result
}

#[tokio::test]
async fn lists_of_all_hosts_are_one_in_the_order_of_the_tool() {
    let hosts = crowd();
    let client = open(hosts.config(Some("nas"))).await;
    let result = everywhere(&client, "docker_list_containers", json!({})).await;
    let all = ["cache office", "db nas", "old nas", "web nas", "web office"];
    assert_eq!(named(&result, "containers", ["name", "host"]), all);
    let counted = |result: &Value| json!([result["count"], result["total"], result["truncated"]]);
    assert_eq!(counted(&result), json!([5, 5, false]));
    assert_eq!(result["failed"], json!([]));

    // The limit is that of the whole.
    let result = everywhere(&client, "docker_list_containers", json!({ "limit": "2" })).await;
    assert_eq!(named(&result, "containers", ["name", "host"]), all[..2]);
    assert_eq!(counted(&result), json!([2, 5, true]));
    assert!(
        result["hint"].as_str().unwrap().contains("`limit` of 2"),
        "{result}"
    );

    // One host says nothing of itself.
    let result = done(
        call(
            &client,
            "docker_list_containers",
            json!({ "host": "office" }),
        )
        .await,
    );
    assert_eq!(counted(&result), json!([2, 2, false]));
    assert_eq!(result["containers"][0].get("host"), None);
    assert_eq!(result.get("failed"), None);
}

/// What cannot be merged each host has by itself.
#[tokio::test]
async fn what_is_no_list_stands_by_its_host() {
    let hosts = crowd();
    let mut config = hosts.config(Some("nas"));
    let everything = mcp_docker::config::Toolsets::named(["all"].into_iter()).unwrap();
    for safety in config.hosts.iter_mut().map(|it| &mut it.safety) {
        safety.toolsets = everything.clone();
    }
    config.safety.toolsets = everything;
    let client = open(config).await;
    let result = everywhere(&client, "docker_list_ports", json!({})).await;
    let ports = [
        "8001 nas",
        "8002 office",
        "8003 nas",
        "8004 office",
        "8005 nas",
    ];
    assert_eq!(named(&result, "ports", ["port", "host"]), ports);
    assert_eq!(
        named(&result, "hosts", ["host", "free"]),
        ["nas null", "office null"]
    );

    let result = everywhere(&client, "docker_healthcheck", json!({})).await;
    assert_eq!(
        named(&result, "hosts", ["host", "healthy"]),
        ["nas true", "office true"]
    );

    let tools = client.list_all_tools().await.unwrap();
    for tool in &tools {
        let schema = &tool.input_schema["properties"]["host"];
        let all = schema["enum"].as_array().unwrap().contains(&json!("*"));
        let known = mcp_docker::catalog::find(&tool.name).unwrap();
        assert_eq!(all, known.across.is_some(), "{}", tool.name);
        if !all {
            let mut given: Value = known
                .examples
                .first()
                .map_or(json!({}), |it| serde_json::from_str(it.args).unwrap());
            given["host"] = "*".into();
            let said = call(&client, &tool.name, given).await;
            let said = failure(&said);
            assert!(
                said.contains("one host") || said.contains("not allow"),
                "{}: {said}",
                tool.name
            );
        }
    }
    assert!(hosts.changes("nas").is_empty() && hosts.changes("office").is_empty());
}

#[tokio::test]
async fn a_host_that_fails_is_named_and_costs_the_others_nothing() {
    let mut hosts = crowd();
    hosts.0[0].1.kill().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = hosts.config(Some("nas"));
    config.server.audit_log = Some(folder.path().join("audit.jsonl"));
    let client = open(config).await;
    let result = everywhere(&client, "docker_list_containers", json!({})).await;
    assert_eq!(
        named(&result, "containers", ["name", "host"]),
        ["cache office", "web office"]
    );
    assert_eq!(
        named(&result, "failed", ["host", "kind"]),
        ["nas unreachable"]
    );
    assert_ne!(result["failed"][0]["error"], "");

    let lines = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let mut recorded: Vec<String> = lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            format!("{} {}", line["host"], line["result"])
        })
        .collect();
    recorded.sort();
    assert_eq!(recorded, ["\"nas\" \"failed\"", "\"office\" \"ok\""]);

    hosts.0[1].1.kill().await;
    let text = failure(&call(&client, "docker_list_containers", json!({ "host": "*" })).await);
    assert!(
        text.contains("nas: ") && text.contains("office: "),
        "{text}"
    );

    let wrong = json!({ "host": "*", "limit": "many" });
    let text = failure(&call(&client, "docker_list_containers", wrong).await);
    assert!(text.contains("`limit`") && !text.contains("nas"), "{text}");
}

/// It keeps neither the others nor, for longer than it is worth, the call to all of them waiting.
#[tokio::test]
async fn a_host_that_hangs_is_left_behind() {
    let hosts = crowd();
    let hosts = Hosts(
        hosts
            .0
            .into_iter()
            .map(|(name, engine)| {
                let hangs = name == "nas";
                let engine = match hangs {
                    true => engine.on("GET /containers/json", Reply::hang()),
                    false => engine,
                };
                (name, engine)
            })
            .collect(),
    );
    let mut config = hosts.config(Some("nas"));
    for host in &mut config.hosts {
        host.docker.timeout = Duration::from_secs(3600);
        // One that hangs may not take the room of another either.
        host.safety.max_concurrent = 1;
    }
    let client = Arc::new(open(config).await);
    let asking = Arc::clone(&client);
    let all =
        tokio::spawn(async move { everywhere(&asking, "docker_list_containers", json!({})).await });
    hosts.of("nas").asked("GET /containers/json").await;
    hosts.of("office").asked("GET /containers/json").await;

    let given = json!({ "host": "office" });
    done(call(&client, "docker_list_containers", given).await);
    assert!(!all.is_finished(), "it waits for the other");

    tokio::time::pause();
    tokio::time::advance(PATIENCE).await;
    tokio::time::resume();
    let result = all.await.unwrap();
    assert_eq!(
        named(&result, "containers", ["name", "host"]),
        ["cache office", "web office"]
    );
    assert_eq!(named(&result, "failed", ["host", "kind"]), ["nas timeout"]);
    hosts.of("nas").all_closed().await;
}

#[tokio::test]
async fn a_result_of_all_hosts_is_within_the_budget() {
    let many = |host: &str| -> Value {
        let names: Vec<String> = (0..100)
            .map(|at| format!("{host}-{at:03}-with-a-long-name"))
            .collect();
        let names: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        list(&names)
    };
    let hosts = Hosts::two();
    let on = |(name, engine): (String, FakeEngine)| {
        let list = many(&name);
        (name, engine.on("GET /containers/json", list))
    };
    let hosts = Hosts(hosts.0.into_iter().map(on).collect());
    let mut config = hosts.config(Some("nas"));
    config.safety.max_response_bytes = 10_000;
    for host in &mut config.hosts {
        host.safety.max_response_bytes = 10_000;
    }
    let client = open(config).await;
    let result = everywhere(&client, "docker_list_containers", json!({ "limit": 1000 })).await;
    assert!(result.to_string().len() <= 10_000);
    assert_eq!(result["total"], 200);
    assert_eq!(result["truncated"], true);
    assert_eq!(
        result["count"],
        result["containers"].as_array().unwrap().len()
    );
}
