//! `docker_wait`.

use serde_json::json;

use super::ON;
use crate::docker::{Container, docker};
use crate::session::Session;

#[tokio::test]
async fn a_container_is_waited_for_until_it_is_healthy_has_written_a_line_and_has_exited() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let flags = [
        "run",
        "-d",
        "--health-cmd",
        "test -e /ready",
        "--health-interval",
        "1s",
    ];
    let program = "sleep 3; touch /ready; echo is ready; sleep 4; exit 3";
    let slow = Container::with("wait", &flags, program);
    let wait = async |goal: &str, grep: Option<&str>| {
        let mut args = json!({ "for": goal, "containers": [&slow.name], "timeout": 60 });
        if let Some(grep) = grep {
            args["grep"] = json!(grep);
        }
        let result = session.ok("docker_wait", args).await;
        assert_eq!(result["met"], true, "{goal}: {result}");
        result
    };
    assert_eq!(wait("running", None).await["events"], json!([]));
    let healthy = wait("healthy", None).await;
    let last = healthy["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["action"], "health_status: healthy", "{healthy}");
    let line = wait("log", Some("^is ready")).await;
    assert_eq!(line["events"][0]["text"], "is ready", "{line}");
    let exited = wait("exited", None).await;
    let last = exited["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["attributes"]["exitCode"], "3", "{exited}");
    let again = wait("exited", None).await;
    assert_eq!(again["events"], json!([]), "{again}");
    docker(&["rm", "-f", &slow.name]);
}

#[tokio::test]
async fn a_wait_in_vain_says_how_it_stands_or_why_it_cannot_be() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let idle = Container::running("wait_idle", crate::docker::WAIT);
    let exited = json!({ "for": "exited", "containers": [&idle.name], "timeout": 2 });
    let result = session.ok("docker_wait", exited).await;
    assert_eq!(result["met"], false, "{result}");
    let hint = result["hint"].as_str().unwrap();
    assert!(hint.contains("is running"), "{hint}");
    let healthy = json!({ "for": "healthy", "containers": [&idle.name] });
    session
        .refuses("docker_wait", healthy, &["has no health check"])
        .await;
}
