//! Services that are made and changed by the tools, and what becomes of an update that fails.

use serde_json::{Value, json};

use super::{Service, Swarm};
use crate::docker::{WAIT, image, unique};

/// Long enough for a loaded machine; what settles is told at once.
const PATIENCE: u32 = 60;

fn on_its_way(program: &str) -> Value {
    json!(["sh", "-c", program])
}

#[tokio::test]
async fn a_service_is_made_scaled_updated_and_goes() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let name = unique("made");
    let gone = Service::claim(&swarm, &name);
    let create = json!({
        "image": image(), "name": name, "replicas": 2, "command": on_its_way(WAIT), "timeout": PATIENCE,
        "environment": { "VERSION": "1" }, "update_config": { "parallelism": 1, "monitor": "300ms", "order": "start-first" },
    });
    let made = session.ok("docker_create_service", create).await;
    assert_eq!(
        (&made["running"], &made["desired"]),
        (&json!(2), &json!(2)),
        "{made}"
    );

    let scale = json!({ "service_id": name, "replicas": 3, "timeout": PATIENCE });
    let scaled = session.ok("docker_scale_service", scale).await;
    assert_eq!(
        (&scaled["running"], &scaled["desired"]),
        (&json!(3), &json!(3)),
        "{scaled}"
    );

    let update =
        json!({ "service_id": name, "environment": { "VERSION": "2" }, "timeout": PATIENCE });
    let updated = session.ok("docker_update_service", update).await;
    assert_eq!(updated["rolled_back"], false, "{updated}");
    assert_eq!(
        (&updated["running"], &updated["desired"]),
        (&json!(3), &json!(3)),
        "{updated}"
    );
    let env = [
        "service",
        "inspect",
        "--format",
        "{{.Spec.TaskTemplate.ContainerSpec.Env}}",
        &name,
    ];
    assert_eq!(swarm.docker(&env), "[VERSION=2]");

    let back = json!({ "service_id": name, "timeout": PATIENCE });
    let _ = session.ok("docker_rollback_service", back).await;
    assert_eq!(swarm.docker(&env), "[VERSION=1]");

    let _ = session
        .ok("docker_remove_service", json!({ "service_id": name }))
        .await;
    assert!(swarm.run(&["service", "inspect", &name]).is_err());
    drop(gone);
    session.close().await;
}

/// It says why, and that what was there before runs again.
#[tokio::test]
async fn an_update_that_fails_rolls_back() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let name = unique("fails");
    let gone = Service::claim(&swarm, &name);
    let create = json!({
        "image": image(), "name": name, "replicas": 2, "command": on_its_way(WAIT), "timeout": PATIENCE,
        "update_config": { "failure_action": "rollback", "monitor": "2s" }, "restart_policy": "none",
    });
    let _ = session.ok("docker_create_service", create).await;
    let update =
        json!({ "service_id": name, "command": on_its_way("exit 4"), "timeout": PATIENCE });
    let result = session.call("docker_update_service", update).await;
    let told = format!("{result:?}");
    assert!(told.contains("rolled"), "{told}");
    let command = [
        "service",
        "inspect",
        "--format",
        "{{.Spec.TaskTemplate.ContainerSpec.Args}} {{.Spec.TaskTemplate.ContainerSpec.Command}}",
        &name,
    ];
    assert!(!swarm.docker(&command).contains("exit 4"), "{told}");
    let found = session
        .ok("docker_diagnose", json!({ "containers": [name] }))
        .await;
    assert!(
        found["findings"][0].to_string().contains("exit code 4"),
        "{found}"
    );
    drop(gone);
    session.close().await;
}
