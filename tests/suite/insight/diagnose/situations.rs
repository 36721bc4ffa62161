//! What is found first, with which cause, and what it rests on.

mod around;

use serde_json::{Value, json};

use super::{Made, diagnosed, engine};

/// A situation: the containers, the finding that must come first as severity, container and a part of the
/// problem, a part of the cause, and parts of the evidence.
struct Situation {
    what: &'static str,
    containers: Vec<Made>,
    first: (&'static str, &'static str, &'static str),
    cause: Option<&'static str>,
    evidence: &'static [&'static str],
}

fn situation(
    what: &'static str,
    containers: impl Into<Vec<Made>>,
    first: (&'static str, &'static str, &'static str),
    cause: impl Into<Option<&'static str>>,
    evidence: &'static [&'static str],
) -> Situation {
    Situation {
        what,
        containers: containers.into(),
        first,
        cause: cause.into(),
        evidence,
    }
}

fn exited(code: i64) -> Made {
    Made::new("app").state("exited", code)
}

fn looping(code: i64) -> Made {
    Made::new("app")
        .state("restarting", code)
        .with("/RestartCount", json!(7))
        .with("/HostConfig/RestartPolicy", json!({ "Name": "always" }))
}

/// One that is up for the moment, after its second restart.
fn beginning(code: i64) -> Made {
    looping(0)
        .state("running", code)
        .with("/RestartCount", json!(2))
        .with("/State/StartedAt", json!("2026-05-01T10:09:59Z"))
}

fn unstarted(error: &str, code: i64) -> Made {
    Made::new("app")
        .state("created", code)
        .with("/State/Error", json!(error))
}

fn holding(port: i64) -> Made {
    Made {
        ports: vec![port],
        ..Made::new("old-web")
    }
}

const ENDED: &str = "it ended with code";
const LOOP: &str = "restart loop";
const UNSTARTED: &str = "could not be started";

fn endings() -> Vec<Situation> {
    let oom = exited(137)
        .with("/State/OOMKilled", json!(true))
        .with("/HostConfig/Memory", json!(64 << 20));
    let oom_loop = looping(137)
        .with("/State/OOMKilled", json!(true))
        .with("/HostConfig/Memory", json!(64 << 20));
    let old = exited(1).with("/State/FinishedAt", json!("2026-04-01T10:00:00Z"));
    vec![
        situation(
            "an error that the log does not explain",
            [exited(1).log("starting\nbye")],
            ("critical", "app", "code 1"),
            None,
            &["State.ExitCode: 1", "log: bye"],
        ),
        situation(
            "an error that the log explains",
            [exited(1).log("starting\nError: listen EADDRINUSE: address already in use :::80")],
            ("critical", "app", ENDED),
            "the port is in use",
            &["log: Error: listen EADDRINUSE"],
        ),
        situation(
            "a code of its own",
            [exited(42)],
            ("critical", "app", "code 42"),
            None,
            &["State.ExitCode: 42"],
        ),
        situation(
            "a command that cannot be executed",
            [exited(126)],
            ("critical", "app", "code 126"),
            "cannot be executed",
            &["command: /app --serve"],
        ),
        situation(
            "a command that is not there",
            [exited(127)],
            ("critical", "app", "code 127"),
            "not found in the image",
            &["command: /app --serve"],
        ),
        situation(
            "a crash",
            [exited(139)],
            ("critical", "app", "code 139"),
            "SIGSEGV",
            &["State.ExitCode: 139"],
        ),
        situation(
            "an abort",
            [exited(134)],
            ("critical", "app", "code 134"),
            "SIGABRT",
            &["State.ExitCode: 134"],
        ),
        situation(
            "killed, and nobody knows by whom",
            [exited(137)],
            ("critical", "app", "code 137"),
            None,
            &["State.ExitCode: 137"],
        ),
        situation(
            "long ago",
            [old],
            ("notice", "app", "code 1"),
            None,
            &["State.FinishedAt: 2026-04-01"],
        ),
        situation(
            "killed for memory at its limit",
            [oom],
            ("critical", "app", "killed for want of memory"),
            "its limit of 64 MiB",
            &["State.OOMKilled: true", "HostConfig.Memory: 64 MiB"],
        ),
        situation(
            "killed for memory without a limit",
            [exited(137).with("/State/OOMKilled", json!(true))],
            ("critical", "app", "killed for want of memory"),
            "no limit of its own",
            &["State.OOMKilled: true"],
        ),
        situation(
            "killed for memory again and again",
            [oom_loop],
            ("critical", "app", "killed for want of memory"),
            "its limit of 64 MiB",
            &["RestartCount: 7"],
        ),
        situation(
            "a loop of errors",
            [looping(1).log("boom")],
            ("critical", "app", LOOP),
            None,
            &[
                "RestartCount: 7",
                "RestartPolicy.Name: always",
                "State.ExitCode: 1",
                "log: boom",
            ],
        ),
        situation(
            "a loop of a command that just ends",
            [looping(0)],
            ("critical", "app", LOOP),
            "nothing of it stays in the foreground",
            &["State.ExitCode: 0"],
        ),
        situation(
            "a loop that runs at the moment",
            [looping(0)
                .state("running", 0)
                .with("/State/StartedAt", json!("2026-05-01T10:09:58Z"))],
            ("critical", "app", LOOP),
            None,
            &["RestartCount: 7", "State.FinishedAt: 2026-05-01"],
        ),
        situation(
            "a loop that has just begun and runs at the moment",
            [beginning(0).log("fatal: KILN_BUCKET is not set")],
            ("critical", "app", LOOP),
            "an environment variable is missing",
            &[
                "RestartCount: 2",
                "RestartPolicy.Name: always",
                "State.FinishedAt: 2026-05-01",
                "log: fatal: KILN_BUCKET is not set",
            ],
        ),
        situation(
            "such a loop, of which the last code is known",
            [beginning(3)],
            ("critical", "app", LOOP),
            None,
            &["RestartCount: 2", "State.ExitCode: 3"],
        ),
        situation(
            "dead",
            [exited(1).with("/State/Status", json!("dead"))],
            ("warning", "app", "it is dead"),
            None,
            &["State.Error"],
        ),
        situation(
            "paused",
            [Made::new("app").state("paused", 0)],
            ("notice", "app", "it is paused"),
            "somebody paused it",
            &["State.Status: paused"],
        ),
    ]
}

fn starts() -> Vec<Situation> {
    let taken = "driver failed programming external connectivity on endpoint app (0a1b): Bind for 0.0.0.0:8080 failed: port is already allocated";
    let no_command =
        "OCI runtime create failed: exec: \"serve\": executable file not found in $PATH: unknown";
    let no_source =
        "invalid mount config for type \"bind\": bind source path does not exist: /srv/none";
    vec![
        situation(
            "a port that another container holds",
            [unstarted(taken, 128), holding(8080)],
            ("critical", "app", UNSTARTED),
            "`old-web` holds port 8080",
            &["State.Error: driver failed", "published by `old-web`"],
        ),
        situation(
            "a port that no container holds",
            [unstarted(taken, 128), holding(9090)],
            ("critical", "app", UNSTARTED),
            "port 8080",
            &["State.Error: driver failed"],
        ),
        situation(
            "a port that is taken at a start anew",
            [
                unstarted(taken, 128).with("/State/Status", json!("exited")),
                holding(8080),
            ],
            ("critical", "app", "could not be started again"),
            "`old-web` holds port 8080",
            &["State.Error"],
        ),
        situation(
            "a command that the image has not",
            [unstarted(no_command, 127)],
            ("critical", "app", UNSTARTED),
            "the image has no such command",
            &["State.Error: OCI", "command: /app"],
        ),
        situation(
            "a mount without source",
            [unstarted(no_source, 128)],
            ("critical", "app", UNSTARTED),
            "source of a mount does not exist",
            &["/srv/none"],
        ),
        situation(
            "a program for another CPU",
            [unstarted("exec /app: exec format error", 1)],
            ("critical", "app", UNSTARTED),
            "another platform",
            &["exec format error"],
        ),
        situation(
            "an error that nobody knows",
            [unstarted("the gremlins came", 128)],
            ("critical", "app", UNSTARTED),
            None,
            &["the gremlins came"],
        ),
        situation(
            "nobody started it",
            [Made::new("app").state("created", 0)],
            ("notice", "app", "never started"),
            "nobody started it",
            &["State.Status: created"],
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_comes_first_with_its_cause_and_its_evidence() {
    let all = [
        endings(),
        starts(),
        around::probes(),
        around::names(),
        around::networks(),
    ];
    let mut failures = Vec::new();
    let mut count = 0;
    for Situation {
        what,
        containers,
        first,
        cause,
        evidence,
    } in all.into_iter().flatten()
    {
        count += 1;
        let engine = engine(&containers);
        let result = diagnosed(&engine, json!({})).await;
        let found = &result["findings"][0];
        let (severity, container, problem) = first;
        let says = |key: &str, part: &str| found[key].as_str().is_some_and(|it| it.contains(part));
        let evidence_text = found["evidence"].to_string();
        let right = found["severity"] == severity
            && found["container"] == container
            && says("problem", problem)
            && cause.map_or(found["cause"] == Value::Null, |cause| says("cause", cause))
            && evidence.iter().all(|part| evidence_text.contains(part))
            && says("next", " ")
            && !result.to_string().contains("s3cret");
        if !right {
            failures.push(format!("{what}: {result:#}"));
        }
    }
    assert!(count >= 25, "{count}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
