//! How containers end, and why they never began.

use std::net::TcpListener;

use serde_json::json;

use super::{ON, becomes, first, start_fails};
use crate::docker::{Container, docker, eventually, image, inspect};
use crate::session::Session;

#[tokio::test]
async fn what_ended_is_told_with_its_code() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let failed = Container::finished("end", "echo to be seen; exit 3");
    first(
        &session,
        &failed,
        ("critical", "code 3"),
        None,
        &["State.ExitCode: 3", "log: to be seen"],
    )
    .await;
    let told = Container::finished(
        "end",
        "echo 'Error: listen EADDRINUSE: address already in use :::80'; exit 1",
    );
    first(
        &session,
        &told,
        ("critical", "code 1"),
        Some("the port is in use"),
        &["EADDRINUSE"],
    )
    .await;
    let absent = Container::finished("end", "no-such-command");
    first(
        &session,
        &absent,
        ("critical", "code 127"),
        Some("a command is missing"),
        &["command: sh -c"],
    )
    .await;
    let forbidden = Container::finished("end", "echo x >/tmp/x; /tmp/x");
    first(
        &session,
        &forbidden,
        ("critical", "code 126"),
        Some("lacks a permission"),
        &["command: sh -c"],
    )
    .await;
    let crashed = Container::finished("end", "sh -c 'kill -SEGV $$'; exit $?");
    first(
        &session,
        &crashed,
        ("critical", "code 139"),
        Some("SIGSEGV"),
        &["State.ExitCode: 139"],
    )
    .await;
    let killed = Container::finished("end", "sh -c 'kill -KILL $$'; exit $?");
    first(
        &session,
        &killed,
        ("critical", "code 137"),
        None,
        &["State.ExitCode: 137"],
    )
    .await;
    let paused = Container::running("end", crate::docker::WAIT);
    docker(&["pause", &paused.name]);
    first(
        &session,
        &paused,
        ("notice", "it is paused"),
        Some("somebody paused it"),
        &["paused"],
    )
    .await;
    docker(&["unpause", &paused.name]);
}

#[tokio::test]
async fn what_is_restarted_again_and_again_is_told() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let flags = ["run", "-d", "--restart", "always"];
    let failing = Container::with("loop", &flags, "echo boom; exit 1");
    let ending = Container::with("loop", &flags, "true");
    for container in [&failing, &ending] {
        eventually("six restarts", || {
            inspect(&container.name)["RestartCount"].as_i64() >= Some(6)
        });
        becomes(container, "/State/Status", &json!("restarting"));
    }
    first(
        &session,
        &failing,
        ("critical", "restart loop"),
        None,
        &["RestartCount: ", "State.ExitCode: 1", "log: boom"],
    )
    .await;
    first(
        &session,
        &ending,
        ("critical", "restart loop"),
        Some("stays in the foreground"),
        &["State.ExitCode: 0"],
    )
    .await;
}

/// Caught while it is up: it ends twice, and then it stays.
#[tokio::test]
async fn a_restart_loop_is_told_while_the_container_is_up() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let program = "test -e /second && exec sleep 1000; test -e /first && touch /second; touch /first; echo boom; exit 1";
    let looping = Container::with("loop", &["run", "-d", "--restart", "always"], program);
    eventually("it is up after two restarts", || {
        let document = inspect(&looping.name);
        document["RestartCount"] == json!(2) && document["State"]["Status"] == json!("running")
    });
    first(
        &session,
        &looping,
        ("critical", "restart loop"),
        None,
        &["RestartCount: 2", "State.FinishedAt: ", "log: boom"],
    )
    .await;
}

/// An Engine may miss who was killed, where the container ends at once; so it is started again.
#[tokio::test]
async fn what_was_killed_for_memory_is_told_with_its_limit() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let flags = ["run", "-d", "-m", "16m", "--memory-swap", "16m"];
    let greedy = Container::with(
        "oom",
        &flags,
        "head -c 300000000 /dev/zero | tail >/dev/null; exit $?",
    );
    eventually("the Engine tells who was killed for memory", || {
        docker(&["wait", &greedy.name]);
        let tells = inspect(&greedy.name)["State"]["OOMKilled"] == json!(true);
        if !tells {
            docker(&["start", &greedy.name]);
        }
        tells
    });
    first(
        &session,
        &greedy,
        ("critical", "killed for want of memory"),
        Some("its limit of 16 MiB"),
        &["State.OOMKilled: true", "16 MiB"],
    )
    .await;
}

#[tokio::test]
async fn what_could_not_be_started_is_told_with_the_reason() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let holder = Container::with(
        "start",
        &["run", "-d", "-p", "127.0.0.1::80"],
        crate::docker::WAIT,
    );
    let port = inspect(&holder.name)
        .pointer("/NetworkSettings/Ports/80~1tcp/0/HostPort")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let binding = format!("127.0.0.1:{port}:80");
    let late = Container::with("start", &["create", "-p", &binding], crate::docker::WAIT);
    start_fails(&late);
    let cause = format!("`{}` holds port {port}", holder.name);
    first(
        &session,
        &late,
        ("critical", "could not be started"),
        Some(&cause),
        &["State.Error", &holder.name],
    )
    .await;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let binding = format!("127.0.0.1:{port}:80");
    let later = Container::with("start", &["create", "-p", &binding], crate::docker::WAIT);
    start_fails(&later);
    let cause = format!("a program of the host, no container, holds port {port}");
    first(
        &session,
        &later,
        ("critical", "could not be started"),
        Some(&cause),
        &["State.Error"],
    )
    .await;
    drop(listener);
    first(
        &session,
        &later,
        ("critical", "could not be started"),
        Some("now nobody holds it"),
        &["State.Error"],
    )
    .await;

    let wrong = Container::named("start");
    docker(&[
        "create",
        "--name",
        &wrong.name,
        &image(),
        "no-such-command",
        "--now",
    ]);
    start_fails(&wrong);
    first(
        &session,
        &wrong,
        ("critical", "could not be started"),
        Some("the image has no such command"),
        &["command: no-such-command --now"],
    )
    .await;

    let folder = tempfile::tempdir().unwrap();
    let mount = format!("type=bind,source={},target=/data", folder.path().display());
    let without = Container::with("start", &["create", "--mount", &mount], crate::docker::WAIT);
    drop(folder);
    start_fails(&without);
    first(
        &session,
        &without,
        ("critical", "could not be started"),
        Some("does not exist"),
        &[],
    )
    .await;

    let never = Container::created("start");
    first(
        &session,
        &never,
        ("notice", "never started"),
        Some("nobody started it"),
        &["created"],
    )
    .await;
}
