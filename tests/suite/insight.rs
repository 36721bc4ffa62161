//! Tests the tools of the toolset `insight` against what Engines answer at their worst.

mod diagnose;
mod disk;
mod ports;
mod search;
mod service_logs;
mod services;
mod updates;
mod wait;

use serde_json::{Value, json};

use crate::one_call::{self, call, failed};
use crate::support::fake_engine::{FakeEngine, Reply};

const TOP: &str = "docker_container_top";
const CHANGES: &str = "docker_container_changes";
const SEARCH: &str = "docker_search_images";

/// What a call gives of a reply.
async fn given(request: &str, reply: impl Into<Reply>, tool: &str, arguments: Value) -> Value {
    let engine = FakeEngine::start().on(request, reply);
    one_call::given(&engine, tool, arguments).await
}

fn web() -> Value {
    json!({ "container_id": "web" })
}

/// The titles are those of whatever `ps` the Engine has, asked for whatever columns.
#[tokio::test]
async fn each_process_has_the_titles_as_keys() {
    let top = async |reply: Value| given("GET /containers/*/top", reply, TOP, web()).await;
    let reply = json!({
        "Titles": ["PID", "ARGS", "PID"],
        "Processes": [["1", "/bin/sh -c 'sleep 9'", "1"], ["7", "sleep 9", "7"]],
    });
    let processes = json!([
        { "PID": "1", "ARGS": "/bin/sh -c 'sleep 9'", "PID_2": "1" },
        { "PID": "7", "ARGS": "sleep 9", "PID_2": "7" },
    ]);
    assert_eq!(top(reply).await, json!({ "processes": processes }));
    // A row that is short, one that is long, and nothing at all.
    let reply = json!({ "Titles": ["PID", "CMD"], "Processes": [["1"], ["2", "a", "b"]] });
    let processes = json!([{ "PID": "1" }, { "PID": "2", "CMD": "a" }]);
    assert_eq!(top(reply).await, json!({ "processes": processes }));
    let reply = json!({ "Titles": null, "Processes": null });
    assert_eq!(top(reply).await, json!({ "processes": [] }));
}

#[tokio::test]
async fn there_are_no_processes_of_what_does_not_run() {
    let stopped = "Container web is not running";
    let engine = FakeEngine::start().on("GET /containers/*/top", Reply::error(409, stopped));
    let text = failed(&engine, TOP, web()).await;
    assert!(text.contains("not running"), "{text}");
    let missing = FakeEngine::start().on(
        "GET /containers/*/top",
        Reply::error(404, "No such container: web"),
    );
    let text = failed(&missing, TOP, web()).await;
    assert!(text.contains("`web`"), "{text}");
}

/// A kind that nobody knows yet is shown as the Engine has it.
#[tokio::test]
async fn each_change_has_a_word_for_its_kind() {
    let changes =
        async |reply: Value| given("GET /containers/*/changes", reply, CHANGES, web()).await;
    let reply = json!([
        { "Path": "/etc/new", "Kind": 1 },
        { "Path": "/etc", "Kind": 0 },
        { "Path": "/etc/old", "Kind": 2 },
        { "Path": "/etc/strange", "Kind": 7 },
    ]);
    let kinds = json!([
        { "path": "/etc", "kind": "changed" },
        { "path": "/etc/new", "kind": "added" },
        { "path": "/etc/old", "kind": "deleted" },
        { "path": "/etc/strange", "kind": "7" },
    ]);
    let expected = json!({ "changes": kinds, "count": 4, "total": 4, "truncated": false });
    assert_eq!(changes(reply).await, expected);
    let none = json!({ "changes": [], "count": 0, "total": 0, "truncated": false });
    assert_eq!(changes(json!(null)).await, none);
}

#[tokio::test]
async fn of_many_changes_the_first_are_given_and_all_are_counted() {
    let change = |at: usize| json!({ "Path": format!("/var/{at:04}"), "Kind": 1 });
    let reply: Value = (0..300).map(change).collect();
    let arguments = json!({ "container_id": "web", "limit": 2 });
    let result = given("GET /containers/*/changes", reply, CHANGES, arguments).await;
    assert_eq!(result["changes"][1]["path"], "/var/0001", "{result}");
    let figures = [&result["count"], &result["total"], &result["truncated"]];
    assert_eq!(figures, [&json!(2), &json!(300), &json!(true)]);

    let missing = FakeEngine::start().on(
        "GET /containers/*/changes",
        Reply::error(404, "No such container: web"),
    );
    let text = failed(&missing, CHANGES, web()).await;
    assert!(text.contains("`web`"), "{text}");
    let text = failed(&missing, CHANGES, json!({ "container_id": "../web" })).await;
    assert!(text.contains("container_id"), "{text}");
    assert_eq!(missing.requests(), ["GET /containers/web/changes"]);
}

#[tokio::test]
async fn images_are_found_the_most_liked_first() {
    let reply = json!([
        { "name": "b/db", "description": "", "star_count": 3, "is_official": false, "is_automated": false },
        { "name": "db", "description": "A database.", "star_count": 90, "is_official": true, "is_automated": false },
        { "name": "a/db", "description": "Another.", "star_count": 3, "is_official": false, "is_automated": true },
    ]);
    let result = given("GET /images/search", reply, SEARCH, json!({ "term": "db" })).await;
    let images = json!([
        { "name": "db", "description": "A database.", "stars": 90, "official": true },
        { "name": "a/db", "description": "Another.", "stars": 3, "official": false },
        { "name": "b/db", "stars": 3, "official": false },
    ]);
    let expected = json!({ "images": images, "count": 3, "total": 3, "truncated": false });
    assert_eq!(result, expected);
}

/// The Engine would call the host that a term begins with, whoever's it is.
#[tokio::test]
async fn a_term_that_names_a_host_is_refused_before_anything_is_sent() {
    for term in [
        "evil.example/web",
        "localhost/web",
        "host:5000/web",
        "http://evil.example/web",
        "Host/web",
        "",
    ] {
        let engine = FakeEngine::start();
        let text = failed(&engine, SEARCH, json!({ "term": term })).await;
        assert!(text.contains("term"), "{term:?}: {text}");
        assert!(
            engine.seen().is_empty(),
            "{term:?}: {:?}",
            engine.requests()
        );
    }
}

#[tokio::test]
async fn an_engine_that_cannot_search_is_an_error_that_says_why() {
    let reason = "Get \"https://index.docker.io/v1/search?q=db\": dial tcp: lookup index.docker.io: no such host";
    let engine = FakeEngine::start().on("GET /images/search", Reply::error(500, reason));
    let text = failed(&engine, SEARCH, json!({ "term": "db" })).await;
    assert!(text.contains("no such host"), "{text}");
}
