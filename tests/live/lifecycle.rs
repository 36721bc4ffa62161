//! `docker_start_container`, `docker_stop_container`, `docker_restart_container` and
//! `docker_remove_container`.

use serde_json::json;

use crate::docker::{Container, WAIT, docker, image, inspect, run};
use crate::session::{Session, says};

#[tokio::test]
async fn a_start_starts_and_may_be_repeated() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::created("start");
    for _ in 0..2 {
        let result = session
            .ok(
                "docker_start_container",
                json!({"container_id": container.name}),
            )
            .await;
        assert_eq!(result["container_id"], container.id());
        assert_eq!(result["status"], "running");
        assert_eq!(container.state(), "running");
    }
}

/// The Engine calls a start a success as soon as the process runs.
#[tokio::test]
async fn a_job_that_ends_at_once_is_told_with_its_exit_code() {
    let Some(session) = Session::start().await else {
        return;
    };
    for (flags, status) in [
        (&["create"][..], "exited"),
        (&["create", "--rm"], "removed"),
    ] {
        let job = Container::with("job", flags, "sleep 0.02; exit 3");
        let id = job.id();
        let argument = json!({ "container_id": job.name });
        let started = session.ok("docker_start_container", argument.clone()).await;
        assert_eq!(started["container_id"], id);
        if status == "removed" {
            // It is on its way, and may be gone before it can be asked.
            let on_the_way = ["exited", "removing", "removed"];
            assert!(
                on_the_way.contains(&started["status"].as_str().unwrap()),
                "{started}"
            );
            continue;
        }
        assert_eq!(
            (&started["status"], &started["exit_code"]),
            (&json!(status), &json!(3))
        );
        let started = session.ok("docker_restart_container", argument).await;
        assert_eq!(
            (&started["status"], &started["exit_code"]),
            (&json!(status), &json!(3))
        );
    }
    let service = Container::created("service");
    let argument = json!({ "container_id": service.name });
    let started = session.ok("docker_start_container", argument).await;
    assert_eq!(
        (&started["status"], &started["exit_code"]),
        (&json!("running"), &json!(null))
    );
}

#[tokio::test]
async fn a_start_that_cannot_be_says_why() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_start_container";
    session.knows_none(tool, "container_id", "container").await;
    let broken = Container::named("broken");
    docker(&[
        "create",
        "--name",
        &broken.name,
        &image(),
        "/no/such/program",
    ]);
    session
        .refuses(
            tool,
            json!({"container_id": broken.name}),
            &["/no/such/program"],
        )
        .await;
    session
        .refuses(tool, json!({"container_id": 7}), &["container_id"])
        .await;
}

#[tokio::test]
async fn a_stop_stops_and_may_be_repeated() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("stop", WAIT);
    for _ in 0..2 {
        let result = session
            .ok(
                "docker_stop_container",
                json!({"container_id": container.id()[..12], "timeout": "20"}),
            )
            .await;
        assert_eq!(result["container_id"], container.id());
        assert_eq!(result["status"], "exited");
        assert_eq!(container.state(), "exited");
    }
    assert_eq!(
        inspect(&container.name)["State"]["ExitCode"],
        0,
        "it was asked, not killed"
    );
}

/// The deadline of a stop is its grace on top of `DOCKER_TIMEOUT`.
#[tokio::test]
async fn a_stop_may_take_longer_than_docker_timeout() {
    let Some(session) = Session::with(&[("DOCKER_TIMEOUT", "2")]).await else {
        return;
    };
    let deaf = "trap '' TERM; echo ready; while :; do sleep 1; done";
    let container = Container::running("deaf", deaf);
    container.has_logged("ready");

    let result = session
        .ok(
            "docker_stop_container",
            json!({"container_id": container.name, "timeout": 4}),
        )
        .await;

    assert_eq!(result["status"], "exited");
    assert_eq!(
        inspect(&container.name)["State"]["ExitCode"],
        137,
        "it was killed when the grace was over"
    );
}

/// A container made with `--rm` is gone when it has stopped; that is a success with its id.
#[tokio::test]
async fn a_stop_of_a_container_that_removes_itself_says_removed() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::with("gone", &["run", "-d", "--rm"], WAIT);
    let id = container.id();

    let result = session
        .ok(
            "docker_stop_container",
            json!({"container_id": container.name}),
        )
        .await;

    assert_eq!(result["container_id"], id);
    // The Engine removes it a moment after the stop has ended.
    let status = result["status"].as_str().unwrap();
    assert!(
        ["removed", "removing", "exited"].contains(&status),
        "{status}"
    );
}

#[tokio::test]
async fn a_stop_refuses_an_absent_container_and_an_impossible_grace() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_stop_container";
    session.knows_none(tool, "container_id", "container").await;
    for timeout in [json!(-1), json!(3601), json!("soon"), json!(1.5)] {
        session
            .refuses(
                tool,
                json!({"container_id": "any", "timeout": timeout}),
                &["timeout", "3600"],
            )
            .await;
    }
}

#[tokio::test]
async fn a_restart_starts_a_container_anew() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("restart", WAIT);
    let before = inspect(&container.name)["State"]["StartedAt"].clone();

    let result = session
        .ok(
            "docker_restart_container",
            json!({"container_id": container.name, "timeout": 5}),
        )
        .await;

    assert_eq!(result["container_id"], container.id());
    assert_eq!(result["status"], "running");
    assert_ne!(inspect(&container.name)["State"]["StartedAt"], before);
}

#[tokio::test]
async fn a_restart_refuses_an_absent_container_and_an_unknown_argument() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_restart_container";
    session.knows_none(tool, "container_id", "container").await;
    session
        .refuses(
            tool,
            json!({"container_id": "any", "time_out": 3}),
            &["`time_out`", "`timeout`"],
        )
        .await;
}

/// Nothing is lost unless the operator allowed it, and then a person is to confirm.
#[tokio::test]
async fn a_remove_is_refused_by_default_and_without_a_confirmation() {
    let container = Container::named("kept");
    let allowed = [("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true")];
    for (settings, variable) in [
        (&[][..], "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS"),
        (&allowed[..], "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE"),
    ] {
        let Some(session) = Session::with(settings).await else {
            return;
        };
        if !container.exists() {
            docker(&["create", "--name", &container.name, &image()]);
        }
        let refusal = session
            .fails(
                "docker_remove_container",
                json!({"container_id": container.name, "force": true}),
            )
            .await;
        says(&refusal, &[variable]);
        assert!(container.exists(), "a refused call removes nothing");
    }
}

#[tokio::test]
async fn a_remove_that_is_allowed_removes_the_container_and_its_volumes() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let container = Container::with("remove", &["run", "-d", "-v", "/data"], WAIT);
    let id = container.id();
    let volume = inspect(&container.name)["Mounts"][0]["Name"]
        .as_str()
        .unwrap()
        .to_owned();

    let result = session
        .ok(
            "docker_remove_container",
            json!({"container_id": container.name, "force": true, "volumes": true}),
        )
        .await;

    assert_eq!(result["container_id"], id);
    assert_eq!(result["removed_volumes"], true);
    assert!(!container.exists());
    assert!(run(&["volume", "inspect", &volume]).is_err());
}

#[tokio::test]
async fn a_remove_of_a_running_or_absent_container_says_what_is_wrong() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let tool = "docker_remove_container";
    let container = Container::running("busy", WAIT);
    session
        .refuses(
            tool,
            json!({"container_id": container.name}),
            &["running", "force"],
        )
        .await;
    assert!(container.exists());
    session.knows_none(tool, "container_id", "container").await;
}
