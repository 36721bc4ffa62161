//! Runs the server with a clock that is not the Engine's, and looks at every time that it is asked for
//! and shows.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::docker::{self, Container, docker, not_run};
use crate::exchange::prompt;
use crate::session::{Session, says};

/// By how many seconds the server's clock is ahead.
const AHEAD: [i64; 4] = [7200, -7200, 90, -90];

/// What shows the server another time, built in that folder.
fn shim(folder: &Path) -> Result<String, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/clock.c");
    let built = folder.join("clock.so");
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&built, &source])
        .output()
        .map_err(|error| format!("no C compiler: {error}"))?;
    if !cc.status.success() {
        return Err(String::from_utf8_lossy(&cc.stderr).into_owned());
    }
    Ok(built.display().to_string())
}

#[tokio::test]
async fn every_time_is_the_engines_whatever_the_servers_clock_shows() {
    if !docker::wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shim = match shim(folder.path()) {
        Ok(shim) => shim,
        Err(why) => return not_run(&format!("a server with another clock: {why}")),
    };
    for ahead in AHEAD {
        let log = folder.path().join(format!("audit{ahead}"));
        let seconds = ahead.to_string();
        let settings = [
            ("LD_PRELOAD", &*shim),
            ("CLOCK_AHEAD", &*seconds),
            ("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap()),
            ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
            ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
        ];
        let Some(session) = Session::with(&settings).await else {
            return;
        };
        looks_at_logs_and_events(&session, ahead).await;
        prunes_nothing_young(&session, ahead).await;
        says_so_in_the_audit_log(&log, ahead);
    }
}

async fn looks_at_logs_and_events(session: &Session, ahead: i64) {
    let container = Container::finished("clock", "echo hello");
    let logs = |times: Value| {
        let mut args = times;
        args["container_id"] = json!(container.name);
        args
    };
    let recent = session
        .ok("docker_container_logs", logs(json!({"since": "1m"})))
        .await;
    assert_eq!(recent["logs"], "hello", "{ahead}");
    let now = session
        .ok(
            "docker_container_logs",
            logs(json!({"since": "1m", "until": "now"})),
        )
        .await;
    assert_eq!(now["logs"], "hello", "{ahead}");
    let old = session
        .ok("docker_container_logs", logs(json!({"until": "10m"})))
        .await;
    assert_eq!(old["lines"], 0, "{ahead}");

    let filters = json!({"container": container.name, "event": ["start", "die"]});
    let events = session
        .ok("docker_events", json!({"since": "60s", "filters": filters}))
        .await;
    assert_eq!(events["count"], 2, "{ahead}: {events}");
    for event in events["events"].as_array().unwrap() {
        let time: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
        let age = time.duration_until(Timestamp::now()).as_secs();
        assert!((-2..60).contains(&age), "{ahead}: {event}");
    }
    let arguments = json!({"container_id": container.name});
    let text = prompt(session.client.peer(), "troubleshoot_container", arguments);
    let text = text.await.unwrap();
    assert!(text.contains("`die` exit code `0`"), "{ahead}: {text}");
}

/// The text of a call, which shows a plan or says that there is nothing to do.
async fn plan(session: &Session, tool: &'static str, args: Value) -> String {
    format!("{:?}", session.call(tool, args).await.content)
}

/// The plan is all that is made: nothing of this machine is to go.
async fn prunes_nothing_young(session: &Session, ahead: i64) {
    let container = Container::finished("young", "true");
    let volume = docker(&["volume", "create"]);
    let args = json!({"filters": {"until": "1h"}});
    let hour = plan(session, "docker_system_prune", args).await;
    assert!(!hour.contains(&container.name), "{ahead}: {hour}");
    let args = json!({"volumes": true});
    let all = plan(session, "docker_system_prune", args).await;
    let line = |name: &str| {
        let mut lines = all.split("\\n").filter(|line| line.contains(name));
        lines
            .next()
            .unwrap_or_else(|| panic!("{ahead}: no {name} in {all}"))
            .to_owned()
    };
    for name in [&container.name, &volume] {
        let line = line(name);
        let young = [" seconds ago", " 1 second ago", "just now", " 1 minute ago"];
        assert!(
            young.iter().any(|age| line.contains(age)),
            "{ahead}: {line}"
        );
    }
    docker(&["volume", "rm", &volume]);
    let text = session
        .fails(
            "docker_prune_images",
            json!({"filters": {"until": "tomorrow"}}),
        )
        .await;
    says(&text, &["RFC 3339"]);
}

fn says_so_in_the_audit_log(log: &Path, ahead: i64) {
    let lines = std::fs::read_to_string(log).unwrap();
    let mut said = 0;
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let time: Timestamp = line["time"].as_str().unwrap().parse().unwrap();
        let own = Timestamp::now().duration_until(time).as_secs();
        assert!((own - ahead).abs() < 120, "{line}");
        if let Some(engine) = line["engine_clock_ahead_seconds"].as_i64() {
            assert!((engine + ahead).abs() <= 3, "{ahead}: {line}");
            said += 1;
        }
    }
    assert!(said > 0, "{ahead}: {lines}");
}
