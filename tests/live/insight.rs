//! The toolset `insight`.

mod diagnose;
mod ports;
mod search;
mod updates;
mod wait;

use serde_json::{Value, json};

use crate::docker::{Container, WAIT};
use crate::session::Session;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,insight")];

#[tokio::test]
async fn the_processes_of_a_container_have_the_columns_that_were_asked_for() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let container = Container::running("top", WAIT);
    let all = json!({ "container_id": container.name });
    let result = session.ok("docker_container_top", all).await;
    let processes = result["processes"].as_array().unwrap();
    assert!(!processes.is_empty(), "{result}");
    for process in processes {
        let pid = process["PID"].as_str().unwrap();
        assert!(pid.parse::<u32>().is_ok(), "{process}");
        assert!(process["CMD"].is_string(), "{process}");
    }
    let chosen = json!({ "container_id": container.name, "ps_args": "-eo pid,comm" });
    let result = session.ok("docker_container_top", chosen).await;
    let first = result["processes"][0].as_object().unwrap();
    let mut titles: Vec<&String> = first.keys().collect();
    titles.sort();
    assert_eq!(titles, ["COMMAND", "PID"], "{result}");

    session
        .knows_none("docker_container_top", "container_id", "no such container")
        .await;
}

#[tokio::test]
async fn a_container_that_does_not_run_has_no_processes() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let container = Container::finished("no_top", "true");
    let arguments = json!({ "container_id": container.name });
    session
        .refuses("docker_container_top", arguments, &["not running"])
        .await;
}

#[tokio::test]
async fn the_changes_of_a_container_are_told_by_path_and_kind() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let script = "echo a >/added; chmod 700 /var; rm /etc/group; echo done";
    let container = Container::logged("changes", &[], script, "done");
    let arguments = json!({ "container_id": container.name });
    let result = session.ok("docker_container_changes", arguments).await;
    let kind = |path: &str| {
        let changes = result["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["path"] == path);
        change.map(|change| change["kind"].clone())
    };
    assert_eq!(kind("/added"), Some(json!("added")), "{result}");
    assert_eq!(kind("/var"), Some(json!("changed")), "{result}");
    assert_eq!(kind("/etc/group"), Some(json!("deleted")), "{result}");
    assert_eq!(result["count"], result["total"], "{result}");

    session
        .knows_none(
            "docker_container_changes",
            "container_id",
            "no such container",
        )
        .await;
}

/// Whether this Engine reaches Docker Hub is the machine's affair: it says what it found, or why not.
#[tokio::test]
async fn a_search_names_no_host_and_says_why_it_fails() {
    let Some(session) = Session::with(&[ON[0], ("DOCKER_TIMEOUT", "20")]).await else {
        return;
    };
    let host = json!({ "term": "registry.invalid/web" });
    session
        .refuses("docker_search_images", host, &["term", "registry.invalid"])
        .await;
    let result = session
        .call(
            "docker_search_images",
            json!({ "term": "postgres", "limit": 3 }),
        )
        .await;
    if result.is_error == Some(true) {
        let text = format!("{:?}", result.content);
        let said = ["index.docker.io", "timeout", "timed out", "did not answer"];
        assert!(said.iter().any(|said| text.contains(said)), "{text}");
    } else {
        let found = result.structured_content.unwrap();
        assert_eq!(
            found["images"][0]["name"],
            Value::from("postgres"),
            "{found}"
        );
    }
}
