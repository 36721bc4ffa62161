//! `docker_search_logs`.

use serde_json::{Value, json};

use super::ON;
use crate::docker::{Container, docker};
use crate::session::Session;

/// Container and text of each line.
fn told(result: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = result["lines"].as_array().unwrap().iter();
    lines
        .map(|line| (text(&line["container"]), text(&line["text"])))
        .collect()
}

#[tokio::test]
async fn one_request_is_followed_through_containers_streams_and_terminals() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let front = Container::logged(
        "search",
        &[],
        "echo in id=7f3a9c1e; echo other; echo done",
        "done",
    );
    let middle = Container::logged("search", &["-t"], "echo mid id=7f3a9c1e; echo done", "done");
    let long = "head -c 20000 /dev/zero | tr '\\0' x; echo; echo out id=7f3a9c1e >&2; sleep 0.3; echo done";
    let back = Container::logged("search", &[], long, "done");
    let containers = json!([&front.name, &middle.name, &back.name]);
    let args = json!({ "containers": containers, "grep": "7f3a9c1e" });
    let result = session.ok("docker_search_logs", args).await;
    let expected = [
        (front.name.clone(), "in id=7f3a9c1e".to_owned()),
        (middle.name.clone(), "mid id=7f3a9c1e".to_owned()),
        (back.name.clone(), "out id=7f3a9c1e".to_owned()),
    ];
    assert_eq!(told(&result), expected, "{result}");
    assert_eq!(result["lines"][2]["stream"], "stderr", "{result}");
    assert_eq!(result["matched"], 3, "{result}");

    let whole = json!({ "containers": [&back.name], "grep": "^x+$" });
    let result = session.ok("docker_search_logs", whole).await;
    assert_eq!(
        result["matched"], 1,
        "one line of several records: {result}"
    );

    let none = json!({ "containers": [&front.name], "until": "2020-01-01T00:00:00Z", "since": "2019-01-01T00:00:00Z" });
    let result = session.ok("docker_search_logs", none).await;
    assert_eq!(result["lines"], json!([]), "{result}");
}

#[tokio::test]
async fn repeats_are_folded_and_a_project_chooses() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let project = crate::docker::unique("fold");
    let label = format!("com.docker.compose.project={project}");
    let program = "for i in $(seq 300); do echo tick $i of 300 at $(date +%s); done; echo done";
    let ticking = Container::logged("fold", &["--label", &label], program, "done");
    let result = session
        .ok("docker_search_logs", json!({ "project": project }))
        .await;
    assert_eq!(result["searched"], json!([&ticking.name]), "{result}");
    assert_eq!(result["matched"], 301, "{result}");
    let lines = result["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{result}");
    assert_eq!(lines[0]["count"], 300, "{result}");
    let tail = json!({ "project": project, "tail": 3, "fold": false });
    let result = session.ok("docker_search_logs", tail).await;
    assert_eq!(result["lines"].as_array().unwrap().len(), 3, "{result}");
    docker(&["rm", "-f", &ticking.name]);
}

#[tokio::test]
async fn what_cannot_be_searched_is_said() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let absent = crate::docker::unique("absent");
    let args = json!({ "containers": [&absent] });
    session
        .refuses("docker_search_logs", args, &["no such container", &absent])
        .await;
    let silent = Container::with(
        "silent",
        &["run", "-d", "--log-driver", "none"],
        crate::docker::WAIT,
    );
    let args = json!({ "containers": [&silent.name] });
    session
        .refuses("docker_search_logs", args, &["does not support reading"])
        .await;
}
