//! What `docker_diagnose` finds first of services in trouble.

use serde_json::{Value, json};

use super::{Swarm, until};
use crate::docker::{WAIT, image};

/// Each in its own way, side by side: most of the time they wait for the swarm.
#[tokio::test]
async fn what_keeps_a_service_from_running_comes_first() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let soon = ["--restart-delay", "100ms"];
    let nowhere = ["--constraint", "node.labels.disk==ssd"];
    let large = ["--reserve-memory", "900g"];
    let image_gone = swarm.service_of("nosuch", "nosuch-image:1", &soon, WAIT);
    let unplaced = swarm.service("unplaced", &nowhere, WAIT);
    let oversized = swarm.service("oversized", &large, WAIT);
    let crashing = swarm.service("crashing", &soon, "echo about to fail; exit 3");
    let paused = swarm.service(
        "paused",
        &["--update-monitor", "500ms", "--replicas", "2"],
        WAIT,
    );
    let rollback = [
        "--update-failure-action",
        "rollback",
        "--update-monitor",
        "1s",
        "--rollback-monitor",
        "100ms",
    ];
    let back = swarm.service("back", &rollback, WAIT);
    let ready = |service: &str| {
        let running = [
            "service",
            "ps",
            "--filter",
            "desired-state=running",
            "--format",
            "{{.CurrentState}}",
            service,
        ];
        swarm
            .docker(&running)
            .lines()
            .all(|state| state.starts_with("Running"))
    };
    crate::docker::eventually("services that run", || {
        ready(&paused.name) && ready(&back.name)
    });
    let update = [
        "service",
        "update",
        "--detach",
        "--no-resolve-image",
        "--quiet",
        "--restart-max-attempts",
        "0",
    ];
    let image = image();
    swarm.docker(&[&update[..], &["--image", "nosuch-image:2", &paused.name]].concat());
    swarm.docker(
        &[
            &update[..],
            &["--args", "sh -c 'exit 4'", "--image", &image, &back.name],
        ]
        .concat(),
    );

    for (service, says) in [
        (
            &image_gone,
            &["image is not there", "No such image: nosuch-image:1"][..],
        ),
        (
            &unplaced,
            &["no node meets its constraints", "disk==ssd", "on 3 nodes"],
        ),
        (&oversized, &["reserves", "insufficient resources"]),
        (&crashing, &["exit code 3", "docker_service_logs"]),
        (&paused, &["image is not there", "nosuch-image:2"]),
        (&back, &["rolled back", "exit code 4"]),
    ] {
        let ask = json!({ "containers": [service.name] });
        let first = |found: &Value| found["findings"][0].to_string();
        let is_so = |found: &Value| says.iter().all(|word| first(found).contains(word));
        let _ = until(&session, "docker_diagnose", ask, is_so).await;
    }
    let ask = json!({ "containers": [paused.name] });
    let second = |found: &Value| {
        found["findings"][1]["problem"]
            .to_string()
            .contains("paused")
    };
    let _ = until(&session, "docker_diagnose", ask, second).await;
    session.close().await;
}
