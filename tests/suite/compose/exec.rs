//! Runs commands in containers of services.

use serde_json::{Value, json};

use super::container;
use crate::one_call::{failed, given};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const EXEC: &str = "docker_compose_exec";

/// A project whose `web` has two containers, and a third that runs a single command.
fn engine() -> FakeEngine {
    let number = |number: &str| json!({ "container-number": number, "oneoff": "False" });
    FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                container("a1", "shop", "web", "running", number("1")),
                container("a2", "shop", "web", "running", number("2")),
                container(
                    "a3",
                    "shop",
                    "web",
                    "running",
                    json!({ "container-number": "3", "oneoff": "True" })
                ),
                container("b1", "shop", "db", "exited", number("1")),
                container("c1", "shop", "job", "exited", json!({ "oneoff": "True" })),
                container("d1", "other", "cache", "running", number("1")),
            ]),
        )
        .on(
            "GET /containers/*/json",
            json!({ "Id": "a2", "HostConfig": {} }),
        )
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": "e1" })),
        )
        .on(
            "POST /containers/b1/exec",
            Reply::error(409, "Container b1 is not running"),
        )
        .on(
            "POST /exec/e1/start",
            Reply::chunks([frame(1, "out\n"), frame(2, "err\n")]),
        )
        .on(
            "GET /exec/e1/json",
            json!({ "Running": false, "ExitCode": 3 }),
        )
}

fn asked(service: &str, more: Value) -> Value {
    let mut asked = json!({ "project_name": "shop", "service": service, "command": "ls -l 'a b'" });
    for (key, value) in more.as_object().unwrap() {
        asked[key] = value.clone();
    }
    asked
}

fn execs(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| request.ends_with("/exec"));
    requests
}

#[tokio::test]
async fn a_command_runs_in_the_container_of_that_number_as_exec_runs_it() {
    let engine = engine();
    let more = json!({ "index": 2, "workdir": "/srv", "user": "app", "environment": { "A": "b" }, "timeout": 5 });
    let ran = given(&engine, EXEC, asked("web", more)).await;
    assert_eq!(
        ran,
        json!({ "exit_code": 3, "output": "out\nerr\n", "stderr": "err\n", "timed_out": false, "truncated": false })
    );
    assert_eq!(execs(&engine), ["POST /containers/a2/exec"]);
    let body = engine
        .bodies()
        .into_iter()
        .find(|body| body["Cmd"].is_array())
        .unwrap();
    assert_eq!(body["Cmd"], json!(["ls", "-l", "a b"]));
    assert_eq!(
        (&body["WorkingDir"], &body["User"], &body["Env"]),
        (&json!("/srv"), &json!("app"), &json!(["A=b"]))
    );
    given(&engine, EXEC, asked("web", json!({}))).await;
    assert_eq!(execs(&engine)[1], "POST /containers/a1/exec");
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_is() {
    let engine = engine();
    for (service, more, said) in [
        (
            "cache",
            json!({}),
            "no such service: `cache`; there are `db`, `job`, `web`",
        ),
        ("webb", json!({}), "did you mean `web`?"),
        (
            "web",
            json!({ "index": 3 }),
            "has no container 3; `index` can be 1, 2",
        ),
        (
            "job",
            json!({}),
            "no container but those of single commands",
        ),
        (
            "web",
            json!({ "project_name": "shopp" }),
            "no such project: `shopp`; did you mean `shop`?",
        ),
        ("web", json!({ "command": "" }), "command"),
        ("web", json!({ "index": 0 }), "index"),
    ] {
        let text = failed(&engine, EXEC, asked(service, more)).await;
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(execs(&engine), [""; 0]);
    let text = failed(&engine, EXEC, asked("db", json!({}))).await;
    assert!(text.contains("is not running; start it first"), "{text}");
}
