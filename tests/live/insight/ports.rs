//! `docker_list_ports`.

use serde_json::json;

use super::ON;
use crate::docker::{Container, WAIT};
use crate::session::Session;

#[tokio::test]
async fn a_published_port_is_told_with_its_holder() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let web = Container::with("ports", &["run", "-d", "-p", "127.0.0.1::80"], WAIT);
    let all = session.ok("docker_list_ports", json!({})).await;
    let mut ports = all["ports"].as_array().unwrap().iter();
    let port = ports.find(|port| port["container"] == web.name).unwrap();
    assert_eq!(port["container_port"], 80, "{port}");
    assert_eq!(port["host_ip"], "127.0.0.1", "{port}");
    assert_eq!(port["running"], true, "{port}");

    let asked = json!({ "port": port["port"] });
    let held = session.ok("docker_list_ports", asked.clone()).await;
    assert_eq!(held["free"], false, "{held}");
    assert_eq!(held["held_by"], web.name.as_str(), "{held}");
    assert!(held["next_free"][0].is_i64(), "{held}");
    // Far from where the Engine chooses ports for other tests meanwhile.
    let near = session
        .ok("docker_list_ports", json!({ "near": 18700 }))
        .await;
    let other = near["next_free"][0].as_i64().unwrap();
    let binding = format!("127.0.0.1:{other}:80");
    let beside = Container::with("ports", &["run", "-d", "-p", &binding], WAIT);
    let held = session
        .ok("docker_list_ports", json!({ "port": other }))
        .await;
    assert_eq!(held["held_by"], beside.name.as_str(), "{held}");

    drop(web);
    let free = session.ok("docker_list_ports", asked).await;
    assert_eq!(free["free"], true, "{free}");
}

#[tokio::test]
async fn a_port_that_is_none_is_refused() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    session
        .refuses(
            "docker_list_ports",
            json!({ "port": 70000 }),
            &["`port`", "65535"],
        )
        .await;
}
