//! `--engine` chooses one of several Engines for a command.

use serde_json::json;

use super::*;
use crate::support::fake_engine::FakeEngine;

/// A configuration file of these hosts, of which none is the default.
fn written(hosts: &[(&str, &FakeEngine)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    let hosts = hosts
        .iter()
        .map(|(name, engine)| format!("[hosts.{name}]\naddress = '{}'\n", engine.address()));
    fs::write(
        directory.path().join("hosts.toml"),
        hosts.collect::<String>(),
    )
    .unwrap();
    directory
}

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on("GET /networks", json!([]))
        .on(
            "GET /containers/*/json",
            json!({ "Id": "1", "Config": { "Tty": true } }),
        )
        .on(
            "GET /containers/*/logs",
            crate::support::fake_engine::Reply::chunks(["a line\n"]),
        )
}

async fn run_at(directory: &TempDir, words: &[&str]) -> Ended {
    let directory = directory.path().to_owned();
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run_in(
            &directory,
            &words,
            &[("MCP_DOCKER_CONFIG", "hosts.toml")],
            "",
        )
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn each_command_goes_to_the_engine_that_is_named() {
    for words in [
        &["call", "list_networks"][..],
        &["resource", "container://logs/web"],
    ] {
        let (near, far) = (engine(), engine());
        let directory = written(&[("near", &near), ("far", &far)]);
        let ended = run_at(&directory, &[words, &["--engine", "far"]].concat()).await;
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.stderr);
        assert!(!far.seen().is_empty(), "{words:?}");
        assert_eq!(near.connections(), 0, "{words:?}");
    }
}

#[tokio::test]
async fn a_call_may_go_to_all_of_them() {
    let (near, far) = (engine(), engine());
    let directory = written(&[("near", &near), ("far", &far)]);
    let ended = run_at(&directory, &["call", "list_networks", "--engine", "*"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(!near.seen().is_empty() && !far.seen().is_empty());
}

#[tokio::test]
async fn a_host_that_is_not_there_is_said_with_those_that_are() {
    let (near, far) = (engine(), engine());
    let directory = written(&[("near", &near), ("far", &far)]);
    for words in [
        &["call", "list_networks"][..],
        &["resource", "container://logs/web"],
        &["prompt", "security_audit"],
        &["tools"],
    ] {
        let ended = run_at(&directory, &[words, &["--engine", "fra"]].concat()).await;
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.stderr);
        let said = "error: there is no host `fra`; there are `far`, `near`\n";
        assert_eq!(ended.stderr, said, "{words:?}");
    }
    assert_eq!((near.connections(), far.connections()), (0, 0));
    let none = run(&["call", "list_networks", "--engine", "far"]);
    assert!(
        none.stderr.contains("and there are none"),
        "{}",
        none.stderr
    );
}

#[tokio::test]
async fn it_is_the_host_of_the_call_and_not_said_twice() {
    let (near, far) = (engine(), engine());
    let directory = written(&[("near", &near), ("far", &far)]);
    let words = ["call", "list_networks", "host=near", "--engine", "far"];
    let ended = run_at(&directory, &words).await;
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("leave one out"), "{}", ended.stderr);
    // Of one there is nothing to choose, and it may be named all the same.
    let only = written(&[("near", &near)]);
    let ended = run_at(&only, &["call", "list_networks", "--engine", "near"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}
