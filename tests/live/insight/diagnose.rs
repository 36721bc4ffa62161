//! `docker_diagnose`.

mod around;
mod endings;

use serde_json::{Value, json};

use super::ON;
use crate::docker::{Container, docker, eventually, inspect};
use crate::session::Session;

/// What is found of a container, worst first; the disk of the machine is its own affair.
async fn findings(session: &Session, container: &Container) -> Vec<Value> {
    let args = json!({ "containers": [&container.name] });
    let result = session.ok("docker_diagnose", args).await;
    assert_eq!(result["checked"], 1, "{result}");
    let found = result["findings"].as_array().unwrap().iter();
    let of_it = found.filter(|finding| finding["container"] == container.name.as_str());
    of_it.cloned().collect()
}

/// Looks whether what is found first is that, for that reason, with that evidence.
async fn first(
    session: &Session,
    container: &Container,
    (severity, problem): (&str, &str),
    cause: Option<&str>,
    evidence: &[&str],
) {
    let found = findings(session, container).await;
    let Some(first) = found.first() else {
        panic!(
            "nothing is found of {}: {:#}",
            container.name,
            inspect(&container.name)["State"]
        );
    };
    let says = |key: &str, part: &str| first[key].as_str().is_some_and(|it| it.contains(part));
    assert_eq!(first["severity"], severity, "{first:#}");
    assert!(says("problem", problem), "no `{problem}`: {first:#}");
    match cause {
        Some(cause) => assert!(says("cause", cause), "no `{cause}`: {first:#}"),
        None => assert_eq!(first["cause"], Value::Null, "{first:#}"),
    }
    let text = first["evidence"].to_string();
    for part in evidence {
        assert!(text.contains(part), "no `{part}`: {first:#}");
    }
}

async fn is_well(session: &Session, container: &Container) {
    let found = findings(session, container).await;
    assert!(found.is_empty(), "{found:#?}");
}

/// Waits until its document has that value at a place.
fn becomes(container: &Container, pointer: &str, value: &Value) {
    eventually(&format!("{pointer} is {value}"), || {
        inspect(&container.name).pointer(pointer) == Some(value)
    });
}

/// Starts what cannot be started.
fn start_fails(container: &Container) {
    assert!(crate::docker::run(&["start", &container.name]).is_err());
}

#[tokio::test]
async fn a_name_of_none_is_refused() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let absent = crate::docker::unique("absent");
    let args = json!({ "containers": [&absent] });
    session
        .refuses("docker_diagnose", args, &["no such container", &absent])
        .await;
    let args = json!({ "project": &absent });
    session
        .refuses("docker_diagnose", args, &["no such project", &absent])
        .await;
}

/// One whose grace was none is known by its events, of which an Engine remembers the last 256 of all objects: where
/// they are forgotten already, another one is stopped.
async fn killed_by_a_stop(session: &Session) {
    for _ in 0..3 {
        let killed = Container::running("well", "sleep 1000");
        docker(&["stop", "-t", "0", &killed.name]);
        // The Engine tells its time in whole seconds, and what comes behind it has yet to happen.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let found = findings(session, &killed).await;
        if found.is_empty() {
            return;
        }
        let of_it = format!("container={}", killed.name);
        let known = docker(&["events", "--since=0", "--until=0s", "--filter", &of_it]);
        assert!(!known.contains(" stop "), "{found:#?}\n{known}");
    }
    panic!("the Engine remembers no stop");
}

#[tokio::test]
async fn nothing_is_found_of_those_that_are_well() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let running = Container::running("well", crate::docker::WAIT);
    is_well(&session, &running).await;
    let done = Container::finished("well", "echo done");
    is_well(&session, &done).await;
    let stopped = Container::running("well", crate::docker::WAIT);
    docker(&["stop", &stopped.name]);
    is_well(&session, &stopped).await;
    killed_by_a_stop(&session).await;
    let flags = [
        "run",
        "-d",
        "-p",
        "127.0.0.1::80",
        "--health-cmd",
        "wget -qO- http://127.0.0.1:80/etc/hostname",
        "--health-interval",
        "1s",
    ];
    let served = Container::with("well", &flags, "exec httpd -f -p 80 -h /");
    becomes(&served, "/State/Health/Status", &json!("healthy"));
    is_well(&session, &served).await;
}
