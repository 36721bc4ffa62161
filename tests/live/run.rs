//! `docker_run_container`.

use serde_json::{Value, json};

use crate::docker::{Container, Object, eventually, image, run, unique};
use crate::session::Session;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,lifecycle")];
const RUN: &str = "docker_run_container";

/// A shell program in a container with this label, by which what is left of it is found.
fn script(label: &str, program: &str) -> Value {
    json!({ "image": image(), "command": ["sh", "-c", program], "labels": { label: "" } })
}

fn with(mut arguments: Value, key: &str, value: Value) -> Value {
    arguments[key] = value;
    arguments
}

/// The ids of the containers with that label.
fn left(label: &str) -> Vec<String> {
    let filter = format!("label={label}");
    let listed = crate::docker::docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]);
    listed.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn short_runs_give_output_and_code_and_leave_nothing() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let label = unique("label");
    for (program, code, output, stderr) in [
        (
            "echo one; echo two >&2; echo three",
            0,
            "one\ntwo\nthree\n",
            "two\n",
        ),
        ("exit 7", 7, "", ""),
        ("printf 'no newline'; exit 137", 137, "no newline", ""),
        ("sleep 1; echo late", 0, "late\n", ""),
    ] {
        let result = session.ok(RUN, script(&label, program)).await;
        assert_eq!(result["exit_code"], code, "{program}: {result}");
        let mut written: Vec<&str> = result["output"].as_str().unwrap().lines().collect();
        let mut expected: Vec<&str> = output.lines().collect();
        // The streams are two pipes, which the Engine reads one beside the other.
        written.sort_unstable();
        expected.sort_unstable();
        assert_eq!(written, expected, "{program}: {result}");
        assert_eq!(result["stderr"], stderr, "{program}");
        assert_eq!(result["status"], "removed", "{program}");
        assert_eq!(left(&label), [""; 0], "{program}");
    }
    let terminal = with(script(&label, "test -t 1 && echo yes"), "tty", json!(true));
    let result = session.ok(RUN, terminal).await;
    assert_eq!(result["output"].as_str().unwrap().trim(), "yes", "{result}");
}

#[tokio::test]
async fn of_a_long_output_the_beginning_and_the_end_are_kept() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let label = unique("label");
    let program = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done";
    let result = session.ok(RUN, script(&label, program)).await;
    let output = result["output"].as_str().unwrap();
    assert_eq!(result["truncated"], true);
    assert!(output.starts_with("line 0\n") && output.ends_with("line 19999\n"));
    assert_eq!(left(&label), [""; 0]);
}

#[tokio::test]
async fn one_that_outlives_its_time_stays_and_is_named() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let container = Container::named("outlives");
    let arguments = script("a", "echo begun; exec sleep 600");
    let arguments = with(arguments, "name", json!(container.name));
    let result = session.ok(RUN, with(arguments, "timeout", json!(2))).await;
    assert_eq!(result["timed_out"], true);
    assert_eq!(result["status"], "running");
    assert_eq!(result["container_id"], container.id());
    let output = result["output"].as_str().unwrap();
    assert!(
        output.starts_with("begun\n[not finished after 2 s"),
        "{output}"
    );
    assert!(output.contains(&container.id()[..12]), "{output}");
    assert_eq!(container.state(), "running");
}

#[tokio::test]
async fn it_stays_where_that_is_asked_for() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let kept = Container::named("kept");
    let arguments = with(script("a", "echo said; exit 2"), "name", json!(kept.name));
    let result = session
        .ok(RUN, with(arguments, "remove", json!(false)))
        .await;
    assert_eq!(
        (&result["status"], &result["exit_code"]),
        (&json!("exited"), &json!(2))
    );
    assert_eq!(result["container_id"], kept.id());

    let service = Container::named("service");
    let arguments = with(
        script("a", crate::docker::WAIT),
        "name",
        json!(service.name),
    );
    let arguments = with(arguments, "restart_policy", json!("unless-stopped"));
    let result = session
        .ok(RUN, with(arguments, "detach", json!(true)))
        .await;
    assert_eq!(
        (&result["status"], &result["exit_code"]),
        (&json!("running"), &json!(null))
    );
    assert_eq!(service.state(), "running");
}

#[tokio::test]
async fn what_does_not_start_leaves_nothing_and_says_why() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let label = unique("label");
    let nope = with(script(&label, ""), "command", json!(["no-such-program"]));
    session
        .refuses(
            RUN,
            nope,
            &["executable file not found", "docker_inspect_image"],
        )
        .await;
    assert_eq!(left(&label), [""; 0]);
    let missing = with(script(&label, ""), "image", json!("mcp-docker-none:1"));
    session.refuses(RUN, missing, &["docker_pull_image"]).await;
    let bind = with(
        script(&label, "true"),
        "volumes",
        json!({ "/etc": { "bind": "/x" } }),
    );
    session
        .refuses(RUN, bind, &["`volumes`", "nothing was done"])
        .await;
    assert_eq!(left(&label), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_leaves_nothing_not_even_its_volumes() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (label, named) = (unique("label"), Object::new("volume"));
    let volumes = json!({ &*named.name: { "bind": "/data" } });
    let arguments = with(script(&label, "sleep 600"), "volumes", volumes);
    let call = session
        .cancellable(RUN, with(arguments, "timeout", json!(600)))
        .await;
    eventually("it runs", || {
        let filter = format!("label={label}");
        run(&["ps", "-q", "--filter", &filter]).is_ok_and(|ids| !ids.is_empty())
    });
    call.cancel(Some("enough".to_owned())).await.unwrap();
    eventually("it is gone", || left(&label).is_empty());
    assert!(named.exists());
    session.ping().await;
}
