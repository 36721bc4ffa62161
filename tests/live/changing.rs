//! The toolset `lifecycle`: what changes a container that exists, or keeps it as an image.

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, eventually, inspect, run, unique};
use crate::session::Session;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,lifecycle")];

fn of(container: &Container) -> Value {
    json!({ "container_id": container.name })
}

#[tokio::test]
async fn a_renamed_container_is_the_same_under_another_name() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (container, taken) = (Container::created("rename"), Container::created("taken"));
    let renamed = Container::named("renamed");
    let id = container.id();
    let to = |name: &str| json!({ "container_id": id, "name": name });
    let tool = "docker_rename_container";
    session
        .refuses(tool, to(&taken.name), &["choose another `name`"])
        .await;
    session
        .refuses(tool, to(&container.name), &["it is called so already"])
        .await;
    let result = session.ok(tool, to(&renamed.name)).await;
    assert_eq!(result, json!({ "container_id": id, "name": renamed.name }));
    assert_eq!(renamed.id(), id);
    session
        .knows_none(
            "docker_pause_container",
            "container_id",
            "no such container",
        )
        .await;
}

#[tokio::test]
async fn a_container_is_frozen_and_goes_on() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let container = Container::running("freeze", WAIT);
    let (pause, unpause) = ("docker_pause_container", "docker_unpause_container");
    session
        .refuses(
            unpause,
            of(&container),
            &["is not paused", "docker_inspect_container"],
        )
        .await;
    let frozen = session.ok(pause, of(&container)).await;
    let expected = json!({ "container_id": container.id(), "status": "paused" });
    assert_eq!(frozen, expected);
    session
        .refuses(pause, of(&container), &["already paused", unpause])
        .await;
    let command = json!({ "container_id": container.name, "command": ["true"] });
    session
        .refuses("docker_exec_command", command, &["paused", unpause])
        .await;
    let goes_on = session.ok(unpause, of(&container)).await;
    assert_eq!(goes_on["status"], "running");
    assert_eq!(container.state(), "running");

    let stopped = Container::created("not_frozen");
    session.refuses(pause, of(&stopped), &["not running"]).await;
}

#[tokio::test]
async fn a_signal_reaches_the_process_and_the_status_is_that_afterwards() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let tool = "docker_kill_container";
    let program = "trap 'echo told >/told' USR1; touch /ready; while true; do sleep 0.1; done";
    let container = Container::running("kill", program);
    eventually("the trap", || {
        run(&["exec", &container.name, "test", "-e", "/ready"]).is_ok()
    });
    let told = json!({ "container_id": container.name, "signal": "SIGUSR1" });
    let result = session.ok(tool, told).await;
    assert_eq!(result["status"], "running");
    eventually("the signal", || {
        run(&["exec", &container.name, "test", "-e", "/told"]).is_ok()
    });
    let result = session.ok(tool, of(&container)).await;
    let expected = json!({ "container_id": container.id(), "status": "exited" });
    assert_eq!(result, expected);
    assert_eq!(inspect(&container.name)["State"]["ExitCode"], 137);
    session
        .refuses(
            tool,
            of(&container),
            &["not running", "docker_start_container"],
        )
        .await;

    let gone = Container::with("kill_rm", &["run", "-d", "--rm"], WAIT);
    let id = gone.id();
    let result = session.ok(tool, of(&gone)).await;
    assert_eq!(result["container_id"], id);
    let status = result["status"].as_str().unwrap();
    assert!(
        ["exited", "removing", "removed"].contains(&status),
        "{status}"
    );
}

#[tokio::test]
async fn limits_change_without_a_restart() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let tool = "docker_update_container";
    let container = Container::running("update", WAIT);
    let before = inspect(&container.name);
    let limits = json!({
        "container_id": container.name, "mem_limit": "64m", "memory_swap": "-1", "cpus": 0.5, "cpu_shares": 512,
        "pids_limit": 100, "restart_policy": "on-failure:3",
    });
    let result = session.ok(tool, limits).await;
    assert_eq!(result["container_id"], container.id());
    let after = inspect(&container.name);
    let host = &after["HostConfig"];
    let seen = ["Memory", "NanoCpus", "CpuShares", "PidsLimit"].map(|key| host[key].clone());
    assert_eq!(
        seen,
        [json!(64 << 20), json!(500_000_000), json!(512), json!(100)]
    );
    let policy = json!({ "Name": "on-failure", "MaximumRetryCount": 3 });
    assert_eq!(host["RestartPolicy"], policy);
    assert_eq!(before["State"]["StartedAt"], after["State"]["StartedAt"]);

    let one = json!({ "container_id": container.name, "pids_limit": 50 });
    session.ok(tool, one).await;
    let host = inspect(&container.name)["HostConfig"].take();
    assert_eq!(
        (&host["PidsLimit"], &host["Memory"]),
        (&json!(50), &json!(64 << 20))
    );
    assert_eq!(host["RestartPolicy"], policy);
    let little = json!({ "container_id": container.name, "mem_limit": "1k" });
    session.refuses(tool, little, &["memory", "6MB"]).await;

    let fleeting = Container::with("update_rm", &["create", "--rm"], WAIT);
    let always = json!({ "container_id": fleeting.name, "restart_policy": "always" });
    session
        .refuses(tool, always, &["AutoRemove", "without `remove`"])
        .await;
}

#[tokio::test]
async fn an_image_of_a_container_has_its_files_and_settings() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let tool = "docker_commit_container";
    let program = format!("echo kept >/kept; {WAIT}");
    let flags = ["run", "-d", "-e", "COLOR=blue", "-v", "/data"];
    let container = Container::with("commit", &flags, &program);
    eventually("the file", || {
        run(&["exec", &container.name, "test", "-s", "/kept"]).is_ok()
    });
    let image = Object::claim("image");
    let arguments = json!({
        "container_id": container.name, "repository": image.name, "message": "Before it breaks",
    });
    let result = session.ok(tool, arguments).await;
    let tag = format!("{}:latest", image.name);
    assert_eq!(result["tag"], tag.as_str());
    let made = docker(&["image", "inspect", "-f", "{{.Id}} {{.Comment}}", &tag]);
    let id = result["image_id"].as_str().unwrap();
    assert_eq!(made, format!("{id} Before it breaks"));
    let kept = docker(&["run", "--rm", "--entrypoint", "cat", &tag, "/kept"]);
    assert_eq!(kept, "kept");
    let environment = docker(&["image", "inspect", "-f", "{{.Config.Env}}", &tag]);
    assert!(environment.contains("COLOR=blue"), "{environment}");
    assert_eq!(container.state(), "running");

    let nobody = json!({ "container_id": unique("absent"), "repository": "kept" });
    session.refuses(tool, nobody, &["no such container"]).await;
    let upper = json!({ "container_id": container.name, "repository": "Kept" });
    session.refuses(tool, upper, &["`repository`"]).await;
}
