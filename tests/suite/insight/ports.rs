//! `docker_list_ports`.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::{call, failed};
use crate::support::fake_engine::{FakeEngine, Reply};

const PORTS: &str = "docker_list_ports";

/// A port of this machine that is free, and so is the next, as long as nobody takes them.
fn unused() -> i64 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        if TcpListener::bind(("127.0.0.1", port.saturating_add(1))).is_ok() {
            return i64::from(port);
        }
    }
}

fn engine(containers: &Value) -> FakeEngine {
    FakeEngine::start().on("GET /containers/json", containers.clone())
}

async fn given(engine: &FakeEngine, arguments: Value) -> Value {
    let result = call(engine, PORTS, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

fn published(ip: &str, port: i64, inside: i64, protocol: &str) -> Value {
    json!({ "IP": ip, "PublicPort": port, "PrivatePort": inside, "Type": protocol })
}

#[tokio::test]
async fn every_published_port_is_told_in_order_by_one_request() {
    let engine = engine(&json!([
        { "Id": "b", "Names": ["/shop/db", "/db"], "State": "running", "Ports": [
            published("127.0.0.1", 5432, 5432, "tcp"), { "PrivatePort": 9000, "Type": "tcp" },
        ] },
        { "Id": "a", "Names": ["/web"], "State": "paused", "Ports": [
            published("::", 80, 8080, "tcp"), published("0.0.0.0", 80, 8080, "tcp"), published("0.0.0.0", 53, 53, "udp"),
        ] },
        { "Id": "c0ffee0000001", "Names": null, "State": "exited", "Ports": null },
    ]));
    let result = given(&engine, json!({})).await;
    let port =
        |ip: &str, port: i64, protocol: &str, container: &str, inside: i64, running: bool| {
            json!({
                "host_ip": ip, "port": port, "protocol": protocol, "container": container,
                "container_port": inside, "running": running,
            })
        };
    let ports = json!([
        port("0.0.0.0", 53, "udp", "web", 53, false),
        port("0.0.0.0", 80, "tcp", "web", 8080, false),
        port("::", 80, "tcp", "web", 8080, false),
        port("127.0.0.1", 5432, "tcp", "db", 5432, true),
    ]);
    assert_eq!(
        result,
        json!({ "ports": ports, "free": null, "held_by": null, "next_free": [] })
    );
    assert_eq!(
        engine.requests(),
        ["GET /containers/json?all=true&size=false"]
    );
}

#[tokio::test]
async fn a_port_that_is_held_is_told_with_its_holder_and_the_next_that_are_free() {
    let port = unused();
    let engine = engine(&json!([
        { "Id": "a", "Names": ["/web"], "State": "running", "Ports": [
            published("0.0.0.0", port, 80, "tcp"), published("0.0.0.0", 1, 1, "tcp"),
        ] },
    ]));
    let result = given(&engine, json!({ "port": port })).await;
    assert_eq!(result["free"], false, "{result}");
    assert_eq!(result["held_by"], "web", "{result}");
    assert_eq!(result["ports"].as_array().unwrap().len(), 1, "{result}");
    let free = result["next_free"].as_array().unwrap();
    assert_eq!((free.len(), &free[0]), (5, &json!(port + 1)), "{result}");
    let near = given(&engine, json!({ "port": port + 1, "near": port })).await;
    assert_eq!(near["free"], true, "{near}");
    assert_eq!(near["held_by"], Value::Null, "{near}");
    assert_eq!(near["ports"], json!([]), "{near}");
    assert_eq!(near["next_free"][0], port + 1, "{near}");
}

/// Docker would say that the address is in use, whoever uses it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_of_this_machine_holds_a_port_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let engine = engine(&json!([]));
    let result = given(&engine, json!({ "port": port })).await;
    assert_eq!(result["free"], false, "{result}");
    let held_by = result["held_by"].as_str().unwrap();
    assert!(held_by.contains("no container"), "{result}");
    let free = result["next_free"].as_array().unwrap();
    assert!(!free.contains(&json!(port)), "{result}");
}

#[tokio::test]
async fn near_the_last_port_there_are_few() {
    let engine =
        engine(&json!([{ "Id": "a", "Names": ["/a"], "Ports": [published("", 65535, 1, "tcp")] }]));
    let result = given(&engine, json!({ "near": 65535 })).await;
    assert_eq!(result["next_free"], json!([]), "{result}");
}

#[tokio::test]
async fn what_is_on_the_hosts_network_is_said_to_be_unknown() {
    let host = |name: &str, state: &str| json!({ "Names": [name], "State": state, "HostConfig": { "NetworkMode": "host" } });
    let engine = engine(&json!([host("/agent", "running"), host("/old", "exited")]));
    let hint = given(&engine, json!({})).await["hint"].to_string();
    assert!(hint.contains("agent") && !hint.contains("old"), "{hint}");
}

#[tokio::test]
async fn no_port_and_no_answer_are_errors_that_say_why() {
    let engine = FakeEngine::start().on("GET /containers/json", Reply::error(500, "no room"));
    for port in [json!(0), json!(65536), json!("http")] {
        let text = failed(&engine, PORTS, json!({ "port": port })).await;
        assert!(text.contains("`port`"), "{text}");
    }
    assert!(engine.seen().is_empty());
    let text = failed(&engine, PORTS, json!({})).await;
    assert!(text.contains("no room"), "{text}");
}
