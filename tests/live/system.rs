//! `docker_system_info`, `docker_system_df`, `docker_version`, `docker_events` and
//! `docker_healthcheck`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::docker::{self, Container, WAIT, docker};
use crate::session::{Session, says};

/// An address where no Engine is.
const NOWHERE: [(&str, &str); 1] = [("DOCKER_HOST", "unix:///nowhere/docker.sock")];

/// What the Docker CLI says of the Engine.
fn engine(format: &str) -> String {
    docker(&["info", "--format", format])
}

#[tokio::test]
async fn info_is_the_engines_own_account() {
    let Some(session) = Session::start().await else {
        return;
    };
    let whole = session.ok("docker_system_info", json!({})).await;
    assert_eq!(whole["info"]["ID"], engine("{{.ID}}"));
    assert_eq!(whole["info"]["Driver"], engine("{{.Driver}}"));

    let chosen = session
        .ok(
            "docker_system_info",
            json!({"fields": ["ServerVersion", "NoSuchField"]}),
        )
        .await;
    assert_eq!(
        chosen["info"],
        json!({"ServerVersion": engine("{{.ServerVersion}}")})
    );
    assert_eq!(chosen["missing"], json!(["NoSuchField"]));
}

#[tokio::test]
async fn version_is_the_engines() {
    let Some(session) = Session::start().await else {
        return;
    };
    let result = session.ok("docker_version", json!({})).await;
    let version = docker(&["version", "--format", "{{.Server.Version}}"]);
    assert_eq!(result["version"]["Version"], version);
}

/// Whatever the Engine's age, the figures are there and none is below zero.
#[tokio::test]
async fn df_counts_what_is_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let _container = Container::running("df", &format!("echo x >/file; {WAIT}"));
    let result = session.ok("docker_system_df", json!({})).await;
    let usage = &result["usage"];
    assert!(usage["LayersSize"].as_i64().unwrap() > 0, "{usage}");
    for kind in ["Images", "Containers", "Volumes", "BuildCache"] {
        for key in [
            "total_count",
            "active_count",
            "total_size",
            "reclaimable_size",
        ] {
            let figure = usage[kind][key].as_i64();
            assert!(
                figure.is_some_and(|figure| figure >= 0),
                "{kind}.{key}: {usage}"
            );
        }
        let (active, total) = (&usage[kind]["active_count"], &usage[kind]["total_count"]);
        assert!(active.as_u64() <= total.as_u64(), "{kind}: {usage}");
    }
    for kind in ["Images", "Containers"] {
        assert!(
            usage[kind]["active_count"].as_u64().unwrap() >= 1,
            "{usage}"
        );
        assert!(usage[kind]["total_size"].as_u64().unwrap() > 0, "{usage}");
    }
}

/// Each of these says what is wrong with an argument, and where it looked for the Engine.
#[tokio::test]
async fn a_call_that_cannot_be_answered_says_why() {
    let Some(session) = Session::with(&NOWHERE).await else {
        return;
    };
    for tool in [
        "docker_system_info",
        "docker_system_df",
        "docker_version",
        "docker_events",
    ] {
        session
            .refuses(tool, json!({}), &["/nowhere/docker.sock"])
            .await;
        session
            .refuses(tool, json!({"verbose": true}), &["`verbose`"])
            .await;
    }
    session
        .refuses("docker_system_info", json!({"fields": 3}), &["fields"])
        .await;
}

#[tokio::test]
async fn a_healthcheck_gives_the_engines_figures() {
    let Some(session) = Session::start().await else {
        return;
    };
    let _container = Container::running("healthy", WAIT);
    let result = session.ok("docker_healthcheck", json!({})).await;
    assert_eq!(result["healthy"], true);
    let details = &result["details"];
    let daemon = &details["daemon_info"];
    assert_eq!(daemon["name"], engine("{{.Name}}"));
    assert_eq!(daemon["server_version"], engine("{{.ServerVersion}}"));
    assert_eq!(daemon["total_memory"].to_string(), engine("{{.MemTotal}}"));
    assert_eq!(daemon["cpus"].to_string(), engine("{{.NCPU}}"));
    let api = docker(&["version", "--format", "{{.Server.APIVersion}}"]);
    assert_eq!(daemon["api_version"], api);
    assert!(
        details["containers"]["running"].as_u64().unwrap() >= 1,
        "{details}"
    );
    assert!(details["images"].as_u64().unwrap() >= 1, "{details}");
}

/// The one tool that succeeds without an Engine: its answer is that there is none.
#[tokio::test]
async fn a_healthcheck_without_an_engine_is_an_answer() {
    let Some(session) = Session::with(&NOWHERE).await else {
        return;
    };
    let result = session.ok("docker_healthcheck", json!({})).await;
    assert_eq!(result["healthy"], false);
    says(
        result["message"].as_str().unwrap(),
        &["/nowhere/docker.sock"],
    );
    session
        .refuses("docker_healthcheck", json!({"deep": true}), &["`deep`"])
        .await;
}

/// What happened to a container, as `(action, time)`.
async fn events(
    session: &Session,
    container: &str,
    mut arguments: Value,
) -> Vec<(String, Timestamp)> {
    arguments["filters"] = json!({"container": container});
    let result = session.ok("docker_events", arguments).await;
    let events = result["events"].as_array().unwrap();
    assert_eq!(result["count"], events.len());
    events
        .iter()
        .map(|event| {
            assert_eq!(event["type"], "container");
            assert_eq!(event["name"], container);
            assert!(
                event["id"].is_string() && event["name"].is_string(),
                "{event}"
            );
            (
                event["action"].as_str().unwrap().to_owned(),
                event["time"].as_str().unwrap().parse().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn events_come_oldest_first_and_the_newest_are_kept() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::finished("events", "true");
    let name = container.name.as_str();

    let all = events(&session, name, json!({"since": "10m"})).await;
    let actions: Vec<_> = all.iter().map(|(action, _)| action.as_str()).collect();
    let at = |action| actions.iter().position(|a| *a == action).unwrap();
    assert!(
        at("create") < at("start") && at("start") < at("die"),
        "{actions:?}"
    );
    assert!(all.is_sorted_by_key(|(_, time)| *time), "{all:?}");

    let newest = events(&session, name, json!({"limit": 1})).await;
    assert_eq!(newest[..], all[all.len() - 1..]);
}

/// What happens until then is waited for; too far ahead it is refused.
#[tokio::test]
async fn an_end_ahead_is_waited_for() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::created("ahead");
    let arguments = json!({"until": "2099-01-01T00:00:00Z"});
    session
        .refuses("docker_events", arguments, &["300 s at most"])
        .await;
    let filters = json!({"container": container.name, "event": "start"});
    let arguments = json!({"since": "now", "until": "+8s", "filters": filters});
    let waiting = session.spawn("docker_events", arguments);
    tokio::time::sleep(Duration::from_secs(3)).await;
    docker(&["start", &container.name]);
    let result = session.checked("docker_events", waiting.await.unwrap());
    assert_eq!(result["count"], 1, "{result}");
    assert_eq!(result["events"][0]["name"], container.name.as_str());

    let arguments = json!({"since": "2h", "until": "1h"});
    assert!(
        events(&session, &container.name, arguments)
            .await
            .is_empty()
    );
}

/// The Engine's own filter takes what begins alike; it remembers 256 events.
#[tokio::test]
async fn events_are_those_of_one_container_and_known_since_some_time() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::finished("exact", "true");
    let other = format!("{}-other", container.name);
    docker(&["run", "--rm", "--name", &other, &docker::image(), "true"]);

    let filters = json!({"container": container.name});
    let result = session
        .ok("docker_events", json!({"filters": filters}))
        .await;
    let seen = result["events"].as_array().unwrap();
    assert!(!seen.is_empty());
    for event in seen {
        assert_eq!(event["name"], container.name.as_str(), "{event}");
        assert_eq!(event["id"], container.id()[..12], "{event}");
    }
    let known: Timestamp = result["since_known"].as_str().unwrap().parse().unwrap();
    let first: Timestamp = seen[0]["time"].as_str().unwrap().parse().unwrap();
    assert!(known <= first, "{known} is after {first}");
}

/// A health check starts a process each time.
#[tokio::test]
async fn a_health_check_is_not_among_the_events_unless_it_is_asked_for() {
    let Some(session) = Session::start().await else {
        return;
    };
    let label = "com.docker.compose.project=shop";
    let flags = [
        "run",
        "-d",
        "--label",
        label,
        "--health-cmd=true",
        "--health-interval=1s",
    ];
    let container = Container::with("health", &flags, docker::WAIT);
    docker::eventually("it is healthy", || {
        docker(&["inspect", "-f", "{{.State.Health.Status}}", &container.name]) == "healthy"
    });
    let of = |execs: bool| json!({"execs": execs, "filters": {"container": container.name}});
    let few = session.ok("docker_events", of(false)).await.to_string();
    assert!(
        few.contains("health_status: healthy") && !few.contains("exec_"),
        "{few}"
    );
    assert!(!few.contains("compose"), "{few}");
    let all = session.ok("docker_events", of(true)).await.to_string();
    assert!(all.contains("exec_start"), "{all}");
}

#[tokio::test]
async fn events_refuse_what_they_do_not_know() {
    let Some(session) = Session::start().await else {
        return;
    };
    for (name, value) in [
        ("since", json!("a while ago")),
        ("until", json!(true)),
        ("limit", json!(0)),
        ("filters", json!([1])),
    ] {
        let mut arguments = json!({});
        arguments[name] = value;
        session.refuses("docker_events", arguments, &[name]).await;
    }
}
