//! What the prompts say of real containers that were made to be in trouble.

mod audit;
mod compose;

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, eventually, image, inspect, run, unique};
use crate::exchange::prompt;
use crate::session::Session;

const MOST: usize = 16 * 1024;
/// Where the decisive fact must stand: before anything that was only copied.
const TOP: usize = 1500;

async fn said(session: &Session, name: &str, arguments: Value) -> String {
    let text = prompt(session.client.peer(), name, arguments)
        .await
        .unwrap();
    assert!(text.len() <= MOST, "{name} has {} bytes", text.len());
    text
}

async fn troubleshot(container: &str) -> Option<String> {
    let session = Session::start().await?;
    Some(
        said(
            &session,
            "troubleshoot_container",
            json!({"container_id": container}),
        )
        .await,
    )
}

fn assert_near_the_top(text: &str, decisive: &str) {
    let place = text.find(decisive);
    assert!(
        place.is_some_and(|place| place < TOP),
        "`{decisive}` is at {place:?}: {text}"
    );
}

#[tokio::test]
async fn a_stack_trace_is_named_by_what_was_thrown() {
    if !crate::docker::wanted() {
        return;
    }
    let program = "echo 'Traceback (most recent call last):'; echo '  File \"/app/main.py\", line 3'; \
        echo 'ValueError: the answer is not 42' >&2; exit 1";
    let container = Container::finished("thrown", program);
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Exit code 1: the application reported an error");
    assert_near_the_top(&text, "ValueError: the answer is not 42");
    // What happened is among the events.
    assert!(text.contains("`die` exit code `1`"), "{text}");
}

#[tokio::test]
async fn a_missing_command_is_named_by_its_exit_code() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::finished("misspelt", "servr --port 80");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Exit code 127: the command was not found");
    assert_near_the_top(&text, "A command is missing");

    let container = Container::named("misspelt");
    run(&["run", "-d", "--name", &container.name, &image(), "servr"]).unwrap_err();
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Docker could not start it");
    assert_near_the_top(&text, "the image has no such command");
}

#[tokio::test]
async fn a_restart_loop_is_one() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::with(
        "looping",
        &["run", "-d", "--restart", "always"],
        "echo 'fatal: no way' >&2; exit 3",
    );
    eventually("three restarts", || {
        inspect(&container.name)["RestartCount"].as_i64() >= Some(3)
    });
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Restart loop: Docker restarted it");
    assert_near_the_top(&text, "fatal: no way");
}

#[tokio::test]
async fn a_failing_health_check_is_shown_with_what_it_said() {
    if !crate::docker::wanted() {
        return;
    }
    let flags = [
        "run",
        "-d",
        "--health-cmd",
        "echo the probe says no; exit 1",
        "--health-interval",
        "1s",
        "--health-retries",
        "1",
    ];
    let container = Container::with("unhealthy", &flags, WAIT);
    eventually("unhealthy", || {
        inspect(&container.name)["State"]["Health"]["Status"] == "unhealthy"
    });
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Unhealthy: its health check failed");
    assert_near_the_top(&text, "the probe says no");
}

#[tokio::test]
async fn a_missing_variable_and_a_port_in_use_are_told_by_the_log() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::finished("unset", ": ${DATABASE_URL:?must be set}");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "An environment variable is missing");
    assert_near_the_top(&text, "DATABASE_URL");

    let container = Container::finished("bound", "echo 'bind: Address already in use' >&2; exit 1");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "The port is in use");
}

/// Whether the kernel kills is up to the machine: where no memory can be limited, the fake Engine's
/// test has to do.
#[tokio::test]
async fn a_container_killed_for_its_memory_is_named_so() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::named("hungry");
    // `tail` keeps a line, however long.
    let program = "tail -n 1 /dev/zero";
    let started = run(&[
        "run",
        "-d",
        "--name",
        &container.name,
        "--memory",
        "16m",
        "--memory-swap",
        "16m",
        &image(),
        "sh",
        "-c",
        program,
    ]);
    let is_limited = inspect(&container.name)["HostConfig"]["Memory"] == 16 * 1024 * 1024;
    if started.is_err() || !is_limited {
        eprintln!(
            "no cgroup of this machine limits memory; the suite shows the same with a fake Engine"
        );
        return;
    }
    docker(&["wait", &container.name]);
    assert_eq!(inspect(&container.name)["State"]["OOMKilled"], true);
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(
        &text,
        "Out of memory: the kernel killed a process of it (OOM); its limit is 16 MiB",
    );
    assert_near_the_top(&text, "Exit code 137: SIGKILL");
}

#[tokio::test]
async fn networking_sees_who_else_is_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::new("network");
    let flags = ["run", "-d", "--network", &network.name];
    let (web, db) = (
        Container::with("web", &flags, WAIT),
        Container::with("db", &flags, WAIT),
    );
    let arguments = json!({"container_id": web.name, "target_host": format!("{}:5432", db.name)});
    let text = said(&session, "debug_networking", arguments).await;
    assert_near_the_top(
        &text,
        &format!("is on `{}` too, so the way is there", network.name),
    );
    let address = &inspect(&web.name)["NetworkSettings"]["Networks"][&network.name]["IPAddress"];
    assert!(text.contains(address.as_str().unwrap()), "{text}");
}
