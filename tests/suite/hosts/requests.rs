//! What the Engines are asked: with one no more than without hosts, and with several none but the one that is meant.

use mcp_docker::catalog::{Example, TOOLS, Tool};
use mcp_docker::config::{Token, Toolsets};

use super::*;
use crate::wire;

/// A configuration under which every example is carried out.
fn allowing(config: Config) -> Config {
    let mut config = config;
    let hosts = config.hosts.iter_mut().map(|host| &mut host.safety);
    for safety in hosts.chain([&mut config.safety]) {
        safety.toolsets = Toolsets::named(["all"]).unwrap();
        safety.allow_destructive = true;
        safety.require_confirmation = false;
    }
    let secret = Token::new("an-example-of-a-secret");
    config
        .secrets
        .variables
        .insert("DB".to_owned(), Some(secret));
    config
}

fn examples() -> impl Iterator<Item = (&'static Tool, &'static Example)> {
    let all = TOOLS.iter().filter(|tool| !wire::runs_a_program(tool));
    all.flat_map(|tool| tool.examples.iter().map(move |example| (*tool, example)))
}

fn answering(example: &Example) -> FakeEngine {
    match wire::said(example) {
        Some(reply) => wire::engine().on(&wire::last(example), reply),
        None => wire::engine(),
    }
}

/// Makes the call of an example, of that host where one is named.
async fn make(client: &Client, tool: &Tool, example: &Example, host: Option<&str>) {
    let context = wire::context();
    let folder = context.path().to_str().unwrap();
    let mut arguments: Value =
        serde_json::from_str(&example.args.replace(wire::CONTEXT, folder)).unwrap();
    if let Some(host) = host {
        arguments["host"] = host.into();
    }
    done(call(client, tool.name, arguments).await);
}

#[tokio::test]
async fn with_one_host_a_client_sees_the_same_as_without() {
    let hosts = Hosts::named(["nas"]);
    let plain = Config {
        docker: hosts.of("nas").config(),
        ..Config::default()
    };
    let named = Config {
        hosts: hosts.config(Some("nas")).hosts,
        ..Config::default()
    };
    let mut seen = Vec::new();
    for config in [plain, named] {
        let client = open(allowing(config)).await;
        let info = client.peer_info().unwrap();
        seen.push([
            serde_json::to_value(&*info).unwrap(),
            serde_json::to_value(client.list_all_tools().await.unwrap()).unwrap(),
            serde_json::to_value(client.list_all_prompts().await.unwrap()).unwrap(),
            serde_json::to_value(client.list_all_resource_templates().await.unwrap()).unwrap(),
            serde_json::to_value(client.list_all_resources().await.unwrap()).unwrap(),
            done(call(&client, "docker_list_containers", json!({})).await),
        ]);
    }
    assert_eq!(seen[0], seen[1]);
    let resources = seen[0][4].as_array().unwrap();
    assert!(!resources.is_empty());
}

#[tokio::test]
async fn with_one_host_no_request_is_more_than_an_example_declares() {
    for (tool, example) in examples() {
        let engine = answering(example);
        let hosts = Hosts(vec![("nas".to_owned(), engine)]);
        let config = Config {
            hosts: hosts.config(Some("nas")).hosts,
            ..Config::default()
        };
        let client = open(allowing(config)).await;
        make(&client, tool, example, None).await;
        let what = format!("{}: {}", tool.source, example.title);
        wire::requests_are(&what, example, hosts.of("nas"));
    }
}

/// But that where a path of this machine is judged, the other Engines here say where they keep their data.
#[tokio::test]
async fn with_several_the_one_that_is_meant_is_asked_the_same_and_no_other() {
    let mut beside = Vec::new();
    for (tool, example) in examples() {
        let engines = ["nas", "office"].map(|name| (name.to_owned(), answering(example)));
        let hosts = Hosts(engines.into());
        let client = open(allowing(hosts.config(Some("nas")))).await;
        make(&client, tool, example, Some("office")).await;
        let what = format!("{}: {}", tool.source, example.title);
        wire::requests_are(&what, example, hosts.of("office"));
        let others = hosts.of("nas").requests();
        if !others.is_empty() {
            assert_eq!(others, ["GET /info"], "{what}");
            beside.push(tool.name);
        }
    }
    beside.dedup();
    let of_paths = [
        "docker_compose_validate",
        "docker_compose_write_file",
        "docker_build_image",
        "docker_load_image",
        "docker_save_image",
    ];
    assert_eq!(beside, of_paths);
}
